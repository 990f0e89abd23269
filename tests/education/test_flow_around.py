"""Ways around the two approvals, tried by real requests: none makes a word live, hides a page or moves it."""

import gc
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image as PillowImage
from wagtail.images.models import Image
from wagtail.models import GroupPagePermission, Page, Revision, Workflow, WorkflowState

from baclofen_portal.accounts.models import User
from baclofen_portal.cms.publishing import publish_due
from education.models import LearnHub, LearnPage
from education.models.groundwork import GROUPS
from education.models.tasks import WORKFLOW
from education.services import publishing
from tests.database import as_owner
from tests.education.making import WHO, posted

pytestmark = pytest.mark.django_db
OTHER_WORDS = "Words that nobody approved"


def requests(house):
    """Every address that publishes, hides, moves, copies or removes, with what a browser would post there."""
    page, hub = house.page, LearnHub.objects.get()
    first = page.revisions.order_by("pk").first()
    past, soon = timezone.now() - timedelta(days=1), timezone.now() + timedelta(seconds=1)
    whole = posted(title=OTHER_WORDS)
    new = posted(title=OTHER_WORDS, slug="new-words")
    scheduled = {**whole, "go_live_at": f"{past:%Y-%m-%d %H:%M}", "expire_at": f"{soon:%Y-%m-%d %H:%M}"}
    copy = {"new_title": OTHER_WORDS, "new_slug": "copied", "new_parent_page": hub.pk, "publish_copies": "on"}
    bulk = f"?next=/cms/pages/{hub.pk}/&id={page.pk}"
    one = f"/cms/pages/{page.pk}"
    return [
        (f"{one}/edit/", {**whole, "action-publish": "1"}),
        (f"{one}/edit/", {**scheduled, "action-publish": "1"}),
        (f"{one}/edit/", scheduled),
        (f"{one}/edit/", {**whole, "action-workflow-action": "1", "workflow-action-name": "approve"}),
        (f"/cms/pages/add/education/learnpage/{hub.pk}/", {**new, "action-publish": "1"}),
        (
            f"/cms/pages/add/education/learnpage/{hub.pk}/",
            {**new, "slug": "later", "go_live_at": scheduled["go_live_at"]},
        ),
        (f"{one}/revisions/{first.pk}/revert/", {**whole, "action-publish": "1"}),
        (f"{one}/revisions/{first.pk}/unschedule/", {}),
        (f"{one}/unpublish/", {}),
        (f"{one}/delete/", {}),
        (f"{one}/copy/", copy),
        (f"{one}/move/{hub.pk}/confirm/", {}),
        (f"{one}/set_position/?position=0", {}),
        (f"{one}/privacy/", {"restriction_type": "login"}),
        (f"{one}/convert_alias/", {}),
        (f"/cms/bulk/wagtailcore/page/publish/{bulk}", {"include_descendants": "on"}),
        (f"/cms/bulk/wagtailcore/page/unpublish/{bulk}", {}),
        (f"/cms/bulk/wagtailcore/page/delete/{bulk}", {}),
        (f"/cms/api/main/pages/{page.pk}/action/publish/", {}),
        (f"/cms/api/main/pages/{page.pk}/action/unpublish/", {}),
        (f"/cms/workflows/disable/{Workflow.objects.get(name=WORKFLOW).pk}/", {}),
        (f"/cms/workflows/remove/{hub.pk}/", {}),
    ]


def shown():
    """All that readers have."""
    return sorted(
        (page.pk, page.path, page.title, page.live_revision_id, page.get_view_restrictions().count())
        for page in Page.objects.filter(live=True)
    )


def everything(client: Client, asked: list) -> None:
    for address, data in asked:
        answer = client.post(address, data)
        assert answer.status_code < 500, address


@pytest.mark.ui("UI-41")
@pytest.mark.bar("B-58")
@pytest.mark.parametrize("name", sorted(WHO))
def test_nobody_alone_changes_what_readers_have(house, name):
    nobody(house, name)


def nobody(house, name):
    before = shown()
    everything(house.client(name), requests(house))
    publish_due(as_of=timezone.now() + timedelta(days=400))
    call_command("publish_scheduled")
    assert shown() == before
    assert Workflow.objects.get(name=WORKFLOW).active


@pytest.mark.bar("B-58")
def test_not_even_with_every_right_of_the_library(house):
    with as_owner():
        for group in Group.objects.filter(name__in=GROUPS):
            for right in Permission.objects.filter(content_type__app_label="wagtailcore", codename__endswith="_page"):
                GroupPagePermission.objects.get_or_create(group=group, page=LearnHub.objects.get(), permission=right)
    may = house.fresh().permissions_for_user(User.objects.get(pk=house.all.pk))
    nothing = (may.can_publish, may.can_unpublish, may.can_delete, may.can_copy, may.can_move, may.can_unschedule)
    assert not any(ask() for ask in (*nothing, may.can_set_view_restrictions, may.can_publish_subpage))
    nobody(house, "all")


@pytest.mark.parametrize(
    "pair", [("ann", "abe"), ("ann", "ed"), ("ed", "eva"), ("ann", "rae"), ("rae", "rob"), ("ed", "all")]
)
def test_no_pair_without_a_check_and_an_approval_of_somebody_elses_words(house, pair):
    before = shown()
    house.send(pair[0])
    for _ in range(2):
        for name in pair:
            house.decide(name)
    assert shown() == before


def test_while_it_waits_nobody_changes_it_not_even_who_locked_it(house):
    house.client("eva").post(f"/cms/pages/{house.page.pk}/lock/")
    house.send("eva")
    sent = house.fresh().latest_revision
    for name in WHO:
        house.edit(name, title=OTHER_WORDS)
        data = {**posted(title=OTHER_WORDS), "overwrite_revision_id": sent.pk}
        house.client(name).post(f"/cms/pages/{house.page.pk}/edit/", data, headers={"accept": "application/json"})
    assert house.fresh().latest_revision == sent
    assert Revision.objects.get(pk=sent.pk).content == sent.content


def test_a_version_that_was_sent_is_never_written_over(house):
    house.send("ann")
    house.decide("ed", "changes", comment="Say more.")
    sent = house.fresh().latest_revision
    data = {**posted(title=OTHER_WORDS), "overwrite_revision_id": sent.pk}
    house.client("ann").post(f"/cms/pages/{house.page.pk}/edit/", data, headers={"accept": "application/json"})
    assert Revision.objects.get(pk=sent.pk).content == sent.content
    assert house.fresh().latest_revision.content["title"] == OTHER_WORDS


def test_an_edit_that_slips_in_between_is_neither_approved_nor_published(house):
    house.send("ann")
    house.decide("ed")
    opened = house.opened("rae")
    slip(house)
    assert house.decide("rae", opened=opened).status_code == 422
    assert LearnPage.objects.get(live=True).title == "Never stop suddenly"


def test_what_goes_live_is_what_was_approved_even_when_newer_words_exist(house, monkeypatch):
    house.send("ann")
    house.decide("ed")
    approved = house.fresh().latest_revision_id
    really = publishing.publish_approved
    monkeypatch.setattr(publishing, "publish_approved", lambda state, user: None)
    assert house.decide("rae").status_code == 302
    slip(house)
    really(WorkflowState.objects.get(), house.rae)
    page = house.fresh()
    assert (page.title, page.live_revision_id) == ("Never stop it suddenly", approved)
    assert page.has_unpublished_changes


def slip(house):
    """A newer version from elsewhere, as a program would bring it."""
    page = house.fresh().latest_revision.as_object()
    page.title = OTHER_WORDS
    page.save_revision()


def test_words_that_were_altered_in_the_database_are_not_published(house):
    house.send("ann")
    house.decide("ed")
    revision = house.fresh().latest_revision
    opened = house.opened("rae")
    revision.content = {**revision.content, "title": OTHER_WORDS}
    revision.save()
    assert "has changed since you opened it" in house.decide("rae", opened=opened).content.decode()
    house.decide("rae")
    assert house.fresh().title == "Never stop suddenly", "the content check was about other words"


def test_words_that_came_back_start_again_with_the_content_check(house):
    house.send("ann")
    house.decide("ed")
    assert house.decide("rae", "changes", comment="The second point is wrong.").status_code == 302
    house.send("ann", title="Never stop it at once")
    state = house.fresh().current_workflow_task_state
    assert state.task.name == "Content check"
    house.decide("ed")
    house.decide("rae")
    assert house.fresh().title == "Never stop it at once"


def picture(colour):
    file = BytesIO()
    PillowImage.new("RGB", (40, 40), colour).save(file, "PNG")
    return SimpleUploadedFile("picture.png", file.getvalue(), "image/png")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail leaves its file open
def test_the_file_of_a_picture_is_never_replaced(house, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    house.client("ann").post("/cms/images/add/", {"title": "A kidney", "file": picture("red")})
    image = Image.objects.get()
    before = (tmp_path / image.file.name).read_bytes()
    answer = house.client("ann").post(f"/cms/images/{image.pk}/", {"title": "Kidneys", "file": picture("blue")})
    assert answer.status_code == 302
    image = Image.objects.get()
    assert (image.title, (tmp_path / image.file.name).read_bytes()) == ("Kidneys", before)
    gc.collect()  # here, where it is not held against the next test
