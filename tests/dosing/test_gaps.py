"""G, N, the doses missed in a row, and what is explained, on plans that are ticked and on plans that are not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.dosing.intakes import START, THREE, every_dose, moment, step, taking
from tests.dosing.tables import QUIET, judged, protocol_of, said
from titration.dosing.assessment import assess
from titration.dosing.gaps import Gaps
from titration.dosing.judgement import Judgement
from titration.dosing.supply import runs_out

MISS = tuple(f"MISS-{number}" for number in (4, 5, 6, 7, 8, 9, 11, 12))


def gaps_of(facts) -> Gaps:
    gaps = Judgement(facts, protocol_of("US")).gaps
    assert gaps is not None
    return gaps


def raised(facts, where="US"):
    return {one.rule for one in judged(facts, where).findings if one.rule in MISS}


@pytest.mark.parametrize(
    ("times", "hours"),
    [("22:00", 24), ("08:00 20:00", 12), ("07:00 22:00", 15), (THREE, 8), ("06:00 11:00 16:00 21:00", 9)],
)
def test_the_longest_normal_gap_is_that_of_the_plan(times, hours):
    facts = taking(f"03 {times.split()[-1]} taken", now="04 05:00", times=times)
    assert gaps_of(facts).normal == timedelta(hours=hours)


# Clock changes of 2026: New York 8 March and 1 November, London 29 March and 25 October.
NIGHTS = [
    ("America/New_York", "2026-03-07", "2026-03-08", -1),
    ("America/New_York", "2026-10-31", "2026-11-01", 1),
    ("Europe/London", "2026-03-28", "2026-03-29", -1),
    ("Europe/London", "2026-10-24", "2026-10-25", 1),
]


@pytest.mark.parametrize(("zone", "evening", "morning", "longer"), NIGHTS)
def test_hours_are_real_ones_in_a_night_with_a_clock_change(zone, evening, morning, longer):
    """Once a day at 22:00 the gap N of that night is 23 or 25 hours, and 18 hours of G end an hour later or earlier."""
    once = taking(f"{evening} 22:00 taken", now=f"{morning} 21:00", times="22:00", daily="30", zone=zone)
    assert gaps_of(once).normal == timedelta(hours=max(24, 24 + longer))
    assert raised(once) == set()
    for at, rule in (("15:59", QUIET), ("16:00", "URGENT")):
        hour, minute = at.split(":")
        local = f"{int(hour) - longer:02}:{minute}"
        facts = taking(f"{evening} 22:00 taken", now=f"{morning} {local}", daily="30", zone=zone)
        assert said(judged(facts), "MISS-5") == rule, local


@pytest.mark.parametrize(("zone", "evening", "morning", "longer"), NIGHTS)
def test_the_night_of_a_clock_change_is_part_of_the_normal_gap(zone, evening, morning, longer):
    """Twice a day the night is N: 11 or 13 hours instead of 12; 20 h of G become 21 h where it is longer."""
    facts = taking(f"{evening} 20:00 taken", now=f"{morning} 10:00", times="08:00 20:00", daily="30", zone=zone)
    assert gaps_of(facts).normal == timedelta(hours=12 + max(0, longer))
    hours = 20 + max(0, longer)
    before = taking(f"{evening} 20:00 taken", now=f"{morning} {hours - 4 - longer - 1:02}:59", times="08:00 20:00",
                    daily="30", zone=zone)  # fmt: skip
    after = taking(f"{evening} 20:00 taken", now=f"{morning} {hours - 4 - longer:02}:00", times="08:00 20:00",
                   daily="30", zone=zone)  # fmt: skip
    assert (said(judged(before), "MISS-5"), said(judged(after), "MISS-5")) == (QUIET, "URGENT")


def test_a_dose_in_the_hour_that_the_clock_skips_is_due_when_the_gap_ends():
    facts = taking("2026-03-07 10:30 taken", now="2026-03-08 05:29", times="02:30 10:30 18:30", daily="30",
                   zone="America/New_York")  # fmt: skip
    assert len(gaps_of(facts).run) == 1
    at = taking("2026-03-07 10:30 taken", now="2026-03-08 05:30", times="02:30 10:30 18:30", daily="30",
                zone="America/New_York")  # fmt: skip
    assert len(gaps_of(at).run) == 2


def test_moving_a_slot_moves_no_past_dose():
    may = START.replace(month=5)
    moved = (step("08:00 20:00", until=may.replace(day=4)), step("11:00 23:00", on=may.replace(day=4)))
    facts = taking("03 08:00 taken", "03 20:00 taken", now="04 12:59", steps=moved)
    assert raised(facts) == set()
    assert gaps_of(facts).normal == timedelta(hours=15)
    # The dose of 4 May was ticked before its time was moved: it keeps the time that was in force then.
    early = taking("04 08:00 taken", now="04 12:59", steps=(step("08:00 20:00"),))
    assert early.intake is not None
    later = taking(now="04 12:59", steps=moved)
    both = replace(later, intake=early.intake)
    assert gaps_of(both).run == ()
    assert gaps_of(both).anchor.at.hour == 8


def test_a_dose_that_was_skipped_keeps_the_time_that_was_in_force_then():
    early = taking("03 20:00 taken", "04 08:00 skipped", now="04 09:00", steps=(step("08:00 20:00"),))
    moved = replace(early, therapy=replace(early.therapy, steps=(step("11:00 23:00"),)))
    assert [one.due_at.hour for one in gaps_of(moved).run] == [8]


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (("03 14:00 taken",), 1),
        (("03 06:00 taken",), 2),
        (("03 14:00 taken", "03 22:00 held"), 0),
        (("03 06:00 taken", "03 14:00 skipped", "03 22:00 held"), 1),
        (("03 06:00 taken", "03 14:00 held"), 1),
        (("03 06:00 partly",), 2),
        (("03 06:00 taken", "03 22:00 taken"), 0),
        (("03 06:00 taken", "03 14:00 taken at 22:30"), 1),
    ],
)
def test_a_run_is_what_was_missed_one_after_another(lines, count):
    assert len(gaps_of(taking(*lines, now="04 02:00")).run) == count


def test_a_dose_is_open_for_two_hours_and_then_not_ticked():
    for now, count in (("04 07:59", 0), ("04 08:00", 1)):
        assert len(gaps_of(taking("03 22:00 taken", now=now)).run) == count


def test_a_skipped_dose_counts_from_its_time_on_and_not_before():
    for now, count in (("04 05:59", 0), ("04 06:00", 1)):
        assert len(gaps_of(taking("03 22:00 taken", "04 06:00 skipped", now=now)).run) == count


@pytest.mark.parametrize("reason", ["vomiting", "diarrhoea", "nil_by_mouth"])
@pytest.mark.parametrize("state", ["taken", "partly", "skipped", "held"])
def test_a_dose_that_was_lost_counts_as_missed_whatever_else_is_recorded(state, reason):
    facts = taking("03 14:00 taken", f"03 22:00 {state} {reason}", now="03 22:30")
    assert len(gaps_of(facts).run) == 1
    assert gaps_of(facts).anchor.at.hour == 14


def test_a_dose_taken_at_an_hour_that_is_not_known_stands_at_its_time():
    facts = taking("03 22:00 taken sometime", now="04 16:00")
    assert gaps_of(facts).gap == timedelta(hours=18)


@pytest.mark.parametrize("reason", ["hold", "admission", "lost_phone", "other"])
def test_while_a_reason_is_recorded_nothing_is_judged_and_afterwards_the_gap_begins_again(reason):
    silence = [f"{reason} 04 05:00 to 06 05:00"]
    within = taking("03 22:00 taken", now="06 04:59", silences=silence)
    assert raised(within) == set()
    assert gaps_of(within).gap is None
    for now, rule in (("06 22:59", QUIET), ("06 23:00", "URGENT")):
        over = taking("03 22:00 taken", now=now, daily="30", silences=silence)
        assert said(judged(over), "MISS-5") == rule
    assert gaps_of(over).gap == timedelta(hours=18)


def test_a_reason_silences_what_was_missed_before_it_and_ends_before_its_last_instant():
    silence = ["lost_phone 04 10:00 to 04 22:00"]
    assert raised(taking("03 14:00 taken", now="04 09:59", silences=silence, daily="30")) == {"MISS-5"}
    assert raised(taking("03 14:00 taken", now="04 10:00", silences=silence)) == set()
    assert raised(taking("03 14:00 taken", now="04 21:59", silences=silence)) == set()
    # The dose of the instant at which it ends is asked for again.
    assert len(gaps_of(taking("03 14:00 taken", now="05 00:00", silences=silence)).run) == 3


def test_a_reason_breaks_no_run_and_counts_nowhere():
    facts = taking("03 14:00 taken", now="05 08:00", silences=["admission 04 05:00 to 05 05:00"])
    assert len(gaps_of(facts).run) == 2
    assert said(judged(facts), "MISS-11") == QUIET


def test_doses_that_were_held_raise_nothing_however_long():
    held = [f"04 {at} held" for at in THREE.split()] + [f"05 {at} held" for at in THREE.split()]
    assert raised(taking("03 22:00 taken", *held, now="06 05:00")) == set()
    assert raised(taking("03 22:00 taken", *held, now="06 08:00")) >= {"MISS-8", "MISS-9"}


def test_ticking_that_has_just_begun_accuses_nobody_of_the_time_before():
    assert raised(taking(now="04 07:59", since="04 00:00")) == set()
    assert raised(taking(now="05 15:59", since="04 20:00", daily="30")) == {"MISS-5"}
    assert len(gaps_of(taking(now="05 15:59", since="04 20:00", daily="30")).run) == 2


def test_before_the_first_dose_and_without_a_dose_nothing_is_judged():
    may = START.replace(month=5)
    coming = (step(THREE, on=may.replace(day=4)),)
    assert raised(taking(now="04 05:00", steps=coming, since="01 08:00")) == set()
    assert raised(taking(now="04 22:00", steps=coming, since="01 08:00", daily="30")) == {"MISS-4"}
    stopped = (step(THREE, until=may.replace(day=4)), step("", on=may.replace(day=4)))
    assert raised(taking("03 22:00 taken", now="09 12:00", steps=stopped)) == set()


def test_a_restart_after_days_without_is_a_first_dose():
    may = START.replace(month=5)
    again = (
        step(THREE, until=may.replace(day=1)), step("", on=may.replace(day=1), until=may.replace(day=4)),
        step(THREE, on=may.replace(day=4), kind="restart"),
    )  # fmt: skip
    facts = taking("2026-04-30 22:00 taken", now="04 15:00", steps=again)
    assert gaps_of(facts).anchor.at.day == 4
    assert raised(facts) == set()
    apart = (step(THREE, until=may.replace(day=1)), step(THREE, on=may.replace(day=4), kind="restart"))
    assert gaps_of(taking("2026-04-30 22:00 taken", now="04 15:00", steps=apart)).anchor.at.day == 4


@pytest.mark.parametrize("where", ["US", "UK"])
@pytest.mark.parametrize("times", ["22:00", "08:00 20:00", THREE, "06:00 11:00 16:00 21:00"])
def test_on_a_plan_that_is_not_ticked_silence_raises_nothing(times, where):
    last = times.split()[-1]
    for now in ("04 12:00", "05 23:59", "20 12:00"):
        assert raised(taking(f"03 {last} taken", now=now, times=times, ticked=False), where) == set()
        assert raised(taking(now=now, times=times, ticked=False), where) == set()


def test_on_a_plan_that_is_not_ticked_reported_doses_count():
    two = ["04 06:00 skipped", "04 14:00 skipped"]
    assert raised(taking("03 14:00 taken", *two, now="04 15:00", ticked=False)) == {"MISS-4"}
    assert raised(taking(*two, "04 22:00 skipped", now="04 22:00", ticked=False)) == {"MISS-5", "MISS-11"}
    # A place that is empty may be a dose that was taken: it breaks the run.
    apart = ["03 14:00 skipped", "04 06:00 skipped"]
    assert raised(taking(*apart, now="04 15:00", ticked=False)) == set()
    # What is reported stays until something newer is known, as far back as the adherence list looks.
    assert raised(taking(*two, now="06 12:00", ticked=False)) == {"MISS-4"}
    assert raised(taking(*two, "05 06:00 taken", now="06 12:00", ticked=False)) == set()
    assert raised(taking(*two, now="17 23:59", ticked=False)) == {"MISS-4"}
    assert raised(taking(*two, now="18 00:00", ticked=False)) == set()


def test_a_gap_of_which_every_dose_was_reported_is_known_without_ticks():
    reported = ["04 06:00 skipped", "04 14:00 skipped", "04 22:00 skipped"]
    known = taking("03 22:00 taken", *reported, now="04 22:00", ticked=False)
    assert raised(known) == {"MISS-8", "MISS-11"}
    assert raised(taking(*reported, now="04 22:00", ticked=False)) == {"MISS-5", "MISS-11"}
    # Of the next dose nothing is known: the gap is at least as long as it was, and says no more.
    after = taking("03 22:00 taken", *reported, now="06 23:00", ticked=False)
    assert raised(after) == {"MISS-8", "MISS-11"}
    assert gaps_of(after).gap == timedelta(hours=32)


def test_two_doses_taken_together_end_a_long_gap_as_one_does():
    """Recorded for the same minute, the second comes after nothing: the gap lies before the first."""
    together = ["05 14:00 taken at 15:00", "05 06:00 taken at 15:00"]
    for recorded in (together[:1], together):
        facts = taking("03 06:00 taken", *recorded, now="05 16:00")
        found = gaps_of(facts).long_gap
        assert found is not None
        assert found.anchor.at == taking(now="03 06:00").as_of
        assert "MISS-9" in raised(facts)


def test_a_supply_is_counted_day_by_day_across_a_step_that_changes_it():
    steps = (
        step(THREE, "60", until=START.replace(month=5, day=20)),
        step(THREE, "15", on=START.replace(month=5, day=20)),
    )
    facts = taking("03 06:00 taken", now="03 07:00", steps=steps, issues=["03 1100"])
    # 17 days at 60 mg are 1,020 mg; the 80 mg that are left are 5 days at 15 mg and one dose.
    assert runs_out(facts, facts.intake) == taking(now="25 14:00").as_of


def test_without_ticks_and_without_a_confirmed_dose_a_gap_is_as_long_as_what_was_reported():
    lines = [f"{day:02} {at} skipped" for day in (3, 4, 5) for at in THREE.split()]
    facts = taking(*lines, now="05 23:00", ticked=False)
    found = {one.rule: one for one in assess(facts, protocol_of("US")).findings}
    assert {"MISS-8", "MISS-9"} <= set(found)
    assert (
        "No dose is confirmed, and that of 03-May-2026 06:00 was reported as not taken, 65 h ago"
        in found["MISS-9"].because
    )
    again = taking(*lines, "06 06:00 taken", now="06 07:00", ticked=False)
    assert "MISS-9" in {one.rule for one in assess(again, protocol_of("US")).findings}
    once = taking("05 06:00 skipped", now="05 23:00", ticked=False)
    assert not {one.rule for one in assess(once, protocol_of("US")).findings} & {"MISS-5", "MISS-8", "MISS-9"}


def test_a_decision_settles_what_stands_once_it_is_carried_out():
    gap = {"now": "06 12:00", "decided": "06 11:00"}
    for followed in (True, False):
        facts = taking("03 22:00 taken", **gap, followed=followed)
        found = {one.rule for one in assess(facts, protocol_of("US")).findings}
        assert ("MISS-9" in found) is not followed


def test_what_was_taken_before_the_days_that_are_read_makes_no_gap():
    """Ticked since March, read from the sixth of May on: that the first dose of that day was missed tells of no long gap."""
    facts = taking(*every_dose("06", "28", but=["06 06:00"]), now="28 23:00", since="2026-03-01 08:00")
    read = replace(facts, intake=replace(facts.intake, read_from=moment("06 00:00")))
    assert ("MISS-9" in raised(facts), "MISS-9" in raised(read)) == (True, False)
