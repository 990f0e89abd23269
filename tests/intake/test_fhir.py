"""FHIR R4 as laboratories send it: the real files whole, then each form of unit, subject, date and patient."""

import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from titration.dosing.facts import LabUnit
from titration.intake.fhir import read
from titration.intake.reasons import Reason
from titration.intake.records import (
    Ignored,
    LabKind,
    LabRecord,
    PatientRecord,
    Precision,
    Record,
    Refused,
    SubjectRef,
    Withdrawn,
)

DATA = Path(__file__).parents[1] / "data" / "labs"
AS_OF = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MR = {"type": {"coding": [{"code": "MR"}]}, "system": "http://hospital.example", "value": "MRN-1"}
SSN = {"type": {"coding": [{"code": "SS"}]}, "system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-00-0000"}
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [MR],
    "name": [{"family": "A"}],
    "birthDate": "1970-01-02",
}
RESULT: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-05-04T08:30:00+02:00",
    "valueQuantity": {"value": 0.9, "unit": "mg/dL"},
}


def records_of_file(name: str) -> list[Record]:
    with (DATA / name).open("rb") as stream:
        return list(read(stream, name, as_of=AS_OF))


def records(*resources: object) -> list[Record]:
    data = "\n".join(json.dumps(resource) for resource in resources).encode()
    return list(read(io.BytesIO(data), "x", as_of=AS_OF))


def outcome(**changes: object) -> LabRecord | Reason:
    (record,) = records({**RESULT, **changes})
    if isinstance(record, Refused):
        return record.reason_code
    assert isinstance(record, LabRecord), record
    return record


def patient(**changes: object) -> PatientRecord | Reason:
    (record,) = records({**PATIENT, **changes})
    if isinstance(record, Refused):
        return record.reason_code
    assert isinstance(record, PatientRecord), record
    return record


def test_the_whole_file_of_sixty_patients() -> None:
    found = records_of_file("renal_60_patients.ndjson")
    labs = [record for record in found if isinstance(record, LabRecord)]
    assert Counter(type(record) for record in found) == {PatientRecord: 60, LabRecord: 861, Ignored: 2}
    assert Counter(lab.kind for lab in labs) == {LabKind.CREATININE: 483, LabKind.REPORTED_EGFR: 378}
    assert Counter(lab.code.code for lab in labs) == {"38483-4": 482, "2160-0": 1, "33914-3": 378}
    assert Counter(lab.unit for lab in labs) == {"mg/dL": 483, "mL/min/{1.73_m2}": 221, "mL/min": 157}
    assert [record.source.line for record in found] == list(range(1, 924))

    patients = [record for record in found if isinstance(record, PatientRecord)]
    assert Counter(person.deceased for person in patients) == {False: 45, True: 15}
    assert {lab.subject.resource_id for lab in labs} <= {person.resource_id for person in patients}
    assert all({number.system for number in p.identifiers} == {"http://hospital.smarthealthit.org"} for p in patients)
    assert len({person.identifiers for person in patients}) == 60


def test_a_result_of_the_real_file_in_full() -> None:
    lab = records_of_file("renal_60_patients.ndjson")[1]
    assert isinstance(lab, LabRecord)
    assert lab.value == Decimal("0.8605349006190913")
    assert lab.taken_at == datetime(2011, 7, 25, 13, 9, 9, tzinfo=UTC)
    assert lab.issued == datetime(2011, 7, 25, 13, 9, 9, 684000, tzinfo=UTC)
    assert (lab.taken_date, lab.precision) == (date(2011, 7, 25), Precision.INSTANT)
    assert lab.subject == SubjectRef(resource_id="3afaeb2a-9f18-40b5-8fe7-dfd882de2f2b", identifier=None, server="")
    assert lab.code == ("http://loinc.org", "38483-4", "Creatinine")
    assert str(lab.source) == ("renal_60_patients.ndjson, line 2, Observation ee6127c8-0842-47c5-b093-ad99bffb2de8")


def test_the_us_core_example() -> None:
    (lab,) = records_of_file("observation-serum-creatinine.json")
    assert isinstance(lab, LabRecord)
    assert (lab.value, lab.unit, lab.taken_at, lab.taken_date) == (Decimal(1), LabUnit.MG_DL, None, date(2005, 7, 5))
    assert lab.reference_range == "0.2 mg/dL to 0.6 mg/dL"
    (report,) = records_of_file("diagnosticreport-metabolic-panel.json")
    assert isinstance(report, Ignored)


@pytest.mark.parametrize(
    ("code", "unit", "expected"),
    [
        ("2160-0", "mg/dL", LabUnit.MG_DL),
        ("2160-0", "mg/dl", LabUnit.MG_DL),
        ("2160-0", "MG/DL", LabUnit.MG_DL),
        ("2160-0", "umol/L", LabUnit.UMOL_L),
        ("14682-9", "µmol/L", LabUnit.UMOL_L),
        ("14682-9", "μmol/l", LabUnit.UMOL_L),
        ("14682-9", "mg/dL", LabUnit.MG_DL),
        ("2160-0", "mmol/L", Reason.WRONG_UNIT),
        ("2160-0", "mg/L", Reason.WRONG_UNIT),
        ("2160-0", "mL/min", Reason.WRONG_UNIT),
        ("2160-0", "", Reason.NO_UNIT),
        ("33863-2", "mg/L", LabUnit.MG_L),
        ("33863-2", "mg/dL", Reason.WRONG_UNIT),
        ("98979-8", "mL/min/{1.73_m2}", "mL/min/{1.73_m2}"),
        ("62238-1", "mL/min/1.73m2", "mL/min/1.73m2"),
        ("33914-3", "ml/min/1.73 m²", "ml/min/1.73 m²"),
        ("33914-3", "mL/min", "mL/min"),
        ("33914-3", "mg/dL", Reason.WRONG_UNIT),
    ],
)
def test_the_unit_decides(code: str, unit: str, expected: object) -> None:
    found = outcome(
        code={"coding": [{"system": "http://loinc.org", "code": code}]}, valueQuantity={"value": 60, "unit": unit}
    )
    assert (found if isinstance(found, Reason) else found.unit) == expected


@pytest.mark.parametrize(
    ("unit", "ucum", "expected"),
    [
        ("µmol/L", "umol/L", LabUnit.UMOL_L),
        (None, "umol/L", LabUnit.UMOL_L),
        ("mg/dL", "umol/L", Reason.UNIT_CONTRADICTION),
        ("mg/dL", "furlong", Reason.WRONG_UNIT),
    ],
)
def test_unit_and_code_of_the_unit_must_agree(unit: str | None, ucum: str, expected: object) -> None:
    found = outcome(valueQuantity={"value": 88, "unit": unit, "code": ucum})
    assert (found if isinstance(found, Reason) else found.unit) == expected


@pytest.mark.parametrize("comparator", ["<", "<=", ">=", ">"])
def test_comparators_are_kept(comparator: str) -> None:
    found = outcome(valueQuantity={"value": 60, "unit": "mg/dL", "comparator": comparator})
    assert isinstance(found, LabRecord)
    assert found.comparator == comparator


def test_a_number_keeps_every_digit_that_was_sent() -> None:
    text = json.dumps(RESULT).replace("0.9,", "1.100,")
    (lab,) = read(io.BytesIO(text.encode()), "x", as_of=AS_OF)
    assert isinstance(lab, LabRecord)
    assert str(lab.value) == "1.100"


@pytest.mark.parametrize(
    ("value", "expected"), [(1_000_000, LabRecord), (1_000_000.1, Reason.TOO_LARGE), (-0.0, Reason.ZERO)]
)
def test_the_edges_of_a_number(value: float, expected: object) -> None:
    found = outcome(valueQuantity={"value": value, "unit": "mg/dL"})
    assert found is expected or type(found) is expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1e-39", LabRecord),  # 40 digits when written out
        ("1e-40", Reason.TOO_MANY_DIGITS),
        ("1e39", Reason.TOO_LARGE),
        ("1e40", Reason.TOO_MANY_DIGITS),
        ("1e-999999999999999999", Reason.TOO_MANY_DIGITS),
        ("9" * 5_000, Reason.TOO_MANY_DIGITS),
    ],
)
def test_the_length_of_a_number(written: str, expected: object) -> None:
    text = json.dumps(RESULT).replace("0.9,", f"{written},")
    (found,) = read(io.BytesIO(text.encode()), "x", as_of=AS_OF)
    assert (found.reason_code if isinstance(found, Refused) else type(found)) is expected


def test_a_value_that_is_said_to_be_absent_is_not_used() -> None:
    assert outcome(dataAbsentReason={"text": "hemolyzed"}) is Reason.NO_VALUE


def test_components_are_not_ours() -> None:
    panel = {**RESULT, "code": {"coding": [{"system": "http://loinc.org", "code": "24321-2"}]}, "component": [RESULT]}
    assert isinstance(records(panel)[0], Ignored)
    bare = {key: value for key, value in RESULT.items() if key != "valueQuantity"}
    (refused,) = records({**bare, "component": [RESULT]})
    assert isinstance(refused, Refused)
    assert refused.reason_code is Reason.NO_VALUE


def test_a_urine_specimen_inside_the_result_is_noticed() -> None:
    specimen = {"resourceType": "Specimen", "id": "s", "type": {"coding": [{"display": "Urine specimen"}]}}
    assert outcome(contained=[specimen]) is Reason.NOT_BLOOD


@pytest.mark.parametrize("status", ["final", "amended", "corrected", "appended"])
def test_final_results_keep_their_status(status: str) -> None:
    found = outcome(status=status)
    assert isinstance(found, LabRecord)
    assert found.status == status


def test_words_for_people_never_cost_a_result() -> None:
    coding = {"system": "http://loinc.org", "code": "2160-0", "display": "x" * 300}
    found = outcome(code={"coding": [coding], "text": 5}, referenceRange="60 to 110")
    assert isinstance(found, LabRecord)
    assert found.code.display == "x" * 254 + "…"
    assert found.reference_range == ""


def test_a_withdrawn_result_comes_back_by_its_id_however_garbled() -> None:
    garbled = {"resourceType": "Observation", "id": "o1", "status": "entered-in-error", "subject": 5, "meta": []}
    (found,) = records(garbled)
    assert isinstance(found, Withdrawn)
    assert (found.resource_id, found.kind, found.subject, found.version) == ("o1", None, None, "")
    (other,) = records({**garbled, "code": {"coding": [{"system": "http://loinc.org", "code": "2951-2"}]}})
    assert isinstance(other, Ignored)


@pytest.mark.parametrize(
    ("written", "at", "on"),
    [
        ("2026-05-04T08:30:00+02:00", datetime(2026, 5, 4, 6, 30, tzinfo=UTC), date(2026, 5, 4)),
        ("2026-05-04T23:30:00-05:00", datetime(2026, 5, 5, 4, 30, tzinfo=UTC), date(2026, 5, 4)),
        ("2026-05-04", None, date(2026, 5, 4)),
    ],
)
def test_when_the_sample_was_taken(written: str, at: datetime | None, on: date) -> None:
    found = outcome(effectiveDateTime=written)
    assert isinstance(found, LabRecord)
    assert (found.taken_at, found.taken_date) == (at, on)
    assert found.taken_at is None or found.taken_at.tzinfo is UTC


def test_instants_and_the_end_of_a_period_count_too() -> None:
    bare = {key: value for key, value in RESULT.items() if key != "effectiveDateTime"}
    instant = {**bare, "effectiveInstant": "2026-05-04T08:30:00Z"}
    period = {**bare, "effectivePeriod": {"start": "2026-05-03", "end": "2026-05-04"}}
    open_period = {**bare, "effectivePeriod": {"start": "2026-05-03"}}
    first, second, third = records(instant, period, open_period)
    assert isinstance(first, LabRecord)
    assert isinstance(second, LabRecord)
    assert second.taken_date == first.taken_date == date(2026, 5, 4)
    assert isinstance(third, Refused)
    assert third.reason_code is Reason.NO_DATE


@pytest.mark.parametrize(
    ("written", "future"),
    [
        ((AS_OF + timedelta(minutes=10)).isoformat(), False),
        ((AS_OF + timedelta(minutes=10, seconds=1)).isoformat(), True),
        ("2026-11-23", False),  # it is already the 23rd in UTC+14
        ("2026-11-24", True),
    ],
)
def test_the_future_begins_ten_minutes_ahead_or_tomorrow_everywhere(written: str, future: bool) -> None:
    assert (outcome(effectiveDateTime=written) is Reason.FUTURE_DATE) is future


def test_dates_are_read_from_1900_on() -> None:
    assert isinstance(outcome(effectiveDateTime="1900-01-01"), LabRecord)
    assert outcome(effectiveDateTime="1899-12-31") is Reason.TOO_EARLY


def test_issued_needs_a_time_and_a_zone() -> None:
    assert outcome(issued="2026-05-04") is Reason.NO_ZONE
    assert outcome(issued="2026-05-04T08:30:00") is Reason.NO_ZONE


def test_the_day_of_birth_itself_is_not_before_birth_in_any_zone() -> None:
    for written, ok in (("1970-01-02", True), ("1970-01-01", False), ("1970-01-01T10:00:00Z", True)):
        _, lab = records(PATIENT, {**RESULT, "effectiveDateTime": written})
        assert isinstance(lab, LabRecord) is ok
