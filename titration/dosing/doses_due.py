"""The doses that a plan asks for, day by day, each with what is known of it at one instant."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

from titration.dosing.facts import Facts, Step
from titration.dosing.intake import LOST_REASONS, DoseEvent, DoseState, Intake, Silence, SilenceReason, Tracking
from titration.dosing.schedule import instant

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


class DosesDue:
    """Every dose of the plan around ``facts.as_of``; a day is worked out once, when it is first asked for."""

    def __init__(self, facts: Facts, intake: Intake, *, not_taken_after: timedelta) -> None:
        self._steps = facts.therapy.steps
        self._as_of = facts.as_of
        self._after = not_taken_after
        self.intake = intake
        self._counts_from = intake.silence_counts_from
        self._days: dict[date, tuple[DueDose, ...]] = {}

    def scheduled(self, day: date) -> list[datetime]:
        """When the doses of a local date are due by the plan, in order."""
        step = step_on(self._steps, day)
        if step is None:
            return []
        zone = self.intake.zone
        return sorted(due_instant(day, slot.at, zone) for slot in step.slots if slot.at is not None)

    def on(self, day: date) -> tuple[DueDose, ...]:
        """The doses of a local date in order: those of the pattern, and any other that was recorded for it."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = tuple(sorted(self._on(day), key=_DUE_AT))
        return found

    def _on(self, day: date) -> Iterator[DueDose]:
        step = step_on(self._steps, day)
        recorded = self._events.get(day, {})
        places = set()
        for place, slot in enumerate(() if step is None else step.slots):
            if slot.at is not None:
                places.add(place)
                event = recorded.get(place)
                yield self._dose(due_instant(day, slot.at, self.intake.zone) if event is None else event.due_at, event)
        for place, event in recorded.items():
            if place not in places:
                yield self._dose(event.due_at, event)

    @cached_property
    def _events(self) -> dict[date, dict[int, DoseEvent]]:
        found: dict[date, dict[int, DoseEvent]] = {}
        for event in self.intake.events:
            found.setdefault(event.day, {})[event.slot] = event
        return found

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
        if silence is not None:
            return Known.EXPLAINED
        if event is not None and (is_lost(event) or event.state is DoseState.SKIPPED):
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

    @cached_property
    def confirmed(self) -> tuple[datetime, ...]:
        """Every instant of a confirmed intake, oldest first."""
        return tuple(sorted(at for event in self.intake.events if (at := self._confirmed_at(event)) is not None))

    def silence_at(self, at: datetime) -> Silence | None:
        """The recorded reason why nothing is ticked at an instant; of several, a hold."""
        if not self.intake.silences:
            return None
        covering = [one for one in self.intake.silences if one.starts_at <= at < one.ends_at]
        return next((one for one in covering if one.reason is SilenceReason.HOLD), covering[0] if covering else None)

    def backwards(self, newest: date, oldest: date) -> Iterator[DueDose]:
        """The doses of these local dates, newest first."""
        day = newest
        while day >= oldest:
            yield from reversed(self.on(day))
            day -= _A_DAY
