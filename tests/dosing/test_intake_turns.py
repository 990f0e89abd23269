"""The next instant at which findings about intake turn, held against every quarter of an hour one by one."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dosing.intakes import START, THREE, every_dose, later, step, taking
from tests.dosing.tables import protocol_of
from titration.dosing.assessment import assess
from titration.dosing.deadlines import next_change, next_changes, next_changes_after
from titration.dosing.facts import Facts
from titration.dosing.falling import RULE as FALLING
from titration.dosing.falling import STOPPED, falling, said_stopped
from titration.dosing.intake_turns import RULES, found_about_intake, next_turn
from titration.dosing.judgement import Judgement
from titration.dosing.rules import About, CannotSay, Said

QUARTER = timedelta(minutes=15)


def found(facts: Facts) -> set[tuple[str, str]]:
    answer = assess(facts, protocol_of("US"))
    told = {(one.rule, one.severity.name) for one in answer.findings if one.about is not About.ADVICE}
    if falling(facts, protocol_of("US")) is not None:
        told.add((FALLING, ""))
    return told if said_stopped(facts) is None else told | {(STOPPED, "")}


def due(facts: Facts) -> datetime:
    assert facts.intake is not None
    return next_change(facts, protocol_of("US"), facts.intake.zone)


@pytest.mark.parametrize(
    ("now", "at"),
    [("03 23:00", "04 16:00"), ("04 16:00", "04 22:00"), ("04 22:00", "05 00:00"), ("05 12:00", "05 22:00")],
)
def test_each_change_comes_at_its_minute(now, at):
    """18 hours, 24 hours, the third missed dose, and 48 hours without baclofen."""
    assert due(taking("03 22:00 taken", now=now)) == taking(now=at).as_of


def test_a_late_dose_is_no_change():
    """Advice turns at 06:00, and the watch need not look before anything can be raised."""
    assert due(taking("03 22:00 taken", now="04 05:00", times="06:00 10:00 22:00")) == taking(now="04 12:00").as_of


def test_without_ticks_nothing_is_looked_for_before_a_calendar_day():
    facts = taking("03 22:00 taken", now="04 05:00", ticked=False)
    assert due(facts) - facts.as_of > timedelta(days=3)


def test_a_supply_is_told_at_the_minute_it_becomes_low():
    facts = taking(*every_dose("01", "02"), now="02 23:00", ticked=False, issues=["01 600"])
    assert due(facts) == taking(now="08 06:00").as_of
    waiting = taking(*every_dose("01", "02"), now="02 23:00", ticked=False, issues=["01 600"], repeat="09")
    assert due(waiting) == taking(now="10 00:00").as_of


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_day_that_leaves_the_adherence_list_turns_at_its_local_midnight(zone):
    reported = ["04 06:00 skipped", "04 14:00 skipped", "04 22:00 skipped"]
    facts = taking(*reported, now="06 12:00", ticked=False, zone=zone, daily="12")
    assert due(facts) == taking(now="11 00:00", zone=zone).as_of


def test_without_ticks_the_list_empties_by_itself_although_every_limit_of_a_gap_is_passed():
    lines = [*every_dose("01", "02", "22:00"), *(f"{day} 22:00 skipped" for day in ("03", "04", "05"))]
    facts = taking(*lines, now="06 00:00", times="22:00", daily="14", ticked=False)
    assert ("MISS-9", "STOP") in found(facts)
    assert due(facts) == taking(now="10 00:00").as_of


def test_a_reason_that_ends_begins_a_gap():
    facts = taking("03 22:00 taken", now="04 05:30", silences=["lost_phone 04 05:00 to 20 05:00"])
    assert due(facts) == taking(now="20 08:00").as_of


def test_the_first_dose_that_is_held_turns_a_sign_of_withdrawal_into_an_emergency():
    facts = taking("03 22:00 taken", now="04 05:30", silences=["hold 04 05:00 to 06 05:00"], given="symptoms=anxiety")
    assert due(facts) == taking(now="04 06:00").as_of
    assert "MISS-7" in {rule for rule, _ in found(later(facts, QUARTER * 2))}


SCHEDULES = ["22:00", "08:00 20:00", THREE, "06:00 11:00 16:00 21:00", "00:30 02:30 12:15"]
ZONES = [
    ("UTC", "2026-05-"), ("America/New_York", "2026-03-0"), ("America/New_York", "2026-11-0"),
    ("Europe/London", "2026-03-2"), ("Europe/London", "2026-10-2"),
]  # fmt: skip


@st.composite
def plans(draw):
    """A plan of any schedule around a clock change, with some doses ticked, skipped, held or empty, and much else."""
    zone, month = draw(st.sampled_from(ZONES))
    times = draw(st.sampled_from(SCHEDULES))
    first = 22 if month.endswith("2") else 1
    prefix = month[:8]
    days = [f"{prefix}{first + n:02}" for n in range(7)]
    state = st.sampled_from(["taken", "taken", "taken", "skipped", "held", "partly", ""])
    seen = draw(st.integers(1, 5))
    lines = []
    for day in days[:seen]:
        for at in times.split():
            what = draw(state)
            if what:
                lines.append(f"{day} {at} {what}")
    hour = draw(st.integers(0, 23))
    now = f"{days[seen]} {hour:02}:{draw(st.sampled_from(['00', '15', '45']))}"
    more: dict = {"ticked": draw(st.sampled_from([True, True, False]))}
    if draw(st.booleans()):
        more["since"] = f"{days[0]} 00:00"
    if draw(st.integers(0, 3)) == 0:
        more["silences"] = [f"{draw(st.sampled_from(['hold', 'lost_phone']))} {days[seen]} 01:15 to {days[6]} 03:30"]
    if draw(st.integers(0, 2)) == 0:
        more["issues"] = [f"{days[0]} {draw(st.integers(100, 700))}"]
    if draw(st.integers(0, 3)) == 0:
        more["decided"] = f"{days[seen - 1]} 13:00"
    given_facts = draw(st.sampled_from(["", "symptoms=anxiety", "conditions=past_withdrawal"]))
    start = draw(st.sampled_from([START.replace(year=2025), datetime.fromisoformat(days[0]).date()]))
    return taking(
        *lines, now=now, zone=zone, steps=(step(times, draw(st.sampled_from(["15", "60"])), on=start),),
        given=given_facts, **more,
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=plans())
def test_nothing_turns_before_the_instant_that_is_named_and_something_does_at_it(facts):
    """Every quarter of an hour for four days, with nothing new on record."""
    protocol = protocol_of("US")
    at, before = due(facts), found(facts)
    assert at > facts.as_of
    looked = found_about_intake(Judgement(facts, protocol))
    moment = facts
    for _ in range(4 * 24 * 4):
        moment = later(moment, QUARTER)
        if moment.as_of >= at:
            break
        assert found_about_intake(Judgement(moment, protocol)) == looked, (moment.as_of, at)
    if moment.as_of >= at:
        named = later(facts, at - facts.as_of)
        assert found(named) != before
        assert found(later(facts, at - facts.as_of - timedelta(microseconds=1))) == before


def said(answer: Said | CannotSay | None) -> object:
    """Without the figures beside it: the estimate of the kidneys is that of the first instant."""
    return replace(answer, values=()) if isinstance(answer, Said) else answer


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=plans())
def test_what_is_worked_out_for_one_instant_serves_every_other_one(facts):
    """Every three quarters of an hour for six days, and back: the same words as if nothing had been worked out before."""
    protocol = protocol_of("US")
    first = Judgement(facts, protocol)
    for step_by in (*range(8 * 24), 100, 50, 1):
        moment = later(facts, QUARTER * 3 * step_by)
        again, fresh = Judgement(moment, protocol, first), Judgement(moment, protocol)
        for rule in RULES:
            assert rule.judge is None or said(rule.judge(again)) == said(rule.judge(fresh)), (rule.id, moment.as_of)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=plans())
def test_the_next_turn_of_intake_and_the_next_day_of_the_others_make_the_next_change(facts):
    protocol = protocol_of("US")
    both = next_changes(facts, protocol, facts.intake.zone)
    assert both.others >= both.first == due(facts)
    assert next_changes_after(assess(facts, protocol), facts.intake.zone) == both
    j = Judgement(facts, protocol)
    assert next_turn(j, facts.intake.zone, now=found_about_intake(j), before=both.others) == both.first
