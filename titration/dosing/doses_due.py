"""The doses that a plan asks for, day by day, each with what is known of it at one instant."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from titration.dosing.facts import Facts, Step
from titration.dosing.intake import (
    CONFIRMED,
    LOST_REASONS,
    DoseEvent,
    DoseState,
    Intake,
    Silence,
    SilenceReason,
    Tracking,
)
from titration.dosing.once import once
from titration.dosing.schedule import instant, local_date

_A_DAY = timedelta(days=1)
_DUE_AT = attrgetter("due_at")

# A watch over many plans asks for the same few wall times of the same days again and again.
due_instant = lru_cache(maxsize=1 << 16)(instant)


class Known(StrEnum):
    """What is known of one dose. OPEN: not due, or too recent to say anything. UNKNOWN: nobody ticks it."""

    CONFIRMED = "confirmed"
    EXPLAINED = "explained"
    REPORTED = "reported as not taken"
    NOT_TICKED = "not ticked"
    OPEN = "open"
    UNKNOWN = "unknown"


MISSED = (Known.REPORTED, Known.NOT_TICKED)


class DueDose(NamedTuple):
    """One dose of the plan: when it is due (aware UTC), what is known of it, and the event on record (None: none).

    ``held``: somebody asked the patient not to take it. A watch over many plans makes millions of these.
    """

    due_at: datetime
    known: Known
    event: DoseEvent | None
    held: bool


def step_on(steps: tuple[Step, ...], day: date) -> Step | None:
    """The step whose pattern is taken on a day; of two, the later one."""
    found = None
    for step in steps:
        if step.starts_on <= day and (step.ends_on is None or day < step.ends_on):
            found = step
    return found


def is_lost(event: DoseEvent) -> bool:
    """The dose did not stay in the body, or was not given at all, for one of the reasons of MISS-13."""
    return event.reason in LOST_REASONS


class Tally(NamedTuple):
    """Doses of some days: known to be missed, as reported or by silence, and all that were due and not explained."""

    reported: int
    not_ticked: int
    due: int

    @property
    def missed(self) -> int:
        return self.reported + self.not_ticked

    @property
    def parts(self) -> list[str]:
        """How they were missed, in words."""
        counted = zip((self.reported, self.not_ticked), MISSED, strict=True)
        return [f"{many} {how}" for many, how in counted if many]


class DoseBook:
    """What steps and records say of the doses at any instant: worked out once for all of them."""

    def __init__(self, steps: tuple[Step, ...], intake: Intake) -> None:
        self.steps = steps
        self.intake = intake
        # Days of which time alone can change nothing any more, with an instant from which that holds.
        self.settled: dict[date, tuple[datetime, tuple[DueDose, ...]]] = {}
        self.tallies: dict[date, tuple[datetime, Tally]] = {}
        self.mornings: dict[date, Decimal] = {}  # what is left of the supply, by local date
        self._scheduled: dict[date, list[datetime]] = {}
        self.events: dict[date, dict[int, DoseEvent]] = {}
        self._marred: set[date] = set()  # local dates with a dose on record that does not count as taken
        self.last_due: datetime | None = None  # the latest time of any dose on record
        taken: list[datetime] = []
        for event in intake.events:
            day, slot, state, due_at, _, _, taken_at, reason = event
            self.events.setdefault(day, {})[slot] = event
            if self.last_due is None or due_at > self.last_due:
                self.last_due = due_at
            if state in CONFIRMED and reason not in LOST_REASONS:
                taken.append(due_at if taken_at is None else taken_at)
            else:
                self._marred.add(day)
        taken.sort()
        self.confirmed: tuple[datetime, ...] = tuple(taken)  # those that lie ahead included

    def scheduled(self, day: date) -> list[datetime]:
        """When the doses of a local date are due by the plan, in order."""
        found = self._scheduled.get(day)
        if found is None:
            step, zone = step_on(self.steps, day), self.intake.zone
            slots = () if step is None else step.slots
            found = self._scheduled[day] = sorted(
                due_instant(day, slot.at, zone) for slot in slots if slot.at is not None
            )
        return found

    @once
    def first_doses(self) -> tuple[datetime, ...]:
        """When the first dose of the plan, and of each start after days without one, is due."""
        found, until = [], None
        for step in self.steps:
            if not step.daily.value:
                until = None
                continue
            times = [due_instant(step.starts_on, one.at, self.intake.zone) for one in step.slots if one.at is not None]
            if times and (until is None or until < step.starts_on):
                found.append(min(times))
            until = date.max if step.ends_on is None else step.ends_on
        return tuple(found)

    def all_confirmed(self, day: date, as_of: datetime) -> int:
        """How many doses a local date had, if there is one in each place of its pattern and all were taken by then."""
        recorded = self.events.get(day)
        if not recorded or day in self._marred:
            return 0
        step = step_on(self.steps, day)
        if step is None or len(recorded) != len(step.slots) or max(recorded) >= len(recorded):
            return 0
        if self.confirmed[-1] > as_of and any(event.at > as_of for event in recorded.values()):
            return 0
        return len(recorded)


class DosesDue:
    """Every dose of the plan around ``facts.as_of``; a day is worked out once, when it is first asked for.

    ``book``: one of the same steps and records that was used for another instant.
    """

    def __init__(
        self, facts: Facts, intake: Intake, *, not_taken_after: timedelta, book: DoseBook | None = None
    ) -> None:
        self._steps = facts.therapy.steps
        self._as_of = facts.as_of
        self._after = not_taken_after
        self.intake = intake
        self.book = book or DoseBook(facts.therapy.steps, intake)
        self.scheduled = self.book.scheduled
        self._counts_from = intake.silence_counts_from
        self._days: dict[date, tuple[DueDose, ...]] = {}

    def on(self, day: date) -> tuple[DueDose, ...]:
        """The doses of a local date in order: those of the pattern, and any other that was recorded for it."""
        kept = self.book.settled.get(day)
        if kept is not None and kept[0] <= self._as_of:
            return kept[1]
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = tuple(sorted(self._on(day), key=_DUE_AT))
            if found and all(self._is_settled(dose) for dose in found):
                self.book.settled[day] = (self._as_of, found)
        return found

    @staticmethod
    def _is_settled(dose: DueDose) -> bool:
        """At no later instant is anything else known of the dose, unless somebody records it."""
        ahead = dose.event is not None and dose.event.confirmed and dose.known is not Known.CONFIRMED
        return dose.known is not Known.OPEN and not ahead

    def all_ahead(self, day: date) -> bool:
        """Every dose of a local date is still to come, and nothing is recorded of it."""
        if day in self.book.events:
            return False
        scheduled = self.scheduled(day)
        return not scheduled or scheduled[0] > self._as_of

    def tally(self, newest: date, oldest: date) -> Tally:
        """The doses of these local dates, counted."""
        reported = not_ticked = due = 0
        day = newest
        while day >= oldest:
            kept = self.book.tallies.get(day)
            one = kept[1] if kept is not None and kept[0] <= self._as_of else self._tally(day)
            reported, not_ticked, due = reported + one[0], not_ticked + one[1], due + one[2]
            day -= _A_DAY
        return Tally(reported, not_ticked, due)

    def _tally(self, day: date) -> Tally:
        taken = self.book.all_confirmed(day, self._as_of)
        if taken:
            found = Tally(0, 0, taken)
        else:
            known = [one.known for one in self.on(day)]
            reported, not_ticked = known.count(Known.REPORTED), known.count(Known.NOT_TICKED)
            found = Tally(reported, not_ticked, len(known) - known.count(Known.EXPLAINED) - known.count(Known.OPEN))
        kept = self.book.settled.get(day)
        if taken or (kept is not None and kept[0] <= self._as_of):
            self.book.tallies[day] = (self._as_of, found)
        return found

    def _on(self, day: date) -> Iterator[DueDose]:
        step = step_on(self._steps, day)
        recorded = self.book.events.get(day, {})
        slots = () if step is None else step.slots
        for place, slot in enumerate(slots):
            if slot.at is not None:
                event = recorded.get(place)
                yield self._dose(due_instant(day, slot.at, self.intake.zone) if event is None else event.due_at, event)
        for place, event in recorded.items():
            if place >= len(slots) or slots[place].at is None:
                yield self._dose(event.due_at, event)

    def _dose(self, due_at: datetime, event: DoseEvent | None) -> DueDose:
        silence = self.silence_at(due_at)
        held = silence is not None and silence.reason is SilenceReason.HOLD
        held = held or (event is not None and event.state is DoseState.HELD)
        return DueDose(due_at, self._known(due_at, event, silence), event, held)

    def unrecorded(self, due_at: datetime) -> Known:
        """What is known of a dose that was due at an instant and of which nothing is recorded."""
        return self._known(due_at, None, self.silence_at(due_at))

    def _known(self, due_at: datetime, event: DoseEvent | None, silence: Silence | None) -> Known:
        if event is not None and self._confirmed_at(event) is not None:
            return Known.CONFIRMED
        if due_at > self._as_of:
            return Known.OPEN
        reported = event is not None and event.reported
        # What somebody said is not explained by a reason for which nobody ticks; a hold is what they were asked to do.
        if silence is not None and (not reported or silence.reason is SilenceReason.HOLD):
            return Known.EXPLAINED
        if reported:
            return Known.REPORTED
        if event is not None and event.state is DoseState.HELD:
            return Known.EXPLAINED
        if self.intake.tracking is not Tracking.TICKED or (
            self._counts_from is not None and due_at < self._counts_from
        ):
            return Known.UNKNOWN
        return Known.NOT_TICKED if self._as_of - due_at >= self._after else Known.OPEN

    def _confirmed_at(self, event: DoseEvent) -> datetime | None:
        """When a dose was taken, wholly or in part; None when it was not, was lost, or lies ahead."""
        return event.at if event.confirmed and event.at <= self._as_of else None

    @once
    def confirmed(self) -> tuple[datetime, ...]:
        """Every instant of a confirmed intake, oldest first."""
        everything = self.book.confirmed
        return everything[: bisect_right(everything, self._as_of)]

    def silence_at(self, at: datetime) -> Silence | None:
        """The recorded reason why nothing is ticked at an instant; of several, a hold."""
        if not self.intake.silences:
            return None
        covering = [one for one in self.intake.silences if one.starts_at <= at < one.ends_at]
        return next((one for one in covering if one.reason is SilenceReason.HOLD), covering[0] if covering else None)

    def missed(self, newest: date, oldest: date) -> Iterator[datetime]:
        """When the doses of these local dates were due that are known to be missed, newest first."""
        return (one.due_at for one in self.backwards(newest, max(oldest, self._first_telling)) if one.known in MISSED)

    @once
    def _first_telling(self) -> date:
        """Before this local date nothing is recorded, and an empty place says nothing."""
        recorded = min(self.book.events, default=date.max)
        if self.intake.tracking is not Tracking.TICKED:
            return recorded
        if self._counts_from is None:
            return date.min
        return min(recorded, local_date(self._counts_from, self.intake.zone) - _A_DAY)

    def backwards(self, newest: date, oldest: date) -> Iterator[DueDose]:
        """The doses of these local dates, newest first."""
        day = newest
        while day >= oldest:
            yield from reversed(self.on(day))
            day -= _A_DAY
