"""The home of the editors, taking a page down, and what is scheduled."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import PageLogEntry

from baclofen_portal.cms.publishing import publish_due
from education.models import LearnPage, ShippedPage, Source
from tests.database import as_owner
from tests.education.making import TODAY, make_page

pytestmark = pytest.mark.django_db
WHY = "A sentence on it is wrong."


def home(house, name):
    return " ".join(house.client(name).get("/cms/").content.decode().split())


def test_an_empty_home_says_so(house):
    text = home(house, "ed")
    for words in (
        "Nothing is due for review in 60 days.",
        "Nothing waits for you.",
        "No page is marked.",
        "No page has a newer version from the portal.",
        "Nothing is scheduled.",
    ):
        assert words in text


def test_what_is_due_stands_there_overdue_first(house):
    for days, slug in ((61, "later"), (60, "soon"), (-1, "over")):
        make_page(slug=slug, title=f"The {slug} page", next_review=TODAY + timedelta(days=days))
    text = home(house, "ann")
    assert "The later page" not in text
    assert text.index("The over page") < text.index("The soon page")
    assert "Overdue since" in text
    assert "Readers see only its warnings." in text


def test_what_waits_is_shown_to_those_who_may_decide(house):
    house.send("ann")
    assert "Read and decide" in home(house, "ed")
    assert "Read and decide" not in home(house, "rae")
    assert "Read and decide" not in home(house, "abe")
    house.decide("ed")
    assert "Read and decide" in home(house, "rae")
    assert "Read and decide" not in home(house, "ed")


@pytest.mark.parametrize(("name", "status"), [("ann", 422), ("ed", 302), ("rae", 302)])
def test_one_editor_or_reviewer_takes_a_page_down_with_a_reason(house, name, status):
    url = f"/cms/education/pages/{house.page.pk}/take-down/"
    assert house.client(name).get(url).status_code == 200
    assert house.client(name).post(url, {"because": "Wrong."}).status_code == 422
    assert LearnPage.objects.get().live
    assert house.client(name).post(url, {"because": WHY}).status_code == status
    assert LearnPage.objects.get().live == (status == 422)
    entries = PageLogEntry.objects.filter(action="education.take_down")
    assert [(one.user, one.data["because"]) for one in entries] == (
        [] if status == 422 else [(house.people[name], WHY)]
    )


def test_a_page_that_was_taken_down_comes_back_through_both_approvals(house):
    house.client("rae").post(f"/cms/education/pages/{house.page.pk}/take-down/", {"because": WHY})
    house.send("ann")
    assert not LearnPage.objects.get().live
    house.decide("ed")
    house.decide("rob")
    assert LearnPage.objects.get().live


def test_it_comes_back_under_the_address_that_readers_had(house):
    house.client("rae").post(f"/cms/education/pages/{house.page.pk}/take-down/", {"because": WHY})
    house.edit("ann", slug="elsewhere")
    house.send("ann", slug="elsewhere")
    house.decide("ed")
    house.decide("rob")
    assert LearnPage.objects.get(live=True).slug == "stopping"


def schedule(house, hours=2):
    at = timezone.localtime() + timedelta(hours=hours)
    house.send("ann", go_live_at=f"{at:%Y-%m-%d %H:%M}")
    house.decide("ed")
    house.decide("rae")
    return at


def test_what_is_approved_for_later_goes_live_at_its_time(house):
    at = schedule(house)
    assert LearnPage.objects.get().title == "Never stop suddenly"
    assert f"Goes live {at:%d-%b-%Y %H:%M}" in home(house, "ann")
    assert publish_due(as_of=timezone.now()) == 0
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        publish_due(as_of=timezone.now())
    assert LearnPage.objects.get().title == "Never stop it suddenly"


def test_a_scheduled_page_is_held_back_when_something_stops_it(house):
    at = schedule(house)
    Source.objects.update(withdrawn_on=TODAY, withdrawn_because="Replaced by a newer one.")
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        publish_due(as_of=timezone.now())
        assert LearnPage.objects.get().title == "Never stop suddenly"
        house.clients.clear()
        assert "Held back: Block 2: The source" in home(house, "ed")
        Source.objects.update(withdrawn_on=None, withdrawn_because="")
        publish_due(as_of=timezone.now())
    assert LearnPage.objects.get().title == "Never stop it suddenly"


def test_words_that_were_altered_after_both_approvals_do_not_go_live(house):
    at = schedule(house)
    revision = LearnPage.objects.get().scheduled_revision
    revision.content = {**revision.content, "title": "Altered"}
    revision.save()
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        publish_due(as_of=timezone.now())
    assert LearnPage.objects.get().title == "Never stop suddenly"


def test_nobody_changes_what_is_scheduled_but_it_can_be_stopped(house):
    at = schedule(house)
    house.edit("eva", title="Later words")
    assert house.fresh().latest_revision.content["title"] == "Never stop it suddenly"
    url = f"/cms/education/pages/{house.page.pk}/stop-schedule/"
    assert house.client("ann").post(url, {"because": WHY}).status_code == 422
    assert house.client("ed").post(url, {"because": WHY}).status_code == 302
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        publish_due(as_of=timezone.now())
    assert LearnPage.objects.get().title == "Never stop suddenly"
    assert "Nothing is scheduled." in home(house, "ed")


def test_an_old_version_is_shown_and_restored_as_a_draft(house):
    old = house.page.live_revision_id
    house.send("ann")
    house.decide("ed")
    house.decide("rae")
    one = f"/cms/pages/{house.page.pk}/revisions/{old}"
    assert house.client("ann").get(f"{one}/view/").status_code == 200
    shown = house.client("ann").get(f"{one}/revert/")
    assert "Never stop suddenly" in shown.content.decode()
    from tests.education.making import posted

    house.client("ann").post(f"{one}/revert/", posted())
    page = house.fresh()
    assert page.title == "Never stop it suddenly"
    assert page.latest_revision.content["title"] == "Never stop suddenly"
    assert PageLogEntry.objects.get(action="wagtail.revert").data["revision"]["id"] == old


def test_an_empty_approval_page_says_so(house):
    assert "Nothing to approve" in house.client("ed").get(house.decision_url()).content.decode()
    assert house.decide("ed", opened="1-1-x").status_code == 422


def test_asking_for_changes_needs_words_and_the_group(house):
    house.send("ann")
    assert house.decide("ed", "changes").status_code == 422
    assert house.decide("rae", "changes", opened=house.opened("ed"), comment="No.").status_code == 422
    assert house.decide("ed", "changes", comment="Say when.").status_code == 302
    assert not house.fresh().workflow_in_progress


def test_both_lines_are_ticked_before_a_page_goes_on(house):
    house.send("ann")
    data = {"opened": house.opened("ed"), "first": "on", "decision": "approve", "comment": "A note"}
    answer = house.client("ed").post(house.decision_url(), data)
    assert answer.status_code == 422
    assert "A note" in answer.content.decode()


@pytest.mark.parametrize(("name", "may"), [("ann", True), ("ed", True), ("rae", False)])
def test_a_newer_version_from_the_portal_is_told_with_a_comparison(house, name, may):
    draft = house.page.latest_revision.as_object()
    draft.title = "Stopping, in other words"
    newer = draft.save_revision()
    ShippedPage.objects.create(page=house.page, version=2, digest="2", revision_id=newer.pk, loaded_at=timezone.now())
    text = home(house, name)
    compare = f"/cms/pages/{house.page.pk}/revisions/compare/live...latest/"
    assert "Version 2 came on" in text
    assert (f'href="{compare}"' in text) == may
    shown = house.client(name).get(compare)
    assert (shown.status_code == 200) == may
    assert ("in other words" in shown.content.decode()) == may


def test_nothing_newer_is_told_of_words_that_readers_have_or_that_editors_wrote(house):
    shipped = {"version": 1, "digest": "1", "revision_id": house.page.live_revision_id, "loaded_at": timezone.now()}
    ShippedPage.objects.create(page=house.page, **shipped)
    assert "No page has a newer version from the portal." in home(house, "ed")
    house.edit("ann", title="Words of an author")
    assert "No page has a newer version from the portal." in home(house, "ed")
    with as_owner():
        ShippedPage.objects.update(revision_id=house.fresh().latest_revision_id)
        LearnPage.objects.update(live=False)
    assert "No page has a newer version from the portal." in home(house, "ed")
