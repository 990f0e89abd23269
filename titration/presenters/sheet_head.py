"""What stands on every page of paper that a patient takes home: who, whom to call, which version, printed when."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from titration.dosing.wording import NOT_RECORDED, patient_date, patient_time
from titration.models import StepState
from titration.presenters.banner import full_name
from titration.presenters.emergency import EmergencyNumbers, emergency_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHead:
    """``version`` counts what was ever signed for the patient: a sheet with a lower number is an older one."""

    name: str
    born: str
    identifier: str
    clinic: str
    phone: str
    hours: str
    out_of_hours_phone: str
    numbers: EmergencyNumbers
    version: int
    printed: str


def sheet_head(record: Any) -> SheetHead:
    """The head for a record; dates and times are the patient's own."""
    patient, clinic = record.patient, record.patient.organisation
    local = record.as_of.astimezone(ZoneInfo(patient.time_zone))
    return SheetHead(
        name=full_name(patient),
        born=NOT_RECORDED if patient.birth_date is None else held(patient_date(patient.birth_date)),
        identifier=patient.record_number or NOT_RECORDED,
        clinic=clinic.name,
        phone=clinic.phone,
        hours=clinic.hours,
        out_of_hours_phone=clinic.out_of_hours_phone,
        numbers=emergency_numbers(clinic.jurisdiction),
        version=sum(step.state == StepState.SIGNED for step in record.written),
        printed=f"{held(patient_date(local.date()))}, {patient_time(local.time())}",
    )


def held(words: str) -> str:
    """A date that stays on one line."""
    return words.replace(" ", "\u00a0")
