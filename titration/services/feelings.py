"""Storing how a patient feels, with the signs that came with it, so that the rules see everything at once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from titration.dosing.gate_lines import Effects
from titration.models import AuditAction, FeelingReport, Patient, ReportedHow
from titration.models.feelings import SCALES
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.services import audit, reports
from titration.services.patient_facts import FactRefused

_KEY_USED = "This page was used before. Open it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Feelings:
    """What was said. ``scores``: 0 to 10 by name of the scale, without those that were not answered; ``signs``: codes of what
    happened. Nothing is known of a sign that is not named."""

    scores: Mapping[str, int]
    signs: frozenset[str]
    has_stopped: bool
    has_run_out: bool
    note: str
    reported_by: str


@transaction.atomic
def report(*, key: uuid.UUID, patient: Patient, said: Feelings, by: Any, as_of: datetime) -> FeelingReport:
    """Write the report, its signs and the flags that they raise. Sent again with the same ``key`` it writes nothing.

    Raises FactRefused without a plan, for a sign that the protocol does not list, and for a key that wrote something else.
    """
    lock_patient(patient.pk)
    known = FeelingReport.objects.filter(pk=key).first()
    if known is None:
        known = _write(key, patient, said, by=by, as_of=as_of)
    elif (known.patient_id, *_said_in(known)) != (patient.pk, *_columns(said).values()):
        raise FactRefused(_KEY_USED)
    # The rules look when the signs are written, and see what was said of stopping and of the supply as well.
    reports.record_report(
        key=key,
        patient=patient,
        report=reports.Report(
            effects=Effects.SOME if said.signs else Effects.NOT_ASKED,
            signs=dict.fromkeys(sorted(said.signs), True),
            on=known.on_date,
            reported_by=said.reported_by,
            reported_how=ReportedHow.PORTAL,
            note=said.note,
        ),
        by=by,
        as_of=as_of,
    )
    return known


def _write(key: uuid.UUID, patient: Patient, said: Feelings, *, by: Any, as_of: datetime) -> FeelingReport:
    record = records.load(patient, as_of=as_of, with_names=False)
    plan = record.plan
    if plan is None:
        raise FactRefused("Your team has not added your plan yet, so nothing can be saved. Call your clinic.")
    written = FeelingReport(
        id=key, plan=plan, plan_number=plan.number, patient_id=plan.patient_id, on_date=record.today,
        recorded_at=as_of, recorded_by=by, **_columns(said),
    )  # fmt: skip
    try:
        with transaction.atomic():
            FeelingReport.objects.bulk_create([written])
    except IntegrityError as error:  # the key of a row that this person does not see
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "titration_feelingreport_pkey":
            raise
        raise FactRefused(_KEY_USED) from None
    audit.write(action=AuditAction.CREATE, by=by, patient=patient, what=written, fields=sorted(said.scores))
    return written


def _columns(said: Feelings) -> dict[str, Any]:
    return {
        **{scale: said.scores.get(scale) for scale in SCALES},
        "has_stopped": said.has_stopped,
        "has_run_out": said.has_run_out,
        "reported_by": str(said.reported_by),
    }


def _said_in(known: FeelingReport) -> tuple[Any, ...]:
    return (*(getattr(known, scale) for scale in SCALES), known.has_stopped, known.has_run_out, known.reported_by)
