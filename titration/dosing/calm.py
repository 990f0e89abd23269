"""Whether the doses on record give no rule about missed doses anything to say, now and until when, told without judging one.

Most patients take most of their doses. Of them it can be said in a few steps; of everybody else nothing is said here, and
the rules judge. Wherever the exact answer costs more, an earlier instant is named, never a later one.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from titration.dosing.doses_due import Known, due_instant, step_on
from titration.dosing.facts import Facts
from titration.dosing.gaps import Gaps
from titration.dosing.intake import DoseState, Intake
from titration.dosing.judgement import Judgement
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import local_date

_A_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
# The rules that are not judged where this says that nothing is found.
SPEAKS_FOR = frozenset({"MISS-4", "MISS-5", "MISS-6", "MISS-7", "MISS-8", "MISS-9", "MISS-11", "MISS-12"})
_AHEAD = 3  # days whose doses are looked at: the rules count fewer in a row than they hold
_ZERO = timedelta(0)
_NOTHING = Decimal(0)
_DUE_AT = attrgetter("due_at")


class Calm(NamedTuple):
    """Nothing is found about intake before ``until`` (aware UTC); ``turns``: it is known that something is at it."""

    until: datetime
    turns: bool


class _Coming(NamedTuple):
    """A dose of which nothing is recorded: when it counts as not taken, when it is due, and its local day."""

    at: datetime
    due_at: datetime
    day: date


def calm(j: Judgement, zone: str, *, before: datetime) -> Calm | None:
    """How long nothing is found about intake; ``before`` when that is later. None: only the rules can tell.

    ``zone`` is that in which ``facts.today`` is told.
    """
    facts, gaps = j.facts, j.gaps
    if gaps is None or facts.order is not None or facts.person.signs or gaps.intake.zone != zone:
        return None
    if any(one.ends_at > facts.as_of for one in gaps.intake.silences):
        return None
    if gaps.intake.says_stopped is not None or gaps.intake.said_out_at is not None:
        return None
    found = _while_ticked(facts, gaps, j.protocol, before) if gaps.ticked else _unless_reported(gaps, before)
    if found is None or not _is_supplied(facts, gaps.intake, j.protocol, local_date(found.until, zone)):
        return None
    return found


def _unless_reported(gaps: Gaps, before: datetime) -> Calm | None:
    """Where nobody ticks, only what was reported as not taken says anything."""
    quiet = all(one.confirmed or one.state is DoseState.HELD for one in gaps.intake.events)
    return Calm(before, turns=False) if quiet else None


def _while_ticked(facts: Facts, gaps: Gaps, protocol: Protocol, before: datetime) -> Calm | None:
    as_of, book = facts.as_of, gaps.doses.book
    current, since = gaps.current, gaps.intake.silence_counts_from
    if current is None or not current.daily.value or not book.confirmed or (since is not None and since > as_of):
        return None
    if max(book.confirmed[-1], book.last_due or as_of) > as_of or not _ended_well(facts, gaps, protocol):
        return None
    newest = max(book.events)
    last = max(book.events[newest].values(), key=_DUE_AT)
    if newest > facts.today or facts.today - newest > _A_DAY * _AHEAD:
        return None
    after = timedelta(hours=protocol.limits("MISS-15").count("after_hours"))
    coming, run = [], () if last.confirmed else gaps.run
    for one in _unrecorded(facts, gaps, newest, after):
        if one.at > as_of:
            coming.append(one)
        elif one.day > newest or (one.day == newest and one.due_at > last.due_at):
            run = gaps.run
    coming.sort()
    return _Fortnight(facts, gaps, protocol, len(run)).until(coming, before, (newest, last.due_at))


def _unrecorded(facts: Facts, gaps: Gaps, newest: date, after: timedelta) -> Iterator[_Coming]:
    """The doses from the day before today, or the newest day on record, on of which nothing is recorded."""
    day, end = min(newest, facts.today - _A_DAY), facts.today + _A_DAY * _AHEAD
    while day <= end:
        step, recorded = step_on(facts.therapy.steps, day), gaps.doses.book.events.get(day, ())
        for place, slot in enumerate(() if step is None else step.slots):
            if slot.at is not None and place not in recorded:
                due = due_instant(day, slot.at, gaps.intake.zone)
                yield _Coming(due + after, due, day)
        day += _A_DAY


def _ended_well(facts: Facts, gaps: Gaps, protocol: Protocol) -> bool:
    """No time as long as MISS-9 says lies behind the patient, or nothing was missed in it and all of that is settled."""
    confirmed, intake = gaps.doses.book.confirmed, gaps.intake
    far = timedelta(hours=protocol.limits("MISS-9").count("from_hours"))
    begun_well = _begun_well(facts, gaps) or (intake.since is not None and _ZERO <= confirmed[0] - intake.since < far)
    if begun_well and all(at - before < far for before, at in pairwise(confirmed)):
        return True
    return not gaps.far_gap_ended_after(facts.as_of - _A_DAY * 2) and gaps.long_gap is None


def _begun_well(facts: Facts, gaps: Gaps) -> bool:
    """No dose was missed before the first one that was taken, as far as anything is known."""
    book, zone, known_from = gaps.doses.book, gaps.intake.zone, gaps.intake.silence_counts_from
    first = min(book.events)
    if known_from is None or not book.all_confirmed(first, facts.as_of):
        return False
    return local_date(book.confirmed[0], zone) <= first <= local_date(known_from, zone)


class _Fortnight:
    """The days that MISS-11 and MISS-12 look back over, and what each coming dose turns if it is missed."""

    def __init__(self, facts: Facts, gaps: Gaps, protocol: Protocol, run: int) -> None:
        self._facts, self._gaps, self._run = facts, gaps, run
        few, many, emergency, often, share, restart = (
            protocol.limits(rule) for rule in ("MISS-4", "MISS-5", "MISS-8", "MISS-11", "MISS-12", "MISS-9")
        )
        slots = 0 if gaps.current is None else len(gaps.current.slots)
        seldom = slots <= few.count("few_doses_per_day")
        self._in_a_row = min(few.count("few_from_count" if seldom else "from_count"), many.count("from_count"))
        self._often, self._below = often.count("from_count"), share.amount("below_percent")
        self._days = often.count("over_days"), share.count("over_days")
        # Whatever the gap is counted from, it begins no earlier than here and its longest normal gap is no shorter.
        normal = gaps.normal_over(facts.today, facts.today)
        hours = timedelta(hours=restart.count("from_hours"))
        self._long = gaps.doses.book.confirmed[-1] + min(gaps.limit(many, normal), gaps.limit(emergency, normal), hours)
        self._due, self._missed = [], []
        for back in range(max(self._days)):
            due, missed = _on(gaps, facts.today - _A_DAY * back, facts.as_of)
            self._due.append(due)
            self._missed.append(missed)

    def until(self, coming: list[_Coming], before: datetime, newest: tuple[date, datetime]) -> Calm | None:
        """``newest``: the day and the time of the last dose on record."""
        as_of, run, long = self._facts.as_of, self._run, self._long
        if run >= self._in_a_row or (run and long <= as_of) or not coming or self._lists(0, 0):
            return None
        ahead, midnight, certain = 0, self._midnight(1), not run
        for count, one in enumerate(coming, start=1):
            while midnight <= one.at:
                ahead += 1
                if self._changes_on(self._facts.today + _A_DAY * ahead) or self._lists(ahead, count - 1):
                    return _at(min(midnight, long) if run + count > 1 else midnight, before)
                midnight = self._midnight(ahead + 1)
            if run + count > 1 and long < one.at:
                return _at(long, before)
            certain = certain and (one.due_at > as_of or self._will_be_missed(one, newest))
            if run + count >= self._in_a_row:
                return _at(one.at, before, turns=certain)
            if one.at >= long or self._lists(ahead, count):
                return _at(one.at, before)
        return _at(coming[-1].at, before)

    def _will_be_missed(self, one: _Coming, newest: tuple[date, datetime]) -> bool:
        """A dose that is due already comes after every one on record, and nothing explains it."""
        return (one.day, one.due_at) > newest and self._gaps.doses.unrecorded(one.due_at) is Known.OPEN

    def _midnight(self, ahead: int) -> datetime:
        return due_instant(self._facts.today + _A_DAY * ahead, _MIDNIGHT, self._gaps.intake.zone)

    def _changes_on(self, day: date) -> bool:
        """Another step begins, or one ends."""
        return any(day in (one.starts_on, one.ends_on) for one in self._facts.therapy.steps)

    def _lists(self, ahead: int, more: int) -> bool:
        """Whether so many days ahead, after so many more missed doses, a list of those who often miss doses may name them."""
        often, over = self._days
        if sum(self._missed[: often - ahead]) + more >= self._often:
            return True
        due, missed = sum(self._due[: over - ahead]), sum(self._missed[: over - ahead])
        low = (due - missed) * 100 < self._below * (due + more)
        return low and self._gaps.known_from(self._facts.today - _A_DAY * (over - 1 - ahead))


def _at(until: datetime, before: datetime, *, turns: bool = False) -> Calm:
    return Calm(before, turns=False) if until >= before else Calm(until, turns)


def _on(gaps: Gaps, day: date, as_of: datetime) -> tuple[int, int]:
    """How many doses of a local date count as due, and how many of them were missed."""
    taken = gaps.doses.book.all_confirmed(day, as_of)
    if taken:
        return taken, 0
    tally = gaps.doses.tally(day, day)
    return tally.due, tally.missed


def _is_supplied(facts: Facts, intake: Intake, protocol: Protocol, until: date) -> bool:
    """Nothing is known of a supply, or what was handed out covers every dose until some days after that local date.

    What was reported as not taken is still there: it is left out, and so is a supply that comes later.
    """
    if intake.supply is None:
        return True
    issues = [one for one in intake.supply.issues if one.on <= facts.today]
    if not issues:
        return False
    end = until + _A_DAY * (protocol.limits("MISS-6").count("below_days") + 2)
    used = sum((one.taken.value for one in intake.events if one.day == facts.today), _NOTHING)
    for step in facts.therapy.steps:
        begins, ends = max(issues[0].on, step.starts_on), end if step.ends_on is None else min(end, step.ends_on)
        used += step.daily.value * max(0, (ends - begins).days)
    return used <= sum((one.amount.value for one in issues), _NOTHING)
