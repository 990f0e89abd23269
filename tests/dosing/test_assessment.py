"""``assess`` as a whole: order, tiers, phrases, purity and speed."""

from dataclasses import replace
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dosing.tables import facts_from, judged, protocol_of
from titration.dosing.assessment import RULES, Tier, assess, severity_phrase, tier, worst
from titration.dosing.facts import Measured
from titration.dosing.rules import About, Override, Severity

BUSY = (
    "event=increase previous_daily_mg=60 daily_mg=90 days_since_last_increase=1 age_years=70 sex=F weight_kg=60 "
    "height_cm=160 creatinine_mg_dl=1.3 medicines=ibuprofen conditions=diabetes"
)


def test_the_most_severe_finding_is_first():
    ranks = [one.severity.rank for one in judged(BUSY).findings]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == Severity.STOP.rank


def test_every_judged_rule_is_either_found_quiet_or_not_judged():
    for where in ("US", "UK"):
        for text in (BUSY, "event=current", "event=stop", "event=lab_entry creatinine_mg_dl=98.6", "age_years=9"):
            found = judged(text, where, paediatric=False)
            named = [one.rule for one in found.findings] + list(found.quiet)
            named += [rule for one in found.not_judged for rule in one.rules]
            expected = [rule.id for rule in RULES if rule.judge is not None and rule.id in protocol_of(where).rules]
            assert sorted(named) == sorted(expected)


def finding(**changes):
    base = judged("event=first_order daily_mg=30").findings[0]
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("override", "rule", "expected"),
    [
        (Override.HARD, "UNIT-4", Tier.HARD_STOP),
        (Override.NONE, "STEP-1", Tier.INLINE),
        (Override.NONE, "UNIT-9", Tier.INTERRUPTION),
        *((override, "KID-1", Tier.INTERRUPTION) for override in Override if override not in ("none", "hard")),
    ],
)
def test_tiers(override, rule, expected):
    assert tier(finding(override=override, rule=rule)) is expected


@pytest.mark.parametrize(
    ("severity", "same_day", "expected"),
    [
        (Severity.INFO, False, "For information"),
        (Severity.INFO, True, "For information"),
        (Severity.WARN, False, "This week"),
        (Severity.WARN, True, "Act now"),
        (Severity.STOP, False, "Act now"),
        (Severity.URGENT, False, "Act now"),
        (Severity.EMERGENCY, False, "Act now"),
    ],
)
def test_severity_phrases(severity, same_day, expected):
    assert severity_phrase(finding(severity=severity, same_day=same_day)) == expected


def test_blocking_holds_what_needs_more_than_a_look():
    found = judged(BUSY)
    assert {one.rule for one in found.blocking} == {"MAX-1", "KID-12"}
    assert all(one.about in (About.ORDER, About.ENTRY) for one in found.blocking)
    assert judged("event=current daily_mg=90").blocking == ()


def test_worst_of_nothing_is_nothing():
    assert worst(()) is None
    assert worst(judged(BUSY).findings) is Severity.STOP


def test_an_assessment_names_the_protocol_it_was_made_with():
    found = judged(BUSY, "UK")
    assert (found.protocol_id, found.protocol_version) == ("uk", 1)


def test_nothing_is_a_clean_bill_without_facts():
    """A patient of whom nothing is known gets reasons, not silence."""
    facts = facts_from("event=first_order daily_mg=10")
    unknown = {"birth_date": None, "sex": None, "dialysis": None}
    kidneys = replace(facts.kidneys, assume_normal=False, checks_assumed_current=False)
    therapy = replace(facts.therapy, taken_before=None)
    found = assess(
        replace(facts, person=replace(facts.person, **unknown), kidneys=kidneys, therapy=therapy), protocol_of("UK")
    )
    missing = {rule for one in found.not_judged for rule in one.rules}
    assert {"KID-9", "KID-14", "KID-16", "KID-17", "STEP-7"} <= missing
    assert "KID-26" in {one.rule for one in found.findings}


@given(
    daily=st.integers(0, 120),
    creatinine=st.decimals("0.3", "9", places=2),
    age=st.integers(1, 119),
    weight=st.integers(5, 180),
    where=st.sampled_from(["US", "UK"]),
)
def test_the_same_facts_always_give_the_same_answer(daily, creatinine, age, weight, where):
    facts = facts_from(f"daily_mg={daily} creatinine_mg_dl={creatinine} age_years={age} height_cm=165")
    facts = replace(facts, person=replace(facts.person, weight=Measured(value=Decimal(weight), on=None)))
    first, second = assess(facts, protocol_of(where)), assess(facts, protocol_of(where))
    assert (first.findings, first.quiet, first.not_judged) == (second.findings, second.quiet, second.not_judged)


# Not in it: notes that are no warning of their own. KID-8 is given at 60 to 80 whatever the dose, while from 30 to 60
# a dose up to 5 mg a day raises nothing; KID-4 says that estimates differ, KID-29 gives way to KID-30.
NOTES = ("KID-4", "KID-8", "KID-29", "KID-30")
LEVELS = {rule.id for rule in RULES if rule.family == "KID" and rule.id not in NOTES}


@given(
    low=st.decimals("0.5", "8", places=2),
    more=st.decimals("0", "4", places=2),
    daily=st.sampled_from(["5", "15", "30", "60"]),
    age=st.integers(18, 95),
    event=st.sampled_from(["event=current", "event=first_order", "event=increase previous_daily_mg=2"]),
)
def test_a_higher_creatinine_never_makes_the_kidney_rules_milder(low, more, daily, age, event):
    def loudest(creatinine):
        keys = f"{event} daily_mg={daily} age_years={age} weight_kg=70 height_cm=170 creatinine_mg_dl={creatinine}"
        found = judged(f"{keys} days_since_last_increase=30").findings
        return max((one.severity.rank for one in found if one.rule in LEVELS), default=0)

    assert loudest(low + more) >= loudest(low)


def test_a_typical_plan_is_assessed_in_a_few_milliseconds():
    facts = facts_from(
        "event=increase previous_daily_mg=15 daily_mg=30 weight_kg=80 height_cm=180 creatinine_mg_dl=0.9"
    )
    protocol = protocol_of("US")
    times = []
    for _ in range(20):
        start = perf_counter()
        assess(facts, protocol)
        times.append(perf_counter() - start)
    # The goal is 3 ms; the fastest of twenty leaves room for a machine that is busy with something else.
    assert min(times) < 0.006
