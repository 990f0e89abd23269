"""When time alone may change an assessment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.dosing.tables import facts_from, protocol_of
from titration.dosing.assessment import assess
from titration.dosing.deadlines import next_change, next_changes_after
from titration.dosing.facts import EventFact, Step, StepKind
from titration.dosing.schedule import add_months

ZONE = "America/New_York"


def days_until(given_facts: str) -> int:
    facts = facts_from(given_facts)
    return (next_change(facts, protocol_of("US"), ZONE).date() - facts.today).days


def test_it_is_a_local_midnight_after_now():
    facts = facts_from("creatinine_mg_dl=1")
    at = next_change(facts, protocol_of("US"), ZONE)
    assert at == datetime(at.year, at.month, at.day, 4, tzinfo=UTC)  # midnight in New York in summer
    assert at > facts.as_of


@pytest.mark.parametrize(
    ("given_facts", "days"),
    [
        # Six weeks of use: the start has turned already; the yearly and half-yearly checks of a new result come next.
        # A day on which nothing would be found is not named: the half year of KID-30 says nothing to this patient.
        ("creatinine_mg_dl=1 kidney_test_age_days=180", 186),
        ("creatinine_mg_dl=1 age_years=70 kidney_test_age_days=180", 2),
        ("creatinine_mg_dl=1 days_since_last_increase=6", 5),
        ("creatinine_mg_dl=1 days_since_last_increase=7", 4),
    ],
)
def test_the_next_day_that_turns(given_facts, days):
    assert days_until(given_facts) == days


def test_a_trigger_turns_when_its_week_is_over():
    facts = facts_from("creatinine_mg_dl=1 kidney_test_age_days=10")
    event = EventFact(code="sepsis", on=facts.today - timedelta(days=5))
    facts = replace(facts, person=replace(facts.person, events=(event,)))
    assert next_change(facts, protocol_of("US"), ZONE).date() == facts.today + timedelta(days=3)


@pytest.mark.parametrize("birth", [(1960, 2, 29), (1960, 5, 5), (1960, 5, 4), (1960, 5, 3)])
def test_with_a_step_ahead_every_birthday_is_named(birth):
    """A step that has not begun is judged anew on each day that may matter to it, whatever the dose of today says."""
    facts = facts_from("age_years=45")
    ahead = Step(kind=StepKind.START, starts_on=facts.today + timedelta(days=900), ends_on=None, slots=())
    facts = replace(
        facts,
        person=replace(facts.person, birth_date=facts.today.replace(year=birth[0], month=birth[1], day=birth[2])),
        therapy=replace(facts.therapy, steps=(ahead,)),
    )
    at = next_change(facts, protocol_of("US"), "UTC").date()
    assert at > facts.today
    assert (at.month, at.day) == ((3, 1) if birth[1:] == (2, 29) else birth[1:])


@pytest.mark.parametrize(
    "given_facts",
    [
        "estimate=50 kidney_test_age_days=20 weeks_of_use=1 age_years=70",
        "last_kidney_test_months=5 age_years=64.9",
        "estimate=50 kidney_test_age_days=100 daily_mg=30 days_since_last_increase=3",
        "creatinine_mg_dl=1.4 medicines=ramipril new_gfr_lowering_drug=yes age_years=65",
        "estimate=25 kidney_test_age_days=80 daily_mg=5",
    ],
)
def test_nothing_changes_before_the_day_that_is_named(given_facts):
    """Day by day for two years: every change of the findings falls on a day that was announced."""
    protocol = protocol_of("US")
    facts = facts_from(given_facts)

    def found(moment):
        return {(one.rule, one.severity) for one in assess(moment, protocol).findings}

    announced = next_change(facts, protocol, "UTC").date()
    before, changes = found(facts), 0
    for _ in range(730):
        day = facts.today + timedelta(days=1)
        facts = replace(facts, today=day, as_of=facts.as_of + timedelta(days=1))
        now = found(facts)
        if now != before:
            changes += 1
            assert day == announced
        if day == announced:
            announced = next_change(facts, protocol, "UTC").date()
            assert next_changes_after(assess(facts, protocol), "UTC").first.date() == announced
        before = now
    assert changes


def test_a_day_that_would_find_nothing_new_is_not_named():
    facts = facts_from("age_years=45 daily_mg=30")
    assert next_change(facts, protocol_of("US"), ZONE).date() == add_months(facts.today, 12)
    older = facts_from("age_years=65.5 daily_mg=30 estimate=50")
    assert next_change(older, protocol_of("US"), ZONE).date() <= add_months(facts.today, 6)


def test_the_weeks_at_the_maximum_dose_turn_when_they_are_over():
    facts = facts_from("event=review benefit=none daily_mg=80 weeks_at_maximum=7")
    assert next_change(facts, protocol_of("US"), ZONE).date() == facts.today + timedelta(days=7)
