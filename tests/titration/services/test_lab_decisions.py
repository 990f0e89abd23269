"""What a person stores of what was held back stands instead of what the sender gave under the same id."""

from decimal import Decimal
from typing import Any

import pytest

from tests.database import as_actor
from tests.titration.services.lab_files import NOW, as_job, held, outcomes, result, row_counts, send, standing
from titration.dosing.facts import LabUnit
from titration.models import KidneyResult, QuarantinedResult
from titration.services import kidneys
from titration.services.lab_report import Outcome


@pytest.fixture
def oak(world: Any) -> Any:
    return world.ann.memberships.get().team


def decide(world: Any, row: QuarantinedResult, value: str) -> KidneyResult:
    """Ann stores what was held back with this value."""
    with as_actor(world.ann, world.alder):
        return kidneys.resolve_quarantine(
            held=row, value=Decimal(value), unit=LabUnit.MG_DL, reason="Asked the laboratory.", by=world.ann, as_of=NOW
        )


def test_a_changed_value_that_a_person_stores_replaces_the_first(oak: Any, world: Any) -> None:
    with as_job():
        number = world.alder.identifiers.get()
    whose = {"subject": {"identifier": {"system": number.system, "value": number.value}}}
    send(oak, result("r1", 0.9, **whose), result("r1", 1.3, **whose), result("r2", 0.8, **whose))
    (row,) = held()
    assert row.reason_code == "value_changed"
    stored = decide(world, row, "1.3")
    assert (stored.replaces.value, stored.reason) == (Decimal("0.9"), "Asked the laboratory.")
    assert standing() == [Decimal("0.8"), Decimal("1.3")]
    counts = row_counts()
    again = send(oak, result("r1", 0.9, **whose), result("r1", 1.3, **whose))
    assert outcomes(again) == [Outcome.KNOWN, Outcome.HELD_BEFORE]
    assert row_counts() == counts
    fixed = result("r1", 1.2, status="corrected", **whose)
    assert outcomes(send(oak, fixed)) == [Outcome.CORRECTED]
    assert standing() == [Decimal("0.8"), Decimal("1.2")]


def test_a_change_stored_after_staff_have_corrected_replaces_their_correction(oak: Any, world: Any) -> None:
    with as_job():
        number = world.alder.identifiers.get()
    whose = {"subject": {"identifier": {"system": number.system, "value": number.value}}}
    send(oak, result("r1", 0.9, **whose))
    with as_actor(world.ann, world.alder):
        kidneys.correct_result(
            result=KidneyResult.objects.select_related("patient__organisation").get(), value=Decimal(1),
            unit=LabUnit.MG_DL, comparator="", taken_at=NOW, time_known=True, reason="Read wrongly.", confirmed=False,
            by=world.ann, as_of=NOW,
        )  # fmt: skip
    send(oak, result("r1", 1.3, status="corrected", **whose))
    (row,) = held()
    assert row.reason_code == "corrected_by_staff"
    assert decide(world, row, "1.3").replaces.value == 1
    assert standing() == [Decimal("1.3")]
