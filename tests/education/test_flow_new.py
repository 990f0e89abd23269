"""A new page begins with the blocks it cannot go without, and is seen as its readers will see it."""

import pytest

from education.models import LearnHub, LearnPage
from education.models.pages import starter
from tests.education.making import SOURCE, blocks, fields, make_page, posted

pytestmark = pytest.mark.django_db
NEW = {"title": "About the kidneys", "slug": "kidneys"}


def add_url():
    return f"/cms/pages/add/education/learnpage/{LearnHub.objects.get().pk}/"


def test_a_new_page_begins_with_what_every_page_needs(house):
    answer = house.client("ann").get(add_url())
    assert answer.status_code == 200
    kinds = [block.block_type for block in answer.context_data["form"].instance.body]
    assert kinds == ["stop_warning", "key_facts", "section", "care_card", "teach_back"]
    assert [kind for kind, _ in starter()] == kinds


def test_the_starter_alone_is_not_sent(house):
    body = [
        (kind, value and {**value, **({"text": "<p></p>"} if kind == "section" else {})}) for kind, value in starter()
    ]
    answer = house.client("ann").post(add_url(), {**posted(body, **NEW), "action-submit": "1"})
    assert answer.status_code == 200
    assert not LearnPage.objects.filter(slug="kidneys").exists()


def test_a_new_page_is_a_draft_until_two_people_have_read_it(house):
    assert house.client("ann").post(add_url(), {**posted(**NEW), "action-submit": "1"}).status_code == 302
    page = LearnPage.objects.get(slug="kidneys")
    assert not page.live
    house.page = page
    assert "No earlier version" in house.client("ed").get(house.decision_url()).content.decode()
    house.decide("ed")
    assert not house.fresh().live
    house.decide("rae")
    assert house.fresh().live


@pytest.mark.parametrize("name", ["rae"])
def test_a_reviewer_who_is_no_author_makes_and_edits_nothing(house, name):
    house.client(name).post(add_url(), posted(**NEW))
    house.edit(name, title="Mine")
    assert not LearnPage.objects.filter(slug="kidneys").exists()
    assert house.fresh().latest_revision.content["title"] == fields()["title"]


def test_a_draft_is_seen_as_a_page_and_in_print_for_each_country(house):
    card = {"countries": ["US"], "sources": [SOURCE], "level": "urgent", "items": ["you live over there."]}
    page = make_page(slug="seen", body=[*blocks(), ("care_card", card)])
    house.edit("ann", page=page, title="A newer title", slug="seen", body=[*blocks(), ("care_card", card)])
    modes = dict(page.preview_modes)
    assert sorted(modes) == ["page-UK", "page-US", "print-UK", "print-US"]
    for mode in modes:
        answer = house.client("ann").get(f"/cms/pages/{page.pk}/view_draft/?mode={mode}")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "A newer title" in text, mode
        assert ("you live over there." in text) == mode.endswith("US"), mode
        assert "Do not stop taking baclofen suddenly" in text
        assert ("999" in text) == mode.endswith("UK"), mode


@pytest.mark.ui("UI-78")
def test_grade_and_longest_sentence_are_kept_with_each_version(house):
    longest = []
    for summary in ("How your dose goes down.", "How your dose goes down, and why it must go down step by step."):
        house.edit("ann", summary=summary)
        kept = house.fresh().latest_revision.content
        assert kept["reading_grade"] is not None
        longest.append(kept["longest_sentence"])
    assert longest[0] < longest[1] == 14


@pytest.mark.parametrize("place", ["take-down", "stop-schedule"])
def test_who_takes_a_page_away_is_told_which(house, place):
    page = house.client("ed").get(f"/cms/education/pages/{house.page.pk}/{place}/").content.decode()
    heading = page.partition("<h1")[2].partition("</h1>")[0]
    assert "Never stop suddenly" in heading
