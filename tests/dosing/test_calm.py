"""What is said of patients who take most of their doses without judging a rule is what the rules say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from tests.dosing.courses import course_of
from tests.dosing.intakes import THREE, every_dose, step, taking
from tests.dosing.tables import protocol_of
from titration.dosing.calm import SPEAKS_FOR, Calm, bounds_of, calm
from titration.dosing.facts import Facts, Step
from titration.dosing.intake_turns import RULES, found_about_intake, next_turn
from titration.dosing.judgement import Judgement
from titration.dosing.schedule import instant

pytestmark = [pytest.mark.hazard("H05"), pytest.mark.bar("B-42")]

SCHEDULES = ("22:00", "08:00 20:00", THREE, "06:00 11:00 16:00 21:00", "00:30 02:30 12:15")
LAST_DAYS = (
    ("UTC", date(2026, 5, 26)), ("America/New_York", date(2026, 3, 9)), ("America/New_York", date(2026, 11, 2)),
    ("Europe/London", date(2026, 3, 30)), ("Australia/Lord_Howe", date(2026, 4, 6)), ("Australia/Lord_Howe", date(2026, 10, 5)),
)  # fmt: skip


def weeks(dice: Random) -> Facts:
    """Some days or weeks around a clock change of a patient who takes most doses, and of some who do not."""
    zone, last = dice.choice(LAST_DAYS)
    seen = dice.choice((2, 8, 15, 24))
    days = [last - timedelta(days=seen - 1 - ahead) for ahead in range(seen)]
    times, changed = dice.choice(SCHEDULES), days[dice.randrange(seen)] + timedelta(days=dice.choice((0, 0, 3)))
    begun = dice.choice((days[0], days[0] - timedelta(days=40)))
    steps = (step(times, dice.choice(("15", "60")), on=begun),)
    if changed > begun and dice.random() < 0.4:
        after = step(dice.choice((times, dice.choice(SCHEDULES))), "75", on=changed)
        steps = (step(times, "60", on=begun, until=changed), after)
    hour = dice.randrange(24)
    lines = list(_lines(dice, days, steps, hour))
    more: dict = {"ticked": dice.random() < 0.9}
    if dice.random() < 0.7:
        more["since"] = f"{days[dice.choice((0, 0, -2))]} {dice.choice(('00:00', '13:00'))}"
    if dice.random() < 0.15:
        begins, ends = sorted(dice.sample([last - timedelta(days=6 - ahead) for ahead in range(9)], 2))
        more["silences"] = [f"{dice.choice(('hold', 'lost_phone'))} {begins} 01:15 to {ends} 03:30"]
    if dice.random() < 0.4:
        more["issues"] = [f"{days[0]} {dice.choice((300, 900, 4000))}", f"{days[-1]} {dice.choice((60, 600))}"]
    if dice.random() < 0.1:
        more["decided"] = f"{days[-2]} 13:00"
    given = dice.choice((*[""] * 8, "symptoms=anxiety", "conditions=past_withdrawal"))
    now = f"{last} {hour:02}:{dice.choice(('00', '15', '45'))}"
    facts = taking(*lines, now=now, zone=zone, steps=steps, given=given, **more)
    assert facts.intake is not None
    read_from = instant(days[0], time(0), zone) if dice.random() < 0.5 else None
    return replace(facts, intake=replace(facts.intake, read_from=read_from))


def _lines(dice: Random, days: list[date], steps: tuple[Step, ...], hour: int) -> Iterator[str]:
    forgets = dice.choice((0.0, 0.0, 0.05, 0.3))
    dropped = dice.choice((0, 0, 0, 1, 2))
    for day in days[: len(days) - dropped]:
        pattern = next(one for one in reversed(steps) if one.starts_on <= day)
        for slot in pattern.slots:
            assert slot.at is not None
            if day == days[-1] and slot.at.hour >= hour and dice.random() < 0.95:
                continue
            if dice.random() < forgets:
                state = dice.choice(("skipped", "skipped vomiting", "held", "partly", "", ""))
            else:
                state = dice.choice(("taken", "taken", "taken sometime", f"taken at {slot.at:%H}:59"))
            if state:
                yield f"{day} {slot.at:%H:%M} {state}"


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_found_before_the_instant_that_is_named_and_something_at_it_where_that_is_said(seed: int) -> None:
    dice, protocols = Random(seed), (protocol_of("US"), protocol_of("UK"))
    calms = turning = 0
    for _ in range(60):
        facts, protocol = weeks(dice), dice.choice(protocols)
        assert facts.intake is not None
        zone, before = facts.intake.zone, facts.as_of + timedelta(days=dice.choice((1, 3, 30)))
        said = None if facts.person.signs else calm(course_of(facts), bounds_of(protocol), before=before)
        if said is None:
            continue
        calms, turning = calms + 1, turning + said.turns
        fresh = Judgement(facts, protocol)
        assert found_about_intake(fresh) == frozenset(), (facts.as_of, zone)
        turn = next_turn(fresh, zone, now=frozenset(), before=before)
        assert facts.as_of < said.until <= turn, (facts.as_of, zone)
        assert not said.turns or said.until == turn < before, (facts.as_of, zone)
    assert calms > 15
    assert turning > 5


def said_of(facts: Facts, days: int = 30) -> datetime | None:
    assert facts.intake is not None
    before = facts.as_of + timedelta(days=days)
    found = calm_of(facts, before)
    return None if found is None else found.until


def calm_of(facts: Facts, before: datetime) -> Calm | None:
    return calm(course_of(facts), bounds_of(protocol_of("US")), before=before)


ALL_TAKEN = every_dose("06", "19")


def test_a_patient_who_takes_every_dose_needs_no_rule():
    """The second dose in a row counts as not taken two hours after its time."""
    assert said_of(taking(*ALL_TAKEN, now="19 23:00")) == taking(now="20 16:00").as_of
    assert said_of(taking(*ALL_TAKEN, now="19 23:00", ticked=False), days=9) == taking(now="28 23:00").as_of


@pytest.mark.parametrize(
    "more",
    [
        {"silences": ["hold 19 08:00 to 20 08:00"]},
        {"silences": ["lost_phone 21 08:00 to 24 08:00"]},
        {"issues": ["19 200"]},
        {"issues": ["06 1000"]},
        {"issues": ["19 200", "20 4000"]},
        {"issues": ["19 400"]},  # what was taken today counts beside what was planned
        {"since": "20 08:00"},
    ],
)
def test_nothing_is_said_of_what_the_rules_have_to_judge(more):
    assert said_of(taking(*ALL_TAKEN, now="19 23:00", **more)) is None


@pytest.mark.parametrize("missed", [["19 06:00", "19 14:00"], ["12 06:00", "14 14:00", "16 22:00", "18 06:00"]])
def test_nothing_is_said_where_a_rule_says_something(missed):
    facts = taking(*every_dose("06", "19", but=[*missed, "19 22:00"]), now="19 21:00")
    assert found_about_intake(Judgement(facts, protocol_of("US")))
    assert said_of(facts) is None


def test_every_rule_about_missed_doses_is_thought_of():
    assert {one.id for one in RULES if one.judge is not None} == SPEAKS_FOR


def test_a_long_gap_with_one_missed_dose_is_no_calm():
    lines = [*every_dose("06", "18"), "19 06:00 taken", "19 14:00 held"]
    assert said_of(taking(*lines, now="20 00:15")) is None


def test_from_a_day_with_fewer_doses_on_one_missed_dose_is_enough():
    steps = (step(THREE, on=date(2026, 1, 5), until=date(2026, 5, 20)), step("06:00", on=date(2026, 5, 20)))
    facts = taking(*ALL_TAKEN, now="19 23:00", steps=steps)
    assert said_of(facts) == taking(now="20 00:00").as_of


def test_days_with_all_doses_taken_that_leave_the_list_are_seen_at_midnight():
    missed = [f"{day} {at}" for day in ("07", "08", "09", "10") for at in ("06:00", "22:00")]
    assert said_of(taking(*every_dose("06", "19", but=missed), now="19 23:00")) == taking(now="20 00:00").as_of


def test_an_open_dose_before_one_that_was_taken_makes_no_row_with_the_next():
    times = "06:00 07:00 22:00"
    facts = taking(*every_dose("06", "18", times), "19 07:00 taken", now="19 07:30", times=times)
    assert not turns(facts)


def test_what_nobody_knows_of_breaks_a_row():
    times = "06:00 11:00 14:00 22:00"
    lines = [*every_dose("06", "18", times), "19 06:00 taken", "19 11:00 skipped"]
    facts = taking(*lines, now="19 16:30", times=times, since="19 14:30")
    assert not turns(facts)


def turns(facts: Facts) -> bool:
    before = facts.as_of + timedelta(days=9)
    said = calm_of(facts, before)
    assert said is not None
    return said.turns


def test_a_dose_recorded_ahead_is_left_to_the_rules():
    assert said_of(taking(*ALL_TAKEN, now="19 21:00")) is None


def test_a_dose_from_before_ticking_began_makes_no_row_with_the_next():
    facts = taking(*every_dose("06", "18"), "19 06:00 taken", now="19 15:00", since="19 14:30")
    assert not turns(facts)


def test_a_dose_that_is_due_already_makes_a_row_with_the_next():
    assert turns(taking(*every_dose("06", "18"), "19 06:00 taken", now="19 15:00"))


def test_a_dose_that_the_plan_does_not_ask_for_is_left_to_the_rules():
    steps = (
        step("06:00 12:00 14:00 22:00", on=date(2026, 1, 5), until=date(2026, 5, 20)),
        step(THREE, on=date(2026, 5, 20)),
    )
    facts = taking(*every_dose("06", "19", "06:00 12:00 14:00 22:00"), now="19 23:00", steps=steps)
    assert said_of(facts) is not None
    fewer = replace(steps[0], slots=steps[0].slots[:3])
    assert said_of(replace(facts, therapy=replace(facts.therapy, steps=(fewer, steps[1])))) is None


@pytest.mark.parametrize("state", ["taken", "skipped"])
def test_two_records_of_one_dose_are_left_to_the_rules(state):
    facts = taking(*ALL_TAKEN, f"18 14:00 {state}", now="19 23:00")
    assert facts.intake is not None
    assert len(facts.intake.events) == len(ALL_TAKEN) + 1
    assert said_of(facts) is None


def test_steps_that_overlap_are_left_to_the_rules():
    steps = (step(THREE, on=date(2026, 1, 5)), step(THREE, "75", on=date(2026, 5, 12)))
    assert said_of(taking(*ALL_TAKEN, now="19 23:00", steps=steps)) is None


def test_a_dose_without_a_time_is_left_to_the_rules():
    facts = taking(*ALL_TAKEN, now="19 23:00")
    [pattern] = facts.therapy.steps
    untimed = replace(pattern, slots=(*pattern.slots, replace(pattern.slots[0], at=None)))
    assert said_of(replace(facts, therapy=replace(facts.therapy, steps=(untimed,)))) is None


def test_a_dose_missed_before_the_first_that_was_taken_is_left_to_the_rules_once_the_time_between_is_long():
    """MISS-9 counts from when ticking began."""
    late = [one for one in ALL_TAKEN if one >= "08 22:00"]
    assert said_of(taking(*late, now="19 23:00", since="06 05:00")) is None
    assert said_of(taking(*late, now="19 23:00", since="08 05:00")) is not None


@pytest.mark.parametrize(("reason", "said"), [("hold", True), ("lost_phone", False)])
def test_what_was_said_not_to_be_taken_counts_as_missed_unless_it_was_held(reason, said):
    lines = [*every_dose("06", "18"), "19 06:00 skipped", "19 14:00 skipped", "19 22:00 taken"]
    facts = taking(*lines[:-1], now="19 21:00", silences=[f"{reason} 19 05:00 to 19 20:00"])
    assert (said_of(facts) is not None) == said
    assert bool(found_about_intake(Judgement(facts, protocol_of("US")))) != said


def test_what_nobody_knows_of_stands_between_two_missed_doses():
    times = "06:00 11:00 14:00 22:00"
    lines = [*every_dose("06", "18", times), "19 06:00 taken", "19 11:00 skipped", "19 22:00 skipped"]
    assert said_of(taking(*lines, now="19 23:00", times=times, since="19 14:30")) is not None


@pytest.mark.parametrize("line", ["19 22:00 taken at 23:30", "19 22:00 skipped"])
def test_what_lies_ahead_is_left_to_the_rules(line):
    now = "19 23:00" if "taken" in line else "19 21:30"
    assert said_of(taking(*ALL_TAKEN[:-1], line, now=now)) is None


def test_after_days_without_a_record_the_rules_are_asked():
    facts = taking(*every_dose("06", "14"), now="19 08:00", silences=["lost_phone 15 01:00 to 19 07:00"])
    assert said_of(facts) is None
    assert said_of(taking(*every_dose("06", "16"), now="19 08:00", silences=["hold 17 01:00 to 19 07:00"])) is not None


def test_a_dose_that_may_be_missed_before_the_first_that_was_taken_is_left_to_the_rules():
    times = "06:00 07:00 22:00"
    steps = (step(times, on=date(2026, 5, 19)),)
    assert said_of(taking("19 07:00 taken", now="19 07:30", steps=steps, since="06 05:00")) is None
    assert said_of(taking("19 06:00 taken", now="19 07:30", steps=steps, since="06 05:00")) is not None


def test_a_dose_that_was_lost_is_left_to_the_rules():
    facts = taking(*ALL_TAKEN, now="19 23:00")
    assert facts.intake is not None
    lost = (*facts.intake.events[:-1], facts.intake.events[-1]._replace(reason="vomiting"))
    assert said_of(replace(facts, intake=replace(facts.intake, events=lost))) is None
