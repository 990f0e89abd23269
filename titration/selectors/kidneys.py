"""Kidney checks that are due, and laboratory records that wait for a person."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery

from titration.dosing.doses import Mg
from titration.models import Flag, KidneyResult, Patient, PatientIdentifier, QuarantinedResult
from titration.selectors.patients import as_dose, daily_mg
from titration.selectors.rights import relations_to, rights_of

# The rules whose flags ask for a kidney check, in the order of the reference.
CHECK_RULES = ("KID-25", "KID-26", "KID-27", "KID-28", "KID-29", "KID-30", "KID-31", "KID-32")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One patient whose kidney check is due, with the newest result."""

    patient: Patient
    record_number: str
    flag: Flag
    rights: frozenset[str]
    owner_name: str | None
    last_value: Decimal | None
    last_unit: str
    last_on: date | None
    daily_mg: Mg | None


def due(person: Any, *, as_of: datetime) -> tuple[DueRow, ...]:
    """Open flags of kidney checks, the most pressing and oldest first; one row a patient."""
    newest = (
        KidneyResult.objects.valid().filter(patient=OuterRef("patient"), analyte="creatinine").order_by("-taken_at")
    )
    flags = (
        Flag.objects.open()
        .visible_to(person)
        .filter(rule_id__in=CHECK_RULES, patient__is_deceased=False)
        .select_related("patient")
        .annotate(
            owner_name=F("owner__name"),
            number=Subquery(
                PatientIdentifier.objects.filter(patient=OuterRef("patient"), is_record_number=True)
                .order_by("system")
                .values("value")[:1]
            ),
            last_value=Subquery(newest.values("value")[:1]),
            last_unit=Subquery(newest.values("unit")[:1]),
            last_on=Subquery(newest.values("taken_on")[:1]),
            mg=daily_mg("patient", as_of),
            relations=relations_to("patient", person),
        )
        .order_by("urgency", "opened_at", "pk")
    )
    seen: set[Any] = set()
    found = []
    for flag in flags:
        if flag.patient_id in seen:
            continue
        seen.add(flag.patient_id)
        found.append(
            DueRow(
                patient=flag.patient,
                record_number=flag.number or "",
                flag=flag,
                rights=rights_of(flag.relations, person),
                owner_name=flag.owner_name,
                last_value=flag.last_value,
                last_unit=flag.last_unit or "",
                last_on=flag.last_on,
                daily_mg=as_dose(flag.mg),
            )
        )
    return tuple(found)


def quarantined(patient: Patient) -> tuple[QuarantinedResult, ...]:
    """Laboratory records of the patient that nobody has decided on yet, oldest first."""
    return tuple(patient.quarantined_results.waiting().order_by("recorded_at"))
