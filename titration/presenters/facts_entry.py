"""One dated fact at a time: what is recorded, and what became of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from titration.dosing.wording import NOT_RECORDED, format_date, format_when
from titration.models import FactKind
from titration.presenters import facts_words as words


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A label and its value, as ``summary-list.html`` takes them."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An entry that was corrected or withdrawn already; ``newest_url`` leads to what can be corrected."""

    rows: tuple[Figure, ...]
    what: str
    newest_url: str


def fact_rows(fact: Any, record: Any) -> tuple[Figure, ...]:
    """A fact as it is recorded, with its date, note and author."""
    recorded = f"{words.author(fact)}, {format_when(fact.recorded_at, record.patient.time_zone)}"
    return (
        Figure(label=FactKind(fact.kind).label, value=words.value_words(fact, record.protocol)),
        Figure(label="Date", value=format_date(fact.on_date)),
        Figure(label="Note", value=fact.note or NOT_RECORDED),
        Figure(label="Recorded by", value=recorded),
    )


def already_corrected(fact: Any, record: Any, *, rights: frozenset[str]) -> Closed:
    """What became of an entry, and the entry that stands at the end of its chain."""
    by_replaced = {one.replaces_id: one for one in record.facts if one.replaces_id}
    newest = fact
    while newest.pk in by_replaced:
        newest = by_replaced[newest.pk]
    return Closed(
        rows=fact_rows(fact, record),
        what=words.became(by_replaced.get(fact.pk, fact), record.patient.time_zone),
        newest_url=words.correct_url(newest) if newest.is_current and "log" in rights else "",
    )


def is_recorded(record: Any, *, kind: str, code: str, number: Decimal | None, answer: str, on_date: date) -> bool:
    """Whether exactly this fact holds already, as when a form is sent twice."""
    return any(
        (fact.kind, fact.code, fact.number, fact.answer, fact.on_date) == (kind, code, number, answer, on_date)
        for fact in record.facts
        if fact.is_current
    )
