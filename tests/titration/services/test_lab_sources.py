"""The same result under the names of two sources, and from staff, counts once."""

from decimal import Decimal
from typing import Any

import pytest

from tests.titration.services.lab_files import NOW, as_job, coded, outcomes, person, result, row_counts, send, standing
from tests.world import creatinine
from titration.intake.records import LabKind
from titration.models import PatientIdentifier
from titration.services.lab_report import Outcome


@pytest.fixture
def oak(world: Any) -> Any:
    return world.ann.memberships.get().team


def test_the_same_id_of_another_source_is_another_result(oak: Any) -> None:
    send(oak, person(), result("r1", 0.9), source="Lab A")
    assert outcomes(send(oak, person(), result("r1", 1.4), source="Lab B")) == [Outcome.STORED]
    with as_job():
        assert PatientIdentifier.objects.filter(is_record_number=False, value="p1").count() == 2


def test_the_same_file_under_another_name_of_its_sender_stores_nothing_twice(oak: Any) -> None:
    egfr = {"unit": "mL/min/{1.73_m2}"}
    whole = (
        person(), result("r1", 0.9), result("c", 1.2, unit="mg/L", **coded("33863-2")),
        result("day", 0.8, effectiveDateTime="2026-05-03"), result("e", 61, **egfr, **coded("98979-8")),
    )  # fmt: skip
    send(oak, *whole, source="Riverside Laboratory")
    counts = {name: many for name, many in row_counts().items() if "Result" in name or "Estimate" in name}
    report = send(oak, *whole)
    assert outcomes(report) == [Outcome.KNOWN] * 2
    assert report.results[LabKind.CYSTATIN_C] == report.results[LabKind.REPORTED_EGFR] == {Outcome.KNOWN: 1}
    now = row_counts()
    assert {name: now[name] for name in counts} == counts
    other = send(oak, result("e2", 61, **egfr, **coded("33914-3")))  # the same number by another equation
    assert other.results[LabKind.REPORTED_EGFR] == {Outcome.STORED: 1}


@pytest.mark.parametrize(
    "other",
    [
        {"value": 1.0}, {"value": 0.9, "effectiveDateTime": "2026-05-04T08:31:00Z"},
        {"value": 0.9, "effectiveDateTime": "2026-05-04"}, {"value": 79.6, "unit": "umol/L"},
        {"value": 0.9, "quantity": {"comparator": "<"}}, {"value": 0.9, "of": "p2"},
    ],
)  # fmt: skip
def test_another_result_of_another_source_is_stored(other: dict[str, Any], oak: Any) -> None:
    send(oak, person(), person("p2", "MRN-2"), result("r1", 0.9), source="Lab A")
    report = send(oak, person(), person("p2", "MRN-2"), result("r1", **other), source="Lab B")
    assert outcomes(report) == [Outcome.STORED]


def test_a_result_that_was_taken_back_elsewhere_is_not_known(oak: Any) -> None:
    send(oak, person(), result("r1"), result("r1", status="cancelled"), source="Lab A")
    assert outcomes(send(oak, person(), result("r9"), source="Lab B")) == [Outcome.STORED]
    assert standing() == [Decimal("0.9")]


def test_two_ids_of_one_source_are_two_results_and_one_can_be_taken_back(oak: Any) -> None:
    send(oak, person(), result("r1"))
    assert outcomes(send(oak, result("r2"), result("r1", status="cancelled"))) == [Outcome.STORED, Outcome.WITHDRAWN]
    assert standing() == [Decimal("0.9")]


def test_a_result_that_staff_typed_is_known_when_the_laboratory_sends_it(oak: Any, world: Any) -> None:
    with as_job():
        number = world.alder.identifiers.get()
    row = creatinine(world, world.alder, by=world.ann, mg_dl="0.9", days_ago=3, as_of=NOW)
    subject = {"subject": {"identifier": {"system": number.system, "value": number.value}}}
    sent = result("r1", 0.9, effectiveDateTime=row.taken_at.isoformat(), **subject)
    assert outcomes(send(oak, sent)) == [Outcome.KNOWN]
    assert standing() == [Decimal("0.9")]
