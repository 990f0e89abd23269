"""What all panels share: headings, value axes, the time axis with its dates, the Today line, the planned ground."""

from collections.abc import Iterator
from datetime import date, timedelta

from titration.dosing.wording import format_date
from titration.presenters.chart_geometry import Layout, Scale, TimeAxis
from titration.presenters.chart_labels import HEADING, text_at, text_width
from titration.presenters.chart_shapes import Line, Picture, Rect, Text, coord

# From the time axis line down to the baseline of the dates, and the height of the tick marks.
_AXIS_RISE = 22
_TICK = 5
_HEADING_RISE = 14
_MONTHS_BETWEEN = (1, 2, 3, 6, 12, 24, 60, 120)


def axis_line_y(layout: Layout) -> float:
    """The height of the time axis line, which ends every vertical line of the drawing."""
    return layout.axis_y - _AXIS_RISE


def frame(axis: TimeAxis, scales: tuple[Scale, ...]) -> Picture:
    """The ground of the drawing: everything but the data."""
    layout = axis.layout
    floor = axis_line_y(layout)
    today = Picture(
        rules=(Line.between(axis.today_x, 20, axis.today_x, floor, "chart-today"),),
        texts=(text_at("Today", axis.today_x, layout.dose_top - _HEADING_RISE, anchor="middle", css="chart-now"),),
    )
    base = Picture(rules=(Line.between(layout.left, floor, layout.right, floor, "chart-base"),))
    picture = _future(axis, floor) + _dates(axis, floor) + base
    for scale in scales:
        picture += _value_axis(scale, layout)
    return picture + today + Picture(texts=_headings(layout))


def _future(axis: TimeAxis, floor: float) -> Picture:
    top = axis.layout.dose_top
    ground = Rect(
        coord(axis.today_x), coord(top), coord(axis.layout.right - axis.today_x), coord(floor - top), "chart-future"
    )
    return Picture(grounds=(ground,))


def _headings(layout: Layout) -> tuple[Text, ...]:
    wide = layout.width > 2 * HEADING * len("Kidney function, eGFR")
    kidney = "Kidney function, eGFR (mL/min/1.73 m²)" if wide else "eGFR (mL/min/1.73 m²)"
    return tuple(
        text_at(words, 0 if wide else 4, y, css="chart-heading", size=HEADING)
        for words, y in (
            ("Daily dose (mg)", layout.dose_top - _HEADING_RISE),
            (kidney, layout.egfr_top - _HEADING_RISE + 1.5),
            ("Flags", layout.flags_y - _HEADING_RISE + 1.5),
        )
    )


def _value_axis(scale: Scale, layout: Layout) -> Picture:
    rules = tuple(
        Line.between(layout.left, scale.y(tick), layout.right, scale.y(tick), "chart-grid" if tick else "chart-base")
        for tick in scale.ticks
    )
    texts = tuple(
        text_at(str(tick), layout.left - 5, scale.y(tick) + 4, anchor="end", css="chart-tick") for tick in scale.ticks
    )
    return Picture(rules=rules, texts=texts)


def _dates(axis: TimeAxis, floor: float) -> Picture:
    """Mondays for 4 weeks, else the first days of months; dates that would touch the one before are left out."""
    weekly = axis.back <= 28
    days = list(_mondays(axis)) if weekly else list(_months(axis))
    rules: list[Line] = []
    texts: list[Text] = []
    for day in days:
        x = axis.x(day.toordinal())
        rules.append(Line.between(x, axis.layout.dose_top, x, floor, "chart-date"))
        rules.append(Line.between(x, floor, x, floor + _TICK, "chart-base"))
        written = format_date(day)
        if weekly:
            text = text_at(written[:6], x, axis.layout.axis_y, anchor="middle", css="chart-tick")
        else:
            text = text_at(written[3:].replace("-", " "), x, axis.layout.axis_y, css="chart-tick")
        clear = not texts or text.box.left >= texts[-1].box.right + 4
        if clear and text.box.left >= 0 and text.box.right <= axis.layout.width:
            texts.append(text)
    return Picture(rules=tuple(rules), texts=tuple(texts))


def _mondays(axis: TimeAxis) -> Iterator[date]:
    day = axis.first_day + timedelta(days=(7 - axis.first_day.weekday()) % 7)
    while axis.shows(day.toordinal()) or day.toordinal() < axis.start:
        if axis.shows(day.toordinal()):
            yield day
        day += timedelta(days=7)


def _months(axis: TimeAxis) -> Iterator[date]:
    """First days of months, as far apart as the width of a written month needs, counted from January of year 1."""
    layout = axis.layout
    month_width = 30.4 / (axis.end - axis.start) * (layout.right - layout.left)
    room = text_width("May 2000") + 6
    apart = next((n for n in _MONTHS_BETWEEN if n * month_width >= room), _MONTHS_BETWEEN[-1])
    first = axis.first_day.year * 12 + axis.first_day.month - 1
    last = axis.last_day.year * 12 + axis.last_day.month - 1
    for number in range(first, last + 1):
        day = date(number // 12, number % 12 + 1, 1)
        if number % apart == 0 and axis.shows(day.toordinal()):
            yield day
