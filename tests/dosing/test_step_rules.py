"""STEP, from the sentence of each rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dosing.tables import facts_from, judged, one_sided, protocol_of, rows, said
from titration.dosing.doses import Mg
from titration.dosing.step_rules import RULES, draft_ladder

TABLES = {
    "STEP-1": """
        event=first_order daily_mg=15                                  | quiet
        event=first_order daily_mg=15.5                                | WARN
        event=first_order daily_mg=5                                   | quiet
        event=first_order daily_mg=30 age_years=12                     | WARN       | quiet
        event=first_order daily_mg=30 age_years=11                     | not judged | quiet
        event=first_order daily_mg=30 age_years=18                     | WARN
        event=first_order daily_mg=30 age_years=17.5                   | WARN       | quiet
        event=increase previous_daily_mg=15 daily_mg=30                | quiet
        event=current daily_mg=60                                      | quiet
    """,
    "STEP-2": """
        event=increase previous_daily_mg=15 daily_mg=30                | quiet
        event=increase previous_daily_mg=15 daily_mg=30.5              | WARN
        event=increase previous_daily_mg=60 daily_mg=80                | WARN
        event=increase previous_daily_mg=60 daily_mg=80 single_mg=20 doses_per_day=4 | quiet
        event=increase previous_daily_mg=60 daily_mg=80 doses_per_day=2 | WARN
        event=increase previous_daily_mg=80 daily_mg=100               | WARN
        event=first_order daily_mg=60                                  | quiet
        event=taper daily_mg=60 steps=0:30+7:0                         | quiet
        event=taper daily_mg=60 steps=0:30+7:50+14:0                   | WARN
    """,
    "STEP-3": """
        event=increase previous_daily_mg=60 daily_mg=80 single_mg=20 doses_per_day=4 | INFO
        event=increase previous_daily_mg=60 daily_mg=80 doses_per_day=2              | quiet
        event=increase previous_daily_mg=65 daily_mg=80 single_mg=20 doses_per_day=4 | quiet
        event=increase previous_daily_mg=60 daily_mg=75                | quiet
    """,
    "STEP-4": """
        event=increase previous_daily_mg=15 daily_mg=30 days_since_last_increase=3  | quiet
        event=increase previous_daily_mg=15 daily_mg=30 days_since_last_increase=2  | WARN
        event=increase previous_daily_mg=15 daily_mg=30 days_since_last_increase=0  | WARN
        event=increase previous_daily_mg=30 daily_mg=15 days_since_last_increase=0  | quiet
        event=increase previous_daily_mg=30 daily_mg=30 days_since_last_increase=0  | quiet
        event=first_order daily_mg=15                                  | quiet
        event=taper daily_mg=60 steps=0:30+2:40+14:0                   | quiet
        event=taper daily_mg=60 steps=0:30+2:40+4:50+14:0              | WARN
    """,
    "STEP-7": """
        event=first_order daily_mg=9 age_years=10 weight_kg=30         | absent | quiet
        event=first_order daily_mg=9.01 age_years=10 weight_kg=30      | absent | WARN
        event=first_order daily_mg=9.01 age_years=17 weight_kg=30      | absent | WARN
        event=first_order daily_mg=9.01 age_years=18 weight_kg=30      | absent | quiet
        event=first_order daily_mg=9.01 age_years=10                   | absent | not judged
    """,
    "STEP-8": """
        event=increase previous_daily_mg=10 daily_mg=15 age_years=10 days_since_last_increase=7 | absent | quiet
        event=increase previous_daily_mg=10 daily_mg=15 age_years=10 days_since_last_increase=6 | absent | WARN
        event=increase previous_daily_mg=10 daily_mg=15 age_years=18 days_since_last_increase=6 | absent | quiet
    """,
    "STEP-9": """
        event=first_order daily_mg=15 age_years=64                     | quiet
        event=first_order daily_mg=15 age_years=65                     | INFO
        event=first_order daily_mg=15 conditions=stroke                | INFO
        event=first_order daily_mg=15 conditions=cerebral_palsy        | INFO
        event=first_order daily_mg=15 conditions=multiple_sclerosis    | quiet
        event=increase previous_daily_mg=15 daily_mg=30 age_years=80   | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_step_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES if rule.judge is not None}
    assert one_sided(TABLES) == []


def test_a_start_that_may_be_the_first_counts_as_the_first():
    facts = facts_from("event=first_order daily_mg=60")
    unknown = replace(facts, therapy=replace(facts.therapy, taken_before=None))
    before = replace(facts, therapy=replace(facts.therapy, taken_before=True))
    assert said(judged(unknown), "STEP-1") == "WARN"
    assert "not known" in judged(unknown).findings[0].because
    assert said(judged(before), "STEP-1") == "quiet"
    assert said(judged(before), "STEP-2") == "not judged"


def test_a_start_without_a_birth_date_is_judged_as_an_adult_start():
    facts = facts_from("event=first_order daily_mg=30")
    facts = replace(facts, person=replace(facts.person, birth_date=None))
    assert said(judged(facts), "STEP-1") == "WARN"


@pytest.mark.parametrize(("where", "age"), [("US", 11), ("UK", 17)])
def test_a_child_is_refused_while_the_rules_for_children_are_off(where, age):
    facts = f"event=first_order daily_mg=5 age_years={age} weight_kg=30"
    off = judged(facts, where, paediatric=False)
    assert any(one.refuses and str(age) in one.because for one in off.refusals)
    assert not judged(facts, where).refusals
    stop = judged(f"event=stop daily_mg=5 age_years={age} weight_kg=30", where, paediatric=False)
    assert stop.not_judged
    assert not stop.refusals, "an order that only ends the dose is never held back by that"


def test_a_later_step_of_the_same_order_is_measured_from_the_one_before():
    facts = facts_from("event=taper daily_mg=60 steps=0:45+3:60")
    assert said(judged(facts), "STEP-2") == "quiet"
    assert said(judged(facts_from("event=taper daily_mg=60 steps=0:45+3:61")), "STEP-2") == "WARN"


def test_the_ladder_is_the_one_of_the_label():
    start = date(2026, 10, 23)
    steps = [(on.isoformat(), str(daily.value), doses) for on, daily, doses in draft_ladder(protocol_of("US"), start)]
    assert steps == [
        ("2026-10-23", "15", 3),
        ("2026-10-26", "30", 3),
        ("2026-10-29", "45", 3),
        ("2026-11-01", "60", 3),
        ("2026-11-04", "80", 4),
    ]


STEP_IDS = {rule.id for rule in RULES}


@given(
    before=st.integers(1, 90),
    small=st.integers(0, 60),
    smaller=st.integers(0, 60),
    waited=st.integers(0, 12),
    longer=st.integers(0, 12),
    where=st.sampled_from(["US", "UK"]),
)
def test_a_smaller_step_or_a_longer_wait_never_adds_a_finding(before, small, smaller, waited, longer, where):
    """STEP-5. The one exception is STEP-3, which stands in for STEP-2 and is milder."""
    small, smaller = max(small, smaller), min(small, smaller)

    def findings(added: int, days: int) -> set[str]:
        keys = f"event=increase previous_daily_mg={before} daily_mg={before + added} days_since_last_increase={days}"
        found = {one.rule for one in judged(keys, where).findings} & STEP_IDS
        return {"STEP-2" if one == "STEP-3" else one for one in found}

    assert findings(smaller, waited + longer) <= findings(small, waited)


def test_the_added_amount_is_exact():
    facts = facts_from("event=increase previous_daily_mg=0.1 daily_mg=15.1")
    assert facts.order is not None
    assert facts.order.steps[0].daily == Mg(Decimal("15.1"))
    assert said(judged(facts), "STEP-2") == "quiet"
