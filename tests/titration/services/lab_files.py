"""Laboratory files for tests: records built one at a time, imported as the job that imports them."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from titration.intake.records import LabKind
from titration.models import KidneyResult, QuarantinedResult, Team
from titration.models.database_roles import WEB, WORKER
from titration.services.lab_import import import_file
from titration.services.lab_report import FileReport

LABS = Path(__file__).parents[2] / "data" / "labs"
REAL = LABS / "renal_60_patients.ndjson"
NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)  # in the past: the database lets relations begin by its own clock
NUMBERS = "http://hospital.example"
TAKEN = "2026-05-04T08:30:00Z"


@contextmanager
def as_job(job: str = "import_labs") -> Iterator[None]:
    """Do the block under the role and the policy of a job; then be the web role again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WORKER}")
        cursor.execute("SELECT set_config('app.job', %s, false)", [job])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.job', '', false)")
            cursor.execute(f"SET ROLE {WEB}")


def person(key: str = "p1", number: str = "MRN-1", **fields: Any) -> dict[str, Any]:
    """A Patient resource with a record number."""
    return {
        "resourceType": "Patient",
        "id": key,
        "identifier": [{"type": {"coding": [{"code": "MR"}]}, "system": NUMBERS, "value": number}],
        "name": [{"use": "official", "family": "Variant", "given": ["Vera"]}],
        "gender": "female",
        "birthDate": "1970-01-02",
        **fields,
    }


def result(key: str = "r1", value: Any = 0.9, *, of: str = "p1", unit: str = "mg/dL", **fields: Any) -> dict[str, Any]:
    """A creatinine of a patient; ``fields`` replace or add members of the resource."""
    quantity = {"value": value, "unit": unit} | fields.pop("quantity", {})
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": TAKEN,
        "valueQuantity": quantity,
        **fields,
    }


def coded(code: str) -> dict[str, Any]:
    return {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}}


def send(
    team: Team, *resources: dict[str, Any], as_of: datetime = NOW, name: str = "labs.ndjson", **options: Any
) -> FileReport:
    """Import a file of these resources, one a line."""
    data = "\n".join(json.dumps(one) for one in resources).encode()
    return send_bytes(team, data, as_of=as_of, name=name, **options)


def send_bytes(
    team: Team, data: bytes, *, as_of: datetime = NOW, name: str = "labs.ndjson", **options: Any
) -> FileReport:
    with as_job():
        return import_file(io.BytesIO(data), name, team=team, as_of=as_of, **options)


def row_counts() -> dict[str, int]:
    """How many rows every table of the product has, read past row-level security's other policies."""
    from tests.database import as_owner

    with as_owner():
        return {
            model._meta.label: model._default_manager.count() for model in apps.get_app_config("titration").get_models()
        }


def outcomes(report: FileReport) -> list[str]:
    return sorted(report.results[LabKind.CREATININE].elements())


def standing() -> list[Decimal]:
    """The values that count now."""
    with as_job():
        return sorted(KidneyResult.objects.valid().values_list("value", flat=True))


def held() -> list[QuarantinedResult]:
    """What was held back, sorted by why."""
    with as_job():
        return list(
            QuarantinedResult.objects.select_related("patient__organisation", "result").order_by(
                "reason_code", "source_key"
            )
        )
