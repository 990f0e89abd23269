"""What the chart is told: steps, outcome scores, kidney results and flags of one patient, as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ChartStep:
    """One step of a plan; a step of 0 mg is a stop, and the dose line ends where it starts.

    ``ends_on`` is the last day of the step; None: until the next step starts. Time that no step covers stays empty.
    ``label`` is the daily dose as written beside the line and in the table.
    """

    starts_on: date
    ends_on: date | None
    daily_mg: Decimal
    planned: bool
    label: str


@dataclass(frozen=True, slots=True)
class ChartResult:
    """One kidney result; ``value`` is None when there is no number to draw, as with a comparator.

    ``printed`` is the estimate as written beside the point and in the table. Points are joined only within one
    ``series``: one method and one unit. ``steady`` is False when the kidney function was changing at the time, and None
    where that is not judged.
    """

    on: date
    value: Decimal | None
    printed: str
    series: str
    steady: bool | None


@dataclass(frozen=True, slots=True)
class ChartFlag:
    """One flag on the day it was raised, with the number it is known by on the page."""

    on: date
    open: bool
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ChartScore:
    """One outcome score of a visit: ``answer`` is one of ``answers``, the ordered levels of its ``scale`` from none to worst."""

    on: date
    scale: str
    answer: str
    answers: tuple[str, ...]
