"""Confirmed milligrams that fall away from the plan over 24, 48 and 72 hours, judged on records alone."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.dosing.intakes import THREE, every_dose, later, step, taking
from titration.dosing.assessment import assess
from titration.dosing.deadlines import next_change
from titration.dosing.doses import Mg
from titration.dosing.falling import falling, over_on, said_stopped
from titration.dosing.intake import DoseState
from titration.dosing.protocol import load_protocol

pytestmark = [pytest.mark.hazard("H05")]
US = load_protocol("US")


def in_part(facts, taken):
    """The same facts, with so many mg of every dose that was taken in part."""
    events = (
        one._replace(taken=Mg(Decimal(taken))) if one.state is DoseState.PARTLY else one for one in facts.intake.events
    )
    return replace(facts, intake=replace(facts.intake, events=tuple(events)))


def partly(first, last, taken, **more):
    """Every dose of these days of May in part; 20 mg three times a day are planned."""
    lines = [line.replace("taken", "partly") for line in every_dose(first, last)]
    return in_part(taking(*lines, **{"now": f"{last} 23:00", **more}), taken)


def words(facts, protocol=US):
    found = falling(facts, protocol)
    return "" if found is None else found.because.replace("\u00a0", " ")


def test_parts_of_doses_fall_away_though_none_is_missed():
    facts = partly("01", "06", "9.75")
    assert not [one for one in assess(facts, US).findings if one.rule.startswith("MISS-")]
    assert words(facts) == (
        "Confirmed doses fall away from the plan: 29.25 mg of 60 mg in 24 hours, 58.5 mg of 120 mg in 48 hours, "
        "87.75 mg of 180 mg in 72 hours."
    )
    assert [(one.hours, one.planned.value) for one in falling(facts, US).windows] == [(24, 60), (48, 120), (72, 180)]


@pytest.mark.parametrize(("taken", "falls"), [("9.75", True), ("10", False), ("20", False)])
def test_it_is_more_than_half_that_is_missing(taken, falls):
    assert bool(words(partly("01", "06", taken))) is falls


def test_one_window_is_enough_and_the_others_are_told():
    lines = [*every_dose("01", "05"), "06 06:00 partly", "06 14:00 partly", "06 22:00 skipped forgot"]
    assert words(in_part(taking(*lines, now="06 23:00"), "5")) == (
        "Confirmed doses fall away from the plan: 10 mg of 60 mg in 24 hours, 70 mg of 120 mg in 48 hours, "
        "130 mg of 180 mg in 72 hours."
    )


@pytest.mark.bar("B-41")
@pytest.mark.parametrize("line", ["06 14:00 held", "nothing"], ids=["held", "no record"])
def test_a_window_with_a_dose_of_which_nothing_is_known_says_nothing(line):
    days = [one.replace("taken", "partly") for one in every_dose("06", "06", but=["06 14:00"])]
    facts = in_part(taking(*days, *([line] if line != "nothing" else []), now="06 23:00"), "1")
    assert words(facts) == ""


def test_doses_that_a_stay_in_hospital_explains_say_nothing():
    assert words(partly("01", "06", "1", silences=["admission 01 00:00 to 07 00:00"])) == ""


def test_a_dose_that_was_lost_is_not_confirmed():
    lines = [f"06 {at} taken vomiting" for at in THREE.split()]
    facts = taking(*lines, now="06 23:00")
    assert words(facts).startswith("Confirmed doses fall away from the plan: 0 mg of 60 mg in 24 hours")


@pytest.mark.parametrize(
    ("steps", "falls"),
    [
        ((step(THREE, "15", on=date(2026, 4, 22)),), True),
        ((step(THREE, "15", on=date(2026, 4, 23)),), False),
        ((step(THREE, "14.25", on=date(2026, 4, 1)),), False),
    ],
)
def test_it_counts_from_the_dose_and_the_length_of_use_of_the_rule_on(steps, falls):
    assert bool(words(partly("06", "06", "0.5", steps=steps))) is falls


def test_a_pump_that_delivers_says_nothing_of_oral_doses():
    assert words(partly("01", "06", "1", given="pump_delivering=yes")) == ""


def test_it_is_over_when_the_newest_record_is_older_than_the_longest_window():
    facts = partly("01", "06", "1", ticked=False)
    assert over_on(facts) == date(2026, 5, 10)
    assert words(later(facts, timedelta(days=3)))
    assert not words(later(facts, timedelta(days=4)))
    at = next_change(later(facts, timedelta(days=3)), US, "UTC")
    assert at.isoformat() == "2026-05-10T00:00:00+00:00"


def test_without_a_record_nothing_is_said():
    facts = taking(now="06 23:00", ticked=False)
    assert words(facts) == ""
    assert over_on(facts) is None
    assert words(replace(facts, intake=None)) == ""


def test_a_dose_that_was_recorded_ahead_of_its_hour_is_looked_at_when_it_has_come_due():
    lines = [*every_dose("01", "05"), "06 06:00 taken", "06 14:00 skipped forgot", "06 22:00 partly"]
    early = in_part(taking(*lines, now="06 20:00"), "1")
    assert not words(early)
    assert words(later(early, timedelta(hours=2)))
    assert next_change(early, US, "UTC").isoformat() == "2026-05-07T00:00:00+00:00"


def test_it_is_looked_at_on_the_day_from_which_the_length_of_use_counts():
    steps = (step(THREE, "60", on=date(2026, 4, 25)),)
    facts = partly("01", "06", "1", steps=steps, ticked=False)
    assert not words(facts)
    assert next_change(facts, US, "UTC").date() == date(2026, 5, 9)
    assert words(later(facts, timedelta(days=2, hours=2)))


@pytest.mark.parametrize(
    ("lines", "stopped"),
    [
        (["06 14:00 skipped own_decision"], True),
        (["06 14:00 skipped own_decision", "06 22:00 taken"], False),
        (["06 14:00 skipped forgot"], False),
        (["06 06:00 skipped own_decision", "06 14:00 skipped forgot"], False),
        ([], False),
    ],
)
def test_who_says_that_they_stopped_is_told_from_the_newest_record(lines, stopped):
    facts = taking(*lines, now="06 23:00", ticked=False)
    assert (said_stopped(facts) is not None) is stopped
    assert said_stopped(replace(facts, intake=None)) is None
