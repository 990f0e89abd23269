"""How a sheet is put on paper: how many weeks, which paper, how large the letters. The choices are links."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

A4, LETTER = "a4", "letter"
_PAPER_WORDS = {A4: "A4", LETTER: "US Letter"}
_USUAL_PAPER = {"US": LETTER}
_LARGE = "large"
WEEKS = (2, 4, 8)
USUAL_WEEKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``weeks`` is None when nobody chose: four weeks, or the whole of what is planned when that is longer."""

    weeks: int | None
    paper: str
    large: bool
    usual_paper: str

    @property
    def query(self) -> str:
        """What an address carries for this choice: ``?weeks=2&size=large``; empty for the usual one."""
        asked = {"weeks": "" if self.weeks is None else str(self.weeks)}
        asked["paper"] = "" if self.paper == self.usual_paper else self.paper
        asked["size"] = _LARGE if self.large else ""
        said = urlencode({name: value for name, value in asked.items() if value})
        return f"?{said}" if said else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One link of a group; the one that is shown now is ``current``."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    label: str
    options: tuple[Option, ...]


def choice_of(query: Mapping[str, str], *, jurisdiction: str) -> Choice:
    """What an address asks for; anything that cannot be chosen is read as the usual."""
    usual = _USUAL_PAPER.get(jurisdiction, A4)
    paper = query.get("paper", "")
    return Choice(
        weeks=next((weeks for weeks in WEEKS if str(weeks) == query.get("weeks")), None),
        paper=paper if paper in _PAPER_WORDS else usual,
        large=query.get("size") == _LARGE,
        usual_paper=usual,
    )


def choice_groups(choice: Choice, *, url: str, weeks: tuple[int | None, ...] = ()) -> tuple[Group, ...]:
    """The links of a page at ``url``. ``weeks`` are those that can be chosen, None for the whole plan; a card has none of
    them, and one size of letters.
    """

    def option(label: str, **changed: Any) -> Option:
        other = replace(choice, **changed)
        return Option(label=label, url=f"{url}{other.query}", current=other == choice)

    paper = Group(label="Paper", options=tuple(option(words, paper=one) for one, words in _PAPER_WORDS.items()))
    if not weeks:
        return (paper,)
    # A plan that does not change has no end: the usual number of weeks is what is shown when nobody chose.
    usual = None if None in weeks else USUAL_WEEKS
    far = tuple(
        option("The whole plan" if one is None else f"{one} weeks", weeks=None if one == usual else one)
        for one in weeks
    )
    letters = (option("Usual", large=False), option("Large", large=True))
    return (Group(label="How far", options=far), paper, Group(label="Letters", options=letters))
