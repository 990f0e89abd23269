"""A number that changes after a page was approved: the page no longer says that somebody approved what it shows."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from education.models import PageReview, ReviewMark
from education.services.rule_marks import mark_changed_rules
from tests.database import as_owner
from tests.education.learn_pages import FULL, approved, block, learn_page, section
from tests.education.making import blocks, make_source
from tests.education.rules import change, switch_off
from tests.education.test_reader_pages import main_of, words

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHANGED = "A number on this page changed after it was approved. It is being checked."
MAX = {"countries": ["US"], "rule": "MAX-1", "value": "daily_mg", "text": "The most is {value}."}
TWO = [
    FULL[0],
    FULL[1],
    section("Before", "Text."),
    block("rule_fact", **{**MAX, "countries": ("US",)}),
    block("rule_fact", rule="STEP-4", value="wait_days", text="Wait at least {value}.", countries=("UK",)),
]


@pytest.fixture
def page(world):
    with as_owner():
        made = learn_page("numbers", "Numbers", TWO)
        approved(made, world.people["ann"])
    return made


def shown(client, country, end=""):
    return words(main_of(client.get(f"/learn/{country}/numbers/{end}")))


@pytest.mark.parametrize("end", ["", "print/"])
def test_a_page_does_not_claim_the_approval_of_a_number_that_changed(client, page, monkeypatch, end):
    assert "Dr R Viewer" in shown(client, "us", end)
    change(monkeypatch, "US", "MAX-1", "daily_mg", Decimal(70))
    said = shown(client, "us", end)
    assert "70 mg" in said
    assert CHANGED in said
    assert "Dr R Viewer" not in said
    assert "Not yet clinically approved" not in said
    assert "Dr R Viewer" in shown(client, "uk", end), "readers there are shown what was approved"


def test_a_number_that_is_gone_takes_its_whole_block_and_the_approval_with_it(client, page, monkeypatch):
    switch_off(monkeypatch, "US", "MAX-1")
    html = main_of(client.get("/learn/us/numbers/"))
    said = words(html)
    assert "The most is" not in said
    assert 'class="learn-number"' not in html
    assert CHANGED in said
    assert "Dr R Viewer" not in said


def test_a_number_that_is_as_it_was_approved_needs_no_new_approval(client, page, monkeypatch):
    change(monkeypatch, "US", "MAX-1", "daily_mg", Decimal(70))
    change(monkeypatch, "US", "MAX-1", "daily_mg", Decimal(80))
    assert "Dr R Viewer" in shown(client, "us")


def test_an_approval_that_kept_no_numbers_is_not_claimed_for_them(client, page):
    with as_owner():
        PageReview.objects.update(numbers={})
    assert CHANGED in shown(client, "us")


# --- deciding -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(house):
    """A page with a number, which waits for its clinical approval."""
    with as_owner():
        make_source("the-label", reference="S-01")
    assert house.send("ann", body=[*blocks(), ("rule_fact", MAX)]).status_code == 302
    assert house.decide("ed").status_code == 302
    return house


def test_an_approval_keeps_the_numbers_that_were_approved(sent):
    assert sent.decide("rae").status_code == 302
    assert PageReview.objects.get().numbers == {"US MAX-1 daily_mg": "80\u00a0mg"}


def test_nobody_approves_a_number_that_they_were_not_shown(sent, monkeypatch):
    opened, marks = sent.shown("rae")
    change(monkeypatch, "US", "MAX-1", "daily_mg", Decimal(70))
    assert sent.decide("rae", opened=opened, marks=marks).status_code == 422
    assert not PageReview.objects.exists()


def test_a_mark_is_not_cleared_by_who_was_shown_an_earlier_change(sent, monkeypatch):
    assert mark_changed_rules(as_of=NOW) == []
    change(monkeypatch, "US", "MAX-1", "daily_mg", Decimal(70))
    mark_changed_rules(as_of=NOW)
    _, marks = sent.shown("rae")
    change(monkeypatch, "US", "MAX-1", "daily_mg", Decimal(60))
    mark_changed_rules(as_of=NOW)
    opened, _ = sent.shown("rae")
    assert sent.decide("rae", opened=opened, marks=marks).status_code == 302
    left = ReviewMark.objects.get(cleared_at=None)
    assert "daily_mg=60" in left.because
    earlier = ReviewMark.objects.exclude(pk=left.pk).get()
    assert (earlier.cleared_because, earlier.cleared_by) == ("The rule changed again.", None)
