"""Holding records back: what was read is kept with the reason, once, until a person or the sender settles it."""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from titration.intake.records import LabKind, LabRecord, PatientRecord, Refused, Where, Withdrawn
from titration.models import AuditAction, Patient, QuarantinedResult, Team
from titration.services import audit
from titration.services.lab_report import HeldBack

UNKNOWN_PATIENT = "unknown_patient"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run over one file: for whom, from whom, when. ``file_digest`` tells two files of the same name apart."""

    team: Team
    time_zone: str
    source: str
    as_of: datetime
    job: str
    file_name: str
    file_digest: str
    is_demo: bool

    @property
    def id_system(self) -> str:
        """The identifier system of the sender's own resource ids."""
        return f"urn:baclofen-portal:source:{self.source}"


@dataclass
class Held:
    """What the records of a batch already have in quarantine: every digest, and what waits for a person by source key.

    ``touched`` are the patients of records that the batch has held back or settled.
    """

    fingerprints: set[str] = field(default_factory=set)
    waiting: dict[str, list[QuarantinedResult]] = field(default_factory=dict)
    touched: set[uuid.UUID] = field(default_factory=set)

    @classmethod
    def load(cls, run: Run, fingerprints: set[str], keys: set[str]) -> "Held":
        found = QuarantinedResult.objects.filter(source_system=run.source)
        held = cls(fingerprints=set(found.filter(fingerprint__in=fingerprints).values_list("fingerprint", flat=True)))
        for row in found.waiting().filter(source_key__in=keys - {""}).order_by("recorded_at"):
            held.waiting.setdefault(row.source_key, []).append(row)
        return held

    def hold(
        self, run: Run, record: LabRecord | Withdrawn | PatientRecord | Refused, why: HeldBack, patient: Patient | None
    ) -> bool:
        """Keep the record aside; False when the same record already is, or a person has decided on it."""
        digest = fingerprint(run, record, patient)
        if digest in self.fingerprints:
            return False
        row = _row(run, record, why, patient, digest)
        QuarantinedResult.objects.bulk_create([row])
        audit.write(action=AuditAction.IMPORT, by=None, job=run.job, patient=patient, what=row, detail=why.code)
        self.fingerprints.add(digest)
        self._touch(row)
        if row.source_key and not isinstance(record, PatientRecord):
            self.waiting.setdefault(row.source_key, []).append(row)
        return True

    def settle(self, run: Run, key: str, resolution: str, *, only: str = "", result: Any = None) -> int:
        """Close what waits under a source key because the sender has answered; returns how many that were."""
        rows = [row for row in self.waiting.get(key, ()) if not only or row.reason_code == only]
        for row in rows:
            QuarantinedResult.objects.filter(pk=row.pk, resolved_at__isnull=True).update(
                resolved_at=run.as_of, resolution=resolution, result=result if row is rows[-1] else None
            )
            self.waiting[key].remove(row)
            self._touch(row)
        return len(rows)

    def _touch(self, row: QuarantinedResult) -> None:
        if row.patient_id is not None:
            self.touched.add(row.patient_id)


def fingerprint(run: Run, record: LabRecord | Withdrawn | PatientRecord | Refused, patient: Patient | None) -> str:
    """A digest of what was read and of whose it was known to be, so that a record is held back once in each state.

    A line that names no resource is told from others by its file and place.
    """
    said: tuple[object, ...]
    if isinstance(record, LabRecord):
        value = format(record.value.normalize(), "f")
        said = (record.kind, record.version, record.subject, value, record.unit, record.comparator, record.taken_at,
                record.taken_date, record.precision, record.status, record.code.code)  # fmt: skip
    elif isinstance(record, Withdrawn):
        said = (record.kind, record.version, record.status, record.subject)
    elif isinstance(record, PatientRecord):
        said = (record.identifiers, record.family, record.given, record.birth_date, record.sex)
    else:
        at = record.source
        said = (record.reason_code, record.reason)
        if not at.resource_id:
            said += (run.file_digest, at.line, at.entry)
    where = record.source
    parts = (run.source, where.resource_type, where.resource_id, *said, "" if patient is None else patient.pk)
    return hashlib.sha256("\x1f".join(map(repr, map(_plain, parts))).encode()).hexdigest()


def _plain(part: object) -> object:
    return str(part) if not isinstance(part, tuple) else tuple(_plain(one) for one in part)


def _row(
    run: Run,
    record: LabRecord | Withdrawn | PatientRecord | Refused,
    why: HeldBack,
    patient: Patient | None,
    digest: str,
) -> QuarantinedResult:
    where: Where = record.source
    read: dict[str, Any] = {}
    if isinstance(record, LabRecord):
        read = {
            "read_value": f"{record.comparator}{record.value:f}"[:120],
            "read_unit": str(record.unit)[:40],
            "analyte": "" if record.kind is LabKind.REPORTED_EGFR else record.kind.value,
            "taken_at": record.taken_at,
            "taken_on": record.taken_date,
        }
    return QuarantinedResult(
        patient=patient,
        source_system=run.source,
        source_key=where.resource_id,
        fingerprint=digest,
        file_name=run.file_name[-200:],
        line=where.line,
        reason_code=why.code[:40],
        reason=why.sentence[:500],
        recorded_at=run.as_of,
        recorded_by=None,
        job=run.job,
        **read,
    )
