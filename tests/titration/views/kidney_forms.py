"""How the tests of kidney results and patient facts fill in forms."""

import re
from datetime import date, timedelta
from typing import Any

from tests import world as w
from tests.database import as_owner
from tests.titration.views.ordering import TODAY, parts, text_of, url
from titration.models import KidneyResult, PatientFact, QuarantinedResult

# What gives an estimate away, in a page that must not show one.
ESTIMATE = re.compile(r"mL/min|Stage <strong>|G[1-5][ab]?\b")


def result(*, on: date | None = TODAY, **fields: str) -> dict[str, str]:
    """A creatinine of 1.2 mg/dL of today, as it is typed, with what a test changes."""
    whole = {"analyte": "creatinine", "comparator": "", "value": "1.2", "unit": "mg/dL", "taken_time": "08:30"}
    return {**whole, **parts("taken_on", on), **fields}


def fact(*, on: date | None = TODAY, **fields: str) -> dict[str, str]:
    return {"note": "", **parts("on_date", on), **fields}


def add(client: Any, patient: Any, **fields: Any) -> Any:
    return client.post(url("kidney:add", patient), result(**fields))


def add_fact(client: Any, patient: Any, kind: str, **fields: Any) -> Any:
    return client.post(url("patients:fact_add", patient, kind=kind), fact(**fields))


def results_of(patient: Any) -> list[KidneyResult]:
    with as_owner():
        return list(KidneyResult.objects.filter(patient=patient).order_by("recorded_at", "entered_in_error"))


def facts_of(patient: Any) -> list[PatientFact]:
    with as_owner():
        return list(PatientFact.objects.filter(patient=patient).order_by("recorded_at", "withdrawn"))


def hold_back(patient: Any, **fields: Any) -> QuarantinedResult:
    """A laboratory record that was held back because of its value."""
    values: dict[str, Any] = {
        "source_system": "urn:lab", "source_key": "one", "fingerprint": f"{len(results_of(patient))}-{fields}"[:64],
        "file_name": "labs.ndjson", "line": 7, "reason_code": "unit_1", "reason": "105 mg/dL is read as a unit error.",
        "read_value": "105", "read_unit": "mg/dL", "analyte": "creatinine",
        "taken_at": w.NOW - timedelta(days=1), "recorded_at": w.NOW, "job": "import_labs", **fields,
    }  # fmt: skip
    with as_owner():
        return QuarantinedResult.objects.create(patient=patient, **values)


def the_list(client: Any, patient: Any) -> str:
    """The page of kidney results."""
    return text_of(client.get(url("kidney:list", patient)))
