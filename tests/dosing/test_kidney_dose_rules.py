"""KID-9 to KID-18: the bands, from the table of the rules."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dosing.tables import facts_from, judged, one_sided, rows, said
from titration.dosing.assessment import Tier, tier
from titration.dosing.doses import Mg
from titration.dosing.kidney_dose_rules import RULES
from titration.dosing.rules import About, Override

TABLES = {
    "KID-9": """
        estimate=60 daily_mg=15      | quiet
        estimate=59.99 daily_mg=15   | INFO
        estimate=30 daily_mg=5.5     | INFO
        estimate=30 daily_mg=5       | quiet
        estimate=29.99 daily_mg=15   | quiet
        estimate=45 daily_mg=15 dialysis=yes | quiet
    """,
    "KID-10": """
        event=increase previous_daily_mg=5 daily_mg=7.5 estimate=45 days_since_last_increase=6 | WARN
        event=increase previous_daily_mg=5 daily_mg=7.5 estimate=45 days_since_last_increase=7 | quiet
        event=increase previous_daily_mg=5 daily_mg=7.5 estimate=60 days_since_last_increase=6 | quiet
        event=increase previous_daily_mg=5 daily_mg=7.5 estimate=29.9 days_since_last_increase=6 | quiet
        event=increase previous_daily_mg=9 daily_mg=7.5 estimate=45 days_since_last_increase=6 | quiet
    """,
    "KID-11": """
        estimate=59.9 daily_mg=20 age_years=65             | WARN
        estimate=59.9 daily_mg=19.5 age_years=65           | quiet
        estimate=60 daily_mg=20 age_years=65               | quiet
        estimate=59.9 daily_mg=20 age_years=66             | quiet
        estimate=10 daily_mg=20 age_years=65               | WARN
        estimate=10 daily_mg=20 age_years=65 dialysis=yes  | quiet
    """,
    "KID-12": """
        estimate=59.9 daily_mg=20 age_years=66             | WARN
        estimate=59.9 daily_mg=19.5 age_years=66           | quiet
        estimate=60 daily_mg=20 age_years=66               | quiet
        estimate=59.9 daily_mg=20 age_years=65             | quiet
        estimate=59.9 daily_mg=20 age_years=66 dialysis=yes | quiet
    """,
    "KID-13": """
        estimate=29.99 daily_mg=5    | WARN
        estimate=15 daily_mg=5       | WARN
        estimate=14.99 daily_mg=5    | quiet
        estimate=30 daily_mg=5       | quiet
        estimate=29.99 daily_mg=5.5  | quiet
    """,
    "KID-14": """
        estimate=29.99 daily_mg=5.5  | STOP
        estimate=15 daily_mg=5.5     | STOP
        estimate=30 daily_mg=5.5     | quiet
        estimate=14.99 daily_mg=5.5  | quiet
        estimate=29.99 daily_mg=5    | quiet
        event=stop daily_mg=60 estimate=20 | quiet
    """,
    "KID-15": """
        estimate=14.99 daily_mg=5    | STOP
        estimate=14.99 daily_mg=5.5  | quiet
        estimate=15 daily_mg=5       | quiet
        estimate=14.99 daily_mg=5 dialysis=yes | quiet
    """,
    "KID-16": """
        dialysis=yes daily_mg=5      | STOP
        dialysis=yes daily_mg=5.5    | quiet
        dialysis=no daily_mg=5       | quiet
        event=stop dialysis=yes daily_mg=5 | quiet
    """,
    "KID-17": """
        estimate=14.99 daily_mg=5.5  | STOP
        estimate=14.99 daily_mg=5    | quiet
        estimate=15 daily_mg=5.5     | quiet
        dialysis=yes daily_mg=5.5    | STOP
        dialysis=yes estimate=90 daily_mg=5.5 | STOP
    """,
    "KID-18": """
        estimate=29.99 daily_mg=5    | INFO
        estimate=30 daily_mg=5       | quiet
        dialysis=yes daily_mg=5      | INFO
        event=stop estimate=20 daily_mg=5  | quiet
        event=first_order estimate=20 daily_mg=5  | INFO
        event=increase estimate=20 previous_daily_mg=2.5 daily_mg=5  | INFO
        event=increase estimate=20 previous_daily_mg=10 daily_mg=5   | quiet
        event=increase dialysis=yes previous_daily_mg=5 daily_mg=5   | quiet
        event=taper estimate=20 daily_mg=10 steps=0:5+14:0           | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_kidney_dose_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert set(TABLES) == {rule.id for rule in RULES}
    assert one_sided(TABLES) == []


def finding_of(given_facts, rule_id):
    (found,) = [one for one in judged(given_facts).findings if one.rule == rule_id]
    return found


@pytest.mark.parametrize(
    ("given_facts", "rule_id", "override"),
    [
        ("event=first_order estimate=50 daily_mg=20 age_years=70", "KID-12", Override.DOCUMENTED),
        ("event=first_order estimate=20 daily_mg=10", "KID-14", Override.REASON),
        ("event=first_order estimate=10 daily_mg=5", "KID-15", Override.SPECIALIST),
        ("event=first_order dialysis=yes daily_mg=5", "KID-16", Override.SPECIALIST),
        ("event=first_order dialysis=yes daily_mg=10", "KID-17", Override.SPECIALIST_SECOND),
    ],
)
def test_what_an_order_needs_to_pass(given_facts, rule_id, override):
    found = finding_of(given_facts, rule_id)
    assert (found.override, found.about, tier(found)) == (override, About.ORDER, Tier.INTERRUPTION)


@pytest.mark.parametrize("order", ["event=current", "event=taper steps=0:45+14:0"])
def test_a_dose_in_force_and_an_order_that_lowers_it_are_reviewed_and_not_held_back(order):
    found = judged(f"{order} estimate=10 daily_mg=60")
    assert "KID-17" in {one.rule for one in found.about(About.STANDING)}
    assert not {"KID-17", "KID-11"} & {one.rule for one in found.blocking}


def test_an_order_that_keeps_the_dose_is_held_back():
    found = judged("event=increase previous_daily_mg=60 daily_mg=60 estimate=10")
    assert "KID-17" in {one.rule for one in found.blocking}


def test_without_a_birth_date_the_stricter_of_the_two_ages_counts():
    facts = facts_from("estimate=50 daily_mg=20")
    found = judged(replace(facts, person=replace(facts.person, birth_date=None)))
    assert (said(found, "KID-12"), said(found, "KID-11")) == ("WARN", "quiet")


def test_an_unknown_dialysis_is_said():
    facts = facts_from("estimate=90 daily_mg=20")
    assert said(judged(replace(facts, person=replace(facts.person, dialysis=None))), "KID-16") == "not judged"


DOSE_IDS = [rule.id for rule in RULES if rule.id != "KID-10"]


@given(
    first=st.decimals(1, 120, places=2),
    second=st.decimals(1, 120, places=2),
    daily=st.sampled_from(["2.5", "5", "5.5", "15", "19.5", "20", "60"]),
    age=st.integers(18, 100),
)
def test_worse_kidneys_never_lower_the_highest_severity(first, second, daily, age):
    """A lower estimate may change which rule speaks; it never makes the kidney rules as a whole milder."""
    worse, better = sorted((first, second))

    def loudest(estimate):
        found = judged(f"estimate={estimate} daily_mg={daily} age_years={age}").findings
        return max((one.severity.rank for one in found if one.rule in DOSE_IDS), default=0)

    assert loudest(worse) >= loudest(better)


def test_the_reason_names_the_estimate_that_decides():
    found = finding_of("age_years=70 sex=F creatinine_mg_dl=1.80 daily_mg=10", "KID-14")
    assert found.because.startswith("eGFR (CKD-EPI 2021, creatinine) 29.9 mL/min and 10\u00a0mg a day:")
    assert finding_of("dialysis=yes creatinine_mg_dl=6.5 daily_mg=10", "KID-17").because.startswith("On dialysis and ")


def ending(*, today, last):
    """The end of a taper from 60 mg a day that went to 45 mg two weeks ago; ``last`` is the mg since a week ago."""
    facts = facts_from("event=taper daily_mg=60 steps=0:45+7:20+14:0 estimate=40 age_years=50")
    assert facts.order is not None
    high, low, end = facts.order.steps
    began = facts.today - timedelta(days=today)
    at_once = (replace(high.slots[0], amount=Mg(Decimal(45))),)
    high = replace(high, starts_on=began, ends_on=began + timedelta(days=7), slots=at_once)
    slots = tuple(replace(slot, amount=Mg(Decimal(last) / len(low.slots))) for slot in low.slots)
    low = replace(low, starts_on=began + timedelta(days=7), ends_on=None, slots=slots)
    end = replace(end, starts_on=facts.today + timedelta(days=1))
    return judged(replace(facts, order=replace(facts.order, starts_on=began, steps=(high, low, end))))


def test_the_end_of_a_taper_is_judged_by_the_dose_that_is_still_taken():
    (found,) = [one for one in ending(today=14, last="21").findings if one.rule == "KID-11"]
    assert "21\u00a0mg a day" in found.because
    assert "45\u00a0mg" not in found.because
    assert said(ending(today=14, last="15"), "KID-11") == "quiet"


def test_the_end_of_a_taper_does_not_point_out_a_single_dose_of_the_past():
    assert said(ending(today=14, last="15"), "MAX-3") == "quiet"
