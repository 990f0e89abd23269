"""The kidney panel: a point for each estimate with its value beside it, joined within one series only."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from titration.presenters.chart_geometry import Scale, TimeAxis, scale
from titration.presenters.chart_inputs import ChartResult
from titration.presenters.chart_labels import Field, Place, Wish, place, text_at
from titration.presenters.chart_shapes import Box, Path, Picture, Segment, Text, coord

LEAST_AXIS = 90
AXIS_STEP = 30
#: The mark of each series, in the order in which the series appear in the history.
MARKS = ("Square", "Diamond", "Flat bar", "Upright bar")
_HALF = 4


def egfr_scale(results: Sequence[ChartResult], axis: TimeAxis) -> Scale:
    """The eGFR axis of all results, inside the window or not."""
    values = [result.value for result in results if result.value is not None]
    layout = axis.layout
    return scale(values, top=layout.egfr_top, height=layout.egfr_height, least=LEAST_AXIS, step=AXIS_STEP)


def series_marks(results: Sequence[ChartResult]) -> dict[str, str]:
    """Series that have a point -> the words for their mark."""
    ordered = sorted((result for result in results if result.value is not None), key=lambda result: result.on)
    names = list(dict.fromkeys(result.series for result in ordered))
    return {name: MARKS[index % len(MARKS)] for index, name in enumerate(names)}


def egfr_panel(
    results: Sequence[ChartResult], egfr: Scale, axis: TimeAxis, taken: Sequence[Text], words_if_none: str
) -> Picture:
    """Draw the points in the window; only points of one series are joined, and only by a straight line."""
    layout = axis.layout
    points: list[tuple[ChartResult, float, float]] = sorted(
        (
            (result, axis.midday_x(result.on), egfr.y(result.value))
            for result in results
            if result.value is not None and axis.shows(result.on.toordinal() + 0.5)
        ),
        key=lambda point: (point[0].on, point[0].series),
    )
    if not points:
        middle = (layout.left + axis.today_x) / 2
        words = text_at(words_if_none, middle, (egfr.top + egfr.bottom) / 2 + 4, anchor="middle", css="chart-none")
        return Picture(texts=(words,))
    marks = series_marks(results)
    lines: list[Path] = []
    pieces: list[Segment] = []
    for name, mark in marks.items():
        own = [(x, y) for result, x, y in points if result.series == name]
        if len(own) > 1:
            track = "L".join(f"{coord(x)},{coord(y)}" for x, y in own)
            lines.append(Path(f"M{track}", f"chart-egfr chart-egfr-{_slug(mark)}"))
            pieces.extend(Segment(*start, *end) for start, end in pairwise(own))
    drawn = tuple(
        Path(
            _mark(marks[result.series], x, y), "chart-point chart-unsteady" if result.steady is False else "chart-point"
        )
        for result, x, y in points
    )
    field = Field(
        top=egfr.top - 8,
        bottom=egfr.bottom,
        edge=egfr.top - 8,
        bars=(Segment(axis.today_x, 20, axis.today_x, layout.axis_y),),
        lines=tuple(pieces),
        marks=tuple(Box(x - _HALF - 1, y - _HALF - 1, x + _HALF + 1, y + _HALF + 1) for _, x, y in points),
    )
    labels = place(_wishes(points, axis), field, taken, (layout.left, layout.right))
    return Picture(rules=labels.leaders, paths=(*lines, *drawn), texts=labels.texts)


def _slug(mark: str) -> str:
    return mark.lower().replace(" ", "-")


def _mark(mark: str, x: float, y: float) -> str:
    if mark == "Diamond":
        tips = ((x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y))
    else:
        across = {"Square": _HALF, "Flat bar": 5.5, "Upright bar": 2.5}[mark]
        up = {"Square": _HALF, "Flat bar": 2.5, "Upright bar": 5.5}[mark]
        tips = ((x - across, y - up), (x + across, y - up), (x + across, y + up), (x - across, y + up))
    return "M" + "L".join(f"{coord(a)},{coord(b)}" for a, b in tips) + "Z"


def _wishes(points: Sequence[tuple[ChartResult, float, float]], axis: TimeAxis) -> list[Wish]:
    """The latest and the highest value first, then newest to oldest."""
    layout = axis.layout
    highest = max(points, key=lambda point: (point[0].value or Decimal(0), point[0].on))
    kept = list(dict.fromkeys((points[-1], highest)))
    ordered = kept + [point for point in reversed(points) if point not in kept]
    return [
        Wish(
            texts=((result.printed,),),
            x=x,
            y=y,
            places=(
                Place(x + 8, y + 4, "start"),
                Place(x - 8, y + 4, "end"),
                Place(x, y - 9, "middle"),
                Place(x, y + 18, "middle"),
                Place(x + 5, y - 8, "start"),
                Place(x + 5, y + 16, "start"),
                Place(x - 5, y - 8, "end"),
                Place(x - 5, y + 16, "end"),
            ),
            css="chart-label chart-value",
            low=axis.today_x if x > axis.today_x else layout.left,
            high=layout.right if x > axis.today_x else axis.today_x,
            keep=(result, x, y) in kept,
        )
        for result, x, y in ordered
    ]
