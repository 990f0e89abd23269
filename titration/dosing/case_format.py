"""Reading a case file: its columns, every key and every value that a row may use, and where a mistake is."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from titration.dosing.case_words import CONDITIONS, MEDICINES, NUMBERS, SAME_AS, SIGNS, YES_NO
from titration.dosing.errors import DosingError
from titration.dosing.facts import StopReason
from titration.dosing.protocol import JURISDICTIONS, load_protocol
from titration.dosing.severity import Severity

COLUMNS = (
    *("id", "case_id", "jurisdiction", "patient_facts", "order_history", "assumed_facts", "expected_values"),
    *("expected_finding_ids", "severity", "highest_severity", "must_not_raise", "basis"),
)
FAMILIES = {
    "STEP": 9,
    "MAX": 9,
    "KID": 32,
    "MISS": 16,
    "STOP": 6,
    "TAPER": 8,
    "INT": 15,
    "CAU": 26,
    "PUMP": 30,
    "UNIT": 9,
}
ORAL_EVENTS = ("first_order", "increase", "current", "stop", "taper", "review", "lab_entry", "liquid_order")
EVENTS = (
    *ORAL_EVENTS,
    *("late_dose", "gap", "supply", "pump_start", "pump_titration", "pump_maintenance", "pump_current", "pump_refill"),
    *("pump_alarm", "pump_replacement"),
)
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_STEP = re.compile(r"([0-9]+):([0-9]+(?:\.[0-9]+)?)")
_WORDS = {
    "event": EVENTS,
    "sex": ("F", "M"),
    "weight": ("not recorded",),
    "height": ("not recorded",),
    "baseline": ("none",),
    "kidneys": ("normal",),
    "setting": ("outpatient", "inpatient"),
    "formulation": ("tablet", "liquid"),
    "benefit": ("none", "some", "good"),
    "reason": tuple(StopReason),
    "origin": ("spinal", "cerebral"),
    "residual": ("as_expected", "higher_than_expected"),
    "alarm": ("one_tone", "two_tone", "replacement_date"),
}
_DAYS = ("fill_date", "appointment", "alarm_date", "implant_date", "today")
_MOMENTS = ("now", "last_taken")
_LISTED = ("conditions", "medicines", "symptoms")


class CaseError(DosingError):
    """A case row that cannot be read; the text says which key, what was read and what is allowed."""


class CaseFileError(DosingError):
    """A case file that cannot be read at all: its first line is not the format's."""


@dataclass(frozen=True, slots=True)
class Values:
    """The keys of one row, each with a value that is allowed for it."""

    given: Mapping[str, str]

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def number(self, key: str) -> Decimal | None:
        return Decimal(self.given[key]) if key in self.given else None

    def word(self, key: str, default: str) -> str:
        return self.given.get(key, default)

    def yes(self, key: str) -> bool:
        return self.given.get(key) == "yes"

    def words(self, key: str) -> tuple[str, ...]:
        named = self.given.get(key, "")
        return tuple(SAME_AS.get(name, name) for name in named.split("+")) if named else ()

    def day(self, key: str) -> date | None:
        return date.fromisoformat(self.given[key]) if key in self.given else None

    def moment(self, key: str) -> datetime | None:
        return datetime.fromisoformat(self.given[key]) if key in self.given else None

    def times(self, key: str) -> tuple[time, ...]:
        """Local times in the order of the day."""
        named = self.given.get(key, "")
        return tuple(sorted(time.fromisoformat(one) for one in named.split("+"))) if named else ()

    def steps(self, key: str) -> tuple[tuple[int, Decimal], ...]:
        named = self.given.get(key, "")
        return tuple((int(day), Decimal(daily)) for day, daily in (one.split(":") for one in named.split("+") if one))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One row, read and checked. ``expected`` holds a severity for each rule that must be found."""

    line: int
    case_id: str
    jurisdictions: tuple[str, ...]
    values: Values
    expected_values: Mapping[str, str]
    expected: Mapping[str, Severity]
    must_not_raise: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that cannot be judged, with its line in the file."""

    line: int
    because: str


def read_cases(text: str) -> Iterator[CaseRow | Malformed]:
    """Every row of a case file in order, read or refused; CaseFileError when the first line is not the format's."""
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True), strict=True)
    try:
        header = tuple(next(reader, ()))
    except csv.Error as error:
        raise CaseFileError(f"Line 1 is not CSV ({error}).") from error
    if header != COLUMNS:
        raise CaseFileError(f"Line 1 was read as {', '.join(header) or 'empty'}; it must be {', '.join(COLUMNS)}.")
    seen: set[str] = set()
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Malformed(line, f"is not CSV ({error})")
            continue
        if cells is None:
            return
        if not cells:
            continue
        try:
            row = _row(line, cells)
            if row.case_id in seen:
                raise CaseError(f"case_id “{row.case_id}” appears twice; it must be unique")
            seen.add(row.case_id)
        except (CaseError, ValueError) as error:
            yield Malformed(line, str(error))
        else:
            yield row


def _row(line: int, cells: list[str]) -> CaseRow:
    if len(cells) != len(COLUMNS):
        raise CaseError(f"{len(cells)} cells were read; there must be {len(COLUMNS)}")
    cell = dict(zip(COLUMNS, (text.strip() for text in cells), strict=True))
    if not cell["case_id"]:
        raise CaseError("case_id is empty; every case needs one")
    jurisdictions = tuple(cell["jurisdiction"].split(";"))
    if not set(jurisdictions) <= set(JURISDICTIONS) or len(set(jurisdictions)) != len(jurisdictions):
        raise CaseError(f"jurisdiction “{cell['jurisdiction']}” must be US, UK or US;UK")
    given: dict[str, str] = {}
    for column in ("patient_facts", "order_history", "assumed_facts"):
        for key, value in _pairs(column, cell[column]):
            if key in given:
                raise CaseError(f"“{key}” is given twice")
            _check(key, value)
            given[key] = value
    return CaseRow(
        line=line,
        case_id=cell["case_id"],
        jurisdictions=jurisdictions,
        values=Values(given),
        expected_values=dict(_pairs("expected_values", cell["expected_values"])),
        expected=_expected(cell),
        must_not_raise=tuple(_rule_id(one) for one in _split(cell["must_not_raise"])),
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _pairs(column: str, text: str) -> Iterator[tuple[str, str]]:
    for part in _split(text):
        key, equals, value = part.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise CaseError(f"{column}: “{part}” must be key=value")
        yield key.strip(), value.strip()


def _expected(cell: Mapping[str, str]) -> dict[str, Severity]:
    ids = [_rule_id(one) for one in _split(cell["expected_finding_ids"])]
    words = _split(cell["severity"])
    if len(ids) != len(words) or len(set(ids)) != len(ids):
        raise CaseError(f"{len(ids)} rules and {len(words)} severities were read; there must be one severity for each")
    for word in words:
        if word not in Severity.__members__:
            raise CaseError(f"severity “{word}” must be one of {', '.join(Severity.__members__)}")
    found = {one: Severity[word] for one, word in zip(ids, words, strict=True)}
    highest = cell["highest_severity"]
    if highest != "none" and highest not in Severity.__members__:
        raise CaseError(f"highest_severity “{highest}” must be none or one of {', '.join(Severity.__members__)}")
    top = max((severity.rank for severity in found.values()), default=0)
    if top != (0 if highest == "none" else Severity[highest].rank):
        raise CaseError(f"highest_severity “{highest}” is not the highest of severity “{cell['severity']}”")
    return found


def _rule_id(text: str) -> str:
    family, _, number = text.partition("-")
    if family not in FAMILIES or not re.fullmatch(r"[1-9][0-9]*", number) or int(number) > FAMILIES[family]:
        raise CaseError(f"“{text}” is not the ID of a rule")
    return text


def _check(key: str, value: str) -> None:
    """Nothing, when the format allows the value for the key; CaseError otherwise."""
    if key in NUMBERS:
        _must(_NUMBER.fullmatch(value), key, value, "a number like 5 or 7.5")
    elif key in YES_NO:
        _must(value in ("yes", "no"), key, value, "yes or no")
    elif key in _WORDS:
        _must(value in _WORDS[key], key, value, f"one of {', '.join(_WORDS[key])}")
    elif key in _DAYS:
        _must(_reads(date.fromisoformat, value), key, value, "a date like 2026-05-04")
    elif key in _MOMENTS:
        _must(_reads(datetime.fromisoformat, value), key, value, "a date and time like 2026-05-04T15:30")
    elif key == "schedule":
        _must(all(_reads(time.fromisoformat, one) for one in value.split("+")), key, value, "times like 06:00+14:00")
    elif key == "steps":
        parts = [_STEP.fullmatch(one) for one in value.split("+")]
        days = [int(part[1]) for part in parts if part]
        rising = days == sorted(set(days))
        _must(all(parts) and rising, key, value, "day:daily_mg joined by +, with rising days")
    elif key in _LISTED:
        known = known_names(key)
        for name in value.split("+"):
            _must(SAME_AS.get(name, name) in known, key, name, f"one of {', '.join(sorted(known))}")
    else:
        allowed = sorted({*NUMBERS, *YES_NO, *_WORDS, *_DAYS, *_MOMENTS, "schedule", "steps", *_LISTED})
        raise CaseError(f"“{key}” is not a key; keys are {', '.join(allowed)}")


def known_names(key: str) -> frozenset[str]:
    """The names that a list of the format may hold: the codes of the protocols and those of later rule families."""
    protocols = [load_protocol(jurisdiction) for jurisdiction in JURISDICTIONS]
    events = {code for protocol in protocols for code in protocol.events}
    match key:
        case "conditions":
            return frozenset({code for one in protocols for code in one.conditions} | CONDITIONS | events)
        case "medicines":
            return frozenset({code for one in protocols for code in one.medicines} | MEDICINES)
        case _:
            return frozenset({code for one in protocols for code in one.signs} | SIGNS | events)


def _must(fine: object, key: str, value: str, allowed: str) -> None:
    if not fine:
        raise CaseError(f"{key}={value} must be {allowed}")


def _reads(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True
