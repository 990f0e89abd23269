"""What recording one dose costs: statements of the request, its reassessment and its audit included."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.titration.views.ordering import signed_in, url
from tests.titration.views.test_doses import dose_url, ticked

# Decision of the project: the beginning and end of a transaction, and its savepoints, are not counted.
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@pytest.fixture
def alder(titrated: Any) -> Any:
    return titrated.alder


@pytest.fixture
def ann(frozen: Any) -> Any:
    return signed_in(frozen.ann)


@pytest.fixture
def up_to_date(ann: Any, titrated: Any, alder: Any) -> None:
    """Everything until yesterday evening is recorded; this morning's dose is due, and nothing is missing yet."""
    ticked(titrated, alder, days_ago=2)
    answer = ann.post(url("doses:call", alder), {
        "key": str(uuid.uuid4()), "state": "taken", "said_by": "patient", "until_time": "23:00", "until_on_day": "21",
        "until_on_month": "11", "until_on_year": "2026",
    })  # fmt: skip
    assert answer.status_code == 302


def statements(client: Any, patient: Any, day: str, state: str) -> list[str]:
    typed = {"key": str(uuid.uuid4()), "state": state, "said_by": "patient", "reason_code": "forgot"}
    with CaptureQueriesContext(connection) as asked:
        assert client.post(dose_url(patient, day), typed).status_code == 302
    return [one["sql"] for one in asked if not one["sql"].startswith(NOT_COUNTED)]


@pytest.mark.usefixtures("up_to_date")
@pytest.mark.parametrize("state", ["taken", "held"])
def test_recording_a_dose_with_its_reassessment_takes_at_most_twelve_statements(
    ann: Any, alder: Any, state: str
) -> None:
    asked = statements(ann, alder, "2026-11-22", state)
    assert len(asked) <= 12, asked
    assert any('INSERT INTO "titration_doseevent"' in one for one in asked)
