"""When a sample was taken where the patient lives, and whether a stored row says what a record says."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from titration.dosing.schedule import local_date, without_time
from titration.dosing.wording import format_date
from titration.intake.reasons import Reason
from titration.intake.records import LabRecord
from titration.models import Patient
from titration.services.lab_report import HeldBack


@dataclass(frozen=True, slots=True)
class When:
    """The instant of a sample and its date in the patient's zone."""

    at: datetime
    on: date
    time_known: bool


def when_of(record: LabRecord, patient: Patient, as_of: datetime) -> When:
    """When the sample was taken; HeldBack for a day that is not yet there and for one before the patient was born."""
    if record.taken_at is not None:
        when = When(record.taken_at, local_date(record.taken_at, patient.time_zone), True)
    else:
        when = When(without_time(record.taken_date, patient.time_zone, as_of), record.taken_date, False)
        if record.taken_date > local_date(as_of, patient.time_zone):
            raise HeldBack(
                Reason.FUTURE_DATE,
                f"The sample is dated {format_date(record.taken_date)}, which is not yet there where the patient lives. "
                "Ask the sender for the right date.",
            )
    if patient.birth_date is not None and when.on < patient.birth_date:
        raise HeldBack(
            Reason.BEFORE_BIRTH,
            f"The sample is dated {format_date(when.on)}, before the patient was born. "
            "Ask the sender for the right date or patient.",
        )
    return when


def says(row: Any, record: LabRecord, when: When) -> bool:
    """Whether a row holds what the record says: value, unit, comparator and time."""
    at_same_time = row.taken_at == when.at if when.time_known else row.taken_on == when.on
    return (
        at_same_time
        and getattr(row, "time_known", when.time_known) == when.time_known
        and row.value == Decimal(record.value)
        and row.unit == str(record.unit)
        and row.comparator == record.comparator
    )
