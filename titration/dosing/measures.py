"""Height and weight as typed, beside another entry: a number that fits better in another unit or with its point moved.

Nothing here says which weight or height is likely. The factors are definitions of units and of the decimal system, and
the only question is whether a number lies nearer to another entry when it is read in another way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from titration.dosing.doses import NBSP, format_number
from titration.dosing.errors import DosingError
from titration.dosing.kidney import round_half_up


class Measure(StrEnum):
    """What was measured, by its unit."""

    HEIGHT = "cm"
    WEIGHT = "kg"


# The international pound and inch, exact since 1959.
_OTHER_UNIT = {Measure.HEIGHT: ("in", Decimal("2.54")), Measure.WEIGHT: ("lb", Decimal("0.45359237"))}
_TEN = Decimal(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Another way to read one of two entries. ``value`` is in cm or kg; ``of_earlier``: it is the other entry that slipped."""

    meant: str
    value: Decimal
    of_earlier: bool


def better_reading(measure: Measure, typed: Decimal, other: Decimal) -> Reading | None:
    """The reading that brings ``typed`` nearest to ``other``, both in cm or kg; None when they fit best as they are.

    Nearness is in proportion: a half and a double are equally far. DosingError for a number that is not above zero.
    """
    if typed <= 0 or other <= 0:
        raise DosingError(f"A {measure.name.lower()} is above zero, and {typed} and {other} were given.")
    nearest, best = _apart(typed, other), None
    for reading in _readings(measure, typed, other):
        apart = _apart(reading.value, typed if reading.of_earlier else other)
        if apart < nearest:
            nearest, best = apart, reading
    return best


def _readings(measure: Measure, typed: Decimal, other: Decimal) -> Iterator[Reading]:
    unit, factor = _OTHER_UNIT[measure]
    for value, of_earlier in ((typed, False), (other, True)):
        meant = f"{format_number(value)}{NBSP}{unit}"
        yield Reading(meant=meant, value=round_half_up(value * factor, 1), of_earlier=of_earlier)
    for moved in (typed * _TEN, typed / _TEN):
        yield Reading(meant=f"{format_number(moved.normalize())}{NBSP}{measure}", value=moved, of_earlier=False)


def _apart(one: Decimal, other: Decimal) -> Decimal:
    return max(one, other) / min(one, other)
