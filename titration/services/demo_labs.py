"""Laboratory files of the demo: the sixty patients once, then one small file for each result that comes later."""

import io
import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from titration.models import Patient, PatientIdentifier, Team
from titration.services.demo_people import JOB
from titration.services.demo_stories import PATIENTS, StoryError
from titration.services.lab_import import import_file
from titration.services.lab_report import FileReport

SOURCE = "Riverside Laboratory"
_CODES = {
    ("creatinine", "mg/dL"): ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
    ("creatinine", "umol/L"): ("14682-9", "Creatinine [Moles/volume] in Serum or Plasma"),
    ("cystatin_c", "mg/L"): ("33863-2", "Cystatin C [Mass/volume] in Serum or Plasma"),
}


def import_patients(teams: dict[str, Team], spare: list[Team], *, as_of: datetime) -> list[FileReport]:
    """Import the shipped file, each patient for the team that ``teams`` names by record number, the others in turn."""
    parts: dict[Team, list[bytes]] = defaultdict(list)
    team_of: dict[str, Team] = {}
    lines = [(json.loads(line), line) for line in PATIENTS.read_bytes().splitlines(keepends=True)]
    for resource, _ in lines:
        if resource["resourceType"] == "Patient":
            numbers = {one["value"] for one in resource["identifier"]} & teams.keys()
            team_of[resource["id"]] = teams[numbers.pop()] if numbers else spare[len(team_of) % len(spare)]
    for resource, line in lines:
        subject = resource["id"] if resource["resourceType"] == "Patient" else _subject(resource)
        parts[team_of[subject]].append(line)
    return [
        import_file(io.BytesIO(b"".join(part)), PATIENTS.name, team=team, source=SOURCE, as_of=as_of, job=JOB)
        for team, part in parts.items()
    ]


def _subject(resource: dict[str, Any]) -> str:
    return resource["subject"]["reference"].rpartition(":")[2]


def patient_of(number: str) -> Patient:
    """The patient of a story, by record number."""
    found = PatientIdentifier.objects.filter(value=number, is_record_number=True).select_related(
        "patient__organisation"
    )
    if len(found) != 1:
        raise StoryError(f"{len(found)} patients have the record number {number}.")
    return found[0].patient


def send_result(
    patient: Patient,
    team: Team,
    *,
    analyte: str,
    value: str,
    unit: str,
    comparator: str,
    taken_at: datetime,
    as_of: datetime,
) -> FileReport:
    """Have the laboratory send one result of a patient, and import it."""
    identifier = patient.identifiers.filter(is_record_number=True).order_by("system")[0]
    code, display = _CODES[analyte, unit]
    quantity: dict[str, Any] = {
        "value": float(Decimal(value)),
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": unit,
    }
    if comparator:
        quantity["comparator"] = comparator
    resource = {
        "resourceType": "Observation",
        "id": f"demo-{analyte.replace('_', '-')}-{identifier.value[:8]}-{taken_at:%Y%m%dT%H%M}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": display}]},
        "subject": {"identifier": {"system": identifier.system, "value": identifier.value}},
        "effectiveDateTime": taken_at.isoformat(),
        "valueQuantity": quantity,
    }
    name = f"results-{file_date(as_of):%Y-%m-%d}.json"
    return import_file(io.BytesIO(json.dumps(resource).encode()), name, team=team, source=SOURCE, as_of=as_of, job=JOB)


def file_date(as_of: datetime) -> date:
    """The date that the laboratory puts into the name of a file."""
    return as_of.date()
