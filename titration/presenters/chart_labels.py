"""Where labels go: how wide text may be, which places a label may take, and which labels are left out.

The table holds, per character at 12 units, the largest advance of Atkinson Hyperlegible Next 400 and 700 and of
DejaVu Sans 400, rounded up to half a unit, so the room kept for a label is never less than a browser needs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product

from titration.presenters.chart_shapes import Box, Line, Segment, Text, coord

SIZE = 12
HEADING = 13
_WIDTHS = {
    char: width
    for width, chars in (
        (3.5, "'j"),
        (4.0, " ,.il\u00a0·"),
        (4.5, "-:;f|"),
        (5.0, "!()[]rt"),
        (5.5, "/I\\"),
        (6.0, '"*_`'),
        (6.5, "sz–"),
        (7.0, "?FJLck"),
        (7.5, "Taeovxy"),
        (8.0, "0123456789$EKPSYbdghnpqu{}²"),
        (8.5, "ABCRVXZ"),
        (9.0, "NU"),
        (9.5, "&DGHOQ"),
        (10.0, "w"),
        (10.5, "#+<=>M^~"),
    )
    for char in chars
}
_WIDEST = 12.0
# Line box of the same faces at 12 units, rounded up.
_ASCENT = 12.0
_DESCENT = 4.0
# Between a label and the next text, riser or Today line beside it; more than rounding can take away.
_CLEAR = 2.5


def text_width(text: str, size: int = SIZE) -> float:
    """The room in drawing units that the text may take at most; an unlisted character counts as the widest."""
    return sum(_WIDTHS.get(char, _WIDEST) for char in text) * size / SIZE


def text_at(text: str, x: float, y: float, *, anchor: str = "start", css: str = "", size: int = SIZE) -> Text:
    """A text with its baseline at ``y`` and its start, middle or end at ``x``."""
    width = text_width(text, size)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    box = Box(left, y - _ASCENT * size / SIZE, left + width, y + _DESCENT * size / SIZE)
    return Text(coord(x), coord(y), text, anchor, css, box)


@dataclass(frozen=True, slots=True)
class Place:
    """One place a label may take: baseline position and which end of the text sits there."""

    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A label that wants a place beside its point.

    ``texts`` holds groups: every place is tried with each text of the first group before the next group, which is
    shorter, gets its turn. ``keep`` marks the highest and the latest, which may move further
    away rather than be left out. ``low`` and ``high`` bound the label sideways, so that it stays on its side of Today.
    """

    texts: tuple[tuple[str, ...], ...]
    x: float
    y: float
    places: tuple[Place, ...]
    css: str
    low: float
    high: float
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """What labels of one panel must keep clear of.

    ``bars`` may not touch the whole text box (risers, Today line); ``lines`` and ``marks`` may not touch its letters;
    a label lies between ``top`` and ``bottom`` and does not cross ``edge``, the upper edge of the plot.
    """

    top: float
    bottom: float
    edge: float
    bars: tuple[Segment, ...]
    lines: tuple[Segment, ...]
    marks: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a panel, and thin lines from those that had to move away back to their points."""

    texts: tuple[Text, ...]
    leaders: tuple[Line, ...]


def place(wishes: Iterable[Wish], field: Field, taken: Sequence[Text], limits: tuple[float, float]) -> Labels:
    """Give each wish, most important first, the first free place; a label without one is left out.

    ``limits`` are the left and right edge of the plot, within which a kept label may look for room.
    """
    occupied = [text.box for text in taken]
    placed: list[Text] = []
    leaders: list[Line] = []
    for wish in wishes:
        text = _beside(wish, field, occupied)
        if text is None and wish.keep:
            text = _further_away(wish, field, occupied, limits)
            if text is not None:
                leader = _leader(wish, text.box)
                leaders.append(Line.between(leader.x1, leader.y1, leader.x2, leader.y2, "chart-leader"))
                field = replace(field, lines=(*field.lines, leader))
        if text is not None:
            placed.append(text)
            occupied.append(text.box)
    return Labels(tuple(placed), tuple(leaders))


def _beside(wish: Wish, field: Field, occupied: list[Box]) -> Text | None:
    for group in wish.texts:
        for spot, text in product(wish.places, group):
            candidate = text_at(text, spot.x, spot.y, anchor=spot.anchor, css=wish.css)
            if _free(candidate.box, field, occupied, (wish.low, wish.high)):
                return candidate
    return None


def _further_away(wish: Wish, field: Field, occupied: list[Box], limits: tuple[float, float]) -> Text | None:
    for side in ((wish.low, wish.high), limits):
        for text in chain.from_iterable(wish.texts):
            for spot in _rings(wish, field, side):
                candidate = text_at(text, spot.x, spot.y, anchor="middle", css=wish.css)
                leader = _leader(wish, candidate.box)
                if _free(candidate.box, field, occupied, side) and not any(box.crossed_by(leader) for box in occupied):
                    return candidate
    return None


def _leader(wish: Wish, box: Box) -> Segment:
    """From the point to the nearest spot of the letters."""
    x = min(max(wish.x, box.left), box.right)
    y = min(max(wish.y, box.top + 3), box.bottom - 4)
    return Segment(wish.x, wish.y, x, y)


def _rings(wish: Wish, field: Field, side: tuple[float, float]) -> Iterator[Place]:
    """Places on a coarse grid over the panel, nearest to the point first."""
    xs = [side[0] + 6 * step for step in range(int((side[1] - side[0]) / 6) + 1)]
    ys = [field.top + _ASCENT + 6 * step for step in range(int((field.bottom - field.top - _ASCENT) / 6) + 1)]
    grid = ((x, y) for x in xs for y in ys)
    for x, y in sorted(grid, key=lambda at: (at[0] - wish.x) ** 2 + (at[1] - wish.y) ** 2):
        yield Place(x, y, "middle")


def _free(box: Box, field: Field, occupied: list[Box], side: tuple[float, float]) -> bool:
    if box.left < side[0] or box.right > side[1] or box.top < field.top or box.bottom > field.bottom:
        return False
    if box.top < field.edge < box.bottom:
        return False
    roomy = Box(box.left - _CLEAR, box.top, box.right + _CLEAR, box.bottom)
    letters = Box(box.left - 1, box.top + 2, box.right + 1, box.bottom - 1)
    return not (
        any(roomy.overlaps(other) for other in occupied)
        or any(roomy.crossed_by(bar) for bar in field.bars)
        or any(letters.crossed_by(line) for line in field.lines)
        or any(letters.overlaps(mark) for mark in field.marks)
    )
