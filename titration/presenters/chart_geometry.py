"""Where things lie: the two layouts, the window of time, the scales, and the step path of the doses.

Positions are drawing units (one unit is at least one CSS pixel). They are floats because they place ink;
no dose is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from titration.presenters.chart_inputs import ChartStep
from titration.presenters.chart_shapes import Path, Segment, coord

#: Range key -> (words on the link, days looked back; None: back to the first record).
RANGES: dict[str, tuple[str, int | None]] = {
    "4w": ("4 weeks", 28),
    "12w": ("12 weeks", 84),
    "1y": ("1 year", 365),
    "all": ("All", None),
}
SHORTEST_LOOK_BACK = 28
# Of the whole width, the part behind Today: a look back of 4 parts and a look ahead of 1.
AHEAD = 0.25
# Events with a date but no time are placed at midday, like the Today line; a step begins at its midnight.
MIDDAY = 0.5


@dataclass(frozen=True, slots=True)
class Layout:
    """One of the two drawings: its size, its plot edges and the heights of its panels.

    A panel between the dose and the eGFR panel moves everything from ``egfr_top`` on down by its own height.
    """

    name: str
    width: int
    left: int
    right: int
    default_range: str
    dose_top: int = 28
    dose_height: int = 150
    egfr_top: int = 212
    egfr_height: int = 80
    flags_y: int = 326
    axis_y: int = 362
    height: int = 370

    @property
    def view_box(self) -> str:
        """The ``viewBox`` attribute of the drawing."""
        return f"0 0 {self.width} {self.height}"


WIDE = Layout("wide", 880, 64, 856, "12w")
NARROW = Layout("narrow", 288, 36, 280, "4w")


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The linear time axis of one drawing; ``start`` and ``end`` are days since year 1, with fractions."""

    layout: Layout
    today: date
    back: int

    @property
    def now(self) -> float:
        return self.today.toordinal() + MIDDAY

    @property
    def start(self) -> float:
        return self.now - self.back

    @property
    def end(self) -> float:
        return self.now + self.back * AHEAD

    @property
    def first_day(self) -> date:
        """The first date of which any part is drawn."""
        return date.fromordinal(int(self.start))

    @property
    def last_day(self) -> date:
        """The last date of which any part is drawn."""
        return date.fromordinal(ceil(self.end) - 1)

    @property
    def today_x(self) -> float:
        return self.x(self.now)

    def x(self, moment: float) -> float:
        """The horizontal position of a moment, held inside the plot."""
        held = min(max(moment, self.start), self.end)
        share = (held - self.start) / (self.end - self.start)
        return self.layout.left + share * (self.layout.right - self.layout.left)

    def midday_x(self, day: date) -> float:
        """The position of something that has a date but no time."""
        return self.x(day.toordinal() + MIDDAY)

    def shows(self, moment: float) -> bool:
        """True when the moment lies inside the window."""
        return self.start <= moment <= self.end


def look_back(range_key: str, today: date, earliest: date | None) -> int:
    """Days from the left edge to today; ``all`` reaches a little further than the first record."""
    days = RANGES[range_key][1]
    if days is not None:
        return days
    since = (today - earliest).days if earliest is not None else 0
    return max(SHORTEST_LOOK_BACK, since + ceil(since / 30) + 1)


@dataclass(frozen=True, slots=True)
class Scale:
    """A value axis that starts at 0 at the bottom of its panel."""

    top: float
    height: float
    end: int
    ticks: tuple[int, ...]

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def y(self, value: Decimal | int) -> float:
        """The vertical position of a value between 0 and ``end``."""
        return self.bottom - float(value) / self.end * self.height


def scale(values: Sequence[Decimal], *, top: float, height: float, least: int, step: int) -> Scale:
    """0 to ``least``, or to the next multiple of ``step`` at or above the highest value; a display scale, no limit.

    Ticks are multiples of ``step`` with room for their numbers; the end of the axis always has one.
    """
    highest = max(values, default=Decimal(0))
    end = max(least, ceil(highest / step) * step)
    room = 16
    apart = step * max(1, ceil(end / step * room / height))
    ticks = [tick for tick in range(0, end, apart) if (end - tick) / end * height >= room]
    return Scale(top, height, end, (*ticks, end))


@dataclass(frozen=True, slots=True)
class Tread:
    """The time one step really covers: until its own last day or until the next step starts. Moments in days."""

    step: ChartStep
    start: float
    end: float
    before: ChartStep | None  # the step that this one follows without a day between


def treads(steps: Sequence[ChartStep]) -> tuple[Tread, ...]:
    """The steps in order of time, none overlapping another; a later start ends what came before it."""
    ordered = sorted(steps, key=lambda step: step.starts_on)
    found: list[Tread] = []
    for index, step in enumerate(ordered):
        following = ordered[index + 1].starts_on if index + 1 < len(ordered) else date.max
        own = step.ends_on + timedelta(days=1) if step.ends_on is not None else date.max
        until = min(own, following)
        if until <= step.starts_on:
            continue
        joined = bool(found) and found[-1].end == step.starts_on.toordinal()
        before = found[-1].step if joined else None
        found.append(Tread(step, step.starts_on.toordinal(), until.toordinal(), before))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class StepLine:
    """The drawn dose line, and the same line as straight pieces for the placing of labels."""

    paths: tuple[Path, ...]
    risers: tuple[Segment, ...]
    levels: tuple[Segment, ...]


def step_line(covered: Sequence[Tread], axis: TimeAxis, dose: Scale) -> StepLine:
    """The dose line inside the window: it holds until changed, and is solid up to today and dashed after it.

    A day without a step, and a step of 0 mg, draw nothing: the line ends, and begins again where a dose does.
    """
    paths: list[tuple[str, str]] = []
    risers: list[Segment] = []
    levels: list[Segment] = []
    last: tuple[float, float, str] | None = None  # where the pen is, and the look of its line
    for tread in covered:
        if not tread.step.daily_mg or tread.end <= axis.start or tread.start >= axis.end:
            continue
        y = dose.y(tread.step.daily_mg)
        split = axis.now if not tread.step.planned else tread.start
        for begin, stop, css in (
            (tread.start, min(tread.end, split), "chart-dose"),
            (max(tread.start, split), tread.end, "chart-dose chart-planned"),
        ):
            x1, x2 = axis.x(begin), axis.x(stop)
            if stop <= begin or x2 <= x1:
                continue
            joined = last is not None and last[0] == begin
            if last is not None and joined and last[2] == css:
                paths[-1] = (paths[-1][0] + _rise(last[1], y) + f"H{coord(x2)}", css)
            else:
                from_y = last[1] if last is not None and joined else y
                paths.append((f"M{coord(x1)},{coord(from_y)}{_rise(from_y, y)}H{coord(x2)}", css))
            if last is not None and joined and last[1] != y:
                risers.append(Segment(x1, last[1], x1, y))
            levels.append(Segment(x1, y, x2, y))
            last = (stop, y, css)
    return StepLine(tuple(Path(d, css) for d, css in paths), tuple(risers), tuple(levels))


def _rise(from_y: float, to_y: float) -> str:
    return f"V{coord(to_y)}" if coord(from_y) != coord(to_y) else ""
