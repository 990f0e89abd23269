"""The model of the step chart: two drawings of the same data, the tables that hold every value, and the date line.

Pure functions: the caller gives the facts and today's date, a template turns the answer into SVG and HTML.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from titration.dosing.wording import format_date
from titration.presenters import chart_words as words
from titration.presenters.chart_dose_panel import dose_panel, dose_scale
from titration.presenters.chart_egfr_panel import egfr_panel, egfr_scale, series_marks
from titration.presenters.chart_flags_panel import flags_panel
from titration.presenters.chart_frame import axis_line_y, frame
from titration.presenters.chart_geometry import NARROW, RANGES, WIDE, Scale, TimeAxis, Tread, look_back, treads
from titration.presenters.chart_inputs import ChartFlag, ChartResult, ChartScore, ChartStep
from titration.presenters.chart_labels import text_at
from titration.presenters.chart_scores_panel import scores_panel, story, with_scores
from titration.presenters.chart_shapes import Picture, coord

__all__ = ["Chart", "ChartFlag", "ChartResult", "ChartScore", "ChartStep", "Drawing", "build_chart"]

_DATE = re.compile(r"([0-9]{2}-[A-Z][a-z]{2}-[0-9]{4})")
_STEADY = {True: "Steady", False: "Not steady: not reliable", None: "Not judged"}
_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class RangeLink:
    """A link to the same page with another range; the range never leaves the URL."""

    query: str
    words: str
    current: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """One SVG: its accessible name and description, its shapes, and the sentences that stand under it."""

    name: str
    element_id: str
    view_box: str
    title: str
    description: str
    first_date: str
    last_date: str
    ranges: tuple[RangeLink, ...]
    picture: Picture
    dose_scale: Scale | None
    egfr_scale: Scale | None
    cursor_top: str
    cursor_bottom: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One of the tables behind the drawing: newest row first, the first cell of a row is its heading."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    if_empty: str

    @property
    def labelled_rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The rows with the column of each cell, which narrow screens show in front of it."""
        return tuple(tuple(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; a date is kept on one line."""

    text: str
    is_date: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One stop of the date line; a position is empty where the date lies outside that drawing."""

    date: str
    text: str
    pieces: tuple["Piece", ...]
    wide_x: str
    narrow_x: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the chart template shows. ``drawings`` is empty when nothing was ever recorded."""

    element_id: str
    drawings: tuple[Drawing, ...]
    tables: tuple[Table, ...]
    events: tuple[Event, ...]
    if_empty: str = words.NO_DOSES

    @property
    def today_event(self) -> Event:
        """The stop of the date line that is shown first."""
        return next(event for event in self.events if event.is_today)


def build_chart(
    *,
    steps: Sequence[ChartStep],
    results: Sequence[ChartResult],
    flags: Sequence[ChartFlag],
    scores: Sequence[ChartScore],
    today: date,
    range_key: str | None,
    patient_key: str,
) -> Chart:
    """The chart of one patient. Without a range each drawing takes its own default: 12 weeks wide, 4 weeks narrow.

    ``patient_key`` makes the element ids unique: letters, digits, ``-`` and ``_``. ValueError for another key or an
    unknown range.
    """
    if range_key is not None and range_key not in RANGES:
        raise ValueError(f"The range {range_key!r} is unknown: use one of {', '.join(RANGES)}, or none.")
    if not _KEY.fullmatch(patient_key):
        raise ValueError("The patient key may hold only letters, digits, hyphens and underscores.")
    covered = treads(steps)
    element_id = f"chart-{patient_key}"
    tables = (_step_table(covered, today), _result_table(results), _flag_table(flags), _score_table(scores))
    dated = (*results, *flags, *scores)
    known = [*(step.starts_on for step in steps), *(one.on for one in dated)]
    axes = {
        layout.name: TimeAxis(
            with_scores(layout, scores),
            today,
            look_back(range_key or layout.default_range, today, min(known, default=None)),
        )
        for layout in (WIDE, NARROW)
    }
    drawings = tuple(
        _draw(axis, covered, results, flags, scores, range_key, element_id) for axis in axes.values() if known
    )
    events = tuple(
        _event(day, words.day_text(day, covered, results, flags, scores, today), axes)
        for day in sorted({*known, today})
    )
    return Chart(element_id, drawings, tables, events)


def _event(day: date, text: str, axes: dict[str, TimeAxis]) -> Event:
    parts = ((part, index % 2 == 1) for index, part in enumerate(_DATE.split(text)) if part)
    return Event(
        date=format_date(day),
        text=text,
        pieces=tuple(Piece(part, is_date) for part, is_date in parts),
        wide_x=_event_x(day, axes["wide"]),
        narrow_x=_event_x(day, axes["narrow"]),
        is_today=day == axes["wide"].today,
    )


def _event_x(day: date, axis: TimeAxis) -> str:
    moment = day.toordinal() + 0.5
    return coord(axis.x(moment)) if axis.shows(moment) else ""


def _draw(
    axis: TimeAxis,
    covered: Sequence[Tread],
    results: Sequence[ChartResult],
    flags: Sequence[ChartFlag],
    scores: Sequence[ChartScore],
    range_key: str | None,
    element_id: str,
) -> Drawing:
    layout = axis.layout
    chosen = range_key or layout.default_range
    has_points = any(result.value is not None for result in results)
    dose = dose_scale([tread.step for tread in covered], axis) if covered else None
    egfr = egfr_scale(results, axis) if has_points else None
    picture = frame(axis, tuple(scale for scale in (dose, egfr) if scale is not None))
    if dose is not None:
        picture += dose_panel(covered, dose, axis, picture.texts)[0]
    else:
        picture += _say(words.NO_DOSES, layout.dose_top + layout.dose_height / 2, axis)
    picture += scores_panel(scores, axis, picture.texts)
    if egfr is not None:
        picture += egfr_panel(results, egfr, axis, picture.texts, "No result in these dates")
    else:
        none = "No result has a number" if results else words.NO_RESULTS
        picture += _say(none, layout.egfr_top + layout.egfr_height / 2, axis)
    no_flags = "No flag in these dates" if flags else words.NO_FLAGS
    picture += flags_panel(flags, axis, picture.texts, no_flags)
    return Drawing(
        name=layout.name,
        element_id=f"{element_id}-{layout.name}",
        view_box=layout.view_box,
        title=words.title(RANGES[chosen][0].lower()),
        description=" ".join((words.description(covered, results, flags, axis), *story(scores, axis))),
        first_date=format_date(axis.first_day),
        last_date=format_date(axis.last_day),
        ranges=tuple(RangeLink(f"?range={key}", text, key == chosen) for key, (text, _) in RANGES.items()),
        picture=picture,
        dose_scale=dose,
        egfr_scale=egfr,
        cursor_top=coord(layout.dose_top),
        cursor_bottom=coord(axis_line_y(layout)),
        key=_key(covered, results, axis),
    )


def _say(sentence: str, y: float, axis: TimeAxis) -> Picture:
    middle = (axis.layout.left + axis.today_x) / 2
    return Picture(texts=(text_at(sentence, middle, y, anchor="middle", css="chart-none"),))


def _key(covered: Sequence[Tread], results: Sequence[ChartResult], axis: TimeAxis) -> tuple[str, ...]:
    """What the marks in view mean, where the drawing itself does not say it."""
    seen = [result for result in results if axis.shows(result.on.toordinal() + 0.5)]
    lines = []
    if any(tread.step.daily_mg and tread.end > axis.now and tread.start < axis.end for tread in covered):
        lines.append("Dashed line on the shaded ground: what the plan says after today.")
    marks = series_marks(results)
    drawn = {result.series for result in seen if result.value is not None}
    lines += [f"{mark}: {name}." for name, mark in marks.items() if name in drawn]
    if any(result.steady is False for result in seen if result.value is not None):
        lines.append("Hollow mark: kidney function was not steady, so the estimate is not reliable.")
    numberless = sum(result.value is None for result in seen)
    if numberless:
        lines.append(f"Kidney results in these dates without a number to draw: {numberless}. The table lists them.")
    return tuple(lines)


def _step_table(covered: Sequence[Tread], today: date) -> Table:
    rows = tuple(
        (
            format_date(tread.step.starts_on),
            format_date(date.fromordinal(int(tread.end) - 1)) if tread.end < date.max.toordinal() else "Until changed",
            tread.step.label,
            "Planned" if tread.step.planned or tread.step.starts_on > today else "Recorded",
        )
        for tread in reversed(covered)
    )
    return Table("Daily dose, newest first", ("From", "To", "Daily dose", "State"), rows, f"{words.NO_DOSES}.")


def _result_table(results: Sequence[ChartResult]) -> Table:
    rows = tuple(
        (
            format_date(result.on),
            result.printed,
            result.series,
            _STEADY[result.steady],
        )
        for result in sorted(results, key=lambda result: result.on, reverse=True)
    )
    return Table(
        "Kidney function, eGFR in mL/min/1.73 m², newest first",
        ("Date", "eGFR", "Method", "Kidney function"),
        rows,
        f"{words.NO_RESULTS}.",
    )


def _score_table(scores: Sequence[ChartScore]) -> Table:
    rows = tuple(
        (format_date(score.on), score.scale, score.answer)
        for score in sorted(scores, key=lambda score: score.on, reverse=True)
    )
    return Table("Outcome scores, newest first", ("Date", "Scale", "Score"), rows, f"{words.NO_SCORES}.")


def _flag_table(flags: Sequence[ChartFlag]) -> Table:
    rows = tuple(
        (str(flag.number), format_date(flag.on), flag.text, "Open" if flag.open else "Resolved")
        for flag in sorted(flags, key=lambda flag: (flag.on, flag.number), reverse=True)
    )
    return Table("Flags, newest first", ("Flag", "Raised", "What it says", "State"), rows, f"{words.NO_FLAGS}.")
