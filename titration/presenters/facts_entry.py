"""One dated fact at a time: what is recorded, and what became of it."""

from datetime import date
from decimal import Decimal
from typing import Any

from titration.dosing.doses import NBSP, format_number
from titration.dosing.wording import NOT_RECORDED, format_date, format_when
from titration.models import FactKind
from titration.presenters import facts_words as words
from titration.presenters.entries import Closed, Figure, Question


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


def measure_question(asked: Any, *, kind: str, typed: Decimal) -> Question:
    """A height or weight beside the entry that it does not fit, and what either would be if it was a slip."""
    unit = words.UNITS[FactKind(kind)]
    other, reading = asked.other, asked.reading
    whose = f"If the entry of {format_date(other.on_date)} was" if reading.of_earlier else "If it was"
    return Question(
        rows=(
            Figure(label="You typed", value=_measured(typed, unit)),
            Figure(
                label="The nearest other entry", value=f"{_measured(other.number, unit)}, {format_date(other.on_date)}"
            ),
            Figure(label=f"{whose} {reading.meant}", value=f"it would be {_measured(reading.value, unit)}"),
        )
    )


def _measured(number: Decimal, unit: str) -> str:
    return f"{format_number(number)}{NBSP}{unit}"


def is_recorded(record: Any, *, kind: str, code: str, number: Decimal | None, answer: str, on_date: date) -> bool:
    """Whether exactly this fact holds already, as when a form is sent twice."""
    return any(
        (fact.kind, fact.code, fact.number, fact.answer, fact.on_date) == (kind, code, number, answer, on_date)
        for fact in record.facts
        if fact.is_current
    )
