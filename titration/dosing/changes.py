"""Passages from one daily dose to the next, and which dose a passage is judged from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from titration.dosing.doses import Mg, format_dose
from titration.dosing.facts import Step

NOTHING = Mg(Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One passage from one daily dose to the next on ``on``. ``last_rise`` is the start or increase before it."""

    on: date
    before: Mg
    after: Mg
    step: Step | None
    step_before: Step | None
    last_rise: date | None
    starts: bool

    @property
    def rises(self) -> bool:
        """An increase; the start of a plan is not one."""
        return self.after > self.before and not self.starts

    @property
    def falls(self) -> bool:
        return self.after < self.before

    @property
    def waited(self) -> int | None:
        """Calendar days since the start or the last increase."""
        return None if self.last_rise is None else (self.on - self.last_rise).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What an order takes the place of: the step of the lower daily dose, and that of the higher one (None: no dose).

    They differ only where a step began today from another dose that was never ordered to end: a cut of today has not been
    taken for a day, and a dose that goes on today, after days on which another was taken, was ordered by nobody for today.
    """

    lower: Step | None
    higher: Step | None

    def judged_from(self, after: Mg) -> list[Step | None]:
        """A fall is judged from the higher, a rise from the lower; a dose between the two is both."""
        falls = [self.higher] if after < daily(self.higher) else []
        rises = [self.lower] if after > daily(self.lower) else []
        return [*falls, *rises] or [self.higher]


def replaced_by(day: date, *, today: date, on_day: Step | None, day_before: Step | None) -> Replaced:
    """What an order from ``day`` on replaces, from the steps in force on that day and on the day before.

    A step that begins on that very day is replaced without ever being taken, unless it began today.
    """
    if on_day is None or on_day.starts_on != day:
        standing = on_day or day_before
        return Replaced(lower=standing, higher=standing)
    if day != today:
        return Replaced(lower=day_before, higher=day_before)
    if daily(day_before) > on_day.daily:
        return Replaced(lower=on_day, higher=day_before)
    return Replaced(lower=day_before if on_day.resumed else on_day, higher=on_day)


def daily(step: Step | None) -> Mg:
    """The daily dose of a step; zero without one."""
    return NOTHING if step is None else step.daily


def passage(change: Change) -> str:
    """The two daily doses of a change, in words."""
    return f"{format_dose(change.before)} to {format_dose(change.after)} a day"
