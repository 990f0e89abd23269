"""Whole laboratory files: the real one, the hand-broken ones, and runs that are cut off."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from tests.database import as_actor, as_owner
from tests.intake.test_variants import REFUSED_LINES, USABLE_LINES
from tests.titration.services.lab_files import LABS, NOW, REAL, as_job, person, result, row_counts, send, send_bytes
from titration.intake.records import LabKind
from titration.models import (
    AuditEvent,
    CareRelation,
    KidneyResult,
    Patient,
    PatientIdentifier,
    QuarantinedResult,
    ReportedEstimate,
    Right,
)
from titration.services import lab_import
from titration.services.lab_report import Outcome, PatientOutcome, total
from titration.services.lab_rows import Stored

CREATININE, EGFR = LabKind.CREATININE, LabKind.REPORTED_EGFR


@pytest.fixture
def oak(world: Any) -> Any:
    return world.ann.memberships.get().team


def test_the_real_file_is_stored_whole_and_once(oak: Any) -> None:
    before = row_counts()
    first = send_bytes(oak, REAL.read_bytes(), name=REAL.name)
    assert first.patients == Counter({PatientOutcome.NEW: 60})
    assert first.results[CREATININE] == Counter({Outcome.STORED: 483})
    assert first.results[EGFR] == Counter({Outcome.STORED: 378})
    assert first.accounted == first.records == 923
    assert total(first.ignored) == 2
    assert not first.held
    assert not first.refused
    after = row_counts()
    added = {name: count - before[name] for name, count in after.items() if count != before[name]}
    assert added.pop("titration.AuditEvent") > 60
    assert added == {
        "titration.Patient": 60, "titration.PatientIdentifier": 120, "titration.CareRelation": 60,
        "titration.KidneyResult": 483, "titration.ReportedEstimate": 378,
        "titration.PatientEvent": 60, "titration.CareRelationEvent": 60,
    }  # fmt: skip

    second = send_bytes(oak, REAL.read_bytes(), name=REAL.name)
    assert second.patients == Counter({PatientOutcome.KNOWN: 60})
    assert second.results[CREATININE] == Counter({Outcome.KNOWN: 483})
    assert second.results[EGFR] == Counter({Outcome.KNOWN: 378})
    assert second.accounted == 923
    assert row_counts() == after


def test_values_are_stored_exactly_as_sent(oak: Any) -> None:
    send_bytes(oak, REAL.read_bytes())
    with as_job():
        assert KidneyResult.objects.filter(value=Decimal("3.2838675266388093")).count() == 1
        assert set(ReportedEstimate.objects.values_list("unit", flat=True)) == {"mL/min/{1.73_m2}", "mL/min"}


def test_a_new_patient_belongs_to_the_team_and_keeps_the_record_number_only(oak: Any, world: Any) -> None:
    send_bytes(oak, REAL.read_bytes(), time_zone="America/Chicago", source="Lab A")
    with as_job():
        patients = Patient.objects.filter(time_zone="America/Chicago")
        assert patients.count() == 60
        assert patients.filter(is_deceased=True).count() == 15
        numbers = PatientIdentifier.objects.filter(patient__in=patients)
        assert set(numbers.filter(is_record_number=True).values_list("system", flat=True)) == {
            "http://hospital.smarthealthit.org"
        }
        assert set(numbers.filter(is_record_number=False).values_list("system", flat=True)) == {
            "urn:baclofen-portal:source:Lab A"
        }
        relation = CareRelation.objects.filter(patient__in=patients).first()
        assert relation.team == oak
        assert set(relation.rights) == set(Right.values)
    with as_actor(world.ann):
        assert Patient.objects.filter(time_zone="America/Chicago").count() == 60
    with as_actor(world.dan):
        assert not Patient.objects.filter(time_zone="America/Chicago").exists()


@pytest.mark.parametrize("name", sorted(REFUSED_LINES))
def test_a_broken_line_loses_only_itself_and_says_why(name: str, oak: Any) -> None:
    data = (LABS / "variants" / f"{name}.ndjson").read_bytes()
    report = send_bytes(oak, data, name=f"{name}.ndjson")
    assert report.accounted == report.records == 4
    assert report.results[CREATININE] == Counter({Outcome.STORED: 2})
    assert list(report.refused) == [REFUSED_LINES[name]]
    with as_job():
        held = QuarantinedResult.objects.get()
        assert (held.reason_code, held.line, held.patient_id, held.result_id) == (REFUSED_LINES[name], 3, None, None)
        assert held.reason.endswith(".")
        assert set(KidneyResult.objects.values_list("source_key", flat=True)) == {"good-1", "good-2"}
        assert not ReportedEstimate.objects.exists()
    counts = row_counts()
    again = send_bytes(oak, data, name=f"{name}.ndjson")
    assert again.results[CREATININE] == Counter({Outcome.KNOWN: 2})
    assert row_counts() == counts


ODD = {
    "ok_cancelled_without_code": (Outcome.STORED, Outcome.WITHDRAWN, Outcome.STORED),
    "ok_comparator": (Outcome.STORED,) * 3,
    "ok_corrected": (Outcome.STORED,) * 3,
    "ok_date_only": (Outcome.STORED,) * 3,
    "ok_duplicate_id_other_value": (Outcome.STORED, Outcome.HELD, Outcome.STORED),
    "ok_entered_in_error": (Outcome.STORED, Outcome.WITHDRAWN, Outcome.STORED),
    "ok_micromoles_under_mass_code": (Outcome.STORED,) * 3,
    "ok_other_analyte": (Outcome.STORED,) * 2,
    "ok_other_patient": (Outcome.STORED, Outcome.HELD, Outcome.STORED),
}


@pytest.mark.parametrize("name", sorted(USABLE_LINES))
def test_an_odd_line_is_stored_or_held_back_with_a_reason(name: str, oak: Any) -> None:
    data = (LABS / "variants" / f"{name}.ndjson").read_bytes()
    report = send_bytes(oak, data)
    assert report.accounted == report.records == 4
    assert report.results[CREATININE] == Counter(ODD[name])
    with as_job():
        assert QuarantinedResult.objects.count() == ODD[name].count(Outcome.HELD) == total(report.held)
    counts = row_counts()
    send_bytes(oak, data)
    assert row_counts() == counts


def test_two_broken_lines_of_one_file_are_two_and_of_a_renamed_file_the_same(oak: Any) -> None:
    data = b'[]\n{"id":\n{"id":\n'
    send_bytes(oak, data, name="a.ndjson")
    with as_job():
        assert sorted(QuarantinedResult.objects.values_list("line", "reason_code")) == [
            (1, "not_an_object"), (2, "bad_json"), (3, "bad_json"),
        ]  # fmt: skip
    send_bytes(oak, data, name="b.ndjson")
    with as_job():
        assert QuarantinedResult.objects.count() == 3
    send_bytes(oak, data + b"[]", name="a.ndjson")
    with as_job():
        assert QuarantinedResult.objects.count() == 7


def test_a_database_error_loses_only_its_record(oak: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Stored._row

    def broken(self: Stored, record: Any, *args: Any, **kwargs: Any) -> Any:
        made = row(self, record, *args, **kwargs)
        if record.resource_id == "r2":
            made.analyte = "sodium"
        return made

    monkeypatch.setattr(Stored, "_row", broken)
    report = send(oak, person(), result("r1"), result("r2"), result("r3"))
    assert report.results[CREATININE] == Counter({Outcome.STORED: 2, Outcome.HELD: 1})
    with as_job():
        assert QuarantinedResult.objects.get().reason_code == "not_storable"
        assert set(KidneyResult.objects.values_list("source_key", flat=True)) == {"r1", "r3"}


def test_a_patient_that_cannot_be_stored_loses_only_itself(oak: Any) -> None:
    report = send(oak, person("p1", "A", name=[{"family": "x" * 130}]), person("p2", "B"), result(of="p2"))
    assert report.patients == Counter({PatientOutcome.NEW: 1, PatientOutcome.HELD: 1})
    assert report.results[CREATININE] == Counter({Outcome.STORED: 1})
    with as_job():
        assert QuarantinedResult.objects.get().reason_code == "too_long"


class Cut(Exception):
    """Stands for a power cut."""


def test_a_run_cut_off_between_batches_is_completed_by_the_next(oak: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_import, "BATCH", 2)

    def cut(done: int, records: int) -> None:
        raise Cut

    file = [person(), *(result(f"r{number}", 0.9 + number / 10) for number in range(5))]
    with pytest.raises(Cut):
        send(oak, *file, progress=cut)
    with as_job():
        assert set(KidneyResult.objects.values_list("source_key", flat=True)) == {"r0", "r1"}
    report = send(oak, *file)
    assert report.results[CREATININE] == Counter({Outcome.STORED: 3, Outcome.KNOWN: 2})


def test_a_run_cut_off_inside_a_batch_leaves_nothing_of_it(oak: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take = Stored.take

    def cut(self: Stored, record: Any, patient: Any) -> Outcome:
        if record.resource_id == "r1":
            raise Cut
        return take(self, record, patient)

    monkeypatch.setattr(Stored, "take", cut)
    with pytest.raises(Cut):
        send(oak, person(), result("r0"), result("r1"))
    with as_job():
        assert Patient.objects.filter(family_name="Variant").exists()
        assert not KidneyResult.objects.exists()
    with as_owner():
        assert not AuditEvent.objects.filter(fields=["kidney_results"]).exists()


def test_every_change_is_audited_as_the_job(oak: Any) -> None:
    send(oak, person(), result("r1"), result("r2", 400))
    with as_owner():
        events = AuditEvent.objects.filter(action="import")
        assert set(events.values_list("job", flat=True)) == {"import_labs"}
        assert sorted(events.values_list("object_type", flat=True)) == ["", "patient", "quarantinedresult"]
        assert not events.filter(detail__contains="400").exists()


def test_the_job_cannot_store_under_another_name(oak: Any) -> None:
    patient = Patient(organisation=oak.organisation, family_name="A", given_name="B", time_zone="UTC", recorded_at=NOW)
    with as_job("reassess"), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Patient.objects.bulk_create([patient])
