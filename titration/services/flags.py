"""Raising, owning and closing flags."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from titration.dosing.deadlines import next_change
from titration.models import AuditAction, Flag, FlagNote, FlagNoteKind, FlagStatus, Plan
from titration.models.locks import try_lock_patient
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import audit
from titration.services.wanted_flags import UNCHECKED, Raised, wanted

__all__ = ["assign", "log_call", "look_again", "sync", "wanted"]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What must be written so that the flags say what the facts ask for: nothing of it, most of the time."""

    over: tuple[Flag, ...]
    reworded: tuple[tuple[Flag, str], ...]
    new: tuple[Raised, ...]
    again: datetime | None
    is_later: bool

    def __bool__(self) -> bool:
        return bool(self.over or self.reworded or self.new or self.is_later)


def changes(record: PatientRecord, *, as_of: datetime) -> Changes:
    """Raise what is new, close what no longer holds, keep what stands; say when time alone will change the answer.

    A finding that is already raised is not raised again: its flag keeps its age, its owner and the evidence of
    the moment it was opened, and says what holds now, unless it has become more or less pressing.
    """
    asked = wanted(record)
    standing = {flag.rule_id: flag for flag in record.flags if flag.status == FlagStatus.OPEN}
    over = tuple(flag for rule_id, flag in standing.items() if _is_over(flag, asked.get(rule_id)))
    kept = {rule_id: flag for rule_id, flag in standing.items() if flag not in over}
    again = None
    if record.is_on_plan:
        failed = UNCHECKED in asked
        again = as_of if failed else next_change(record.rule_facts(), record.protocol, record.patient.time_zone)
    return Changes(
        over=over,
        reworded=tuple(
            (flag, asked[rule_id].because[:500])
            for rule_id, flag in kept.items()
            if flag.because != asked[rule_id].because[:500]
        ),
        new=tuple(one for rule_id, one in asked.items() if rule_id not in kept),
        again=again,
        is_later=record.plan is not None and again != record.plan.reassess_at,
    )


def look_again(record: PatientRecord, *, as_of: datetime) -> PatientRecord:
    """Bring the flags up to date on a read, under the patient's lock; returns the record as it is now.

    Reading waits for nobody. Whoever holds the patient at this moment looks at the flags before letting go, so what
    cannot be locked is shown as it stands.
    """
    if record.plan is None or not changes(record, as_of=as_of) or not try_lock_patient(record.patient.pk):
        return record
    sync(records.load(record.patient, as_of=as_of, with_names=False), as_of=as_of)
    return records.load(record.patient, as_of=as_of)


@transaction.atomic
def sync(record: PatientRecord, *, as_of: datetime) -> None:
    """Write what ``changes`` asks for. The caller holds the patient's lock and has read the record under it."""
    if record.plan is None:
        return
    plan = record.plan
    needed = changes(record, as_of=as_of)
    if needed.over:
        Flag.objects.filter(pk__in=[flag.pk for flag in needed.over], status=FlagStatus.OPEN).update(
            status=FlagStatus.CLOSED, closed_at=as_of, closed_because="The facts no longer ask for it."
        )
    for flag, because in needed.reworded:
        Flag.objects.filter(pk=flag.pk).update(because=because)
    owners = {flag.rule_id: flag.owner_id for flag in needed.over}
    if needed.new:
        Flag.objects.bulk_create(
            [
                Flag(
                    plan=plan,
                    plan_number=plan.number,
                    patient_id=plan.patient_id,
                    rule_id=one.rule_id,
                    urgency=one.urgency,
                    because=one.because[:500],
                    evidence={**one.evidence, "because": one.because},
                    protocol_id=record.protocol.id,
                    protocol_version=record.protocol.version,
                    next_action=one.next_action,
                    opened_at=as_of,
                    owner_id=owners.get(one.rule_id, plan.prescriber_id),
                )
                for one in needed.new
            ],
            ignore_conflicts=True,
        )
    if needed.is_later:
        Plan.objects.filter(pk=plan.pk).update(reassess_at=needed.again)
        plan.reassess_at = needed.again


def _is_over(flag: Flag, asked: Raised | None) -> bool:
    """A flag ends when its finding is gone, or has become a different one: more or less pressing than it says."""
    return asked is None or asked.urgency != flag.urgency


@transaction.atomic
def assign(*, flag: Flag, to: Any, by: Any, as_of: datetime) -> None:
    """Make someone the owner of an open flag."""
    Flag.objects.filter(pk=flag.pk, status=FlagStatus.OPEN).update(owner=to)
    _note(flag, FlagNoteKind.ASSIGNED, f"Assigned to {to.name}", by=by, as_of=as_of)


@transaction.atomic
def log_call(*, flag: Flag, text: str, by: Any, as_of: datetime) -> None:
    """Record that the patient was called."""
    _note(flag, FlagNoteKind.CALL, text.strip(), by=by, as_of=as_of)


def _note(flag: Flag, kind: FlagNoteKind, text: str, *, by: Any, as_of: datetime) -> None:
    FlagNote.objects.bulk_create(
        [
            FlagNote(
                flag=flag,
                plan_id=flag.plan_id,
                plan_number=flag.plan_number,
                patient_id=flag.patient_id,
                kind=kind,
                text=text[:500],
                recorded_at=as_of,
                recorded_by=by,
            )
        ]
    )
    audit.write(action=AuditAction.UPDATE, by=by, patient=flag.patient, what=flag)
