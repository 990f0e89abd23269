"""Recording kidney results: adding, correcting, taking back, and deciding on what a laboratory file left open."""

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from titration.dosing import facts as core
from titration.dosing.assessment import assess
from titration.dosing.rules import About, Finding
from titration.dosing.schedule import local_date, without_time
from titration.models import AuditAction, KidneyResult, LabSource, Patient, QuarantinedResult
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import audit, flag_life, flags
from titration.services.wanted_flags import DECIDE, LOG_RESULT

log = logging.getLogger(__name__)

ALREADY = "This result has already been corrected. Open the newest entry and correct that one."

FUTURE = "The sample is dated in the future. Enter the date and time it was taken."


class ResultRefused(Exception):
    """The result cannot be recorded; the text says what was read and what is allowed."""


class UnitQuestion(Exception):
    """The value is so unusual in its unit that the unit is asked for again. ``findings`` say what was noticed."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(" ".join(one.because for one in findings))
        self.findings = findings


@transaction.atomic
def add_result(
    *,
    patient: Patient,
    analyte: core.Analyte,
    value: Decimal,
    unit: core.LabUnit,
    comparator: str,
    taken_at: datetime,
    time_known: bool,
    confirmed: bool,
    by: Any,
    as_of: datetime,
    job: str = "",
) -> KidneyResult:
    """Record a result typed by staff. ``confirmed``: a person has looked again at an unusual value and its unit."""
    return _write(
        patient=patient, analyte=analyte, value=value, unit=unit, comparator=comparator, taken_at=taken_at,
        time_known=time_known, confirmed=confirmed, by=by, as_of=as_of, job=job,
    )  # fmt: skip


@transaction.atomic
def correct_result(
    *,
    result: KidneyResult,
    value: Decimal,
    unit: core.LabUnit,
    comparator: str,
    taken_at: datetime,
    time_known: bool,
    reason: str,
    confirmed: bool,
    by: Any,
    as_of: datetime,
) -> KidneyResult:
    """Replace a result that was recorded wrongly; the old row stays and is struck through."""
    _check_open(result)
    return _write(
        patient=result.patient, analyte=core.Analyte(result.analyte), value=value, unit=unit, comparator=comparator,
        taken_at=taken_at, time_known=time_known, confirmed=confirmed, by=by, as_of=as_of, job="",
        replaces=result, reason=reason,
    )  # fmt: skip


@transaction.atomic
def withdraw_result(*, result: KidneyResult, reason: str, by: Any, as_of: datetime) -> KidneyResult:
    """Take back a result that never was this patient's, or never was at all."""
    _check_open(result)
    row = _row(
        patient=result.patient, analyte=result.analyte, value=result.value, unit=result.unit,
        comparator=result.comparator, taken_at=result.taken_at, time_known=result.time_known, by=by, as_of=as_of,
        job="", confirmed=result.confirmed, replaces=result, reason=reason, entered_in_error=True,
    )  # fmt: skip
    return _save(row, by=by, as_of=as_of, job="")


@transaction.atomic
def resolve_quarantine(
    *, held: QuarantinedResult, value: Decimal, unit: core.LabUnit, reason: str, by: Any, as_of: datetime
) -> KidneyResult:
    """Store a held-back result as a person has corrected or confirmed it.

    A result that the sender already gave under the same id is replaced by it: one id is one result.
    """
    held = _lock_held(held)
    if held.patient is None or not held.is_dated or not held.analyte:
        raise ResultRefused(
            "This record has no patient, no date or no analyte, so it cannot become a result. Discard it."
        )
    # What was sent as "more than" stays that: it gives no estimate.
    taken_at, time_known = _taken(held, held.patient, as_of)
    comparator = next((sign for sign in ("<=", ">=", "<", ">") if held.read_value.startswith(sign)), "")
    row = _write(
        patient=held.patient, analyte=core.Analyte(held.analyte), value=value, unit=unit, comparator=comparator,
        taken_at=taken_at, time_known=time_known, confirmed=True, by=by, as_of=as_of, job="", reason=reason[:300],
        source=LabSource.LABORATORY, source_system=held.source_system, source_key=held.source_key,
        replaces=_stands_under_id_of(held),
    )  # fmt: skip
    QuarantinedResult.objects.filter(pk=held.pk).update(result=row, resolved_at=as_of, resolution=reason[:300])
    _look_again(held.patient, by=by, did=(DECIDE, "A laboratory record was decided on."), as_of=as_of)
    return row


@transaction.atomic
def discard_quarantine(*, held: QuarantinedResult, reason: str, by: Any, as_of: datetime) -> None:
    """Decide that a held-back record is not a result."""
    held = _lock_held(held)
    QuarantinedResult.objects.filter(pk=held.pk).update(resolved_at=as_of, resolution=reason[:300])
    audit.write(action=AuditAction.UPDATE, by=by, patient=held.patient, what=held)
    if held.patient is not None:
        _look_again(held.patient, by=by, did=(DECIDE, "A laboratory record was decided on."), as_of=as_of)


def unit_findings(
    record: PatientRecord, *, analyte: core.Analyte, value: Decimal, unit: core.LabUnit
) -> tuple[Finding, ...]:
    """What the rules say about a value in a unit before it is a result."""
    entry = core.LabEntry(analyte=analyte, value=value, unit=unit)
    return assess(record.rule_facts(lab_entry=entry), record.protocol).about(About.ENTRY)


def _lock_held(held: QuarantinedResult) -> QuarantinedResult:
    locked = QuarantinedResult.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if locked.resolved_at is not None:
        raise ResultRefused("Somebody has already decided on this record.")
    return locked


def _taken(held: QuarantinedResult, patient: Patient, as_of: datetime) -> tuple[datetime, bool]:
    """The instant of the specimen, and whether its time is known: a date without one stays a date."""
    if held.taken_at is not None:
        return held.taken_at, True
    if held.taken_on > local_date(as_of, patient.time_zone):
        raise ResultRefused(FUTURE)
    return without_time(held.taken_on, patient.time_zone, as_of), False


def _stands_under_id_of(held: QuarantinedResult) -> KidneyResult | None:
    """The newest row of the result that the sender's id already names, whoever wrote it; None when there is none."""
    if not held.source_key:
        return None
    row = (
        KidneyResult.objects.filter(
            patient=held.patient_id, analyte=held.analyte, source_system=held.source_system, source_key=held.source_key
        )
        .order_by("-recorded_at")
        .first()
    )
    while row is not None and (newer := KidneyResult.objects.filter(replaces=row.pk).first()) is not None:
        row = newer
    return row


def _check_open(result: KidneyResult) -> None:
    if KidneyResult.objects.filter(replaces=result.pk).exists():
        raise ResultRefused(ALREADY)


def _write(*, patient: Patient, confirmed: bool, by: Any, as_of: datetime, job: str, **fields: Any) -> KidneyResult:
    record = records.load(patient, as_of=as_of, with_names=False)
    try:
        questions = unit_findings(record, analyte=fields["analyte"], value=fields["value"], unit=fields["unit"])
    except Exception as error:
        log.exception("The unit of a result could not be checked.")
        raise ResultRefused(
            "The safety check is not working, so the unit was not checked. Nothing was saved. Try again."
        ) from error
    if questions and not confirmed:
        raise UnitQuestion(questions)
    row = _row(patient=patient, confirmed=bool(questions), by=by, as_of=as_of, job=job, **fields)
    return _save(row, by=by, as_of=as_of, job=job)


def _row(*, patient: Patient, by: Any, as_of: datetime, job: str, **fields: Any) -> KidneyResult:
    if fields["taken_at"] > as_of:
        raise ResultRefused(FUTURE)
    taken_on = local_date(fields["taken_at"], patient.time_zone)
    if patient.birth_date is not None and taken_on < patient.birth_date:
        raise ResultRefused(
            "The sample is dated before the patient was born. Find out whose it is and when it was taken."
        )
    return KidneyResult(
        patient=patient,
        taken_on=taken_on,
        recorded_at=as_of,
        recorded_by=by,
        job=job,
        **{"source": LabSource.TYPED, **fields},
    )


def _save(row: KidneyResult, *, by: Any, as_of: datetime, job: str) -> KidneyResult:
    KidneyResult.objects.bulk_create([row])
    audit.write(
        action=AuditAction.UPDATE if row.replaces_id else AuditAction.CREATE,
        by=by,
        job=job,
        patient=row.patient,
        what=row,
    )
    did = (LOG_RESULT, "A kidney result was recorded.") if by is not None and row.replaces_id is None else None
    _look_again(row.patient, by=by, did=did, as_of=as_of)
    return row


def _look_again(patient: Patient, *, by: Any, did: tuple[str, str] | None, as_of: datetime) -> None:
    """Raise and close flags; whoever writes holds the patient's lock. ``did``: the next action that was done, in words."""
    record = records.load(patient, as_of=as_of, with_names=False)
    if did is not None:
        asked, said = did
        flag_life.answered(record.flags, next_actions=(asked,), text=said, by=by, as_of=as_of)
    flags.sync(record, as_of=as_of)
