"""From a draft to its readers: an author sends, an editor checks, a clinical reviewer approves, and nobody does two of these."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import WorkflowState

from education.models import LearnPage, PageReview
from tests.database import as_owner
from tests.education.making import blocks, make_source, posted

pytestmark = pytest.mark.django_db


def live_title(house):
    return LearnPage.objects.get(pk=house.page.pk, live=True).title


def test_two_people_bring_a_page_to_its_readers(house):
    assert house.send("ann").status_code == 302
    assert live_title(house) == "Never stop suddenly"
    assert house.decide("ed").status_code == 302
    assert live_title(house) == "Never stop suddenly", "one approval is not enough"
    assert house.decide("rae", comment="True.").status_code == 302
    assert live_title(house) == "Never stop it suddenly"
    review = PageReview.objects.get()
    assert (review.revision_id, review.reviewer_name) == (house.fresh().live_revision_id, "Rae")


@pytest.mark.parametrize("name", ["ann", "abe", "rae"])
def test_only_an_editor_checks_the_content(house, name):
    house.send("ann")
    opened = house.opened("ed")
    answer = house.decide(name, opened=opened)
    assert answer.status_code == 422
    assert "is for the group" in answer.content.decode()
    assert WorkflowState.objects.get().current_task_state.task.name == "Content check"


@pytest.mark.ui("UI-76")
@pytest.mark.parametrize("name", ["ann", "ed", "eva"])
def test_only_a_clinical_reviewer_approves(house, name):
    house.send("ann")
    house.decide("ed")
    answer = house.decide(name, opened=house.opened("rae"))
    assert answer.status_code == 422
    assert live_title(house) == "Never stop suddenly"
    assert not PageReview.objects.exists()


def test_nobody_takes_both_steps(house):
    house.send("ann")
    assert house.decide("both").status_code == 302
    answer = house.decide("both")
    assert answer.status_code == 422
    assert "Another person" in answer.content.decode()
    assert house.decide("rae").status_code == 302
    assert live_title(house) == "Never stop it suddenly"


@pytest.mark.ui("UI-76")
def test_nobody_approves_what_they_wrote_any_part_of(house):
    house.edit("all", title="First words")
    house.edit("eva", title="Second words")
    house.send("ann")
    for name in ("all", "eva"):
        assert "You have changed this page" in house.decide(name, opened=house.opened("ed")).content.decode(), name
    house.decide("ed")
    assert "You have changed this page" in house.decide("all").content.decode()
    house.decide("rob")
    assert live_title(house) == "Never stop it suddenly"
    house.send("ed", title="New words")
    assert house.decide("eva").status_code == 302, "what she wrote is published: she may check what came after"


def compared(house, body):
    house.send("ann", body=body, title="Never stop suddenly")
    return house.client("ed").get(house.decision_url()).context_data["changes"]


def test_words_that_somebody_else_restores_are_still_of_who_wrote_them(house):
    words = "Nobody has approved this."
    house.send("ed", summary=words)
    old = house.fresh().latest_revision_id
    house.decide("eva", "changes", comment="This is not so.")
    house.send("ann")
    house.decide("eva")
    house.decide("rae")
    data = posted(summary=words) | {"action-submit": "1"}
    revert = f"/cms/pages/{house.page.pk}/revisions/{old}/revert/"
    assert house.client("ann").post(revert, data).status_code == 302
    assert house.decide("ed").status_code == 422
    assert house.decide("eva").status_code == 302
    assert house.decide("rae").status_code == 302
    assert house.fresh().summary == words


def test_only_what_changed_is_compared(house):
    body = posted_body(house)
    assert [(one.part, one.kind) for one in compared(house, body)] == []


def test_a_changed_a_new_and_a_missing_block_are_shown(house):
    body = posted_body(house)
    body[2][1]["heading"] = "How we do it"
    gone = body.pop(3)
    body.append(("do_list", {**gone[1], "items": ["keep your tablets with you."]}, ""))
    found = {one.part: one for one in compared(house, body)}
    assert {part: one.kind for part, one in found.items()} == {
        "Block 3: Section": "changed",
        "Block 6: Do": "new",
        "Block 4 of before: Don’t": "gone",
    }
    assert "<span class=" in str(found["Block 3: Section"].shown)
    assert "keep your tablets with you." in str(found["Block 6: Do"].shown)


def test_sources_in_another_order_are_no_change(house):
    with as_owner():
        make_source("b-leaflet")
        for block in house.page.body:
            if block.value and "sources" in block.value:
                block.value["sources"] = ["b-leaflet", "a-label"]
        house.page.save_revision().publish()
    body = posted_body(house)
    for _, value, _ in body:
        if value and "sources" in value:
            value["sources"] = ["a-label", "b-leaflet"]
    body[2][1]["heading"] = "How we do it"
    [change] = compared(house, body)
    assert change.part == "Block 3: Section"
    assert str(change.shown).count("<span class=") == 2, "the words of the heading and nothing else"


def test_of_a_list_only_the_item_that_changed_is_marked(house):
    body = posted_body(house)
    body[1][1]["items"] = ["Your dose goes down slowly.", "Your team helps you soon."]
    [change] = compared(house, body)
    shown = str(change.shown)
    assert "addition" in shown
    assert "comparison__child-object addition" not in shown
    assert "comparison__child-object deletion" not in shown
    assert '<div class="comparison__child-object">Your dose goes down slowly.</div>' in shown


def posted_body(house):
    """The blocks of the page as the form has them, each with its id."""
    return [
        (kind, dict(value) if value else value, block.id)
        for (kind, value), block in zip(blocks(), house.page.body, strict=True)
    ]


def test_what_the_editor_saves_by_itself_never_comes_after_what_was_sent(house):
    """Typing makes the editor save; that may be under way when "Send" is pressed, and be answered after it."""
    before = house.fresh().latest_revision
    house.send("ann")
    sent = house.fresh().latest_revision_id
    typing = {"loaded_revision_id": before.pk, "loaded_revision_created_at": before.created_at.isoformat()}
    data = {**posted(title="Never stop it su"), **typing}
    answer = house.client("ann").post(f"/cms/pages/{house.page.pk}/edit/", data, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "invalid_revision")
    assert house.fresh().latest_revision_id == sent
    assert house.decide("ed").status_code == 302


@pytest.mark.parametrize("name", ["ann", "rae"])
def test_what_is_posted_about_one_page_is_done_one_after_the_other(house, name):
    client = house.client(name)
    with CaptureQueriesContext(connection) as asked:
        client.post(f"/cms/pages/{house.page.pk}/edit/", posted())
    statements = [one["sql"] for one in asked]
    waits = next(index for index, sql in enumerate(statements) if sql.endswith("FOR UPDATE"))
    assert f'WHERE "wagtailcore_page"."id" = {house.page.pk}' in statements[waits]
    assert not [sql for sql in statements[:waits] if "wagtailcore_revision" in sql], "what is older was read already"
