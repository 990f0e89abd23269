"""Recording dated facts about a patient; a correction is a new row that points to the old one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from titration.models import AuditAction, FactKind, Patient, PatientFact
from titration.selectors import records
from titration.services import audit, flags


class FactRefused(Exception):
    """The fact cannot be recorded; the text says what was read and what is allowed."""


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
    by: Any,
    as_of: datetime,
    job: str = "",
) -> PatientFact:
    """Record what has been so since ``on_date``. Height is in cm, weight in kg."""
    return _write(
        patient=patient, kind=kind, code=code, number=number, answer=answer, on_date=on_date, note=note,
        replaces=None, withdrawn=False, by=by, as_of=as_of, job=job,
    )  # fmt: skip


@transaction.atomic
def correct_fact(
    *,
    fact: PatientFact,
    number: Decimal | None = None,
    answer: str = "",
    on_date: date,
    note: str,
    by: Any,
    as_of: datetime,
) -> PatientFact:
    """Replace a fact that was recorded wrongly. Raises FactRefused when someone else corrected it first."""
    _check_open(fact)
    return _write(
        patient=fact.patient, kind=fact.kind, code=fact.code, number=number, answer=answer, on_date=on_date, note=note,
        replaces=fact, withdrawn=False, by=by, as_of=as_of, job="",
    )  # fmt: skip


@transaction.atomic
def withdraw_fact(*, fact: PatientFact, note: str, by: Any, as_of: datetime) -> PatientFact:
    """Take back a fact that was never so."""
    _check_open(fact)
    return _write(
        patient=fact.patient, kind=fact.kind, code=fact.code, number=fact.number, answer=fact.answer,
        on_date=fact.on_date, note=note, replaces=fact, withdrawn=True, by=by, as_of=as_of, job="",
    )  # fmt: skip


def _check_open(fact: PatientFact) -> None:
    if PatientFact.objects.filter(replaces=fact.pk).exists():
        raise FactRefused("This fact has already been corrected. Open the newest entry and correct that one.")


def _write(*, patient: Patient, by: Any, as_of: datetime, job: str, **fields: Any) -> PatientFact:
    if fields["kind"] not in FactKind.values:
        raise FactRefused(f"“{fields['kind']}” is not a kind of fact. Choose one from the list.")
    fact = PatientFact(patient=patient, recorded_at=as_of, recorded_by=by, job=job, **fields)
    PatientFact.objects.bulk_create([fact])
    audit.write(
        action=AuditAction.UPDATE if fact.replaces_id else AuditAction.CREATE,
        by=by, job=job, patient=patient, what=fact, fields=[fact.kind],
    )  # fmt: skip
    flags.sync(records.load(patient, as_of=as_of, with_names=False), as_of=as_of)
    return fact
