"""What a file held, one record each: the whole output of the intake. Nothing here has been stored."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from titration.dosing.facts import LabUnit
from titration.intake.reasons import Reason


class LabKind(StrEnum):
    CREATININE = "creatinine"
    CYSTATIN_C = "cystatin_c"
    REPORTED_EGFR = "reported_egfr"


class Precision(StrEnum):
    """How exactly the sender dated the sample."""

    DATE = "date"
    INSTANT = "instant"


class Identifier(NamedTuple):
    system: str
    value: str


class Coding(NamedTuple):
    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place a record was read from. ``line`` counts from 1 (a document of many lines has its first);
    ``entry`` counts the entries of a Bundle from 1 and is None outside of one. Unknown type or id: "".
    """

    file: str
    line: int
    entry: int | None
    resource_type: str
    resource_id: str

    def __str__(self) -> str:
        """The place in words: ``labs.ndjson, line 12, Observation abc``."""
        parts = [self.file, f"line {self.line}"]
        if self.entry is not None:
            parts.append(f"entry {self.entry}")
        if self.resource_type:
            parts.append(f"{self.resource_type} {self.resource_id}".rstrip())
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRef:
    """Whose result it is, as the sender said: a resource id, a record number, or both; never neither.

    ``server`` is the address in front of ``Patient/…`` when the reference was absolute and the file did not
    resolve it, otherwise "": an id is only unique on its own server.
    """

    resource_id: str | None
    identifier: Identifier | None
    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """A patient. ``identifiers`` holds at least one record number and never a social security, licence or passport number.

    ``sex`` is "F", "M" or None (not stated, or neither). ``deceased_on`` is None when the day is not known.
    """

    source: Where
    resource_id: str
    identifiers: tuple[Identifier, ...]
    family: str
    given: str
    birth_date: date
    sex: str | None
    deceased: bool
    deceased_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabRecord:
    """One kidney result as the laboratory sent it, not yet judged by any protocol.

    ``unit`` is a ``LabUnit`` for creatinine and cystatin C, and for a reported eGFR the unit as it was sent.
    ``comparator`` is "" for a plain value. ``taken_at`` is aware UTC, or None when only a date was sent;
    ``taken_date`` is the calendar date that the sender wrote, in the sender's own offset.
    ``version`` is the sender's ``meta.versionId`` or "".
    """

    source: Where
    kind: LabKind
    resource_id: str
    version: str
    subject: SubjectRef
    value: Decimal
    unit: LabUnit | str
    comparator: str
    taken_at: datetime | None
    taken_date: date
    precision: Precision
    issued: datetime | None
    status: str
    code: Coding
    reference_range: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A result that its sender took back (entered in error, cancelled). What else it says is not to be trusted.

    ``kind`` is None when the sender removed the code, ``subject`` is None when it removed or garbled the patient.
    """

    source: Where
    kind: LabKind | None
    resource_id: str
    version: str
    status: str
    subject: SubjectRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Something readable that the portal does not use; ``reason`` says what it was."""

    source: Where
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Something that was meant for the portal, or that cannot be read at all, and is not used; ``reason`` says why."""

    source: Where
    reason_code: Reason
    reason: str


Record = PatientRecord | LabRecord | Withdrawn | Ignored | Refused
