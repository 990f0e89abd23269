"""The flags panel: a numbered triangle on the day each flag was raised, filled while it is open."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from titration.presenters.chart_geometry import TimeAxis
from titration.presenters.chart_inputs import ChartFlag
from titration.presenters.chart_labels import Field, Place, Wish, place, text_at
from titration.presenters.chart_shapes import Box, Path, Picture, Segment, Text, coord

# Flags closer than this have no room for their own triangle and number, so they share one.
_FLAG_ROOM = 24
# With this much room to the next triangle, the state is written beside the number.
_STATE_ROOM = 90


def flags_panel(flags: Sequence[ChartFlag], axis: TimeAxis, taken: Sequence[Text], words_if_none: str) -> Picture:
    """Draw a numbered triangle per flag, filled when open; flags too close to be told apart share one triangle."""
    layout = axis.layout
    y = layout.flags_y
    seen = sorted(
        (flag for flag in flags if axis.shows(flag.on.toordinal() + 0.5)), key=lambda flag: (flag.on, flag.number)
    )
    if not seen:
        middle = (layout.left + axis.today_x) / 2
        return Picture(texts=(text_at(words_if_none, middle, y + 4, anchor="middle", css="chart-none"),))
    groups: list[tuple[float, list[ChartFlag]]] = []
    for x, same_day in groupby(seen, key=lambda flag: axis.midday_x(flag.on)):
        if groups and x - groups[-1][0] < _FLAG_ROOM:
            groups[-1][1].extend(same_day)
        else:
            groups.append((x, list(same_day)))
    marks = tuple(
        Path(
            f"M{coord(x)},{coord(y - 6)}L{coord(x + 6)},{coord(y + 5)}L{coord(x - 6)},{coord(y + 5)}Z",
            "chart-flag chart-open" if any(flag.open for flag in group) else "chart-flag",
        )
        for x, group in groups
    )
    field = Field(
        top=y - 8,
        bottom=y + 8,
        edge=y - 8,
        bars=(Segment(axis.today_x, 20, axis.today_x, layout.axis_y),),
        lines=(),
        marks=tuple(Box(x - 6, y - 6, x + 6, y + 5) for x, _ in groups),
    )
    worded = all(later[0] - earlier[0] >= _STATE_ROOM for earlier, later in pairwise(groups))
    wishes = [_wish(x, y, group, axis, worded=worded, keep=group is groups[-1][1]) for x, group in reversed(groups)]
    labels = place(wishes, field, taken, (layout.left, layout.right))
    return Picture(rules=labels.leaders, paths=marks, texts=labels.texts)


def _wish(x: float, y: float, group: list[ChartFlag], axis: TimeAxis, *, worded: bool, keep: bool) -> Wish:
    numbers = ", ".join(str(flag.number) for flag in group)
    still_open = sum(flag.open for flag in group)
    state = "open" if still_open == len(group) else "resolved" if not still_open else f"({still_open} open)"
    return Wish(
        texts=(
            (f"{numbers} {state}",) if worded else (),
            (numbers,),
            (f"{len(group)} flags",) if len(group) > 1 else (),
        ),
        x=x,
        y=y,
        places=(Place(x + 9, y + 4, "start"), Place(x - 9, y + 4, "end")),
        css="chart-label",
        low=axis.layout.left,
        high=axis.layout.right,
        keep=keep,
    )
