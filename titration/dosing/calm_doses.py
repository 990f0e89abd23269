"""The packed doses of one plan sorted by what is known of them, in whole numbers, for ``calm``.

Of most plans the doses of some weeks are those that the plan asks for, all taken: one comparison of two sets says so, and
only what is left over is looked at one by one.
"""

from datetime import time
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from titration.dosing.doses_due import due_instant
from titration.dosing.facts import Step
from titration.dosing.intake import DoseState, Silence, SilenceReason
from titration.dosing.packed import HELD, HOW, NEVER, PARTLY, TAKEN, Packed, day_of, microseconds, number_of

_MIDNIGHT = time(0)
_PLACE = 8  # bits
_CONFIRMED = (TAKEN, PARTLY)
_SKIPPED = ord(DoseState.SKIPPED[0])


class Span(NamedTuple):
    """The local days, from ``first`` until before ``end``, on which doses are due at the same local times."""

    first: int
    end: int
    times: tuple[time, ...]


def spans_of(steps: tuple[Step, ...], first: int, end: int) -> tuple[Span, ...] | None:
    """The days of a plan from one on until before another; None where a dose has no time, or steps overlap."""
    found, last = [], first
    for step in steps:
        begins = max(number_of(step.starts_on), first)
        ends = end if step.ends_on is None else min(number_of(step.ends_on), end)
        if begins >= ends:
            continue
        times = step.times
        if begins < last or times is None:
            return None
        last = ends
        if times:
            found.append(Span(begins, ends, times))
    return tuple(found)


def within(spans: tuple[Span, ...], first: int, end: int) -> tuple[Span, ...]:
    """The part of them that lies in these days."""
    return tuple(
        Span(max(span.first, first), min(span.end, end), span.times)
        for span in spans
        if span.first < end and first < span.end
    )


@lru_cache(maxsize=1 << 12)
def _all_taken(many: int, first: int, end: int) -> frozenset[int]:
    """What is packed of so many doses on each of these days, if all are taken."""
    return frozenset(day << 32 | place << _PLACE | TAKEN for day in range(first, end) for place in range(many))


@lru_cache(maxsize=1 << 16)
def due_at(day: int, at: time, zone: str) -> int:
    """When the dose of a local day and time is due."""
    return microseconds(due_instant(day_of(day), at, zone))


def _all_of(spans: tuple[Span, ...]) -> frozenset[int]:
    if len(spans) == 1:
        return _all_taken(len(spans[0].times), spans[0].first, spans[0].end)
    return frozenset().union(*(_all_taken(len(span.times), span.first, span.end) for span in spans))


class Ahead(NamedTuple):
    """What lies around a local day: when the doses of the days behind it are due, with their days; how long the longest
    time between two doses is from the day before it to the day after; the midnights that end it and the days behind it."""

    due: tuple[tuple[int, int], ...]
    longest: int
    midnights: tuple[int, ...]


@lru_cache(maxsize=1 << 14)
def ahead_of(spans: tuple[Span, ...], today: int, end: int, zone: str) -> Ahead:
    """``spans`` begin with the day before ``today``: the same few for many plans."""
    due = sorted(
        (day, due_at(day, at, zone)) for span in spans for day in range(span.first, span.end) for at in span.times
    )
    near = [at for day, at in due if day <= today + 1]
    return Ahead(
        due=tuple((at, day) for day, at in due if day > today),
        longest=max((after - before for before, after in pairwise(near)), default=0),
        midnights=tuple(due_at(day, _MIDNIGHT, zone) for day in range(today + 1, end + 2)),
    )


class Record:
    """What is known of each dose from one local day to ``today``, at ``as_of``.

    ``confirmed``: when doses were taken, oldest first. ``missed``: doses that were not, ``unknown``: doses of which nothing is
    known because nobody ticked yet, ``open``: doses that may still be ticked, as (local day, when due). ``excused``: the day
    of each dose that counts as neither taken nor missed.
    """

    def __init__(self, doses: Packed, silences: tuple[Silence, ...], zone: str, *, today: int, as_of: int) -> None:
        self.doses, self.today, self.as_of = doses, today, as_of
        self._silences, self._zone = silences, zone
        self.confirmed: list[int] = []
        self.missed: list[tuple[int, int]] = []
        self.unknown: list[tuple[int, int]] = []
        self.open: list[tuple[int, int]] = []
        self.excused: list[int] = []

    def sort(self, spans: tuple[Span, ...], *, counts_from: int, not_taken_after: int) -> bool:
        """Sort the doses that ``spans`` ask for; False where one is on record that they do not, or twice, or that is of no
        known kind."""
        due, taken_at, what = self.doses
        wanted = _all_of(spans)
        left: set[int] | frozenset[int] = wanted.difference(what)
        if len(wanted) - len(left) == len(what) and NEVER not in taken_at:
            self.confirmed = sorted(taken_at)
        else:
            others = [(one, at) for one, at in zip(what, due, strict=True) if one not in wanted]
            if len(wanted) - len(left) + len(others) != len(what):
                return False
            left = set(left)
            if not all(self._sort_other(one, at, left) for one, at in others):
                return False
            self.confirmed = sorted(
                due_then if at == NEVER else at
                for due_then, at, one in zip(due, taken_at, what, strict=True)
                if one & HOW in _CONFIRMED
            )
        for one in left:
            day, place = one >> 32, one >> _PLACE & 0xFFFF
            times = next(span.times for span in spans if span.first <= day < span.end)
            self._sort_unrecorded(day, due_at(day, times[place], self._zone), counts_from, not_taken_after)
        return True

    def _sort_other(self, what: int, due: int, left: set[int]) -> bool:
        as_taken = what & ~HOW | TAKEN
        if as_taken not in left:
            return False
        left.remove(as_taken)
        day, how = what >> 32, what & HOW
        if how & 0xFF == _SKIPPED:
            if any(one.reason is SilenceReason.HOLD for one in self._covering(due)):
                self.excused.append(day)
            else:
                self.missed.append((day, due))
        elif how == HELD:
            self.excused.append(day)
        return how & 0xFF == _SKIPPED or how in (PARTLY, HELD)

    def _sort_unrecorded(self, day: int, due: int, counts_from: int, not_taken_after: int) -> None:
        still_open = self.as_of < due + not_taken_after
        if still_open:
            self.open.append((day, due))
        if due > self.as_of or self._covering(due):
            self.excused.append(day)
        elif due < counts_from:
            self.unknown.append((day, due))
        elif still_open:
            self.excused.append(day)
        else:
            self.missed.append((day, due))

    def _covering(self, at: int) -> list[Silence]:
        """The recorded reasons why nothing was ticked at an instant."""
        if not self._silences:
            return []
        return [one for one in self._silences if microseconds(one.starts_at) <= at < microseconds(one.ends_at)]

    @property
    def _newest(self) -> tuple[int, int]:
        """The day and the time of the last dose on record, whatever it says."""
        day = max(self.doses.what) >> 32
        return day, max(due for due, what in zip(self.doses.due, self.doses.what, strict=True) if what >> 32 == day)

    def run(self) -> int:
        """How many of the newest doses were missed one after another; one of which nothing is known breaks the row."""
        if not self.missed:
            return 0
        due, _, what = self.doses
        taken = max((one >> 32, at) for one, at in zip(what, due, strict=True) if one & HOW in _CONFIRMED)
        found = 0
        for dose, is_missed in sorted([(one, True) for one in self.missed] + [(one, False) for one in self.unknown])[
            ::-1
        ]:
            if dose < taken or (found and not is_missed):
                break
            found += is_missed
        return found

    def will_be_missed(self, dose: tuple[int, int], counts_from: int) -> bool:
        """Of a dose that is due and still open: it comes after every one on record, and nothing explains it."""
        return dose > self._newest and dose[1] >= counts_from and not self._covering(dose[1])
