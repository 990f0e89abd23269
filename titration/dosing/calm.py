"""Whether the doses on record give no rule about missed doses anything to say, now and until when, told without judging one.

Most patients take most of their doses. Of them it can be said from the packed records, in whole numbers; of everybody else
nothing is said here, and the rules judge. Wherever the exact answer costs more, an earlier instant is named, never a later
one.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import sub
from typing import NamedTuple

from titration.dosing.calm_doses import Record, Span, ahead_of, spans_of, within
from titration.dosing.doses_due import step_on
from titration.dosing.facts import Step
from titration.dosing.intake import Silence, Supply
from titration.dosing.packed import HELD, HOW, PARTLY, TAKEN, Packed, instant_of, microseconds, number_of
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import local_date

_A_DAY = timedelta(days=1)
_HOUR = 3_600_000_000  # microseconds
# The rules that are not judged where this says that nothing is found.
SPEAKS_FOR = frozenset({"MISS-4", "MISS-5", "MISS-6", "MISS-7", "MISS-8", "MISS-9", "MISS-11", "MISS-12"})
_AHEAD = 3  # days whose doses are looked at: the rules count fewer in a row than they hold
_NOTHING = Decimal(0)


class Course(NamedTuple):
    """One plan without signs on record and without an order, as it is judged here at ``as_of`` (aware UTC).

    ``today`` is told in ``zone``, that of the plan. ``since`` and ``counts_from``: from when doses are ticked, and from when
    an empty place says anything (None: not known). ``taken_today``: the mg on record for today, where there is a supply.
    ``stated``: somebody has said that baclofen was stopped, or has run out.
    """

    as_of: datetime
    today: date
    zone: str
    steps: tuple[Step, ...]
    ticked: bool
    since: datetime | None
    counts_from: datetime | None
    silences: tuple[Silence, ...]
    supply: Supply | None
    taken_today: Decimal
    stated: bool
    doses: Packed


class Calm(NamedTuple):
    """Nothing is found about intake before ``until`` (aware UTC); ``turns``: it is known that something is at it."""

    until: datetime
    turns: bool


class Bounds(NamedTuple):
    """The numbers of a protocol that are read here, of which those in hours are in microseconds."""

    not_taken_after: int
    few_in_a_row: int
    few_per_day: int
    in_a_row: int
    often: int
    often_days: int
    share: tuple[int, int]  # of a hundred, as a fraction
    share_days: int
    restart: int
    gaps: tuple[tuple[int, int], ...]  # at least so long, and so much longer than the longest normal gap
    supply_days: int

    @property
    def days(self) -> int:
        return max(self.often_days, self.share_days)


def bounds_of(protocol: Protocol) -> Bounds:
    few, many, emergency, often, share = (
        protocol.limits(rule) for rule in ("MISS-4", "MISS-5", "MISS-8", "MISS-11", "MISS-12")
    )
    return Bounds(
        not_taken_after=protocol.limits("MISS-15").count("after_hours") * _HOUR,
        few_in_a_row=min(few.count("few_from_count"), many.count("from_count")),
        few_per_day=few.count("few_doses_per_day"),
        in_a_row=min(few.count("from_count"), many.count("from_count")),
        often=often.count("from_count"),
        often_days=often.count("over_days"),
        share=share.amount("below_percent").as_integer_ratio(),
        share_days=share.count("over_days"),
        restart=protocol.limits("MISS-9").count("from_hours") * _HOUR,
        gaps=tuple(
            (one.count("from_hours") * _HOUR, one.count("above_gap_hours") * _HOUR) for one in (many, emergency)
        ),
        supply_days=protocol.limits("MISS-6").count("below_days"),
    )


def calm(course: Course, bounds: Bounds, *, before: datetime) -> Calm | None:
    """How long nothing is found about intake; ``before`` when that is later. None: only the rules can tell."""
    if course.stated or any(one.ends_at > course.as_of for one in course.silences):
        return None
    found = _while_ticked(course, bounds, before) if course.ticked else _unless_reported(course.doses, before)
    if found is None or course.supply is None:
        return found
    supplied = _is_supplied(course, course.supply, bounds, local_date(found.until, course.zone))
    return found if supplied else None


def _unless_reported(doses: Packed, before: datetime) -> Calm | None:
    """Where nobody ticks, only what was reported as not taken says anything."""
    quiet = all(what & HOW in (TAKEN, PARTLY, HELD) for what in doses.what)
    return Calm(before, turns=False) if quiet else None


def _while_ticked(course: Course, bounds: Bounds, before: datetime) -> Calm | None:
    current, known = step_on(course.steps, course.today), course.counts_from
    if current is None or not current.daily.value or known is None or known > course.as_of or not course.doses.what:
        return None
    today, as_of, counts_from = number_of(course.today), microseconds(course.as_of), microseconds(known)
    newest = max(course.doses.what) >> 32
    if newest > today or today - newest > _AHEAD or max(course.doses.due) > as_of:
        return None
    known_from = number_of(local_date(known, course.zone))
    first = min(min(course.doses.what) >> 32, known_from - 1, today - bounds.days + 1)
    spans = spans_of(course.steps, first, today + _AHEAD + 1)
    if spans is None:
        return None
    record = Record(course.doses, course.silences, course.zone, today=today, as_of=as_of)
    if not record.sort(
        within(spans, first, today + 1), counts_from=counts_from, not_taken_after=bounds.not_taken_after
    ) or not _went_well(record, course.since, bounds.restart):
        return None
    return _Fortnight(course, bounds, record, spans, known_from, counts_from, len(current.slots)).until(before)


def _went_well(record: Record, since: datetime | None, far: int) -> bool:
    """No time as long as MISS-9 says lies between two doses, or before the first one with a dose in it that was missed or
    that may be."""
    taken = record.confirmed
    if not taken or taken[-1] > record.as_of or max(map(sub, taken[1:], taken), default=0) >= far:
        return False
    if since is not None and 0 <= taken[0] - microseconds(since) < far:
        return True
    return all(due > taken[0] for _, due in (*record.missed, *record.open))


class _Fortnight:
    """The days that MISS-11 and MISS-12 look back over, and what each coming dose turns if it is missed."""

    def __init__(
        self, course: Course, bounds: Bounds, record: Record, spans: tuple[Span, ...], known_from: int, counts_from: int,
        slots: int,
    ) -> None:  # fmt: skip
        today = record.today
        self._record, self._bounds, self._counts_from = record, bounds, counts_from
        began = number_of(min(step.starts_on for step in course.steps))
        self._known_from = max(known_from, began)
        self._spans = spans
        self._in_a_row = bounds.few_in_a_row if slots <= bounds.few_per_day else bounds.in_a_row
        ahead = ahead_of(within(spans, today - 1, today + _AHEAD + 1), today, today + _AHEAD, course.zone)
        self._midnights = ahead.midnights
        self._coming = (
            ahead.due if not record.open else tuple(sorted([(at, day) for day, at in record.open] + [*ahead.due]))
        )
        # Whatever the gap is counted from, it begins no earlier than here and its longest normal gap is no shorter.
        longest = ahead.longest
        self._long = record.confirmed[-1] + min(
            bounds.restart, *(max(least, longest + more) for least, more in bounds.gaps)
        )
        turns = {
            day
            for step in course.steps
            for day in (step.starts_on, step.ends_on)
            if day is not None and day > course.today
        }
        self._turning = frozenset(number_of(day) for day in turns)

    def until(self, before: datetime) -> Calm | None:
        record, long, coming, as_of = self._record, self._long, self._coming, self._record.as_of
        run = record.run()
        if run >= self._in_a_row or (run and long <= as_of) or not coming or self._lists(0, 0):
            return None
        after = self._bounds.not_taken_after
        ahead, certain = 0, not run
        for count, (due, day) in enumerate(coming, start=1):
            at = due + after
            while self._midnights[ahead] <= at:
                midnight = self._midnights[ahead]
                ahead += 1
                if record.today + ahead in self._turning or self._lists(ahead, count - 1):
                    return _at(min(midnight, long) if run + count > 1 else midnight, before)
            if run + count > 1 and long < at:
                return _at(long, before)
            certain = certain and (due > as_of or record.will_be_missed((day, due), self._counts_from))
            if run + count >= self._in_a_row:
                return _at(at, before, turns=certain)
            if at >= long or self._lists(ahead, count):
                return _at(at, before)
        return _at(coming[-1][0] + after, before)

    def _lists(self, ahead: int, more: int) -> bool:
        """Whether so many days ahead, after so many more missed doses, a list of those who often miss doses may name them."""
        record, bounds = self._record, self._bounds
        if record.missed or more >= bounds.often:
            since = record.today - bounds.often_days + ahead
            if sum(day > since for day, _ in record.missed) + more >= bounds.often:
                return True
        since = record.today - bounds.share_days + ahead
        if self._known_from > since + 1 or (not record.missed and not more):
            return False
        due = sum(
            len(span.times) * max(0, min(span.end, record.today + 1) - max(span.first, since + 1))
            for span in self._spans
        )
        due -= sum(day > since for day in record.excused)
        missed = sum(day > since for day, _ in record.missed)
        part, whole = bounds.share
        return (due - missed) * 100 * whole < part * (due + more)


def _at(until: int, before: datetime, *, turns: bool = False) -> Calm:
    at = instant_of(until)
    return Calm(before, turns=False) if at >= before else Calm(at, turns)


def _is_supplied(course: Course, supply: Supply, bounds: Bounds, until: date) -> bool:
    """What was handed out covers every dose until some days after that local date.

    What was reported as not taken is still there: it is left out, and so is a supply that comes later.
    """
    issues = [one for one in supply.issues if one.on <= course.today]
    if not issues:
        return False
    end = until + _A_DAY * (bounds.supply_days + 2)
    used = course.taken_today
    for step in course.steps:
        begins, ends = max(issues[0].on, step.starts_on), end if step.ends_on is None else min(end, step.ends_on)
        if begins < ends:
            used += step.daily.value * (ends - begins).days
    return used <= sum((one.amount.value for one in issues), _NOTHING)
