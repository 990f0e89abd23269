"""Hand-broken laboratory files: each odd line loses only itself, with the reason that fits."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from titration.dosing.facts import LabUnit
from titration.intake.fhir import read
from titration.intake.reasons import Reason
from titration.intake.records import Ignored, LabRecord, PatientRecord, Precision, Record, Refused, Withdrawn

DATA = Path(__file__).parents[1] / "data" / "labs"
AS_OF = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

REFUSED_LINES = {
    "array": Reason.NOT_AN_OBJECT,
    "bad_json": Reason.BAD_JSON,
    "before_birth": Reason.BEFORE_BIRTH,
    "boolean_value": Reason.NOT_A_NUMBER,
    "coded_value": Reason.NO_VALUE,
    "contained_patient_without_number": Reason.SUBJECT_UNCLEAR,
    "data_absent_reason": Reason.NO_VALUE,
    "deep_nesting": Reason.TOO_DEEP,
    "duplicate_key": Reason.DUPLICATE_KEY,
    "escaped_nul": Reason.BAD_TEXT,
    "exponent_bomb": Reason.TOO_MANY_DIGITS,
    "future_date": Reason.FUTURE_DATE,
    "group_subject": Reason.SUBJECT_NOT_A_PATIENT,
    "huge": Reason.TOO_LARGE,
    "infinity": Reason.NOT_FINITE,
    "latin1": Reason.NOT_UTF8,
    "list_value": Reason.NOT_A_NUMBER,
    "lone_surrogate": Reason.BAD_TEXT,
    "many_digits": Reason.TOO_MANY_DIGITS,
    "millimoles": Reason.WRONG_UNIT,
    "missing_subject": Reason.NO_SUBJECT,
    "missing_unit": Reason.NO_UNIT,
    "missing_value": Reason.NO_VALUE,
    "modifier_extension": Reason.MODIFIER,
    "month_only": Reason.PARTIAL_DATE,
    "nan": Reason.NOT_FINITE,
    "negative": Reason.NEGATIVE,
    "nineteenth_century": Reason.TOO_EARLY,
    "no_date": Reason.NO_DATE,
    "no_id": Reason.NO_ID,
    "no_resource_type": Reason.NO_RESOURCE_TYPE,
    "nul_byte": Reason.NUL_BYTE,
    "null_value": Reason.NO_VALUE,
    "number": Reason.NOT_AN_OBJECT,
    "patient_partial_birth_date": Reason.PARTIAL_DATE,
    "patient_without_birth_date": Reason.NO_BIRTH_DATE,
    "patient_without_name": Reason.NO_NAME,
    "patient_without_record_number": Reason.NO_RECORD_NUMBER,
    "preliminary": Reason.STATUS_NOT_FINAL,
    "result_inside_report": Reason.CONTAINED_RESULT,
    "string_number": Reason.NOT_A_NUMBER,
    "text_value": Reason.NO_VALUE,
    "thirtieth_february": Reason.UNREADABLE_DATE,
    "time_without_zone": Reason.NO_ZONE,
    "truncated_line": Reason.BAD_JSON,
    "two_analytes": Reason.CODE_CONTRADICTION,
    "two_dates": Reason.TWO_DATES,
    "two_values": Reason.TWO_VALUES,
    "unit_code_contradiction": Reason.UNIT_CONTRADICTION,
    "unknown_code_system": Reason.CODE_SYSTEM,
    "unknown_comparator": Reason.COMPARATOR,
    "unknown_status": Reason.STATUS_UNKNOWN,
    "urine": Reason.NOT_BLOOD,
    "wrong_shape": Reason.BAD_SHAPE,
    "wrong_unit": Reason.WRONG_UNIT,
    "year_only": Reason.PARTIAL_DATE,
    "zero": Reason.ZERO,
}

USABLE_LINES: dict[str, Callable[[Record], bool]] = {
    "ok_comparator": lambda r: isinstance(r, LabRecord) and (r.comparator, r.value) == ("<", Decimal("0.2")),
    "ok_micromoles_under_mass_code": lambda r: isinstance(r, LabRecord) and r.unit is LabUnit.UMOL_L,
    "ok_other_patient": lambda r: (
        isinstance(r, LabRecord)
        and (r.subject.resource_id, r.subject.server) == ("77", "https://elsewhere.example/fhir")
    ),
    "ok_duplicate_id_other_value": lambda r: (
        isinstance(r, LabRecord) and (r.resource_id, r.value) == ("good-1", Decimal("4.2"))
    ),
    "ok_corrected": lambda r: isinstance(r, LabRecord) and (r.status, r.version) == ("corrected", "2"),
    "ok_entered_in_error": lambda r: (
        isinstance(r, Withdrawn) and r.resource_id == "good-1" and r.subject is not None and r.kind is not None
    ),
    "ok_cancelled_without_code": lambda r: isinstance(r, Withdrawn) and (r.kind, r.subject) == (None, None),
    "ok_date_only": lambda r: (
        isinstance(r, LabRecord) and (r.precision, r.taken_at, r.taken_date) == (Precision.DATE, None, date(2026, 5, 4))
    ),
    "ok_other_analyte": lambda r: isinstance(r, Ignored) and "2951-2 Sodium" in r.reason,
}

# What each whole file must give: a class, or the reason of a refusal.
FILES: dict[str, list[type | Reason]] = {
    "blank.ndjson": [Reason.EMPTY_FILE],
    "bom.ndjson": [PatientRecord, LabRecord, LabRecord],
    "bundle_on_one_line.ndjson": [
        *(LabRecord, PatientRecord, Reason.NO_VALUE, Reason.NOT_AN_OBJECT, Ignored, Reason.BEFORE_BIRTH, LabRecord),
        *(Ignored, LabRecord),
    ],
    "bundle_one_bad_entry.json": [
        *(LabRecord, PatientRecord, Reason.NO_VALUE, Reason.NOT_AN_OBJECT, Ignored, Reason.BEFORE_BIRTH, LabRecord),
    ],
    "bundle_two_servers.json": [PatientRecord, PatientRecord, Reason.SUBJECT_UNCLEAR],
    "compressed.ndjson": [Reason.COMPRESSED],
    "empty.ndjson": [Reason.EMPTY_FILE],
    "first_line_cut.ndjson": [Reason.BAD_JSON, LabRecord, LabRecord],
    "pretty_array.json": [Reason.NOT_AN_OBJECT],
    "pretty_resource.json": [LabRecord],
    "pretty_resource_cut.json": [Reason.BAD_JSON],
    "utf16.ndjson": [Reason.NOT_UTF8],
    "utf16_without_bom.ndjson": [Reason.NOT_UTF8],
}


def records_of(path: Path) -> list[Record]:
    with path.open("rb") as stream:
        return list(read(stream, path.name, as_of=AS_OF))


def test_every_file_has_an_expected_outcome() -> None:
    assert {path.stem for path in (DATA / "variants").iterdir()} == REFUSED_LINES.keys() | USABLE_LINES.keys()
    assert {path.name for path in (DATA / "files").iterdir()} == FILES.keys()


@pytest.mark.parametrize("name", sorted(REFUSED_LINES | USABLE_LINES))
def test_an_odd_line_loses_at_most_itself(name: str) -> None:
    patient, first, odd, last = records_of(DATA / "variants" / f"{name}.ndjson")
    assert isinstance(patient, PatientRecord)
    for good, resource_id in ((first, "good-1"), (last, "good-2")):
        assert isinstance(good, LabRecord)
        assert good.resource_id == resource_id
        assert good.value == Decimal("0.9")
    assert odd.source.line == 3
    if name in REFUSED_LINES:
        assert isinstance(odd, Refused)
        assert odd.reason_code is REFUSED_LINES[name], odd.reason
    else:
        assert USABLE_LINES[name](odd), odd


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_odd_file(name: str) -> None:
    found = [
        record.reason_code if isinstance(record, Refused) else type(record)
        for record in records_of(DATA / "files" / name)
    ]
    assert found == FILES[name]


def test_every_reason_is_reached_by_a_file_or_is_too_long() -> None:
    reached = set(REFUSED_LINES.values()) | {reason for row in FILES.values() for reason in row}
    assert set(Reason) - reached == {Reason.TOO_LONG}  # needs 16 MiB: see test_reading.py


def test_every_refusal_is_a_whole_sentence_that_names_its_place() -> None:
    for name in REFUSED_LINES:
        odd = records_of(DATA / "variants" / f"{name}.ndjson")[2]
        assert isinstance(odd, Refused)
        assert odd.reason.endswith("."), odd.reason
        assert "invalid" not in odd.reason.lower()
        assert "{" not in odd.reason
        assert odd.reason.isprintable()
        assert str(odd.source).startswith(f"{name}.ndjson, line 3")
