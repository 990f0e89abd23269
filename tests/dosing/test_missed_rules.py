"""MISS-4 to MISS-9 and MISS-10: which tier holds on each side of each boundary."""

from dataclasses import replace

import pytest

from tests.dosing.intakes import START, THREE, every_dose, step, taking
from tests.dosing.tables import QUIET, facts_from, judged, one_sided, rows, said
from titration.dosing.missed_rules import RULES
from titration.dosing.rules import About, Override, Severity

T3 = "event=gap schedule=06:00+14:00+22:00 last_taken=2026-05-03T22:00"
T1 = "event=gap schedule=22:00 last_taken=2026-05-03T22:00"
T2 = "event=gap schedule=08:00+20:00 last_taken=2026-05-03T08:00"
T4 = "event=gap schedule=06:00+11:00+16:00+21:00 last_taken=2026-05-03T21:00"
T6 = "event=gap schedule=06:00+09:00+12:00+15:00+18:00+21:00 last_taken=2026-05-03T21:00"
TABLES = {
    "MISS-4": f"""
        {T3} now=2026-05-04T15:59 daily_mg=30                          | quiet
        event=gap schedule=06:00+10:00+22:00 last_taken=2026-05-03T22:00 now=2026-05-04T11:59 daily_mg=30 | quiet
        event=gap schedule=06:00+10:00+22:00 last_taken=2026-05-03T22:00 now=2026-05-04T12:00 daily_mg=30 | WARN
        {T1} now=2026-05-04T23:59 daily_mg=30                          | quiet
        {T1} now=2026-05-05T00:00 daily_mg=30                          | WARN
        {T2} now=2026-05-03T21:59 daily_mg=30                          | quiet
        {T2} now=2026-05-03T22:00 daily_mg=30                          | WARN
        {T4} now=2026-05-04T12:59 daily_mg=30                          | quiet
        {T4} now=2026-05-04T13:00 daily_mg=30                          | WARN
        {T4} now=2026-05-04T15:00 daily_mg=30                          | quiet
        {T1} now=2026-05-05T00:00 daily_mg=29.9 weeks_of_use=3.9       | INFO
        {T1} now=2026-05-05T00:00 daily_mg=30 weeks_of_use=3.9         | WARN
        {T1} now=2026-05-05T00:00 daily_mg=29.9 weeks_of_use=4         | WARN
        {T1} now=2026-05-05T00:00 daily_mg=30 symptoms=anxiety         | quiet
        daily_mg=30                                                    | not judged
    """,
    "MISS-5": f"""
        {T3} now=2026-05-04T15:59 daily_mg=30                          | quiet
        {T3} now=2026-05-04T16:00 daily_mg=30                          | URGENT
        {T1} now=2026-05-05T05:59 daily_mg=30                          | quiet
        {T1} now=2026-05-05T06:00 daily_mg=30                          | URGENT
        {T2} now=2026-05-04T03:59 daily_mg=30                          | quiet
        {T2} now=2026-05-04T04:00 daily_mg=30                          | URGENT
        {T4} now=2026-05-04T14:59 daily_mg=30                          | quiet
        {T4} now=2026-05-04T15:00 daily_mg=30                          | URGENT
        {T6} now=2026-05-04T13:59 daily_mg=30                          | quiet
        {T6} now=2026-05-04T14:00 daily_mg=30                          | URGENT
        {T3} now=2026-05-04T16:00 daily_mg=29.9 weeks_of_use=3.9       | WARN
        {T3} now=2026-05-04T16:00 daily_mg=29.9 weeks_of_use=4         | URGENT
        {T3} now=2026-05-04T22:00 daily_mg=60                          | quiet
        daily_mg=30                                                    | not judged
    """,
    "MISS-7": f"""
        {T3} now=2026-05-04T07:59 daily_mg=30 symptoms=anxiety         | quiet
        {T3} now=2026-05-04T08:00 daily_mg=30 symptoms=anxiety         | EMERGENCY
        {T3} now=2026-05-04T08:00 daily_mg=30 symptoms=confusion       | EMERGENCY
        {T3} now=2026-05-04T08:00 daily_mg=30 symptoms=fits            | EMERGENCY
        {T3} now=2026-05-04T08:00 daily_mg=30 symptoms=itch            | quiet
        {T3} now=2026-05-04T08:00 daily_mg=30 symptoms=new_falls       | quiet
        {T3} now=2026-05-04T08:00 daily_mg=10 weeks_of_use=1 symptoms=anxiety | EMERGENCY
        {T3} now=2026-05-04T08:00 daily_mg=30                          | quiet
        symptoms=anxiety daily_mg=30                                   | not judged
    """,
    "MISS-8": f"""
        {T3} now=2026-05-04T21:59 daily_mg=60                          | quiet
        {T3} now=2026-05-04T22:00 daily_mg=60                          | EMERGENCY
        {T3} now=2026-05-04T22:00 daily_mg=59.9                        | quiet
        {T3} now=2026-05-04T22:00 daily_mg=10 conditions=past_withdrawal | EMERGENCY
        {T3} now=2026-05-04T21:59 daily_mg=10 conditions=past_withdrawal | quiet
        {T1} now=2026-05-05T09:59 daily_mg=60                          | quiet
        {T1} now=2026-05-05T10:00 daily_mg=60                          | EMERGENCY
        {T2} now=2026-05-04T07:59 daily_mg=60                          | quiet
        {T2} now=2026-05-04T08:00 daily_mg=60                          | EMERGENCY
        {T4} now=2026-05-04T20:59 daily_mg=60                          | quiet
        {T4} now=2026-05-04T21:00 daily_mg=60                          | EMERGENCY
        {T3} now=2026-05-04T22:00 daily_mg=60 weeks_of_use=1           | EMERGENCY
    """,
    "MISS-9": f"""
        {T3} now=2026-05-05T21:59 daily_mg=60                          | quiet
        {T3} now=2026-05-05T22:00 daily_mg=60                          | STOP
        {T3} now=2026-05-05T22:00 daily_mg=10 weeks_of_use=1           | STOP
        {T1} now=2026-05-05T21:59 daily_mg=10                          | quiet
        {T1} now=2026-05-05T22:00 daily_mg=10                          | STOP
        {T3} now=2026-05-05T22:00 daily_mg=60 symptoms=anxiety         | quiet
    """,
}
OWN_TABLES = {"MISS-6", "MISS-11", "MISS-12"}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_missed_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected


def test_every_rule_of_the_module_has_a_table_with_both_sides():
    assert {*TABLES, *OWN_TABLES} == {rule.id for rule in RULES if rule.judge is not None}
    assert one_sided(TABLES) == []


def found(facts, rule_id):
    return next((one for one in judged(facts).findings if one.rule == rule_id), None)


def tiers(facts, where="US"):
    """The rules of the tiers that were found."""
    named = ("MISS-4", "MISS-5", "MISS-6", "MISS-7", "MISS-8", "MISS-9")
    return {one.rule for one in judged(facts, where).findings if one.rule in named}


@pytest.mark.parametrize("where", ["US", "UK"])
def test_the_highest_tier_speaks_alone_and_the_restart_form_comes_on_top(where):
    long = taking("01 22:00 taken", now="04 22:00", issues=["01 60"])
    assert tiers(long, where) == {"MISS-8", "MISS-9"}
    assert tiers(taking("01 22:00 taken", now="04 22:00", daily="45", issues=["01 60"]), where) == {
        "MISS-5", "MISS-6", "MISS-9",
    }  # fmt: skip
    sign = taking("01 22:00 taken", now="04 22:00", given="symptoms=anxiety", issues=["01 60"])
    assert tiers(sign, where) == {"MISS-7", "MISS-8"}
    once = taking("03 22:00 taken", times="22:00", daily="30", now="05 00:00", issues=["05 30"])
    assert tiers(once, where) == {"MISS-6"}


def test_the_sentence_gives_the_last_dose_the_gap_and_what_was_missed():
    facts = taking("03 22:00 taken", "04 06:00 skipped", now="04 16:00", daily="30", given="estimate=44.8")
    finding = found(facts, "MISS-5")
    assert finding.because == (
        "Last confirmed dose 03-May-2026 22:00, 18 h ago; the longest normal gap is 8 h. 2 doses in a row: 1 reported as "
        "not taken, 1 not ticked. Contact within 4 hours."
    )
    assert finding.about is About.INTAKE
    assert finding.values == (
        ("Last confirmed dose", "03-May-2026 22:00"),
        ("Gap", "18 h"),
        ("Longest normal gap", "8 h"),
        ("Missed", "2 doses in a row: 1 reported as not taken, 1 not ticked"),
        ("eGFR", "44.8 mL/min, 04-May-2026"),
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "2 doses in a row not ticked."),
        (("04 06:00 skipped", "04 14:00 skipped"), "2 doses in a row reported as not taken."),
    ],
)
def test_what_is_not_ticked_is_never_called_not_taken(lines, words):
    assert words in found(taking("03 22:00 taken", *lines, now="04 16:00"), "MISS-5").because


def test_the_time_of_the_last_dose_is_that_of_the_patient():
    facts = taking("03 22:00 taken", now="04 16:00", zone="America/New_York")
    assert "Last confirmed dose 03-May-2026 22:00, 18 h ago" in found(facts, "MISS-5").because


def test_an_hour_that_is_not_over_is_not_counted():
    facts = taking("03 22:00 taken at 22:01", now="04 22:00", daily="45")
    assert "23 h ago" in found(facts, "MISS-5").because


@pytest.mark.parametrize(("dialysis", "words"), [("no", "44.8 mL/min, 04-May-2026"), ("yes", "On dialysis")])
def test_the_egfr_stands_beside_an_alert_and_makes_none_milder(dialysis, words):
    for estimate in ("90", "44.8", "10"):
        facts = taking("03 22:00 taken", now="04 22:00", given=f"estimate={estimate} dialysis={dialysis}")
        finding = found(facts, "MISS-8")
        assert finding.severity is Severity.EMERGENCY
        if estimate == "44.8":
            assert ("eGFR", words) in finding.values


def test_without_a_confirmed_dose_it_is_said_since_when():
    first = taking(now="06 16:00", steps=(step(THREE, on=START.replace(month=5, day=5)),))
    assert (
        "No confirmed dose since the first one was due on 05-May-2026 06:00, 34 h ago" in found(first, "MISS-8").because
    )
    ticking = taking(now="04 16:00", since="03 20:00")
    assert "No confirmed dose since ticking began on 03-May-2026 20:00, 20 h ago" in found(ticking, "MISS-5").because
    after = taking("01 22:00 taken", now="04 16:00", silences=["lost_phone 02 00:00 to 03 20:00"])
    because = found(after, "MISS-5").because
    assert "No confirmed dose since the time without ticks ended on 03-May-2026 20:00, 20 h ago" in because


def test_a_past_withdrawal_that_is_not_known_is_no_answer():
    facts = taking("03 22:00 taken", now="04 22:00", daily="45")
    unknown = replace(facts, person=replace(facts.person, past_withdrawal=None))
    assert said(judged(unknown), "MISS-8") == "not judged"
    assert tiers(unknown) == {"MISS-5"}


def test_nothing_known_of_intake_is_no_clean_bill():
    facts = replace(facts_from("daily_mg=30"), intake=None)
    answer = judged(facts)
    assert {rule for one in answer.not_judged for rule in one.rules} >= {f"MISS-{n}" for n in (4, 5, 6, 8, 9, 11, 12)}
    assert not answer.refusals
    assert (
        said(judged(replace(facts, person=replace(facts.person, signs=frozenset({"fever"})))), "MISS-7") == "not judged"
    )
    nothing = replace(facts, therapy=replace(facts.therapy, steps=()))
    assert said(judged(nothing), "MISS-4") == QUIET


# Signs of withdrawal (MISS-7)


def signs_on(steps, sign="anxiety", *lines, now="10 12:00", ticked=False):
    facts = taking(*lines, now=now, steps=steps, ticked=ticked, given=f"symptoms={sign}")
    return said(judged(facts), "MISS-7")


def test_after_a_stop_any_sign_is_an_emergency_whatever_is_known_of_intake():
    may = START.replace(month=5)
    stopped = (step(THREE, until=may.replace(day=4)), step("", on=may.replace(day=4)))
    assert signs_on(stopped) == "EMERGENCY"
    facts = taking(now="10 12:00", steps=stopped, given="symptoms=anxiety")
    assert said(judged(replace(facts, intake=None)), "MISS-7") == "EMERGENCY"
    assert "no baclofen since 04-May-2026" in found(facts, "MISS-7").because
    assert signs_on((step(THREE, on=may.replace(day=20)),)) == QUIET


def test_while_the_dose_is_reduced_only_grave_signs_count():
    may = START.replace(month=5)
    lowered = (step(THREE, "60", until=may.replace(day=4)), step(THREE, "45", on=may.replace(day=4), kind="decrease"))
    for sign in ("hallucination", "seizure", "high_fever", "reduced_consciousness"):
        assert signs_on(lowered, sign) == "EMERGENCY"
    for sign in ("anxiety", "fever", "confusion"):
        assert signs_on(lowered, sign) == "not judged"  # nobody ticks, so a dose may have been missed
    raised = (lowered[0], replace(lowered[1], slots=step(THREE, "75").slots))
    assert signs_on(raised, "hallucination") == "not judged"
    same = (lowered[0], replace(lowered[1], slots=step(THREE, "60").slots))
    assert signs_on(same, "hallucination") == "not judged"


def test_a_missed_dose_counts_for_signs_after_baclofen_is_taken_again_and_so_does_a_hold():
    plan = (step(THREE),)
    assert signs_on(plan, "anxiety", "08 06:00 skipped", *every_dose("09", "10")) == "EMERGENCY"
    assert signs_on(plan, "anxiety", *every_dose("09", "10")) == "not judged"
    assert signs_on(plan, "anxiety", *every_dose("09", "10", but=["10 14:00", "10 22:00"]), ticked=True) == QUIET
    assert signs_on(plan, "anxiety", "09 22:00 taken", "10 06:00 held") == "EMERGENCY"
    assert signs_on(plan, "anxiety", "09 22:00 held", "10 06:00 taken") == "not judged"


# A gap of 48 hours that is over (MISS-9)


BACK = ["01 06:00 taken", *every_dose("04", "05")]


@pytest.mark.parametrize(
    ("decided", "expected"), [(None, "STOP"), ("01 05:00", "STOP"), ("02 22:00", QUIET), ("05 08:00", QUIET)]
)
def test_a_long_gap_stays_until_somebody_decides_although_doses_are_ticked_again(decided, expected):
    facts = taking(*BACK, now="05 23:00", decided=decided)
    assert said(judged(facts), "MISS-9") == expected
    assert tiers(facts) <= {"MISS-9"}


def test_a_gap_that_is_over_is_told_with_its_two_ends():
    assert found(taking(*BACK, now="05 23:00"), "MISS-9").because == (
        "72 h without a confirmed dose, from 01-May-2026 06:00 to 04-May-2026 06:00. A prescriber decides how to go on, "
        "on the restart form."
    )


def test_a_decision_during_the_gap_starts_the_count_again():
    assert said(judged(taking("01 06:00 taken", now="04 06:00", decided="03 00:00")), "MISS-9") == QUIET
    assert said(judged(taking("01 06:00 taken", now="04 23:59", decided="03 00:00")), "MISS-9") == QUIET
    assert said(judged(taking("01 06:00 taken", now="05 00:00", decided="03 00:00")), "MISS-9") == "STOP"


def test_a_gap_that_was_explained_asks_for_no_restart_form():
    held = taking(*BACK, now="05 23:00", silences=["hold 01 06:30 to 04 05:00"])
    assert said(judged(held), "MISS-9") == QUIET
    partly = taking(*BACK, now="05 23:00", silences=["admission 03 05:00 to 04 20:00"])
    assert said(judged(partly), "MISS-9") == QUIET
    late = taking(*BACK, now="05 23:00", silences=["admission 03 07:00 to 04 20:00"])
    assert said(judged(late), "MISS-9") == "STOP"


def test_an_order_that_gives_a_dose_waits_for_the_restart_form_and_a_stop_does_not():
    facts = taking("01 22:00 taken", now="04 22:00")
    for event, about in (
        ("event=increase previous_daily_mg=60 daily_mg=75", About.ORDER), ("event=stop daily_mg=60", About.INTAKE),
    ):  # fmt: skip
        order = facts_from(event).order
        finding = found(replace(facts, order=replace(order, starts_on=facts.today)), "MISS-9")
        assert (finding.about, finding.override) == (about, Override.RESTART_FORM)
    assert found(facts, "MISS-9").about is About.INTAKE
