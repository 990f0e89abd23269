"""STOP-1 to STOP-3 and TAPER-1 to TAPER-7."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dosing.intakes import START, THREE, step, taking
from tests.dosing.tables import facts_from, judged, one_sided, rows, said
from titration.dosing.rules import About, Override
from titration.dosing.stopping_rules import RULES

TABLES = {
    "STOP-1": """
        event=stop daily_mg=15 weeks_of_use=2                                 | STOP
        event=stop daily_mg=14.5 weeks_of_use=2                               | quiet
        event=stop daily_mg=15 weeks_of_use=1.9                               | quiet
        event=stop daily_mg=60 reason=not_needed                              | STOP
        event=stop daily_mg=60 reason=overdose                                | quiet
        event=taper daily_mg=60 steps=0:0                                     | STOP
        event=taper daily_mg=60 steps=0:30+14:0                               | quiet
        event=stop daily_mg=0                                                 | quiet
    """,
    "STOP-2": """
        event=stop daily_mg=60 reason=serious_adverse_reaction                | WARN
        event=stop daily_mg=60 reason=overdose                                | WARN
        event=stop daily_mg=60 reason=no_benefit                              | quiet
        event=taper daily_mg=60 steps=0:30+14:0 reason=overdose               | quiet
    """,
    "STOP-3": """
        event=stop daily_mg=14.5 weeks_of_use=10                              | INFO
        event=stop daily_mg=60 weeks_of_use=1.9                               | INFO
        event=stop daily_mg=15 weeks_of_use=2                                 | quiet
    """,
    "TAPER-1": """
        event=taper daily_mg=15 weeks_of_use=2 steps=0:10+6:0                 | STOP
        event=taper daily_mg=15 weeks_of_use=2 steps=0:10+7:0                 | quiet
        event=taper daily_mg=14.5 weeks_of_use=2 steps=0:10+6:0               | quiet
        event=taper daily_mg=15 weeks_of_use=1.9 steps=0:10+6:0               | quiet
        event=taper daily_mg=60 steps=0:45+2:30+4:15+6:0                      | STOP
        event=taper daily_mg=60 steps=0:45+2:30                               | quiet
        event=taper daily_mg=60 steps=0:0                                     | quiet
        event=taper daily_mg=60 steps=0:60+10:30+16:0                         | STOP
    """,
    "TAPER-2": """
        event=taper daily_mg=60 steps=0:30+7:0                                | INFO
        event=taper daily_mg=60 steps=0:30+13:0                               | INFO
        event=taper daily_mg=60 steps=0:30+14:0                               | quiet
        event=taper daily_mg=60 steps=0:30+6:0                                | quiet
        event=taper daily_mg=60 steps=0:30                                    | quiet
        event=taper daily_mg=14.5 steps=0:10+7:0                              | quiet
    """,
    "TAPER-3": """
        event=taper daily_mg=60 steps=0:30+7:15+14:10+21:0                    | quiet
        event=taper daily_mg=60 steps=0:29.5+7:15+14:10+21:0                  | WARN
        event=taper daily_mg=60 steps=0:30+7:15+14:10.5+21:0                  | WARN
        event=taper daily_mg=60 steps=0:30+7:15+14:10+21:4                    | WARN
        event=taper daily_mg=60 steps=0:20                                    | WARN
        event=increase previous_daily_mg=60 daily_mg=20                       | WARN
        event=increase previous_daily_mg=60 daily_mg=30                       | quiet
        event=increase previous_daily_mg=14 daily_mg=5                        | quiet
        event=taper daily_mg=60 weeks_of_use=1.9 steps=0:20                   | quiet
        event=stop daily_mg=60                                                | quiet
    """,
    "TAPER-7": """
        event=stop daily_mg=60 pump_delivering=yes                            | WARN
        event=stop daily_mg=5 weeks_of_use=1 pump_delivering=yes              | WARN
        event=stop daily_mg=60                                                | quiet
        event=taper daily_mg=60 steps=0:30+1:15+2:10+3:0 pump_delivering=yes  | quiet
        event=taper daily_mg=60 steps=0:29.5+7:15+14:10+21:0 pump_delivering=yes | WARN
        event=taper daily_mg=60 steps=0:30+1:15+2:0 pump_delivering=yes       | WARN
        event=increase previous_daily_mg=60 daily_mg=30 pump_delivering=yes   | quiet
        event=increase previous_daily_mg=60 daily_mg=29.5 pump_delivering=yes | WARN
        event=increase previous_daily_mg=30 daily_mg=60 pump_delivering=yes   | quiet
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_stopping_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    # TAPER-4 raises nothing itself; its own table is below, and so is that of TAPER-5, which is about no order.
    assert set(TABLES) | {"TAPER-4", "TAPER-5"} == {rule.id for rule in RULES if rule.judge is not None}
    assert one_sided(TABLES) == []


FACTORS = """
    daily_mg=60                                                | no
    daily_mg=60.5                                              | yes
    daily_mg=60 weeks_of_use=8                                 | no
    daily_mg=60 weeks_of_use=9                                 | yes
    daily_mg=60 conditions=epilepsy                            | yes
    daily_mg=60 conditions=psychosis_history                   | yes
    daily_mg=60 conditions=spinal_cord_injury_t6_or_above      | yes
    daily_mg=60 conditions=spinal_cord_injury                  | no
    daily_mg=60 conditions=past_withdrawal                     | yes
    daily_mg=60.5 conditions=epilepsy+past_withdrawal          | yes
"""


@pytest.mark.parametrize("line", [line.strip() for line in FACTORS.strip().splitlines()])
def test_each_factor_raises_by_one_level_and_no_more(line):
    given_facts, up = (cell.strip() for cell in line.split("|"))

    def answer(order, rule_id):
        (found,) = [one for one in judged(f"{order} {given_facts}").findings if one.rule == rule_id]
        return found.severity.name, found.override

    raised = up == "yes"
    stop = ("STOP", Override.SPECIALIST if raised else Override.REASON)
    assert answer("event=stop", "STOP-1") == stop
    assert answer("event=taper steps=0:45+3:0", "TAPER-1") == stop
    quick = ("WARN", Override.NONE) if raised else ("INFO", Override.NONE)
    assert answer("event=taper steps=0:45+10:0", "TAPER-2") == quick
    cut = ("STOP", Override.REASON) if raised else ("WARN", Override.NONE)
    assert answer("event=taper steps=0:20", "TAPER-3") == cut
    if raised:
        assert "(TAPER-4)" in judged(f"event=stop {given_facts}").findings[0].because


def test_an_unknown_past_withdrawal_is_said():
    facts = facts_from("event=stop daily_mg=30")
    found = judged(replace(facts, person=replace(facts.person, past_withdrawal=None)))
    assert said(found, "TAPER-4") == "not judged"
    assert said(judged(facts), "TAPER-4") == "quiet"


def test_a_stop_for_harm_says_whether_the_plan_is_written():
    facts = facts_from("event=stop daily_mg=60 reason=overdose")
    assert facts.order is not None
    (without,) = [one for one in judged(facts).findings if one.rule == "STOP-2"]
    written = replace(facts, order=replace(facts.order, monitoring_plan="Ward, daily"))
    (with_plan,) = [one for one in judged(written).findings if one.rule == "STOP-2"]
    assert without.override is Override.DOCUMENTED_PLAN
    assert "is needed" in without.because
    assert "is written" in with_plan.because


@given(
    daily=st.integers(1, 100),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    days=st.integers(1, 10),
    longer=st.integers(0, 20),
)
def test_a_slower_taper_never_adds_a_finding(daily, cuts, days, longer):
    """TAPER-6. TAPER-2 is the milder answer to what TAPER-1 refuses, so the two count as one."""

    def findings(each: int) -> dict[str, int]:
        left, steps = daily, []
        for place, cut in enumerate(cuts):
            left = max(0, left - cut)
            steps.append(f"{place * each}:{left}")
        found = judged(f"event=taper daily_mg={daily} steps={'+'.join(steps)}").findings
        return {"TAPER-1" if one.rule == "TAPER-2" else one.rule: one.severity.rank for one in found}

    slow, fast = findings(days + longer), findings(days)
    assert all(rank <= fast.get(rule, 0) for rule, rank in slow.items())


@pytest.mark.parametrize(
    ("gap_days", "expected"),
    [(0, "STOP"), (1, "STOP"), (13, "STOP"), (14, "quiet")],
)
def test_only_a_gap_as_long_as_established_use_ends_the_use(gap_days, expected):
    """Thirty days, a gap, and ten days more: behind a gap of two weeks, baclofen was used for ten days."""
    facts = facts_from("event=stop daily_mg=30")
    (step,) = facts.therapy.steps
    again = facts.today - timedelta(days=10)
    ended = again - timedelta(days=gap_days)
    steps = (
        replace(step, starts_on=facts.today - timedelta(days=40), ends_on=ended),
        replace(step, starts_on=again, ends_on=None),
    )
    found = judged(replace(facts, therapy=replace(facts.therapy, steps=steps)))
    assert said(found, "STOP-1") == expected


def test_a_plan_that_has_ended_has_no_use_to_end():
    facts = facts_from("event=stop daily_mg=30")
    (step,) = facts.therapy.steps
    over = replace(step, ends_on=facts.today - timedelta(days=1))
    found = judged(replace(facts, therapy=replace(facts.therapy, steps=(over,))))
    assert (said(found, "STOP-1"), said(found, "STOP-3")) == ("quiet", "quiet")


MAY = START.replace(month=5)
FROM_60 = step(THREE, "60", until=MAY)


@pytest.mark.parametrize("where", ["US", "UK"])
@pytest.mark.parametrize(
    ("steps", "sign", "expected"),
    [
        ((FROM_60, step(THREE, "45", on=MAY, kind="taper")), "anxiety", "URGENT"),
        ((FROM_60, step(THREE, "45", on=MAY, kind="taper")), "itch", "quiet"),
        ((FROM_60, step(THREE, "45", on=MAY, kind="taper")), "new_falls", "quiet"),
        ((FROM_60, step(THREE, "45", on=MAY, kind="decrease")), "anxiety", "quiet"),
        (
            (FROM_60, step(THREE, "45", on=MAY, until=MAY.replace(day=20), kind="decrease"),
             step(THREE, "30", on=MAY.replace(day=20), kind="decrease")), "anxiety", "URGENT",
        ),
        ((FROM_60, step(THREE, "75", on=MAY, kind="increase")), "anxiety", "quiet"),
        ((FROM_60, step("", on=MAY)), "anxiety", "quiet"),
        ((step(THREE, "60"),), "anxiety", "quiet"),
    ],
)  # fmt: skip
def test_a_sign_of_withdrawal_during_a_taper_asks_for_contact_and_orders_nothing(steps, sign, expected, where):
    answer = judged(taking(now="10 12:00", steps=steps, ticked=False, given=f"symptoms={sign}"), where)
    assert said(answer, "TAPER-5") == expected
    for finding in answer.findings:
        if finding.rule == "TAPER-5":
            assert finding.about is About.STANDING
            assert finding.because.endswith("think of a pause; contact within 4 hours.")


@pytest.mark.parametrize("order", ["event=stop", "event=stop weeks_of_use=1", "event=taper steps=0:20+3:0"])
def test_beside_a_pump_that_delivers_one_rule_speaks_for_those_that_it_replaces(order):
    answer = judged(f"{order} daily_mg=60 pump_delivering=yes conditions=epilepsy")
    spoken = [one for one in answer.findings if one.rule.startswith(("STOP-", "TAPER-"))]
    assert [(one.rule, one.override) for one in spoken] == [("TAPER-7", Override.NONE)]
    assert "25 to 50 % at a time" in spoken[0].because
    assert "review within 24 hours" in spoken[0].because
    unknown = facts_from(f"{order} daily_mg=60 pump_delivering=yes")
    unknown = replace(unknown, person=replace(unknown.person, past_withdrawal=None))
    assert said(judged(unknown), "TAPER-4") == "quiet"
