"""The ledger of the rules as it is read: one line a rule, in a table and in a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from titration.dosing.wording import NO_DATA
from titration.presenters.flags import title_of

PERIODS = (30, 90, 365)  # days

# Column of a line -> its heading, in the table and in the file.
HEADINGS = {
    "raised": "Raised",
    "open": "Open now",
    "acted_on": "Acted on",
    "escalated": "Escalated",
    "snoozed": "Snoozed",
    "data_error": "Data error",
    "not_applicable": "Not applicable",
    "closed_by_rule": "Closed by rule",
    "overridden": "Orders in spite of it",
}
MEDIAN = "Median hours to first action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule: counts under the headings, and the median hours to the first action in words."""

    rule: str
    title: str
    counts: tuple[tuple[str, int], ...]
    median_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A link to the same page over another time."""

    label: str
    url: str
    current: bool


def lines(rows: Iterable[Any]) -> tuple[Line, ...]:
    """The rows in their order."""
    return tuple(
        Line(
            rule=one.rule_id,
            title=title_of(one.rule_id),
            counts=tuple((heading, getattr(one, name)) for name, heading in HEADINGS.items()),
            median_words=hours_words(one.first_action),
        )
        for one in rows
    )


def hours_words(time: timedelta | None) -> str:
    """Hours with one decimal, half up: ``2.5``; ``No data`` when nobody has acted."""
    if time is None:
        return NO_DATA
    tenths = (Decimal(time // timedelta(seconds=1)) / 360 + Decimal("0.5")) // 1
    return f"{tenths / 10:.1f}"


def periods(chosen: int) -> tuple[Period, ...]:
    """The times that can be chosen, as links."""
    return tuple(Period(label=f"{days} days", url=ledger_url(days=days), current=days == chosen) for days in PERIODS)


def ledger_url(*, days: int, name: str = "ledger") -> str:
    """The address of the page, or of the file behind it, over so many days."""
    return f"{reverse(name)}?{urlencode({'days': days})}"


def table(rows: Iterable[Any]) -> Iterator[list[str]]:
    """The file: a line of headings, then one line a rule."""
    yield ["Rule", "What it raises", *HEADINGS.values(), MEDIAN]
    for one in lines(rows):
        yield [one.rule, one.title, *(str(count) for _, count in one.counts), one.median_words]
