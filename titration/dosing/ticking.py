"""When a dose can be ticked, and what is asked about it: at any instant at most one dose is offered.

Offering times follow MISS-1 and MISS-2 (a late dose is taken or skipped), MISS-15 (from when a dose counts as not taken) and
the entry limit ``dose_opens_before_hours``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from titration.dosing.doses_due import due_instant, step_on
from titration.dosing.facts import Step
from titration.dosing.intake import CONFIRMED, DoseEvent, DoseState, Intake
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import completed_years, local_date

_A_DAY = timedelta(days=1)


class Offer(StrEnum):
    """What can be said of a dose now."""

    RECORDED = "recorded"
    HELD = "held"  # the team asked to leave it out
    LATER = "later"  # not to be taken yet
    NOW = "now"  # at its time
    LATE = "late"  # past its time, and may still be taken
    PASSED = "passed"  # not to be taken any more; whether it was taken is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticking:
    """One dose of the plan. ``opens_at`` to ``closes_at`` (aware UTC) it may be taken; ``late_from``: from when it is late.

    ``place``: its 0-based place in the pattern of its local ``day``. ``event``: what is on record of it.
    """

    day: date
    place: int
    at: time
    due_at: datetime
    opens_at: datetime
    late_from: datetime
    closes_at: datetime
    offer: Offer
    event: DoseEvent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    day: date
    place: int
    at: time
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """How long before its time a dose opens, how long before the next one it is skipped, and when it is late."""

    opens: timedelta
    leaves: timedelta
    late: timedelta
    apart: bool  # never two within ``leaves`` of each other (MISS-2)


def ticking(
    days: Iterable[date],
    steps: tuple[Step, ...],
    intake: Intake,
    *,
    born: date | None,
    as_of: datetime,
    protocol: Protocol,
) -> tuple[Ticking, ...]:
    """The doses of some local dates in time order, each with what can be said of it at ``as_of``.

    Without a birth date the times of an adult hold, which are the rule of every plan that is signed for an adult.
    """
    wanted = sorted(set(days))
    if not wanted:
        return ()
    planned = _planned(wanted[0] - _A_DAY, wanted[-1] + 2 * _A_DAY, steps, intake.zone)
    times = _times(born, local_date(as_of, intake.zone), protocol)
    # By its time: the place of a dose may be that of another one when the pattern changed on that day.
    events = {(event.day, event.due_at): event for event in intake.events}
    taken = [event.at for event in intake.events if event.state in CONFIRMED and event.at <= as_of]
    found, closed = [], None
    for place, one in enumerate(planned):
        after = planned[place + 1] if place + 1 < len(planned) else None
        closes_at = _closes(one, after, times, intake.zone)
        opens_at = one.due_at - times.opens if closed is None else max(one.due_at - times.opens, closed)
        opens_at = _after_the_last(opens_at, one, taken, times, closed)
        closed = closes_at
        event = events.get((one.day, one.due_at))
        offer = _offer(one, event, opens_at, closes_at, times, intake, as_of)
        if one.day in wanted:
            found.append(
                Ticking(
                    day=one.day, place=one.place, at=one.at, due_at=one.due_at, opens_at=opens_at,
                    late_from=one.due_at + times.late, closes_at=closes_at, offer=offer, event=event,
                )
            )  # fmt: skip
    return tuple(found)


def _planned(first: date, last: date, steps: tuple[Step, ...], zone: str) -> Sequence[_Planned]:
    found = []
    day = first
    while day <= last:
        step = step_on(steps, day)
        for place, slot in enumerate(() if step is None else step.slots):
            if slot.at is not None:
                found.append(_Planned(day=day, place=place, at=slot.at, due_at=due_instant(day, slot.at, zone)))
        day += _A_DAY
    return sorted(found, key=lambda one: one.due_at)


def _times(born: date | None, today: date, protocol: Protocol) -> _Times:
    adult, child = protocol.limits("MISS-1"), protocol.limits("MISS-2")
    is_child = born is not None and born <= today and completed_years(born, today) < child.count("below_years")
    leaves = child.count("leave_hours") if is_child else adult.count("skip_below_hours")
    return _Times(
        opens=timedelta(hours=protocol.entry.dose_opens_before_hours),
        leaves=timedelta(hours=leaves),
        late=timedelta(hours=protocol.limits("MISS-15").count("after_hours")),
        apart=is_child,
    )


def _closes(one: _Planned, after: _Planned | None, times: _Times, zone: str) -> datetime:
    """From when on the dose is skipped: so long before the next one; half way where doses stand closer together.

    The last dose of a plan closes with its day, and not before it is late.
    """
    if after is None:
        return max(due_instant(one.day + _A_DAY, time(0), zone), one.due_at + times.late)
    half_way = one.due_at + (after.due_at - one.due_at) / 2
    return max(after.due_at - times.leaves, half_way)


def _after_the_last(
    opens_at: datetime, one: _Planned, taken: list[datetime], times: _Times, closed: datetime | None
) -> datetime:
    """Not at once after a dose that was taken late. An adult waits until the time of this one at most, unless the one before was
    taken when it should have been skipped; a child waits until enough time has passed. ``closed``: when the one before was to
    be skipped (None: there was none)."""
    last = max((at for at in taken if at < one.due_at + times.leaves), default=None)
    if last is None:
        return opens_at
    if times.apart or (closed is not None and last >= closed):
        return max(opens_at, last + times.leaves)
    return max(opens_at, min(last + times.leaves, one.due_at))


def _offer(
    one: _Planned,
    event: DoseEvent | None,
    opens_at: datetime,
    closes_at: datetime,
    times: _Times,
    intake: Intake,
    as_of: datetime,
) -> Offer:
    if event is not None:
        return Offer.HELD if event.state is DoseState.HELD else Offer.RECORDED
    if intake.is_held_at(one.due_at):
        return Offer.HELD
    if as_of >= closes_at or (opens_at >= closes_at and as_of >= one.due_at):  # it would open when it is to be skipped
        return Offer.PASSED
    if as_of < opens_at:
        return Offer.LATER
    return Offer.NOW if as_of < one.due_at + times.late else Offer.LATE
