"""Whose result it is, and who the patient is: references, record numbers, names, dates, death."""

from datetime import date

import pytest

from tests.intake.test_fhir import MR, PATIENT, RESULT, SSN, outcome, patient, records
from titration.intake.reasons import Reason
from titration.intake.records import Identifier, LabRecord, PatientRecord, Refused, SubjectRef

NUMBER = Identifier("http://hospital.example", "MRN-1")
URN = "urn:uuid:0b5f6d1e-5b0a-4f0e-9a51-3c1f4a2b7c11"


def ref(resource_id: str | None, identifier: Identifier | None = None, server: str = "") -> SubjectRef:
    return SubjectRef(resource_id=resource_id, identifier=identifier, server=server)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"reference": "Patient/p1"}, ref("p1")),
        ({"reference": "Patient/p1/_history/3"}, ref("p1")),
        ({"reference": URN}, ref(URN.removeprefix("urn:uuid:"))),
        ({"reference": "https://s.example/fhir/Patient/p1"}, ref("p1", server="https://s.example/fhir")),
        ({"identifier": MR}, ref(None, NUMBER)),
        ({"reference": "Patient/p1", "identifier": MR}, ref("p1", NUMBER)),
        ({"reference": "Patient/p1", "type": "Patient"}, ref("p1")),
        ({"reference": "#me"}, ref(None, NUMBER)),
        ({"identifier": SSN}, Reason.NO_SUBJECT),
        ({"display": "Vera Variant"}, Reason.NO_SUBJECT),
        ({}, Reason.NO_SUBJECT),
        ({"reference": "#other"}, Reason.SUBJECT_UNCLEAR),
        ({"reference": "Device/d1"}, Reason.SUBJECT_NOT_A_PATIENT),
        ({"reference": "Patient/p1", "type": "Group"}, Reason.SUBJECT_NOT_A_PATIENT),
        ({"reference": "Patient/a b"}, Reason.SUBJECT_NOT_A_PATIENT),
        ({"reference": "p1"}, Reason.SUBJECT_NOT_A_PATIENT),
        ({"reference": "urn:uuid:"}, Reason.SUBJECT_NOT_A_PATIENT),
        ({"reference": 5}, Reason.BAD_SHAPE),
        ("Patient/p1", Reason.BAD_SHAPE),
    ],
)
def test_forms_of_a_subject(subject: object, expected: SubjectRef | Reason) -> None:
    found = outcome(subject=subject, contained=[{"resourceType": "Patient", "id": "me", "identifier": [MR]}])
    assert (found.subject if isinstance(found, LabRecord) else found) == expected


def bundle(*entries: tuple[str, dict[str, object]]) -> dict[str, object]:
    return {"resourceType": "Bundle", "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries]}


def test_a_contained_subject_is_one_patient() -> None:
    device = {"resourceType": "Device", "id": "me", "identifier": [MR]}
    person = {"resourceType": "Patient", "id": "me", "identifier": [MR]}
    assert outcome(subject={"reference": "#me"}, contained=[device]) is Reason.SUBJECT_NOT_A_PATIENT
    assert outcome(subject={"reference": "#me"}, contained=[person, person]) is Reason.SUBJECT_UNCLEAR


def test_an_identifier_beside_a_contained_subject_is_one_of_its_own() -> None:
    other = {"system": "http://hospital.example", "value": "MRN-2"}
    both = {"resourceType": "Patient", "id": "me", "identifier": [MR, {**MR, "system": "http://other.example"}]}
    beside = {"reference": "#me", "identifier": both["identifier"][1]}
    found = outcome(subject=beside, contained=[both])
    assert isinstance(found, LabRecord)
    assert found.subject == ref(None, Identifier("http://other.example", "MRN-1"))
    assert outcome(subject={"reference": "#me", "identifier": other}, contained=[both]) is Reason.SUBJECT_UNCLEAR


def test_a_relative_reference_means_the_server_of_its_entry() -> None:
    server = "https://a.example/fhir"
    person, lab = {**PATIENT, "id": "from-a"}, {**RESULT, "subject": {"reference": "Patient/p1/_history/2"}}
    _, found = records(bundle((f"{server}/Patient/p1", person), (f"{server}/Observation/o1", lab)))
    assert isinstance(found, LabRecord)
    assert found.subject == ref("from-a")


def test_an_id_that_two_servers_use_names_nobody() -> None:
    people = [(f"https://{server}.example/Patient/p1", PATIENT) for server in "ab"]
    *_, found = records(bundle(*people, ("urn:uuid:1", RESULT)))
    assert isinstance(found, Refused)
    assert found.reason_code is Reason.SUBJECT_UNCLEAR


def test_a_patient_with_a_modifier_is_refused() -> None:
    assert patient(modifierExtension=[{"url": "http://x.example"}]) is Reason.MODIFIER
    assert patient(implicitRules="http://x.example") is Reason.MODIFIER


def test_full_urls_of_a_bundle_resolve_references() -> None:
    lab = {**RESULT, "subject": {"reference": URN}}
    absolute = {**RESULT, "id": "o2", "subject": {"reference": "https://s.example/Patient/p1"}}
    first, _, _, second = records(
        bundle(("urn:uuid:1", lab), (URN, PATIENT)),
        bundle(("https://s.example/Patient/p1", PATIENT), ("https://s.example/Observation/o2", absolute)),
    )
    assert isinstance(first, LabRecord)
    assert isinstance(second, LabRecord)
    assert first.subject == second.subject == ref("p1")
    assert first.source.entry == 1


def test_a_full_url_that_is_no_patient_or_two_patients_is_refused() -> None:
    lab = {**RESULT, "subject": {"reference": URN}}
    group = {"resourceType": "Group", "id": "g1"}
    for others, reason in (
        ([(URN, group)], Reason.SUBJECT_NOT_A_PATIENT),
        ([(URN, PATIENT), (URN, {**PATIENT, "id": "p2"})], Reason.SUBJECT_UNCLEAR),
        ([(URN, PATIENT), ("urn:uuid:b", PATIENT)], Reason.SUBJECT_UNCLEAR),
    ):
        *_, found = records(bundle(*others, ("urn:uuid:1", lab)))
        assert isinstance(found, Refused)
        assert found.reason_code is reason


def test_a_resource_without_an_id_takes_it_from_its_full_url() -> None:
    anonymous = {key: value for key, value in RESULT.items() if key != "id"}
    (found,) = records(bundle(("https://s.example/Observation/o9", anonymous)))
    assert isinstance(found, LabRecord)
    assert found.resource_id == "o9"


def test_a_bundle_inside_a_bundle_is_opened() -> None:
    inner = bundle(("urn:uuid:1", RESULT))
    (found,) = records({"resourceType": "Bundle", "entry": [{"resource": inner}]})
    assert isinstance(found, LabRecord)


@pytest.mark.parametrize("entry", [5, "x", {}, True])
def test_entries_that_are_no_list_are_refused(entry: object) -> None:
    (found,) = records({"resourceType": "Bundle", "entry": entry})
    assert isinstance(found, Refused)
    assert found.reason_code is Reason.BAD_SHAPE


def typed(code: str, system: str = "http://other.example", value: str = "1") -> dict[str, object]:
    return {"type": {"coding": [{"code": code}]}, "system": system, "value": value}


PLAIN = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009"}


@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [
        ([PLAIN, SSN, MR], (NUMBER,)),
        ([MR, {**MR, "value": "MRN-2"}, MR], (NUMBER, Identifier("http://hospital.example", "MRN-2"))),
        ([SSN, PLAIN, typed("XX")], (Identifier("https://fhir.nhs.uk/Id/nhs-number", "9000000009"),)),
        ([typed("DL"), typed("PPN"), SSN], Reason.NO_RECORD_NUMBER),
        ([{"system": "urn:oid:2.16.840.1.113883.4.3.25", "value": "S1"}], Reason.NO_RECORD_NUMBER),
        ([{"system": "http://x.example/passportNumber", "value": "X1"}], Reason.NO_RECORD_NUMBER),
        (
            [{"type": {"text": "Driver's License"}, "system": "http://x.example", "value": "X1"}],
            Reason.NO_RECORD_NUMBER,
        ),
        ([{**MR, "use": "old"}], Reason.NO_RECORD_NUMBER),
        ([{"value": "1"}], Reason.NO_RECORD_NUMBER),
        ([{"system": "http://x.example"}], Reason.NO_RECORD_NUMBER),
        ([{**MR, "value": "MRN\u200b1"}], Reason.NO_RECORD_NUMBER),
        ([{**MR, "value": 5}], Reason.BAD_SHAPE),
        ([], Reason.NO_RECORD_NUMBER),
    ],
)
def test_only_record_numbers_are_kept(identifiers: list[object], expected: object) -> None:
    found = patient(identifier=identifiers)
    assert (found.identifiers if isinstance(found, PatientRecord) else found) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([{"use": "maiden", "family": "B"}, {"use": "official", "family": "A", "given": ["X", "Y"]}], ("A", "X Y")),
        ([{"use": "nickname", "family": "B"}, {"family": "A"}], ("A", "")),
        ([{"text": "  Ann \n Other "}], ("Ann Other", "")),
        ([{"use": "old", "family": "B"}], Reason.NO_NAME),
        ([{"family": "A\x07"}], Reason.BAD_TEXT),
        ([{"family": "A" * 256}], Reason.BAD_TEXT),
        ([{"family": "A", "given": "X"}], Reason.BAD_SHAPE),
        ([], Reason.NO_NAME),
    ],
)
def test_the_name_to_show(names: list[object], expected: object) -> None:
    found = patient(name=names)
    assert ((found.family, found.given) if isinstance(found, PatientRecord) else found) == expected


@pytest.mark.parametrize(
    ("gender", "sex"), [("female", "F"), ("male", "M"), ("other", None), ("unknown", None), (None, None)]
)
def test_sex_is_stated_or_not_known(gender: str | None, sex: str | None) -> None:
    found = patient(gender=gender)
    assert isinstance(found, PatientRecord)
    assert found.sex == sex


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1970-01-02", date(1970, 1, 2)),
        ("1970", Reason.PARTIAL_DATE),
        ("1970-01", Reason.PARTIAL_DATE),
        ("02/01/1970", Reason.UNREADABLE_DATE),
        ("1970-01-02T00:00:00Z", Reason.UNREADABLE_DATE),
        ("1971-02-29", Reason.UNREADABLE_DATE),
        ("１９７０-01-02", Reason.UNREADABLE_DATE),
        ("1899-12-31", Reason.TOO_EARLY),
        ("2027-01-01", Reason.FUTURE_DATE),
        (19700102, Reason.UNREADABLE_DATE),
        (None, Reason.NO_BIRTH_DATE),
    ],
)
def test_a_birth_date_is_a_full_past_date(written: object, expected: object) -> None:
    found = patient(birthDate=written)
    assert (found.birth_date if isinstance(found, PatientRecord) else found) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, (False, None)),
        ({"deceasedBoolean": False}, (False, None)),
        ({"deceasedBoolean": True}, (True, None)),
        ({"deceasedDateTime": "2020-03-04T23:00:00-05:00"}, (True, date(2020, 3, 4))),
        ({"deceasedDateTime": "2020"}, (True, None)),
        ({"deceasedDateTime": "2027-03-04"}, Reason.FUTURE_DATE),
        ({"deceasedDateTime": "yes"}, Reason.UNREADABLE_DATE),
        ({"deceasedBoolean": "no"}, Reason.BAD_SHAPE),
    ],
)
def test_death_is_read(said: dict[str, object], expected: object) -> None:
    found = patient(**said)
    assert ((found.deceased, found.deceased_on) if isinstance(found, PatientRecord) else found) == expected
