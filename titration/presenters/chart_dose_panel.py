"""The daily dose panel: the step line, an open circle at each step, and the dose beside it."""

from collections.abc import Sequence

from titration.dosing.doses import format_number
from titration.presenters.chart_geometry import Scale, StepLine, TimeAxis, Tread, scale, step_line
from titration.presenters.chart_inputs import ChartStep
from titration.presenters.chart_labels import Field, Place, Wish, place, text_at
from titration.presenters.chart_shapes import Box, Circle, Line, Picture, Segment, Text, coord

# The scale of the display when every dose is lower, and its step. They limit nothing.
LEAST_AXIS = 80
AXIS_STEP = 20
_RADIUS = 4
_GAP = 7


def dose_scale(steps: Sequence[ChartStep], axis: TimeAxis) -> Scale:
    """The dose axis of all steps, inside the window or not, so that it is the same for every range."""
    doses = [step.daily_mg for step in steps]
    layout = axis.layout
    return scale(doses, top=layout.dose_top, height=layout.dose_height, least=LEAST_AXIS, step=AXIS_STEP)


def dose_panel(
    covered: Sequence[Tread], dose: Scale, axis: TimeAxis, taken: Sequence[Text]
) -> tuple[Picture, StepLine]:
    """Draw the panel; ``taken`` is text that is already there. The step line is returned for those who check it."""
    line = step_line(covered, axis, dose)
    layout = axis.layout
    if not line.paths and not any(axis.shows(tread.start) for tread in covered):
        middle = (layout.left + axis.today_x) / 2
        words = text_at(
            "No dose in these dates", middle, (dose.top + dose.bottom) / 2, anchor="middle", css="chart-none"
        )
        return Picture(texts=(words,)), line
    starts = [tread for tread in covered if tread.step.daily_mg and axis.shows(tread.start)]
    circles = tuple(
        Circle(coord(axis.x(tread.start)), coord(dose.y(tread.step.daily_mg)), coord(_RADIUS), "chart-step")
        for tread in starts
    )
    ends = tuple(_line_end(covered, dose, axis))
    today = Segment(axis.today_x, 20, axis.today_x, layout.axis_y)
    marks = tuple(
        Box(float(c.x) - _RADIUS, float(c.y) - _RADIUS, float(c.x) + _RADIUS, float(c.y) + _RADIUS) for c in circles
    )
    field = Field(
        top=dose.top - 18,
        bottom=dose.bottom,
        edge=dose.top,
        bars=(*line.risers, today),
        lines=line.levels,
        marks=marks + tuple(Box(x - 1, y - 6, x + 1, y + 6) for x, y in ends),
    )
    labels = place(_wishes(covered, dose, axis), field, taken, (layout.left, layout.right))
    caps = tuple(Line.between(x, y - 6, x, y + 6, "chart-end") for x, y in ends)
    return Picture(rules=caps + labels.leaders, paths=line.paths, circles=circles, texts=labels.texts), line


def _line_end(covered: Sequence[Tread], dose: Scale, axis: TimeAxis) -> list[tuple[float, float]]:
    """Where the line ends inside the window because a stop, or time without a plan, follows."""
    followed = {tread.start for tread in covered if tread.step.daily_mg}
    return [
        (axis.x(tread.end), dose.y(tread.step.daily_mg))
        for tread in covered
        if tread.step.daily_mg and tread.end not in followed and axis.shows(tread.end)
    ]


def _wishes(covered: Sequence[Tread], dose: Scale, axis: TimeAxis) -> list[Wish]:
    """A label for each step in view: the highest first, then the latest and the current, then newest to oldest."""
    seen = [
        tread
        for tread in covered
        if tread.end > axis.start and tread.start < axis.end and (tread.step.daily_mg or axis.shows(tread.start))
    ]
    if not seen:
        return []
    highest = max(seen, key=lambda tread: (tread.step.daily_mg, tread.start))
    begun = [tread for tread in seen if not tread.step.planned and tread.start <= axis.now]
    kept = [highest, seen[-1], *begun[-1:]]
    rest = [tread for tread in reversed(seen) if tread not in kept]
    return [_wish(tread, dose, axis, keep=True) for tread in dict.fromkeys(kept)] + [
        _wish(tread, dose, axis, keep=False) for tread in rest
    ]


def _wish(tread: Tread, dose: Scale, axis: TimeAxis, *, keep: bool) -> Wish:
    step = tread.step
    ahead = tread.start > axis.now
    x = axis.x(tread.start)
    before = dose.y(tread.before.daily_mg) if tread.before is not None and tread.before.daily_mg else None
    y = dose.y(step.daily_mg) if step.daily_mg else (before if before is not None else dose.bottom)
    full = (f"{step.label} planned", step.label) if step.planned else (step.label,)
    bare = (format_number(step.daily_mg),) if step.daily_mg else ()
    return Wish(
        texts=(full, bare),
        x=x,
        y=y,
        places=_places(x, y, before, dose, axis, begins=axis.shows(tread.start)),
        css="chart-label chart-label-ahead" if ahead else "chart-label",
        low=axis.today_x if ahead else axis.layout.left,
        high=axis.layout.right if ahead else axis.today_x,
        keep=keep,
    )


def _places(
    x: float, y: float, before: float | None, dose: Scale, axis: TimeAxis, *, begins: bool
) -> tuple[Place, ...]:
    """Left of a rise, right of a fall, above the line; then the next best, all close to the start of the step."""
    above = y - 8
    if above - 12 < dose.top < above + 4:
        above = dose.top - 4
    under = y + 16
    over_right = Place(x + _GAP, above, "start")
    over, over_start, over_end = (Place(x + dx, above, a) for dx, a in ((0, "middle"), (-4, "start"), (4, "end")))
    under_right = Place(x + _GAP, under, "start")
    if not begins:
        edge = axis.layout.left + 4
        return (Place(edge, above, "start"), Place(edge, under, "start"))
    if before is not None and y < before:
        beside = min(max(y + 4, dose.top + 12), before - 6)
        return (Place(x - _GAP, beside, "end"), over, over_start, over_end, under_right)
    if before is not None and y > before:
        return (over_right, Place(x - _GAP, y + 5, "end"), under_right, Place(x, under, "middle"))
    if before is not None:
        return (over_start, over, over_end, under_right, Place(x, under, "middle"))
    return (over_start, over, over_end, Place(x - _GAP, y + 4, "end"), under_right)
