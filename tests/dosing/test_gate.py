"""The step gate: each condition on both sides of its boundary, and what is not known told apart from what is missing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.dosing.gates import FIRST, FOUR, MISSING, OPEN, UNKNOWN, gate, line, may, since_first
from tests.dosing.intakes import THREE, every_dose, step, taking
from tests.dosing.tables import protocol_of
from titration.dosing.gate import order_of, step_gate
from titration.dosing.gate_lines import Condition, Effects, EffectsAnswer, GateLine, still_asked
from titration.dosing.schedule import add_months

pytestmark = pytest.mark.hazard("H04")

# The wait


@pytest.mark.parametrize(
    ("day", "given", "state"),
    [
        (3, "estimate=90", MISSING),
        (4, "estimate=90", OPEN),
        (4, "estimate=60", OPEN),
        (4, "estimate=59", MISSING),
        (7, "estimate=59", MISSING),
        (8, "estimate=59", OPEN),
        (4, "estimate=29", OPEN),
        (4, "estimate=45 dialysis=yes", OPEN),
    ],
)
def test_the_wait_is_that_of_the_step_rules(day, given, state):
    for where in ("US", "UK"):
        made = line(gate(since_first(f"{day:02} 10:00", given=given), where=where), Condition.TIME)
        assert made.state is state
        assert (made.opens_on is None) == (state is OPEN)


@pytest.mark.parametrize(("where", "state"), [("US", OPEN), ("UK", MISSING)])
def test_a_child_waits_a_week_where_the_protocol_says_so(where, state):
    facts = since_first("07 10:00", given="age_years=10 weight_kg=40 estimate=90")
    assert line(gate(facts, where=where), Condition.TIME).state is state
    assert line(gate(since_first("08 10:00", given="age_years=10 weight_kg=40"), where=where), Condition.TIME).is_open


def test_the_wait_says_its_figures_and_its_day():
    made = line(gate(since_first("02 10:00", given="estimate=90")), Condition.TIME)
    assert made.because == (
        "1 day of 3 since the start or last increase on 01-May-2026; the wait is over on 04-May-2026 (STEP-4)."
    )
    assert made.opens_on == may(4)
    made = line(gate(since_first("09 10:00", given="estimate=45")), Condition.TIME)
    assert made.because == (
        "8 days since the start or last increase on 01-May-2026; at least 7 days are asked for (KID-10)."
    )


def test_an_order_for_a_later_day_has_waited_by_then_and_a_plan_is_read_today():
    facts = since_first("02 10:00", given="estimate=90")
    assert line(gate(facts, on=may(4)), Condition.TIME).is_open
    for day, comes_by_itself in ((4, True), (3, False)):
        planned = replace(facts, order=order_of(step(THREE, "30", on=may(day), kind="increase")))
        read = step_gate(planned, protocol_of("US"), on=facts.today, following=None, answers=())
        assert line(read, Condition.TIME) in read.closed
        assert (line(read, Condition.TIME) not in read.closed_on_its_day) is comes_by_itself


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("night", [date(2026, 3, 7), date(2026, 10, 31), date(2026, 4, 4), date(2026, 10, 3)])
def test_days_are_calendar_days_in_a_night_with_a_clock_change(zone, night):
    """The wait and the share are counted in local dates, whatever the length of the day between them."""
    began = night - timedelta(days=1)
    steps = (step("00:30 08:00 23:30", "15", on=began),)
    for days, state in ((2, MISSING), (3, OPEN)):
        now = began + timedelta(days=days)
        facts = taking(
            now=f"{now} 00:10", steps=steps, daily="15", zone=zone, since=f"{began} 00:00", given="estimate=90"
        )
        made = gate(facts)
        assert line(made, Condition.TIME).state is state
        # Every dose of the days before today counts once: the last one, at 23:30, is less than two hours old.
        expected = f"0 of {3 * days - 1} doses taken since"
        assert line(made, Condition.DOSES).because.startswith(expected)


# The kidneys and the highest dose


def test_a_check_that_is_due_closes_the_gate():
    def check(now: date) -> GateLine:
        facts = since_first("05 10:00", given="last_kidney_test_months=1 creatinine_mg_dl=0.9")
        newest = facts.kidneys.results[-1].taken_on
        return line(gate(replace(facts, today=now(newest))), Condition.CHECK)

    fine = check(lambda newest: add_months(newest, 12))
    assert fine.state is OPEN
    assert fine.because.startswith("No kidney check is due; the last result is of ")
    late = check(lambda newest: add_months(newest, 12) + timedelta(days=1))
    assert late.state is MISSING
    assert late.rules == ("KID-29", "KID-32")
    assert line(gate(since_first("05 10:00", given="dialysis=yes")), Condition.CHECK).is_open


def test_no_kidney_result_closes_the_gate():
    facts = since_first("05 10:00", given="estimate=90")
    none = replace(facts.kidneys, results=(), given_estimate=None, assume_normal=False, checks_assumed_current=False)
    made = line(gate(replace(facts, kidneys=none)), Condition.CHECK)
    assert made.state is MISSING
    assert "KID-32" in made.rules


@pytest.mark.parametrize(
    ("to", "following", "given", "state"),
    [
        ("80", None, "estimate=90", OPEN),
        ("80.5", None, "estimate=90", MISSING),
        ("75", "80", "estimate=90", OPEN),
        ("75", "80.5", "estimate=90", MISSING),
        ("30", "45", "estimate=30", OPEN),
        ("30", None, "estimate=29", MISSING),
    ],
)
def test_this_and_the_following_step_are_allowed(to, following, given, state):
    facts = since_first("10 10:00", given=given)
    after = None if following is None else step(FOUR, following, on=may(20), kind="increase")
    assert line(gate(facts, to, following=after), Condition.ALLOWED).state is state


def test_what_stops_a_step_is_said_with_its_rule():
    made = line(gate(since_first("10 10:00", given="estimate=90"), "81"), Condition.ALLOWED)
    assert made.rules == ("MAX-1",)
    assert made.because.endswith("(MAX-1)")
    made = line(gate(since_first("10 10:00", given="estimate=90"), "30"), Condition.ALLOWED)
    assert made.because == "No rule about kidneys or the highest dose stops 30\u00a0mg a day."


def test_dialysis_that_is_not_recorded_is_not_known():
    facts = since_first("10 10:00", given="estimate=90")
    asked = replace(facts, person=replace(facts.person, dialysis=None))
    made = line(gate(asked), Condition.ALLOWED)
    assert (made.state, made.rules) == (UNKNOWN, ("KID-16", "KID-17"))


# Side effects


@pytest.mark.parametrize(
    ("answers", "state", "words"),
    [
        ([], MISSING, "Nobody has asked"),
        ([(5, Effects.NONE)], OPEN, "asked on 05-May-2026: none"),
        (
            [(4, Effects.SOME)],
            MISSING,
            "since the step began on 04-May-2026",
        ),  # before the first dose of it, or after: not known
        ([(5, Effects.SOME)], OPEN, "asked on 05-May-2026: some"),
        ([(3, Effects.NONE)], MISSING, "since the step began on 04-May-2026"),
        ([(5, Effects.NOT_ASKED)], MISSING, "not asked about on 05-May-2026"),
        ([(6, Effects.NOT_ASKED), (4, Effects.SOME), (5, Effects.NONE)], OPEN, "05-May-2026: none"),
        ([(7, Effects.NONE)], MISSING, "Nobody has asked"),
    ],
)
def test_the_question_is_answered_since_the_step_began(answers, state, words):
    steps = (step(THREE, "15", on=FIRST, until=may(4)), step(THREE, "30", on=may(4), kind="increase"))
    facts = since_first("06 10:00", steps=steps, given="estimate=90")
    known = [EffectsAnswer(on=may(day), answer=answer) for day, answer in answers]
    made = line(gate(facts, "45", answers=known), Condition.EFFECTS)
    assert made.state is state
    assert words in made.because


# The whole gate


def test_a_gate_is_open_when_every_line_is():
    facts = since_first("06 01:00", *every_dose("01", "05"), given="estimate=90")
    answers = (EffectsAnswer(on=may(5), answer=Effects.NONE),)
    made = gate(facts, answers=answers)
    assert made.is_open
    assert (made.starts_on, made.daily.value, made.closed) == (may(6), Decimal(30), ())
    assert [one.condition for one in gate(facts).closed] == [Condition.EFFECTS]


def test_a_gate_is_about_an_order_with_a_dose():
    facts = since_first("06 01:00")
    with pytest.raises(ValueError, match="order with a dose"):
        step_gate(facts, protocol_of("US"), on=facts.today, following=None, answers=())


def test_an_order_with_a_closed_gate_asks_for_a_reason():
    closed = gate(since_first("06 01:00"))
    assert still_asked(None, code="", text="") == ()
    assert len(still_asked(closed, code="", text="words alone")) == 1
    assert still_asked(closed, code="specialist_advice", text="") == ()
    assert len(still_asked(closed, code="other", text="")) == 1
    assert still_asked(closed, code="other", text="Seen on the ward") == ()
    facts = since_first("06 01:00", *every_dose("01", "05"), given="estimate=90")
    assert still_asked(gate(facts, answers=[EffectsAnswer(on=may(5), answer=Effects.NONE)]), code="", text="") == ()
