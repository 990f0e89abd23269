"""One kidney result at a time: what was typed or held back, what is recorded, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from titration.dosing.facts import Analyte, LabUnit
from titration.dosing.wording import NOT_RECORDED, format_date, format_when
from titration.presenters import kidney_words as words
from titration.presenters.entries import Closed, Figure, Question
from titration.presenters.kidney_rows import struck_words
from titration.presenters.review import finding_views


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was read in a held-back record; ``decided`` is empty while nobody has decided."""

    rows: tuple[Figure, ...]
    why: str
    decided: str


def unit_question(
    findings: Sequence[Any], *, analyte: Analyte, value: Decimal, unit: LabUnit, patient: Any
) -> Question:
    """A value in the unit that was typed, in the other one, and as it would be if the unit was the other one."""
    rows = [Figure(label="You typed", value=words.value_words(value, unit, exact=True))]
    if analyte is Analyte.CREATININE:
        swapped = LabUnit.UMOL_L if unit is LabUnit.MG_DL else LabUnit.MG_DL
        rows.append(Figure(label=f"In {words.UNIT_WORDS[swapped]}, that is", value=words.other_unit_words(value, unit)))
        meant, is_then = words.value_words(value, swapped, exact=True), words.other_unit_words(value, swapped)
        rows.append(Figure(label=f"If the report says {meant}", value=f"it would be {is_then}"))
    views = finding_views(findings, patient=patient, asks=False)
    return Question(rows=tuple(rows), findings=tuple(replace(one, links=()) for one in views))


def is_recorded(
    record: Any,
    *,
    analyte: Analyte,
    value: Decimal,
    unit: LabUnit,
    comparator: str,
    taken_at: datetime,
    time_known: bool,
) -> bool:
    """Whether exactly this result stands in the record already, as when a form is sent twice."""
    day = words.local(taken_at, record.patient.time_zone).date()
    return any(
        (row.analyte, row.value, row.unit, row.comparator) == (analyte, value, unit, comparator)
        and row.time_known == time_known
        and (row.taken_at == taken_at if time_known else row.taken_on == day)
        for row in record.results
        if row.is_valid
    )


def last_words(record: Any) -> str:
    """The newest result that counts, so that a slip of the unit is seen beside it; empty when there is none."""
    newest = next((row for row in record.results if row.is_valid), None)
    if newest is None:
        return ""
    name = words.IN_SENTENCE[Analyte(newest.analyte)]
    both = " or ".join(
        part
        for part in (
            words.value_words(newest.value, newest.unit, newest.comparator),
            words.other_unit_words(newest.value, newest.unit, newest.comparator),
        )
        if part
    )
    return f"The newest result is a {name} of {both}, {format_date(newest.taken_on)}."


def one_result(row: Any, record: Any) -> tuple[Figure, ...]:
    """A result as it is recorded, with every decimal that was sent."""
    zone = record.patient.time_zone
    other = words.other_unit_words(row.value, row.unit, row.comparator)
    return (
        Figure(
            label=words.ANALYTE_WORDS[Analyte(row.analyte)],
            value=words.value_words(row.value, row.unit, row.comparator, exact=True) + (f" ({other})" if other else ""),
        ),
        Figure(label="Sample taken", value=words.taken_words(row, zone)),
        Figure(label="Source", value=words.source_words(row, zone)),
    )


def as_typed(row: Any, patient: Any) -> dict[str, Any]:
    """A result as the first values of the form that corrects it."""
    local = words.local(row.taken_at, patient.time_zone)
    return {
        "value": row.value.normalize(),
        "unit": row.unit,
        "comparator": row.comparator,
        "taken_on": row.taken_on,
        "taken_time": local.time() if row.time_known else None,
    }


def already_corrected(row: Any, record: Any, *, rights: frozenset[str]) -> Closed:
    """What became of an entry, and the entry that stands at the end of its chain."""
    by_replaced = {one.replaces_id: one for one in record.results if one.replaces_id}
    after = by_replaced.get(row.pk)
    newest = row
    while newest.pk in by_replaced:
        newest = by_replaced[newest.pk]
    can = newest.is_valid and "log" in rights
    return Closed(
        rows=one_result(row, record),
        what=struck_words(after or row, record.patient.time_zone),
        newest_url=reverse("kidney:correct", args=[record.patient.pk, newest.pk]) if can else "",
    )


def held_view(row: Any, record: Any) -> Held:
    """What was read in a held-back record, where, and what was decided."""
    zone = record.patient.time_zone
    rows = (
        Figure(label="Measured", value=words.ANALYTE_WORDS[Analyte(row.analyte)] if row.analyte else NOT_RECORDED),
        Figure(label="Value as it was read", value=row.read_value or NOT_RECORDED),
        Figure(label="Unit as it was read", value=row.read_unit or NOT_RECORDED),
        Figure(label="Sample taken", value=words.held_taken_words(row, zone) or NOT_RECORDED),
        Figure(label="Where", value=f"{row.file_name}, line {row.line}, read {format_when(row.recorded_at, zone)}"),
    )
    decided = ""
    if row.resolved_at is not None:
        outcome = "Stored as a result" if row.result_id else "Discarded"
        decided = f"{outcome}, {format_when(row.resolved_at, zone)}: {row.resolution or NOT_RECORDED}"
    return Held(rows=rows, why=row.reason, decided=decided)
