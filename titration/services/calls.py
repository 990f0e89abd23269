"""A patient asks to be called: the request, and the flag that brings it to the clinic."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from titration.dosing.schedule import local_date
from titration.models import CallRequest, Patient
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.services.intake import IntakeRefused, of_plan, stored

_SAID = ("reported_by", "about", "best_time", "phone", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was said: coded answers, the number to call (empty: the one on record), and a note."""

    about: str
    best_time: str
    phone: str
    note: str
    reported_by: str


@transaction.atomic
def ask(*, key: uuid.UUID, patient: Patient, asked: Asked, by: Any, as_of: datetime) -> CallRequest:
    """Write the request and raise its flag. Sent again with the same ``key`` it writes nothing.

    A call is promised by the end of the next day on which the clinic is open, tomorrow or later: nobody knows how much of
    today is left there. Raises IntakeRefused without a plan, and KeyUsed when the key wrote something else.
    """
    lock_patient(patient.pk)
    plan = records.load(patient, as_of=as_of, with_names=False).plan
    if plan is None:
        raise IntakeRefused("Your team has not added your plan yet, so nothing can be saved. Call your clinic.")
    plan.patient = patient
    tomorrow = local_date(as_of, patient.time_zone) + timedelta(days=1)
    written = CallRequest(
        id=key, about=asked.about, best_time=asked.best_time, phone=asked.phone, note=asked.note,
        reported_by=asked.reported_by, expected_on=patient.organisation.closed_days.next_open(tomorrow),
        **of_plan(plan, by=by, as_of=as_of),
    )  # fmt: skip
    return stored(CallRequest, written, plan, said=_SAID, by=by, as_of=as_of)  # type: ignore[no-any-return]
