"""Whether a page was read, compared with the version that is live. Who reads what is told in plain data, never looked up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from education.addresses import page_path
from education.presenters.rich import held


class Reading(Protocol):
    """Somebody read a version of a page on a day, ``days`` before today."""

    @property
    def slug(self) -> str: ...

    @property
    def revision(self) -> int: ...

    @property
    def on(self) -> date: ...

    @property
    def days(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadState:
    """``on`` None: never read. ``changed``: the page is about safety, and another version was read than the one that is live."""

    on: date | None = None
    days: int | None = None
    changed: bool = False

    @property
    def is_read(self) -> bool:
        """Nothing is left to read."""
        return self.on is not None and not self.changed


def read_state(version: Mapping[str, Any], readings: Iterable[Reading]) -> ReadState:
    """``version``: a row of ``live_versions``; ``readings``: those of one person or group, in any order."""
    of_page = [one for one in readings if one.slug == version["slug"]]
    if not of_page:
        return ReadState()
    live = [one for one in of_page if one.revision == version["live_revision_id"]]
    newest = max(live or of_page, key=lambda one: one.on)
    return ReadState(on=newest.on, days=newest.days, changed=version["safety_critical"] and not live)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    title: str
    url: str
    state: ReadState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLines:
    """Live pages by what became of them, each list in the order in which editors keep them. ``unread_safety`` are those not read of which it
    matters most, ``unread`` all others."""

    read: tuple[PageLine, ...]
    changed: tuple[PageLine, ...]
    unread_safety: tuple[PageLine, ...]
    unread: tuple[PageLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBy:
    """What one of the groups of readers, in words for clinicians, has read."""

    who: str
    lines: ReadLines


def read_lines(versions: Iterable[Mapping[str, Any]], readings: Iterable[Reading], country: str) -> ReadLines:
    """What one person or group has read of the live pages. A page that is not live any more is not spoken of."""
    known = tuple(readings)
    lines = [
        (one, PageLine(title=held(one["title"]), url=page_path(country, one["slug"]), state=read_state(one, known)))
        for one in versions
    ]
    return ReadLines(
        read=tuple(line for _, line in lines if line.state.is_read),
        changed=tuple(line for _, line in lines if line.state.changed),
        unread_safety=tuple(line for one, line in lines if line.state.on is None and one["safety_critical"]),
        unread=tuple(line for one, line in lines if line.state.on is None and not one["safety_critical"]),
    )
