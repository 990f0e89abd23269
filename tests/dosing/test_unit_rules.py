"""UNIT: slips of entry."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dosing.tables import facts_from, judged, one_sided, rows, said
from titration.dosing.assessment import Tier, tier
from titration.dosing.doses import Mg, Micrograms
from titration.dosing.facts import LabEntry, LabUnit, LiquidDose, LiquidOrder, OrderKind, SlotDose
from titration.dosing.rules import About
from titration.dosing.unit_rules import RULES, both_units

LIQUID = "event=liquid_order single_mg=10"
TABLES = {
    "UNIT-1": """
        event=lab_entry creatinine_mg_dl=20                 | quiet
        event=lab_entry creatinine_mg_dl=20.01              | STOP
        event=lab_entry creatinine_umol_l=1768              | quiet
        event=lab_entry creatinine_umol_l=1769              | STOP
        event=current creatinine_mg_dl=20.01                | quiet
    """,
    "UNIT-2": """
        event=lab_entry creatinine_umol_l=15                | quiet
        event=lab_entry creatinine_umol_l=14.9              | STOP
        event=lab_entry creatinine_mg_dl=0.16               | STOP
        event=lab_entry creatinine_mg_dl=0.17               | quiet
    """,
    "UNIT-3": """
        creatinine_mg_dl=1 age_years=1                      | quiet
        creatinine_mg_dl=1 age_years=0.9                    | STOP
        creatinine_mg_dl=1 age_years=120                    | quiet
        creatinine_mg_dl=1 age_years=121                    | STOP
        event=lab_entry creatinine_mg_dl=1 age_years=121    | STOP
        kidneys=normal age_years=121                        | quiet
    """,
    "UNIT-4": f"""
        {LIQUID} strength_mg_per_ml=1 volume_ml=10          | quiet
        {LIQUID} strength_mg_per_ml=2 volume_ml=5           | quiet
        {LIQUID} strength_mg_per_ml=2 volume_ml=5.01        | STOP
        {LIQUID} strength_mg_per_ml=2                       | quiet
        event=current                                       | quiet
    """,
    "UNIT-5": f"""
        event=liquid_order volume_ml=10                     | STOP
        event=liquid_order strength_mg_per_ml=1 volume_ml=10 | STOP
        {LIQUID} volume_ml=10                               | STOP
        {LIQUID} strength_mg_per_ml=1                       | STOP
        {LIQUID} strength_mg_per_ml=1 volume_ml=10          | quiet
    """,
    "UNIT-6": f"""
        {LIQUID} strength_mg_per_ml=2 volume_ml=10 previous_strength_mg_per_ml=1 previous_volume_ml=10 | STOP
        {LIQUID} strength_mg_per_ml=2 volume_ml=5 previous_strength_mg_per_ml=1 previous_volume_ml=10  | quiet
        {LIQUID} strength_mg_per_ml=1 volume_ml=10 previous_strength_mg_per_ml=1 previous_volume_ml=10 | quiet
    """,
    "UNIT-9": """
        event=increase previous_daily_mg=5 daily_mg=50      | STOP
        event=increase previous_daily_mg=5 daily_mg=49      | quiet
        event=increase previous_daily_mg=50 daily_mg=5      | STOP
        event=increase previous_daily_mg=50 daily_mg=5.5    | quiet
        event=first_order daily_mg=60                       | quiet
        event=stop daily_mg=60                              | quiet
        event=taper daily_mg=60 steps=0:30+7:10+14:5+21:0   | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_unit_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    # UNIT-8 has a test of its own: a case file cannot write micrograms into an oral dose.
    assert set(TABLES) | {"UNIT-8"} == {rule.id for rule in RULES if rule.judge is not None}
    assert one_sided(TABLES) == []


def test_micrograms_in_an_oral_order_are_refused():
    facts = facts_from("event=increase previous_daily_mg=15 daily_mg=20")
    assert facts.order is not None
    step = facts.order.steps[0]
    wrong = replace(step, slots=(SlotDose(at=None, amount=Micrograms(Decimal(20))),))  # type: ignore[arg-type]
    found = judged(replace(facts, order=replace(facts.order, steps=(wrong,))))
    assert [one.rule for one in found.findings] == ["UNIT-8"]
    assert said(found, "MAX-1") == "not judged", "micrograms read as mg would be judged a thousand-fold wrong"
    assert found.refusals
    assert said(judged(facts), "UNIT-8") == "quiet"


@pytest.mark.parametrize("given_facts", [row[1] for row in rows(TABLES) if row[3] == "STOP" and row[0] != "UNIT-9"])
def test_a_slip_of_entry_cannot_be_passed(given_facts):
    hard = [one for one in judged(given_facts).findings if one.rule.startswith("UNIT-")]
    assert {tier(one) for one in hard} == {Tier.HARD_STOP}


def ordered(before, after):
    """An increase from one pattern to another, each as (hour, mg)."""
    facts = facts_from("event=increase previous_daily_mg=15 daily_mg=20 kidneys=normal")

    def slots(pattern):
        return tuple(SlotDose(at=time(hour), amount=Mg(Decimal(mg))) for hour, mg in pattern)

    assert facts.order is not None
    old = replace(facts.therapy.steps[-1], slots=slots(before))
    new = replace(facts.order.steps[0], slots=slots(after))
    return replace(
        facts,
        therapy=replace(facts.therapy, steps=(old,)),
        order=replace(facts.order, steps=(new,), kind=OrderKind.CHANGE),
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (((8, "2.5"), (20, "20")), ((8, "25"), (20, "20")), "STOP"),
        (((8, "2.5"), (20, "20")), ((8, "5"), (20, "22.5")), "quiet"),
        (((8, "10"), (14, "10"), (20, "10")), ((8, "10"), (14, "10"), (20, "1")), "STOP"),
        (((8, "5"), (20, "5")), ((8, "5"), (14, "50"), (20, "5")), "STOP"),
        (((8, "5"), (20, "5")), ((8, "5"), (14, "5"), (20, "5")), "quiet"),
    ],
)
def test_one_dose_is_compared_with_the_one_at_its_time(before, after, expected):
    found = judged(ordered(before, after))
    assert said(found, "UNIT-9") == expected
    for finding in found.findings:
        if finding.rule == "UNIT-9":
            assert (tier(finding), finding.about) == (Tier.INTERRUPTION, About.ORDER)


def test_a_likely_value_is_offered_for_the_wrong_unit():
    (finding,) = judged("event=lab_entry creatinine_mg_dl=98.6").findings
    assert finding.values == (("Probably, in mg/dL", "1.115"),)
    assert finding.about is About.ENTRY


@given(st.decimals("0.01", 2000, places=2), st.sampled_from([LabUnit.MG_DL, LabUnit.UMOL_L]))
def test_a_creatinine_keeps_the_unit_it_came_in(value, unit):
    facts = facts_from("event=lab_entry creatinine_mg_dl=1")
    assert facts.lab_entry is not None
    entry = LabEntry(analyte=facts.lab_entry.analyte, value=value, unit=unit)
    in_mg_dl, in_umol = both_units(entry)
    assert value in (in_mg_dl, in_umol)
    assert round(in_umol / in_mg_dl, 6) == Decimal("88.4")


def liquid(*doses, now="2", then="1"):
    """A change to a liquid with each dose as (mg, mL, mL before)."""
    facts = facts_from("event=liquid_order single_mg=10 strength_mg_per_ml=2 volume_ml=5")
    assert facts.order is not None
    each = tuple(
        LiquidDose(
            dose=Mg(Decimal(mg)), volume_ml=Decimal(ml), previous_volume_ml=None if old is None else Decimal(old)
        )
        for mg, ml, old in doses
    )
    order = LiquidOrder(doses=each, strength_mg_per_ml=Decimal(now), previous_strength_mg_per_ml=Decimal(then))
    return judged(replace(facts, order=replace(facts.order, liquid=order)))


def test_every_dose_of_a_liquid_is_compared_with_the_one_it_replaces():
    assert said(liquid(("10", "5", "10"), ("20", "10", "10")), "UNIT-6") == "STOP"
    assert said(liquid(("10", "5", "10"), ("10", "5", None)), "UNIT-6") == "quiet"


def test_every_dose_of_a_liquid_has_the_volume_of_its_mg():
    (found,) = liquid(("10", "5", None), ("15", "5", None), ("20", "5", None)).findings
    assert found.rule == "UNIT-4"
    assert found.because.replace("\u00a0", " ") == (
        "5 mL of 2 mg/mL gives 10 mg, not 15 mg; 5 mL of 2 mg/mL gives 10 mg, not 20 mg."
    )
