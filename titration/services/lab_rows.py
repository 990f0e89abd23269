"""One result of a laboratory file against what is stored: new, already known, a correction, a withdrawal, or held back."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from titration.dosing import facts as core
from titration.dosing.assessment import assess
from titration.dosing.protocol import load_protocol
from titration.dosing.rules import About
from titration.intake.records import LabKind, LabRecord, Withdrawn
from titration.models import KidneyResult, LabSource, Patient, QuarantinedResult, ReportedEstimate
from titration.selectors.facts import facts_from_rows
from titration.services.lab_holding import UNKNOWN_PATIENT, Held, Run
from titration.services.lab_instants import When, says, when_of
from titration.services.lab_report import HeldBack, Outcome

Row = Any  # KidneyResult or ReportedEstimate: the same columns as far as this module reads them

_CORRECTION = frozenset({"corrected", "amended"})
_IMPLAUSIBLE = frozenset({"UNIT-1", "UNIT-2"})
_STORED_DECIMALS = 18
_CHANGED = (
    "The sender already used this id for another value, and the status is “{status}”. Only a corrected or amended result "
    "replaces one: ask the sender which value is right."
)

_OTHER_PATIENT = "The sender already used this id for a result of another patient. Ask the sender whose result it is."


def owners_of(run: Run, keys: set[str]) -> set[uuid.UUID]:
    """Keys of the patients that results under these ids of the sender belong to, stored ones and those held back."""
    return {
        key
        for model in (KidneyResult, ReportedEstimate, QuarantinedResult)
        for key in model.objects.filter(
            source_system=run.source, source_key__in=keys - {""}, patient__isnull=False
        ).values_list("patient_id", flat=True)
    }


@dataclass
class Stored:
    """The rows that a batch already has, by the sender's id; ``elsewhere`` are those that count and that others gave."""

    run: Run
    held: Held
    chains: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    elsewhere: dict[uuid.UUID, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def load(self, keys: set[str], patients: Iterable[uuid.UUID]) -> None:
        for model in (KidneyResult, ReportedEstimate):
            for row in model.objects.valid().filter(patient__in=patients).exclude(source_system=self.run.source):
                self.elsewhere[row.patient_id].append(row)
            rows = model.objects.filter(source_system=self.run.source, source_key__in=keys).annotate(
                successor=F("replaced_by__pk"), successor_in_error=F("replaced_by__entered_in_error")
            )
            for row in rows.select_related("patient__organisation").order_by("recorded_at"):
                self.chains[row.source_key].append(row)

    # Results

    def take(self, record: LabRecord, patient: Patient) -> Outcome:
        """Store a result of a known patient, or find it stored; raises HeldBack when a person has to decide."""
        if -int(record.value.normalize().as_tuple().exponent) > _STORED_DECIMALS:
            raise HeldBack(
                "too_many_decimals",
                f"The value has more than {_STORED_DECIMALS} decimals and is stored exactly or not at all. "
                "Ask the sender for the value as measured.",
            )
        when = when_of(record, patient, self.run.as_of)
        chain = self.chains.get(record.resource_id, [])
        if chain:
            _check_same(chain[0], record.kind, patient)
            if self._is_known(chain, record, when):
                return Outcome.KNOWN
            if record.status not in _CORRECTION:
                raise HeldBack("value_changed", _CHANGED.format(status=record.status))
            _check_not_staff(chain)
        elif self._came_otherwise(record, patient, when):
            self.held.settle(
                self.run, record.resource_id, "The same result is known from elsewhere.", only=UNKNOWN_PATIENT
            )
            return Outcome.KNOWN
        elif record.status not in _CORRECTION and self._other_waits(record, patient):
            raise HeldBack("value_changed", _CHANGED.format(status=record.status))
        self._check_unit(record, patient)
        row = self._row(record, patient, when, replaces=_tail(chain) if chain else None)
        row.save(force_insert=True)
        result = row if isinstance(row, KidneyResult) else None
        self.held.settle(
            self.run, record.resource_id, "Stored when the file was read again and the patient was known.",
            only=UNKNOWN_PATIENT, result=result,
        )  # fmt: skip
        if chain or record.status in _CORRECTION:
            self.held.settle(self.run, record.resource_id, "The laboratory sent a correction, which is stored.")
        self._remember(row)
        return Outcome.CORRECTED if chain else Outcome.STORED

    def _is_known(self, chain: list[Row], record: LabRecord, when: When) -> bool:
        """The newest row says the same; or an older one does, and the record is that version read again."""
        same = [row for row in chain if not row.entered_in_error and says(row, record, when)]
        if record.status not in _CORRECTION or _tail(chain) in same:
            return bool(same)
        return any(getattr(row, "reason", "") == _reason(record) for row in same)

    def _came_otherwise(self, record: LabRecord, patient: Patient, when: When) -> bool:
        """The same value of the same sample counts already: staff typed it, or it came under another sender's name.

        Two ids of one sender are two results, also when they say the same: it may take one of them back.
        """
        return any(
            _kind(row) is record.kind
            and says(row, record, when)
            and (record.kind is not LabKind.REPORTED_EGFR or row.code == record.code.code)
            for row in self.elsewhere[patient.pk]
        )

    def _other_waits(self, record: LabRecord, patient: Patient) -> bool:
        """Another value under the same id waits for a person: it is not known which of the two is right."""
        waiting = self.held.waiting.get(record.resource_id, ())
        return any(row.patient_id == patient.pk and row.is_dated for row in waiting)

    def _check_unit(self, record: LabRecord, patient: Patient) -> None:
        if record.kind is LabKind.REPORTED_EGFR:
            return
        entry = core.LabEntry(
            analyte=core.Analyte(record.kind.value), value=record.value, unit=core.LabUnit(record.unit)
        )
        protocol = load_protocol(patient.organisation.jurisdiction)
        facts = facts_from_rows(
            patient=patient,
            plan=None,
            steps=(),
            earlier=(),
            results=(),
            facts=(),
            protocol=protocol,
            intake=None,
            as_of=self.run.as_of,
            lab_entry=entry,
        )
        findings = assess(facts, protocol).about(About.ENTRY)
        for finding in findings:
            if finding.rule in _IMPLAUSIBLE:
                raise HeldBack(finding.rule, f"{finding.because} A person confirms or corrects it before it counts.")

    def _row(self, record: LabRecord, patient: Patient, when: When, *, replaces: Row | None) -> Row:
        both = {
            "patient": patient,
            "value": record.value,
            "unit": str(record.unit),
            "comparator": record.comparator,
            "code": record.code.code,
            "taken_at": when.at,
            "taken_on": when.on,
            "source_system": self.run.source,
            "source_key": record.resource_id,
            "replaces": replaces,
            "recorded_at": self.run.as_of,
            "job": self.run.job,
        }
        if record.kind is LabKind.REPORTED_EGFR:
            return ReportedEstimate(**both)
        return KidneyResult(
            **both,
            analyte=record.kind.value,
            time_known=when.time_known,
            source=LabSource.LABORATORY,
            reason="" if replaces is None else _reason(record),
        )

    # Withdrawals

    def take_back(self, record: Withdrawn, patient: Patient | None) -> tuple[LabKind | None, Outcome, Patient | None]:
        """Withdraw the stored result, or what waits for a person; raises HeldBack when it is somebody else's.

        ``patient`` is who the sender says it was, None when that cannot be told: the id alone decides then.
        """
        chain = self.chains.get(record.resource_id, [])
        if not chain:
            settled = self.held.settle(self.run, record.resource_id, "The laboratory took it back.")
            return record.kind, Outcome.WITHDRAWN if settled else Outcome.NEVER_STORED, None
        kind, owner = _kind(chain[0]), chain[0].patient
        if owner.organisation_id != self.run.team.organisation_id:
            raise HeldBack("other_patient", _OTHER_PATIENT)
        _check_same(chain[0], record.kind or kind, patient or owner)
        tail = _tail(chain)
        if tail.entered_in_error or (_has_successor(tail, chain) and tail.successor_in_error):
            return kind, Outcome.KNOWN, owner
        _check_not_staff(chain)
        copied = (
            "patient",
            "value",
            "unit",
            "comparator",
            "code",
            "taken_at",
            "taken_on",
            "source_system",
            "source_key",
        )
        fields = {name: getattr(tail, name) for name in copied}
        if isinstance(tail, KidneyResult):
            fields |= {
                "analyte": tail.analyte,
                "time_known": tail.time_known,
                "source": tail.source,
                "reason": f"The laboratory took it back (status {record.status}).",
            }
        row = type(tail)(**fields, replaces=tail, entered_in_error=True, recorded_at=self.run.as_of, job=self.run.job)
        row.save(force_insert=True)
        self.held.settle(self.run, record.resource_id, "The laboratory took it back.")
        self._remember(row)
        return kind, Outcome.WITHDRAWN, owner

    def _remember(self, row: Row) -> None:
        row.successor = row.successor_in_error = None
        self.chains[row.source_key].append(row)


def _reason(record: LabRecord) -> str:
    """Why the row replaces another; it names the sender's version, so that the same version is known again."""
    parts = [f"status {record.status}"]
    if record.version:
        parts.append(f"version {record.version}")
    if record.issued is not None:
        parts.append(f"issued {record.issued.isoformat()}")
    return f"The laboratory sent a correction ({', '.join(parts)})."[:300]


def _tail(chain: list[Row]) -> Row:
    """The row of the sender that no other row of the sender replaces."""
    replaced = {row.replaces_id for row in chain}
    return [row for row in chain if row.pk not in replaced][-1]


def _has_successor(row: Row, chain: list[Row]) -> bool:
    """Staff have replaced the row by hand: the row that did carries no id of the sender."""
    return row.successor is not None and row.successor not in {one.pk for one in chain}


def _check_not_staff(chain: list[Row]) -> None:
    if _has_successor(_tail(chain), chain):
        raise HeldBack(
            "corrected_by_staff",
            "Staff have corrected this result by hand, and the laboratory has now changed it. Compare both and decide.",
        )


def _kind(row: Row) -> LabKind:
    return LabKind(row.analyte) if isinstance(row, KidneyResult) else LabKind.REPORTED_EGFR


def _check_same(row: Row, kind: LabKind, patient: Patient) -> None:
    if row.patient_id != patient.pk:
        raise HeldBack("other_patient", _OTHER_PATIENT)
    if _kind(row) is not kind:
        raise HeldBack(
            "other_kind",
            "The sender already used this id for another kind of result. Ask the sender what was measured.",
        )
