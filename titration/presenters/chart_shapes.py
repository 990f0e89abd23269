"""The few shapes a drawing of the chart is made of: positions are ready-made strings, looks are class names."""

from dataclasses import dataclass


def coord(value: float) -> str:
    """A position in drawing units with at most 1 decimal: ``28``, ``697.6``."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Box:
    """The space a piece of text or a mark takes, in drawing units; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """True when the two boxes share some area; touching edges do not count."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def crossed_by(self, line: "Segment") -> bool:
        """True when any part of the straight line lies inside the box (Liang and Barsky 1984, clipping of a line)."""
        dx, dy = line.x2 - line.x1, line.y2 - line.y1
        enter, leave = 0.0, 1.0
        for step, room in (
            (-dx, line.x1 - self.left),
            (dx, self.right - line.x1),
            (-dy, line.y1 - self.top),
            (dy, self.bottom - line.y1),
        ):
            if step == 0:
                if room <= 0:
                    return False
            elif step < 0:
                enter = max(enter, room / step)
            else:
                leave = min(leave, room / step)
        return enter < leave


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line between two positions, in drawing units."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Rect:
    x: str
    y: str
    width: str
    height: str
    css: str


@dataclass(frozen=True, slots=True)
class Line:
    x1: str
    y1: str
    x2: str
    y2: str
    css: str

    @classmethod
    def between(cls, x1: float, y1: float, x2: float, y2: float, css: str) -> "Line":
        """A line whose ends are rounded to the precision of the drawing."""
        return cls(coord(x1), coord(y1), coord(x2), coord(y2), css)


@dataclass(frozen=True, slots=True)
class Path:
    d: str
    css: str


@dataclass(frozen=True, slots=True)
class Circle:
    x: str
    y: str
    r: str
    css: str


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``box`` is the room it was given, at least as large as what a browser draws."""

    x: str
    y: str
    text: str
    anchor: str
    css: str
    box: Box


@dataclass(frozen=True, slots=True)
class Picture:
    """The shapes of one panel, or of a whole drawing, in painting order."""

    grounds: tuple[Rect, ...] = ()
    rules: tuple[Line, ...] = ()
    paths: tuple[Path, ...] = ()
    circles: tuple[Circle, ...] = ()
    texts: tuple[Text, ...] = ()

    def __add__(self, other: "Picture") -> "Picture":
        return Picture(
            self.grounds + other.grounds,
            self.rules + other.rules,
            self.paths + other.paths,
            self.circles + other.circles,
            self.texts + other.texts,
        )
