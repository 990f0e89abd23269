"""The panel of outcome scores under the doses: a row for each scale, a point for each visit, and never a line between.

The scales are ordinal: a point stands at the place of its answer among the answers of its scale, all equally far apart,
so that 1+ lies between 1 and 2 without being 1.5.
"""

from collections.abc import Sequence
from dataclasses import replace

from titration.dosing.wording import format_date
from titration.presenters.chart_geometry import WIDE, Layout, TimeAxis
from titration.presenters.chart_inputs import ChartScore
from titration.presenters.chart_labels import HEADING, Field, Place, Wish, place, text_at
from titration.presenters.chart_shapes import Box, Circle, Line, Picture, Segment, Text, coord

# The height of a row: its heading, and the band in which its points lie.
_ROW = 62
_BAND = 26
_HEADING_DROP = 22
_RADIUS = 3.5


def scales(scores: Sequence[ChartScore]) -> tuple[str, ...]:
    """The scales that were ever used, in the order in which the caller lists them."""
    return tuple(dict.fromkeys(score.scale for score in scores))


def with_scores(layout: Layout, scores: Sequence[ChartScore]) -> Layout:
    """The layout with room for a row of each scale between the doses and the kidneys; without scores the same layout."""
    room = _ROW * len(scales(scores))
    return replace(
        layout,
        egfr_top=layout.egfr_top + room,
        flags_y=layout.flags_y + room,
        axis_y=layout.axis_y + room,
        height=layout.height + room,
    )


def scores_panel(scores: Sequence[ChartScore], axis: TimeAxis, taken: Sequence[Text]) -> Picture:
    """Draw a row for each scale; an answer that is written nowhere for lack of room is in the table."""
    picture = Picture()
    top = axis.layout.dose_top + axis.layout.dose_height
    for row, name in enumerate(scales(scores)):
        own = [score for score in scores if score.scale == name]
        picture += _row(name, own, axis, top + _ROW * row, (*taken, *picture.texts))
    return picture


def _row(name: str, scores: Sequence[ChartScore], axis: TimeAxis, top: float, taken: Sequence[Text]) -> Picture:
    layout = axis.layout
    band = top + _HEADING_DROP + 13
    floor = band + _BAND
    heading = text_at(
        name, 0 if layout.name == WIDE.name else 4, top + _HEADING_DROP, css="chart-heading", size=HEADING
    )
    bounds = (
        Line.between(layout.left, band, layout.right, band, "chart-grid"),
        Line.between(layout.left, floor, layout.right, floor, "chart-base"),
    )
    ends = tuple(
        text_at(words, layout.left - 5, y + 4, anchor="end", css="chart-tick")
        for words, y in ((scores[0].answers[-1], band), (scores[0].answers[0], floor))
    )
    seen = sorted((one for one in scores if axis.shows(one.on.toordinal() + 0.5)), key=lambda one: one.on)
    drawn = [(one, axis.midday_x(one.on), floor - _BAND * _share(one)) for one in seen]
    points = tuple(Circle(coord(x), coord(y), coord(_RADIUS), "chart-score") for _, x, y in drawn)
    texts = (heading, *ends)
    if not drawn:
        middle = (layout.left + axis.today_x) / 2
        none = text_at("No score in these dates", middle, floor - _BAND / 2 + 4, anchor="middle", css="chart-none")
        return Picture(rules=bounds, texts=(*texts, none))
    field = Field(
        top=band - 10,
        bottom=floor + 6,
        edge=band - 10,
        bars=(Segment(axis.today_x, 20, axis.today_x, layout.axis_y),),
        lines=(),
        marks=tuple(Box(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for _, x, y in drawn),
    )
    wishes = [_wish(one, x, y, axis) for one, x, y in reversed(drawn)]
    labels = place(wishes, field, (*taken, *texts), (layout.left, layout.right))
    return Picture(rules=(*bounds, *labels.leaders), circles=points, texts=(*texts, *labels.texts))


def _share(score: ChartScore) -> float:
    return score.answers.index(score.answer) / (len(score.answers) - 1)


def _wish(score: ChartScore, x: float, y: float, axis: TimeAxis) -> Wish:
    return Wish(
        texts=((score.answer,),),
        x=x,
        y=y,
        places=(
            Place(x + 7, y + 4, "start"),
            Place(x - 7, y + 4, "end"),
            Place(x + 5, y - 5, "start"),
            Place(x - 5, y - 5, "end"),
        ),
        css="chart-label",
        low=axis.layout.left,
        high=axis.today_x,
    )


def story(scores: Sequence[ChartScore], axis: TimeAxis) -> list[str]:
    """The newest answer of each scale as a sentence, beside the one before it."""
    told = []
    for name in scales(scores):
        newest, *before = sorted((one for one in scores if one.scale == name), key=lambda one: one.on, reverse=True)
        was = f"; it was {before[0].answer} on {format_date(before[0].on)}" if before else ""
        seen = "" if axis.shows(newest.on.toordinal() + 0.5) else ", before these dates"
        told.append(f"{name}: latest {newest.answer} on {format_date(newest.on)}{seen}{was}.")
    return told
