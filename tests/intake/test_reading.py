"""From bytes to values: limits, streaming, and that nothing whatever is raised."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from titration.intake import reading
from titration.intake.fhir import read
from titration.intake.reasons import SENTENCES, Reason, shown
from titration.intake.records import Ignored, LabRecord, PatientRecord, Refused, Withdrawn

AS_OF = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SMALL = 2_000
ROOT = Path(__file__).parents[2]

GOOD = (
    b'{"resourceType":"Observation","id":"good","status":"final",'
    b'"code":{"coding":[{"system":"http://loinc.org","code":"2160-0"}]},"subject":{"reference":"Patient/p1"},'
    b'"effectiveDateTime":"2026-05-04","valueQuantity":{"value":0.9,"unit":"mg/dL"}}\n'
)


def found(data: bytes) -> list[object]:
    return [
        record.reason_code if isinstance(record, Refused) else type(record)
        for record in read(io.BytesIO(data), "x", as_of=AS_OF)
    ]


class Counting(io.BytesIO):
    """A stream that remembers how much was asked of it."""

    taken = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.taken += len(line)
        return line


def test_lines_are_streamed() -> None:
    stream = Counting(GOOD * 1_000)
    records = read(stream, "x", as_of=AS_OF)
    next(records)
    assert stream.taken <= 2 * len(GOOD)
    assert sum(1 for _ in records) == 999


def test_a_line_that_is_too_long_loses_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", SMALL)
    monkeypatch.setattr(reading, "_CHUNK", 64)
    long = GOOD.replace(b'"good"', b'"' + b"x" * SMALL + b'"')
    assert found(GOOD + long + GOOD) == [LabRecord, Reason.TOO_LONG, LabRecord]
    assert found(long + GOOD) == [Reason.TOO_LONG, LabRecord]
    assert found(GOOD + long.rstrip()) == [LabRecord, Reason.TOO_LONG]


def test_a_line_of_exactly_the_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    padded = GOOD[:-1] + b" " * (SMALL - len(GOOD) + 1) + b"\n"
    monkeypatch.setattr(reading, "MAX_BYTES", SMALL)
    assert found(padded + GOOD) == [LabRecord, LabRecord]
    assert found(b" " + padded + GOOD) == [Reason.TOO_LONG, LabRecord]


def test_a_document_that_is_too_long_is_refused_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", SMALL)
    document = json.dumps({"resourceType": "Bundle", "entry": [{"resource": json.loads(GOOD)}] * 50}, indent=1)
    assert found(document.encode()) == [Reason.TOO_LONG]


def test_a_cut_first_line_does_not_swallow_a_long_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", SMALL)
    assert found(b'{"resourceType":"Patient",\n' + GOOD * 40) == [Reason.BAD_JSON, *[LabRecord] * 40]


def test_nesting_is_counted_outside_of_strings_only() -> None:
    brackets = GOOD.replace(b'"status"', b'"note":"' + b"[{" * 500 + b'\\"[","status"')
    assert found(brackets) == [LabRecord]
    for depth, expected in ((reading.MAX_DEPTH - 1, LabRecord), (reading.MAX_DEPTH, Reason.TOO_DEEP)):
        nested = b'"note":' + b"[" * depth + b"]" * depth + b',"status"'
        assert found(GOOD.replace(b'"status"', nested)) == [expected]


@pytest.mark.parametrize(
    ("first", "begins"),
    [
        ("{", True),
        ("[", True),
        ('{"a":', True),
        ('{"a": 1', True),
        ('{"a": [{"b": 1},', True),
        ("{}", False),
        ('{"a": "cut inside a text', False),
        ('{"a": tru', False),
        ('{"a": 1}}', False),
        ('{"a"=1}', False),
    ],
)
def test_what_begins_a_document(first: str, begins: bool) -> None:
    rest = '\n"b": 2\n"c": 3\n'
    assert len(found((first + rest).encode())) == (1 if begins else 3)


@pytest.mark.parametrize("mark", ['"', '\\"', '"\\"', "[", '{"a":', "[{", "1e99,", "\\"])
def test_hostile_text_is_read_in_linear_time(mark: str) -> None:
    # A quadratic scan of this megabyte would take minutes.
    assert len(found(("[" + mark * (1_000_000 // len(mark))).encode())) == 1


WORDS = (
    "resourceType Patient Observation Bundle id status final entered-in-error code coding system http://loinc.org "
    "2160-0 33914-3 subject reference Patient/p1 urn:uuid:a #c identifier value name family birthDate 1970-01-02 "
    "effectiveDateTime effectivePeriod end 9999-12-31T23:59:59-14:00 0001-01-01T00:00:00+14:00 valueQuantity unit "
    "mg/dL entry resource fullUrl contained meta versionId issued referenceRange low high specimen display"
)
MEMBERS = (
    "id meta status code subject value valueQuantity valueString effectiveDateTime effectivePeriod issued entry "
    "identifier name birthDate gender deceasedDateTime contained specimen referenceRange modifierExtension"
)


def json_values() -> st.SearchStrategy[object]:
    words = st.sampled_from(WORDS.split())
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | words
    keys = words | st.text(max_size=4)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6))


RESOURCES = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["Patient", "Observation", "Bundle", "Condition"])},
    optional={key: json_values() for key in MEMBERS.split()},
)


def mutated_good() -> Iterator[st.SearchStrategy[object]]:
    good = json.loads(GOOD)
    for key in good:
        if key != "resourceType":
            yield json_values().map(lambda value, key=key: {**good, key: value})


@settings(deadline=None)
@given(st.lists(json_values() | RESOURCES | st.one_of(*mutated_good()), min_size=1, max_size=4), st.booleans())
def test_random_json_never_raises_and_always_answers(resources: list[object], as_bundle: bool) -> None:
    if as_bundle:
        resources = [{"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:a", "resource": r} for r in resources]}]
    data = "\n".join(json.dumps(resource) for resource in resources).encode()
    records = list(read(io.BytesIO(data), "x", as_of=AS_OF))
    assert len(records) >= len(resources)
    assert all(isinstance(r, PatientRecord | LabRecord | Withdrawn | Ignored | Refused) for r in records)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_never_raise_and_always_answer(data: bytes) -> None:
    assert found(data)
    assert found(GOOD + data + b"\n" + GOOD)[:1] == [LabRecord]


def test_every_reason_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(Reason)


def test_quotes_are_short_and_printable() -> None:
    assert shown("a\x00\n\u202eb") == "“a���b”"
    assert shown("x" * 61) == "“" + "x" * 60 + "…”"
    assert shown("x" * 60) == "“" + "x" * 60 + "”"


def test_a_naive_as_of_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="zone"):
        read(io.BytesIO(GOOD), "x", as_of=datetime(2026, 11, 22))  # noqa: DTZ001


def test_the_intake_is_plain_python() -> None:
    check = "import sys, titration.intake.fhir; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
