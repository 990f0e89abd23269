"""One result at a time: corrections, withdrawals, contradictions, units, times, and whose result it is."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.database import as_actor
from tests.titration.services.lab_files import (
    NOW,
    NUMBERS,
    as_job,
    coded,
    held,
    outcomes,
    person,
    result,
    row_counts,
    send,
    standing,
)  # fmt: skip
from tests.world import creatinine, start
from titration.intake.records import LabKind
from titration.models import KidneyResult, Patient, ReportedEstimate
from titration.services import kidneys
from titration.services.lab_report import Outcome, PatientOutcome

CREATININE = LabKind.CREATININE


@pytest.fixture
def oak(world: Any) -> Any:
    return world.ann.memberships.get().team


def test_a_correction_replaces_the_result_and_says_so(oak: Any) -> None:
    fixed = result("r1", 1.1, status="corrected", meta={"versionId": "2"})
    assert outcomes(send(oak, person(), result("r1", 0.9), fixed)) == [Outcome.CORRECTED, Outcome.STORED]
    assert standing() == [Decimal("1.1")]
    with as_job():
        row = KidneyResult.objects.select_related("replaces").get(replaces__isnull=False)
    assert "status corrected, version 2" in row.reason
    assert row.replaces.value == Decimal("0.9")
    counts = row_counts()
    assert outcomes(send(oak, person(), result("r1", 0.9), fixed)) == [Outcome.KNOWN] * 2
    assert row_counts() == counts


@pytest.mark.parametrize("status", ["final", "appended"])
def test_another_value_without_a_correction_is_held_back(status: str, oak: Any) -> None:
    send(oak, person(), result("r1", 0.9))
    assert outcomes(send(oak, result("r1", 4.2, status=status))) == [Outcome.HELD]
    assert standing() == [Decimal("0.9")]
    (row,) = held()
    assert (row.reason_code, row.read_value, row.patient.family_name) == ("value_changed", "4.2", "Variant")


def test_an_amended_result_corrects_back_and_forth_and_is_known_when_read_again(oak: Any) -> None:
    file = [
        person(),
        result("r1", 0.9),
        result("r1", 1.1, status="amended", meta={"versionId": "2"}),
        result("r1", 0.9, status="amended", meta={"versionId": "3"}),
    ]
    assert outcomes(send(oak, *file)) == [Outcome.CORRECTED, Outcome.CORRECTED, Outcome.STORED]
    assert standing() == [Decimal("0.9")]
    counts = row_counts()
    assert outcomes(send(oak, *file)) == [Outcome.KNOWN] * 3
    assert row_counts() == counts


def test_a_withdrawn_result_does_not_count_any_more(oak: Any) -> None:
    gone = result("r1", 0.9, status="entered-in-error")
    report = send(oak, person(), result("r1", 0.9), gone)
    assert outcomes(report) == [Outcome.STORED, Outcome.WITHDRAWN]
    assert standing() == []
    counts = row_counts()
    assert outcomes(send(oak, gone)) == [Outcome.KNOWN]
    assert outcomes(send(oak, result("never", status="cancelled"))) == [Outcome.NEVER_STORED]
    assert row_counts() == counts


def test_a_withdrawal_of_another_patients_result_is_held_back(oak: Any) -> None:
    send(oak, person(), person("p2", "MRN-2"), result("r1"))
    assert outcomes(send(oak, result("r1", of="p2", status="entered-in-error"))) == [Outcome.HELD]
    assert standing() == [Decimal("0.9")]


def test_an_id_used_for_another_patient_or_another_kind_is_held_back(oak: Any) -> None:
    send(oak, person(), person("p2", "MRN-2"), result("r1"))
    send(oak, result("r1", of="p2", status="corrected"))
    send(oak, result("r1", 60, unit="mL/min", status="corrected", **coded("33914-3")))
    assert [row.reason_code for row in held()] == ["other_kind", "other_patient"]
    assert standing() == [Decimal("0.9")]


@pytest.mark.parametrize(("value", "unit", "rule"), [(88, "mg/dL", "UNIT-1"), (0.9, "umol/L", "UNIT-2")])
def test_a_value_that_looks_like_another_unit_waits_for_a_person(
    value: Any, unit: str, rule: str, oak: Any, world: Any
) -> None:
    assert outcomes(send(oak, person(), result("r1", value, unit=unit))) == [Outcome.HELD]
    assert standing() == []
    (row,) = held()
    assert (row.reason_code, row.read_unit, row.analyte) == (rule, unit, "creatinine")
    with as_actor(world.ann, row.patient):
        kidneys.resolve_quarantine(
            held=row,
            value=Decimal("0.99"),
            unit=kidneys.core.LabUnit.MG_DL,
            reason="Asked the laboratory.",
            by=world.ann,
            as_of=NOW,
        )
    counts = row_counts()
    assert outcomes(send(oak, person(), result("r1", value, unit=unit))) == [Outcome.HELD_BEFORE]
    assert row_counts() == counts


def test_what_the_sender_takes_back_or_corrects_no_longer_waits(oak: Any) -> None:
    send(oak, person(), result("r1", 88), result("r2", 99))
    assert outcomes(send(oak, result("r1", 88, status="cancelled"))) == [Outcome.WITHDRAWN]
    assert outcomes(send(oak, result("r2", 1.12, status="corrected"))) == [Outcome.STORED]
    assert [row.resolution for row in held()] == [
        "The laboratory took it back.",
        "The laboratory sent a correction, which is stored.",
    ]


def test_a_second_value_under_the_id_of_one_that_waits_is_held_back_too(oak: Any) -> None:
    assert outcomes(send(oak, person(), result("r1", 88), result("r1", 0.8))) == [Outcome.HELD] * 2


def test_a_result_comes_before_its_patient_and_is_stored_when_the_file_is_read_again(oak: Any) -> None:
    assert outcomes(send(oak, result("r1", of="late"))) == [Outcome.HELD]
    assert held()[0].reason_code == "unknown_patient"
    assert outcomes(send(oak, result("r1", of="late"), person("late", "MRN-9"))) == [Outcome.STORED]
    assert held()[0].resolved_at is not None
    assert held()[0].result.value == Decimal("0.9")


def test_a_result_that_staff_corrected_is_not_changed_by_the_laboratory(oak: Any, world: Any) -> None:
    send(oak, person(), result("r1", 0.9))
    with as_job():
        row = KidneyResult.objects.select_related("patient__organisation").get()
    with as_actor(world.ann, row.patient):
        kidneys.correct_result(
            result=row, value=Decimal("1.3"), unit=kidneys.core.LabUnit.MG_DL, comparator="", taken_at=row.taken_at,
            time_known=True, reason="Read over the phone.", confirmed=False, by=world.ann, as_of=NOW,
        )  # fmt: skip
    assert outcomes(send(oak, result("r1", 0.9))) == [Outcome.KNOWN]
    assert outcomes(send(oak, result("r1", 1.1, status="corrected"))) == [Outcome.HELD]
    assert outcomes(send(oak, result("r1", status="entered-in-error"))) == [Outcome.HELD]
    assert [row.reason_code for row in held()] == ["corrected_by_staff"] * 2
    assert standing() == [Decimal("1.3")]


def test_a_comparator_is_kept_and_two_results_at_one_instant_are_both_kept(oak: Any) -> None:
    send(oak, person(), result("r1", 0.5, quantity={"comparator": "<"}), result("r2", 0.8))
    with as_job():
        assert set(KidneyResult.objects.values_list("value", "comparator")) == {
            (Decimal("0.5"), "<"),
            (Decimal("0.8"), ""),
        }


def test_more_decimals_than_are_stored_are_refused_rather_than_rounded(oak: Any) -> None:
    report = send(oak, person(), result("r1", 0.9123456789012345), result("r2", 1.2345678901234e-6))
    assert outcomes(report) == [Outcome.HELD, Outcome.STORED]
    assert standing() == [Decimal("0.9123456789012345")]
    assert [row.reason_code for row in held()] == ["too_many_decimals"]


def test_the_date_is_the_one_where_the_patient_lives(oak: Any) -> None:
    send(
        oak,
        person(),
        result("night", effectiveDateTime="2026-05-05T02:30:00Z"),
        result("day", effectiveDateTime="2026-05-04"),
        time_zone="America/New_York",
    )
    with as_job():
        night, day = (KidneyResult.objects.get(source_key=key) for key in ("night", "day"))
    assert (night.taken_on, night.time_known) == (date(2026, 5, 4), True)
    assert (day.taken_on, day.time_known, day.taken_at) == (
        date(2026, 5, 4),
        False,
        datetime(2026, 5, 4, 16, tzinfo=UTC),
    )


def test_a_date_of_today_is_stored_in_the_morning_and_tomorrow_is_not(oak: Any) -> None:
    morning = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)  # 6 in the morning in New York
    today, tomorrow = result("today", effectiveDateTime="2026-11-22"), result("ahead", effectiveDateTime="2026-11-23")
    assert outcomes(send(oak, person(), today, tomorrow, as_of=morning)) == [Outcome.HELD, Outcome.STORED]
    with as_job():
        assert KidneyResult.objects.get().taken_at == morning
    assert outcomes(send(oak, today, as_of=morning + timedelta(days=1))) == [Outcome.KNOWN]


def test_a_result_from_before_the_birth_that_we_know_of_is_held_back(oak: Any) -> None:
    send(oak, person())
    report = send(oak, person(birthDate="1950-01-02"), result("r1", effectiveDateTime="1960-05-04T08:30:00Z"))
    assert outcomes(report) == [Outcome.HELD]
    assert held()[0].reason_code == "before_birth"
    assert list(report.kept_ours) == ["birth date"]


def test_a_known_patient_is_never_overwritten_but_a_death_is_recorded(oak: Any, world: Any) -> None:
    alder = world.alder
    with as_job():
        number = alder.identifiers.get()
    start(world, alder, by=world.ann, days_ago=60, as_of=NOW)
    creatinine(world, alder, by=world.ann, mg_dl="2.9", days_ago=59, as_of=NOW)
    with as_actor(world.ann):
        assert alder.flags.filter(status="open").exists()
    sent = person("x", number.value, gender="female", birthDate="1981-03-05")
    sent["identifier"][0]["system"] = number.system
    report = send(oak, sent)
    assert report.patients == Counter({PatientOutcome.KNOWN: 1})
    assert set(report.kept_ours) == {"birth date", "sex", "name"}
    report = send(oak, sent | {"deceasedDateTime": "2026-11-18"})
    with as_job():
        now = Patient.objects.get(pk=alder.pk)
        assert (now.family_name, now.sex, now.birth_date) == ("Alder", "M", date(1981, 3, 4))
        assert (now.is_deceased, now.deceased_on) == (True, date(2026, 11, 18))
        assert not now.flags.filter(status="open").exists()


def test_a_result_raises_the_flags_of_a_patient_on_a_plan(oak: Any, world: Any) -> None:
    alder = world.alder
    start(world, alder, by=world.ann, days_ago=30, as_of=NOW)
    with as_job():
        number = alder.identifiers.get()
    subject = {"subject": {"identifier": {"system": number.system, "value": number.value}}}
    send(oak, result("r1", 3.4, effectiveDateTime="2026-11-19T08:30:00Z", **subject))
    with as_actor(world.ann, alder):
        rules = set(alder.flags.filter(status="open").values_list("rule_id", flat=True))
        assert "KID-14" in rules


def test_patients_never_cross_organisations(oak: Any, world: Any) -> None:
    fir = world.finn.memberships.get().team
    send(fir, person())
    report = send(oak, person(), result("r1"), result("r1", status="cancelled"))
    assert report.patients == Counter({PatientOutcome.HELD: 1})
    assert [row.reason_code for row in held()] == ["other_organisation"] * 3
    assert all(row.patient is None for row in held())
    assert standing() == []


def test_an_id_that_names_two_people_holds_back_the_patient_and_the_results(oak: Any) -> None:
    send(oak, person("p1", "A"), person("p2", "B"))
    report = send(oak, person("p1", "B"), result("r1", of="p1"))
    assert report.patients == Counter({PatientOutcome.HELD: 1})
    assert [row.reason_code for row in held()] == ["doubtful_patient", "two_patients"]
    contradiction = {"reference": "Patient/p1", "identifier": {"system": NUMBERS, "value": "B"}}
    send(oak, result("r2", subject=contradiction))
    send(oak, result("r3", subject=contradiction | {"identifier": {"system": NUMBERS, "value": "C"}}))
    assert [row.reason_code for row in held()][1:] == ["two_patients"] * 3
    assert standing() == []


def test_an_id_that_the_sender_does_not_use_for_this_record_number_holds_the_result_back(oak: Any) -> None:
    number = {"identifier": {"system": NUMBERS, "value": "MRN-1"}}
    contradiction = result("r1", subject={"reference": "Patient/p9", **number})
    assert outcomes(send(oak, person(), contradiction)) == [Outcome.HELD]
    assert [row.reason_code for row in held()] == ["two_patients"]
    elsewhere = result("r2", subject={"reference": "https://elsewhere.example/fhir/Patient/p9", **number})
    assert outcomes(send(oak, elsewhere, result("r3", subject=number))) == [Outcome.STORED] * 2


def test_an_id_of_another_server_is_not_the_id_that_we_know(oak: Any) -> None:
    send(oak, person(), result("r1", subject={"reference": "https://elsewhere.example/fhir/Patient/p1"}))
    assert [row.reason_code for row in held()] == ["unknown_patient"]
    assert standing() == []


def test_cystatin_c_and_reported_estimates_have_their_own_places(oak: Any) -> None:
    report = send(
        oak, person(), result("c", 1.2, unit="mg/L", **coded("33863-2")),
        result("e", 61, unit="mL/min/{1.73_m2}", **coded("98979-8")),
        result("e", 58, unit="mL/min/{1.73_m2}", status="corrected", **coded("98979-8")),
        result("gone", 50, unit="mL/min", **coded("33914-3")),
        result("gone", 50, unit="mL/min", status="entered-in-error", **coded("33914-3")),
    )  # fmt: skip
    assert report.results[LabKind.CYSTATIN_C] == Counter({Outcome.STORED: 1})
    assert report.results[LabKind.REPORTED_EGFR] == Counter(
        {Outcome.STORED: 2, Outcome.CORRECTED: 1, Outcome.WITHDRAWN: 1}
    )
    with as_job():
        assert KidneyResult.objects.get().analyte == "cystatin_c"
        assert [row.value for row in ReportedEstimate.objects.valid()] == [Decimal(58)]
