"""When time alone may change what is found of a plan.

Rules about doses taken turn at any minute (``intake_turns``); every other rule counts calendar days, months and birthdays
and can turn at a local midnight only.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import merge
from typing import NamedTuple

from titration.dosing.assessment import Assessment, assess
from titration.dosing.facts import Facts
from titration.dosing.falling import falling, falling_turns, said_stopped
from titration.dosing.intake_turns import MIDNIGHT, Signature, at_instant, candidates, found_about_intake, found_at
from titration.dosing.judgement import Judgement
from titration.dosing.protocol import Protocol
from titration.dosing.rules import About
from titration.dosing.schedule import add_months, instant
from titration.dosing.waiting import step_waiting

_A_YEAR = 12  # months
_LOOKS = 4  # days that are assessed in full before one is named without a look
_INTAKE, _DAY = 0, 1
_BENEFIT = {"CAU-21", "CAU-22"}


class NextChange(NamedTuple):
    """When time alone may change what is found (aware UTC), and when anything but what is found about doses taken.

    ``others`` is never the earlier of the two. Where it is the later one, it is only the first day that may matter: nothing
    was assessed for it yet.
    """

    first: datetime
    others: datetime


def next_change(facts: Facts, protocol: Protocol, zone: str) -> datetime:
    """The first instant after ``as_of`` (aware UTC) at which what is found changes if nothing new is recorded.

    Nothing changes before it. At it something does, but for three cases, in which it is only the time to look again: a
    signed step lies ahead, which is judged anew on every day that may matter; none of the first days that may matter
    turned anything; or nothing turns within a year. Advice on a late dose does not count as a change.
    """
    return next_changes(facts, protocol, zone).first


def next_changes(facts: Facts, protocol: Protocol, zone: str) -> NextChange:
    """``next_change``, with the instant until which only the findings about doses taken need another look."""
    return _next_changes(Judgement(facts, protocol), zone, None)


def next_changes_after(assessment: Assessment, zone: str) -> NextChange:
    """The same for facts that were assessed already, without an order: what was worked out is not worked out again."""
    return _next_changes(assessment.judgement, zone, assessment)


def _next_changes(judgement: Judgement, zone: str, assessment: Assessment | None) -> NextChange:
    facts, protocol = judgement.facts, judgement.protocol
    days = sorted(day for day in set(_turning_days(facts, protocol)) if day > facts.today)
    year = add_months(facts.today, _A_YEAR)
    midnights = [instant(day, MIDNIGHT, zone) for day in (*(day for day in days if day < year), year)]
    planned = any(step.starts_on > facts.today for step in facts.therapy.steps)
    intake = ((at, _INTAKE) for at in candidates(judgement, zone))
    now = everything = None
    looks, last = 0, facts.as_of
    for at, kind in merge(intake, ((at, _DAY) for at in midnights)):
        if kind == _DAY:
            if planned or looks == _LOOKS or at == midnights[-1]:
                return NextChange(at, at)
            looks, everything = looks + 1, everything or _found(assessment or assess(facts, protocol))
            if _found(assess(at_instant(facts, at, zone), protocol)) != everything:
                return NextChange(at, at)
        elif at != last:
            now = found_about_intake(judgement) if now is None else now
            if found_at(judgement, at, zone) != now:
                return NextChange(at, next(one for one in midnights if one >= at))
        last = at
    raise AssertionError("the last midnight ends the year")


def _found(assessment: Assessment) -> tuple[Signature, bool, bool, bool]:
    """Which rules say something and how severely, whether a step waits for a decision, whether doses fall away, and whether
    the patient said that they stopped."""
    facts, protocol = assessment.judgement.facts, assessment.judgement.protocol
    said = frozenset((one.rule, one.severity) for one in assessment.findings if one.about is not About.ADVICE)
    less, stopped = falling(facts, protocol) is not None, said_stopped(facts) is not None
    return said, step_waiting(facts, protocol) is not None, less, stopped


def _turning_days(facts: Facts, protocol: Protocol) -> Iterator[date]:
    """Days on which a rule may turn, past ones included."""
    if facts.person.birth_date is not None:
        yield _next_birthday(facts.person.birth_date, facts.today)
    for step in facts.therapy.steps:
        yield step.starts_on
        if step.ends_on is not None:
            yield step.ends_on
        # The first day on which KID-28 is due, and the first on which it is overdue.
        after = protocol.limits("KID-28")
        yield step.starts_on + timedelta(days=after.count("due_from_days"))
        yield step.starts_on + timedelta(days=after.count("overdue_after_days") + 1)
        # A step that waits for its prescriber is told the day after the time that the protocol gives.
        wait = protocol.limits("STEP-4").count("wait_days") + protocol.step_waiting_days
        yield step.starts_on + timedelta(days=wait + 1)
        # The days on which a dose has been given for as long as CAU-21 or CAU-22 asks.
        for rule in _BENEFIT & set(protocol.rules):
            yield step.starts_on + timedelta(weeks=protocol.limits(rule).count("from_weeks"))
    yield from falling_turns(facts, protocol)
    if facts.therapy.next_decision_on is not None:
        yield facts.therapy.next_decision_on + timedelta(days=protocol.step_waiting_days + 1)
    triggers = [one.on for one in facts.person.events]
    triggers += [one.started_on for one in facts.person.medicines if one.started_on is not None]
    for on in triggers:
        yield on
        yield on + timedelta(days=protocol.limits("KID-31").count("within_days") + 1)
    if facts.person.infant_born is not None and facts.person.breastfeeding:
        yield add_months(facts.person.infant_born, protocol.limits("CAU-20").count("below_months"))
    for result in facts.kidneys.results:
        yield result.taken_on
        for months in _check_months(protocol):
            yield add_months(result.taken_on, months) + timedelta(days=1)


def _check_months(protocol: Protocol) -> set[int]:
    yearly, most = protocol.limits("KID-29").count("after_months"), protocol.limits("KID-30").count("at_most_months")
    by_table = {_A_YEAR // tests for row in protocol.kidney_checks_per_year.values() for tests in row}
    return {yearly, most, *(months for months in by_table if months <= most)}


def _next_birthday(birth: date, today: date) -> date:
    this_year = add_months(birth, _A_YEAR * (today.year - birth.year))
    # Someone born on 29 February turns a year older on 1 March: the day after this one, in a short year.
    if (birth.month, birth.day) != (this_year.month, this_year.day):
        this_year += timedelta(days=1)
    return this_year if this_year > today else add_months(this_year, _A_YEAR)
