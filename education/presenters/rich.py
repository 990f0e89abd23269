"""Stored rich text as plain pieces, so that a template writes every tag itself and nothing from the database is HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

_BOLD = ("b", "strong")
_BLOCKS = ("p", "li")
_LISTS = ("ul", "ol")
_UNITS = (
    "mg", "mL", "micrograms", "units", "minutes?", "hours?", "days?", "nights?", "weeks?", "months?", "years?", "times?",
    "doses?", "tablets?", "points?", "%",
)  # fmt: skip
_MEASURE = re.compile(rf"(?<=[0-9]) (?=(?:{'|'.join(_UNITS)})\b)")
_OUTWARD = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words in one style. ``href`` empty: no link; ``outward``: the link leaves the portal."""

    text: str
    bold: bool = False
    href: str = ""
    outward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Its words; or ``items``: it is a list, each item of runs."""

    runs: tuple[Run, ...] = ()
    items: tuple[tuple[Run, ...], ...] = ()
    numbered: bool = False

    @property
    def words(self) -> str:
        return " ".join("".join(run.text for run in runs) for runs in (self.items or (self.runs,)))


def held(text: str) -> str:
    """The text with each number and its unit on one line."""
    return _MEASURE.sub("\u00a0", text)


def paragraphs(html: str, pages: Mapping[int, str]) -> tuple[Paragraph, ...]:
    """Paragraphs and lists of stored rich text. ``pages``: the address of each live page by its number; a link to any
    other page is no link. Tags that are not known lose themselves and keep their words."""
    reader = _Reader(pages)
    reader.feed(html)
    reader.close()
    return reader.done()


class _Reader(HTMLParser):
    def __init__(self, pages: Mapping[int, str]) -> None:
        super().__init__()
        self._pages = pages
        self._found: list[Paragraph] = []
        self._items: list[tuple[Run, ...]] = []
        self._runs: list[Run] = []
        self._bold = 0
        self._link = ("", False)
        self._list = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BOLD:
            self._bold += 1
        elif tag in ("script", "style"):
            self._hidden += 1
        elif tag == "a":
            self._link = self._target({name: value or "" for name, value in attrs})
        elif tag in _BLOCKS:
            self._close_words()
        elif tag in _LISTS:
            self._close_words()
            self._close_list()
            self._list = tag
        elif tag == "br":
            self._runs.append(Run(text=" "))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BOLD:
            self._bold = max(0, self._bold - 1)
        elif tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a":
            self._link = ("", False)
        elif tag in _BLOCKS:
            self._close_words()
        elif tag in _LISTS:
            self._close_words()
            self._close_list()

    def handle_data(self, data: str) -> None:
        if data and not self._hidden:
            href, outward = self._link
            self._runs.append(Run(text=held(data), bold=self._bold > 0, href=href, outward=outward))

    def done(self) -> tuple[Paragraph, ...]:
        self._close_words()
        self._close_list()
        return tuple(self._found)

    def _target(self, attrs: Mapping[str, str]) -> tuple[str, bool]:
        if attrs.get("linktype") == "page" and attrs.get("id", "").isdecimal():
            return self._pages.get(int(attrs["id"]), ""), False
        address = attrs.get("href", "")
        return (address, True) if _OUTWARD.fullmatch(address) else ("", False)

    def _close_words(self) -> None:
        runs, self._runs = tuple(self._runs), []
        if not "".join(run.text for run in runs).strip():
            return
        if self._list:
            self._items.append(runs)
        else:
            self._found.append(Paragraph(runs=runs))

    def _close_list(self) -> None:
        if self._items:
            self._found.append(Paragraph(items=tuple(self._items), numbered=self._list == "ol"))
        self._items, self._list = [], ""
