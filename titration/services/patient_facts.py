"""Recording dated facts about a patient; a correction is a new row that points to the old one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from titration.dosing.doses import format_number
from titration.dosing.measures import Measure, Reading, better_reading
from titration.dosing.wording import format_date
from titration.models import AuditAction, FactKind, Patient, PatientFact
from titration.selectors import records, rows
from titration.services import audit, flags

_MEASURES = {FactKind.HEIGHT: Measure.HEIGHT, FactKind.WEIGHT: Measure.WEIGHT}


class FactRefused(Exception):
    """The fact cannot be recorded; the text says what was read and what is allowed."""


class MeasureQuestion(Exception):
    """A height or weight would fit better beside ``other``, the entry nearest in date, if it was read as ``reading``."""

    def __init__(self, typed: str, other: Any, reading: Reading) -> None:
        super().__init__(
            f"{typed} does not fit the entry of {format_date(other.on_date)}. Look at the number and its unit again."
        )
        self.other = other
        self.reading = reading


@transaction.atomic
def add_fact(
    *,
    patient: Patient,
    kind: str,
    code: str = "",
    number: Decimal | None = None,
    answer: str = "",
    on_date: date,
    note: str = "",
    confirmed: bool = False,
    by: Any,
    as_of: datetime,
    job: str = "",
) -> PatientFact:
    """Record what has been so since ``on_date``. Height is in cm, weight in kg.

    Raises MeasureQuestion for a measure that looks like a slip, unless ``confirmed``: a person has looked again.
    """
    looked_again = _look_again(patient, kind, number, on_date, confirmed=confirmed)
    return _write(
        patient=patient, kind=kind, code=code, number=number, answer=answer, on_date=on_date, note=note,
        replaces=None, withdrawn=False, looked_again=looked_again, by=by, as_of=as_of, job=job,
    )  # fmt: skip


@transaction.atomic
def correct_fact(
    *,
    fact: PatientFact,
    number: Decimal | None = None,
    answer: str = "",
    on_date: date,
    note: str,
    confirmed: bool = False,
    by: Any,
    as_of: datetime,
) -> PatientFact:
    """Replace a fact that was recorded wrongly. Raises FactRefused when someone else corrected it first, and
    MeasureQuestion as ``add_fact`` does."""
    _check_open(fact)
    looked_again = _look_again(fact.patient, fact.kind, number, on_date, confirmed=confirmed, corrects=fact)
    return _write(
        patient=fact.patient, kind=fact.kind, code=fact.code, number=number, answer=answer, on_date=on_date, note=note,
        replaces=fact, withdrawn=False, looked_again=looked_again, by=by, as_of=as_of, job="",
    )  # fmt: skip


@transaction.atomic
def withdraw_fact(*, fact: PatientFact, note: str, by: Any, as_of: datetime) -> PatientFact:
    """Take back a fact that was never so."""
    _check_open(fact)
    return _write(
        patient=fact.patient, kind=fact.kind, code=fact.code, number=fact.number, answer=fact.answer,
        on_date=fact.on_date, note=note, replaces=fact, withdrawn=True, looked_again=False, by=by, as_of=as_of, job="",
    )  # fmt: skip


def _check_open(fact: PatientFact) -> None:
    if PatientFact.objects.filter(replaces=fact.pk).exists():
        raise FactRefused("This fact has already been corrected. Open the newest entry and correct that one.")


def _look_again(
    patient: Patient, kind: str, number: Decimal | None, on_date: date, *, confirmed: bool, corrects: Any = None
) -> bool:
    """Whether the measure looks like a slip and a person has looked again; MeasureQuestion while nobody has."""
    measure = _MEASURES.get(kind)  # type: ignore[call-overload]
    if measure is None or number is None:
        return False
    facts = rows.read_facts(patients=[patient.pk], with_names=False)[patient.pk]
    others = [one for one in facts if one.kind == kind and one.is_current and one.pk != getattr(corrects, "pk", None)]
    if not others:
        return False
    other = min(others, key=lambda one: abs((one.on_date - on_date).days))
    reading = better_reading(measure, number, other.number)
    if reading is not None and not confirmed:
        raise MeasureQuestion(f"{format_number(number)} {measure}", other, reading)
    return reading is not None


def _write(*, patient: Patient, looked_again: bool, by: Any, as_of: datetime, job: str, **fields: Any) -> PatientFact:
    if fields["kind"] not in FactKind.values:
        raise FactRefused(f"“{fields['kind']}” is not a kind of fact. Choose one from the list.")
    corrected = fields["replaces"]
    if corrected is not None:  # who said so, and how, is not what was written wrongly
        fields |= {"reported_by": corrected.reported_by, "reported_how": corrected.reported_how}
    fact = PatientFact(patient=patient, recorded_at=as_of, recorded_by=by, job=job, **fields)
    PatientFact.objects.bulk_create([fact])
    audit.write(
        action=AuditAction.UPDATE if fact.replaces_id else AuditAction.CREATE,
        by=by, job=job, patient=patient, what=fact, fields=[fact.kind], detail="looked at again" if looked_again else "",
    )  # fmt: skip
    flags.sync(records.load(patient, as_of=as_of, with_names=False), as_of=as_of)
    return fact
