"""Confirmed milligrams that fall away from the plan: whoever takes half a tablet each time misses no dose, and still stops.

Only doses of which something was recorded count, so that nothing here depends on a guess about silence: that is what the
rules about missed doses judge.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from titration.dosing.doses import Mg, format_total
from titration.dosing.facts import Facts
from titration.dosing.gaps import Gaps
from titration.dosing.intake import DoseEvent, DoseState
from titration.dosing.judgement import Judgement
from titration.dosing.protocol import Protocol
from titration.dosing.stopping_rules import within_limits

RULE = "DOSES-FALLING"
LIMITS = "TAPER-3"
SENTENCE = "Doses that are taken do not fall away from the plan by more than one planned reduction would."
STOPPED = "DOSES-STOPPED"
STOPPED_SENTENCE = "A patient who says that they stopped is called, whatever the doses before."
HOURS = (24, 48, 72)
OWN_DECISION = "own_decision"
_A_DAY = timedelta(days=1)
_NOTHING = Decimal(0)
_SAID = (DoseState.TAKEN, DoseState.PARTLY, DoseState.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was planned and what was confirmed in the hours up to the newest record."""

    hours: int
    planned: Mg
    confirmed: Mg

    @property
    def words(self) -> str:
        return f"{format_total(self.confirmed)} of {format_total(self.planned)} in {self.hours} hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Falling:
    """The windows in which less was confirmed than the largest reduction of TAPER-3 would leave, and the reason."""

    windows: tuple[Window, ...]
    because: str


def falling(facts: Facts, protocol: Protocol) -> Falling | None:
    """What was confirmed of the plan over 24, 48 and 72 hours, when more than the part of TAPER-3 is missing in one of them.

    The hours end with the newest dose on record, which may be as old as the longest of them. A window with a dose of which
    nothing is recorded, or that was held or not expected, says nothing. None: nothing falls, or the dose and the length of
    use are below those of TAPER-3.
    """
    newest = _newest(facts)
    if facts.intake is None or newest is None or facts.today > _last_day(newest.day):
        return None
    j = Judgement(replace(facts, order=None), protocol)
    limits = j.limits(LIMITS)
    if not within_limits(j, limits) or j.gaps is None:
        return None
    kept = Decimal(100) - limits.amount("above_percent")
    seen = [one for hours in HOURS if (one := _window(j.gaps, newest.due_at, newest.day, hours)) is not None]
    found = tuple(one for one in seen if one.confirmed.value * 100 < kept * one.planned.value)
    if not found:
        return None
    because = f"Confirmed doses fall away from the plan: {', '.join(one.words for one in seen)}."
    return Falling(windows=tuple(seen), because=because)


def over_on(facts: Facts) -> date | None:
    """The first local day on which the newest record is too old to say that doses fall away; None: nothing is recorded."""
    newest = _newest(facts)
    return None if newest is None else _last_day(newest.day) + _A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """When it was said that baclofen is not taken any more, or when the dose was due of which it was said."""

    said_at: datetime | None
    due_at: datetime | None


def said_stopped(facts: Facts) -> Stopped | None:
    """What was said of stopping: a statement that stands, or else the newest dose on record, when it was not taken because
    the patient decided to stop. None: something else is known."""
    said_at = None if facts.intake is None else facts.intake.says_stopped
    if said_at is not None:
        return Stopped(said_at=said_at, due_at=None)
    newest = _newest(facts)
    decided = newest is not None and newest.state is DoseState.SKIPPED and newest.reason == OWN_DECISION
    return Stopped(said_at=None, due_at=newest.due_at) if newest is not None and decided else None


def falling_turns(facts: Facts, protocol: Protocol) -> Iterator[date]:
    """Local days on which doses may begin or cease to fall away, past ones included: the record grows too old, a dose that
    was recorded ahead of its hour has come due, or baclofen has been used for as long as TAPER-3 asks."""
    if facts.intake is None or not facts.intake.events:
        return
    over = over_on(facts)
    if over is not None:
        yield over
    for event in facts.intake.events:
        if event.due_at > facts.as_of:
            yield event.day + _A_DAY
            yield _last_day(event.day) + _A_DAY
    began = Judgement(replace(facts, order=None), protocol).use_began
    if began is not None:
        yield began + _A_DAY * protocol.limits(LIMITS).count("used_days")


def _newest(facts: Facts) -> DoseEvent | None:
    """The dose on record that was due last; None: there is none."""
    events = () if facts.intake is None else facts.intake.events
    past = [one for one in events if one.due_at <= facts.as_of and one.state in _SAID]
    return max(past, key=lambda one: one.due_at, default=None)


def _last_day(day: date) -> date:
    return day + timedelta(hours=HOURS[-1])


def _window(gaps: Gaps, until: datetime, day: date, hours: int) -> Window | None:
    """Planned and confirmed mg of the doses due in the hours up to ``until``; None when not all of them were recorded."""
    after = until - timedelta(hours=hours)
    oldest = day - timedelta(hours=hours) - _A_DAY
    planned, confirmed = _NOTHING, _NOTHING
    for dose in gaps.doses.backwards(day + _A_DAY, oldest):
        if not after < dose.due_at <= until:
            continue
        event = dose.event
        if event is None or event.state not in _SAID or gaps.doses.silence_at(dose.due_at) is not None:
            return None
        planned += event.amount.value
        confirmed += event.taken.value if event.confirmed else _NOTHING
    return Window(hours=hours, planned=Mg(planned), confirmed=Mg(confirmed)) if planned else None
