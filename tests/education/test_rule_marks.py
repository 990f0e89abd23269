"""A number of a rule that changes marks the pages that quote the rule, and no others."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from baclofen_portal.learning_facts import rule_digest
from education.models import LearnPage, ReviewMark, SeenRule
from education.services.rule_marks import mark_changed_rules, quoted_rules
from education.services.shipping import load
from education.shipped import shipped_pages, shipped_sources
from tests.cms_client import as_cms
from tests.education.rules import change
from titration.dosing.protocol import load_protocol

pytestmark = [pytest.mark.django_db]

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def pages(db: None) -> Iterator[None]:
    """The shipped pages that quote a rule, and two that do not, compared once with the rules."""
    quoting_any = [page for page in shipped_pages() if any(block.type == "rule_fact" for block in page.body)]
    others = [page for page in shipped_pages() if page.slug in ("stopping", "questions")]
    with as_cms():
        load(pages=(*quoting_any, *others), sources=shipped_sources(), as_of=NOW)
        assert mark_changed_rules(as_of=NOW) == []
        yield


def quoting(country: str, rule_id: str) -> set[str]:
    return {page.slug for page in LearnPage.objects.all() if (country, rule_id) in set(quoted_rules(page))}


def every_quoted() -> list[tuple[str, str]]:
    return sorted({quoted for page in LearnPage.objects.all() for quoted in quoted_rules(page)})


def test_each_quoted_rule_marks_exactly_the_pages_that_quote_it(monkeypatch: pytest.MonkeyPatch):
    quoted = every_quoted()
    assert len(quoted) > 3
    for country, rule_id in quoted:
        ReviewMark.objects.all().delete()
        numbers = load_protocol(country).rules[rule_id].limits
        name, value = next(iter({**numbers.decimals, **numbers.counts}.items()))
        with monkeypatch.context() as patched:
            change(patched, country, rule_id, name, value + 1)
            made = mark_changed_rules(as_of=NOW)
            assert {mark.page.slug for mark in made} == quoting(country, rule_id)
            assert all(rule_id in mark.because and mark.about == rule_id for mark in made)
            assert mark_changed_rules(as_of=NOW) == []  # said once
        mark_changed_rules(as_of=NOW)  # back to the true number


def test_a_rule_that_no_page_quotes_marks_nothing(monkeypatch: pytest.MonkeyPatch):
    assert ("US", "KID-16") not in every_quoted()
    change(monkeypatch, "US", "KID-16", "to_daily_mg", Decimal(6))
    assert mark_changed_rules(as_of=NOW) == []


def test_a_draft_that_quotes_a_rule_is_marked_as_well(monkeypatch: pytest.MonkeyPatch):
    page = LearnPage.objects.get(slug="questions")
    stream = page._meta.get_field("body").stream_block
    raw = [*page.body.raw_data, {"type": "rule_fact", "value": {
        "countries": ["US"], "rule": "MAX-1", "value": "daily_mg", "text": "The most in a day is {value}."}}]  # fmt: skip
    page.body = stream.to_python(raw)
    page.save_revision()
    mark_changed_rules(as_of=NOW)
    change(monkeypatch, "US", "MAX-1", "daily_mg", Decimal(70))
    assert "questions" in {mark.page.slug for mark in mark_changed_rules(as_of=NOW)}


def test_a_second_change_of_a_marked_rule_keeps_one_open_mark(monkeypatch: pytest.MonkeyPatch):
    country, rule_id = every_quoted()[0]
    numbers = load_protocol(country).rules[rule_id].limits
    name, value = next(iter({**numbers.decimals, **numbers.counts}.items()))
    for step in (1, 2):
        change(monkeypatch, country, rule_id, name, value + step)
        mark_changed_rules(as_of=NOW)
    open_marks = ReviewMark.objects.filter(about=rule_id, cleared_at=None)
    assert sorted(mark.page.slug for mark in open_marks) == sorted(quoting(country, rule_id))
    now = rule_digest(country, rule_id)
    assert all(f"is now {now}." in mark.because.partition("Before that: ")[0] for mark in open_marks)
    assert all(mark.because.count("has changed") == 2 for mark in open_marks)


def test_a_rule_that_changes_in_two_countries_at_once_makes_one_mark_that_names_both(monkeypatch: pytest.MonkeyPatch):
    for country in ("US", "UK"):
        change(monkeypatch, country, "STEP-4", "wait_days", 5)
    made = [mark for mark in mark_changed_rules(as_of=NOW) if mark.about == "STEP-4"]
    assert [mark.page.slug for mark in made] == ["starting-low"]
    assert made[0].because.count("wait_days=5") == 2
    assert ReviewMark.objects.filter(about="STEP-4").count() == 1


def test_the_numbers_that_a_page_went_live_with_are_kept(monkeypatch: pytest.MonkeyPatch):
    """Without a comparison in between: the next change of the number marks the page."""
    country, rule_id = every_quoted()[0]
    page = LearnPage.objects.get(slug=min(quoting(country, rule_id)))
    SeenRule.objects.all().delete()
    page.latest_revision.publish()
    numbers = load_protocol(country).rules[rule_id].limits
    name, value = next(iter({**numbers.decimals, **numbers.counts}.items()))
    change(monkeypatch, country, rule_id, name, value + 1)
    assert page.slug in {mark.page.slug for mark in mark_changed_rules(as_of=NOW)}
