"""Recording what was asked about side effects and symptoms, all of it at once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from titration.models import AuditAction, FactKind, Patient, PatientFact
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.selectors.reports import key_of_sign
from titration.services import audit, flags
from titration.services.patient_facts import FactRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was said on ``on``. ``signs`` holds those that were asked about, by code: present or not.

    ``effects`` answers whether there were side effects since the last step: none, some or not_asked.
    """

    effects: str
    signs: Mapping[str, bool]
    on: date
    reported_by: str
    reported_how: str
    note: str


@transaction.atomic
def record_report(*, key: uuid.UUID, patient: Patient, report: Report, by: Any, as_of: datetime) -> PatientFact:
    """Write the answer and every sign that was asked about. Sent again with the same ``key`` it writes nothing.

    Raises FactRefused for a sign that the protocol does not list, for a day that lies ahead, and for a key that another
    entry has.
    """
    lock_patient(patient.pk)
    known = PatientFact.objects.filter(pk=key).first()
    if known is not None:
        if not _repeats(known, key, patient, report):
            raise FactRefused("This page was used for another entry. Open the form again.")
        return known
    record = records.load(patient, as_of=as_of, with_names=False)
    if unlisted := sorted(set(report.signs) - set(record.protocol.signs)):
        raise FactRefused(f"“{unlisted[0]}” is not a sign of this protocol. Choose from the list.")
    if report.on > record.today:
        raise FactRefused("The day of the report lies ahead. Enter today or an earlier day.")
    common = {
        "patient": patient, "on_date": report.on, "reported_by": report.reported_by, "reported_how": report.reported_how,
        "recorded_at": as_of, "recorded_by": by,
    }  # fmt: skip
    answer = PatientFact(id=key, kind=FactKind.SIDE_EFFECTS, answer=report.effects, note=report.note, **common)
    PatientFact.objects.bulk_create(
        [
            answer,
            *(
                PatientFact(
                    id=key_of_sign(key, code),
                    kind=FactKind.SIGN,
                    code=code,
                    answer="yes" if present else "no",
                    **common,
                )
                for code, present in report.signs.items()
            ),
        ]
    )
    kinds = [FactKind.SIDE_EFFECTS.value, *([FactKind.SIGN.value] if report.signs else [])]
    audit.write(action=AuditAction.CREATE, by=by, patient=patient, what=answer, fields=kinds)
    flags.sync(records.load(patient, as_of=as_of, with_names=False), as_of=as_of)
    return answer


def _repeats(known: PatientFact, key: uuid.UUID, patient: Patient, report: Report) -> bool:
    """Whether a form says what it said when it wrote these rows."""
    written = (
        known.patient_id,
        known.kind,
        known.answer,
        known.note,
        known.on_date,
        known.reported_by,
        known.reported_how,
    )
    said = (
        patient.pk,
        FactKind.SIDE_EFFECTS,
        report.effects,
        report.note,
        report.on,
        report.reported_by,
        report.reported_how,
    )
    if written != said:
        return False
    with_it = PatientFact.objects.filter(
        patient=patient.pk,
        kind=FactKind.SIGN,
        recorded_at=known.recorded_at,
        recorded_by=known.recorded_by_id,
        replaces=None,
    )
    signs = {one.code: one.answer == "yes" for one in with_it if one.pk == key_of_sign(key, one.code)}
    return signs == dict(report.signs)
