"""What people do about a flag: own it, say that it was seen, call, act, snooze it, close it."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from titration.dosing.wording import format_when
from titration.models import AuditAction, ClosedCode, Flag, FlagNote, FlagNoteKind, FlagStatus, Urgency
from titration.models.calls import CALL_ASKED
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.services import audit, flags


class NotPossible(Exception):
    """The flag does not allow it, or not any more; the text is fit for the person who asked."""


_CLOSED = "This flag was closed meanwhile. Nothing was saved."


@transaction.atomic
def assign(*, flag: Flag, to: Any, by: Any, as_of: datetime) -> None:
    """Make someone the owner of an open flag. Raises NotPossible for a closed one."""
    _change(flag, owner=to)
    _note(flag, FlagNoteKind.ASSIGNED, f"Assigned to {to.name}", by=by, as_of=as_of)


@transaction.atomic
def acknowledge(*, flag: Flag, by: Any, as_of: datetime) -> bool:
    """Say that a person has seen the flag, the first time that one does; False when somebody had said so before.

    It is no action: the time to act runs on. Raises NotPossible for a closed flag.
    """
    if _open(flag).acknowledged_at is not None:
        return False
    _change(flag, acknowledged_at=as_of, acknowledged_by=by)
    _note(flag, FlagNoteKind.ACKNOWLEDGED, "", by=by, as_of=as_of)
    return True


@transaction.atomic
def log_call(*, flag: Flag, text: str, by: Any, as_of: datetime) -> None:
    """Record that the patient was called. A call that nobody answered (no text) is written down and is no action."""
    _note(flag, FlagNoteKind.CALL, text.strip(), by=by, as_of=as_of)
    if text.strip():
        _acted([flag.pk], as_of=as_of)
        # They have spoken, whichever flag it is written on: a call that was asked for is made.
        if Flag.objects.open().filter(patient=flag.patient_id, rule_id=CALL_ASKED).exists():
            lock_patient(flag.patient_id)
            flags.sync(records.load(flag.patient, as_of=as_of, with_names=False), as_of=as_of)


@transaction.atomic
def act(*, flag: Flag, text: str, by: Any, as_of: datetime) -> None:
    """Record what was done about an open flag, in words. Raises NotPossible for a closed one."""
    _open(flag)
    _note(flag, FlagNoteKind.ACTED, text.strip(), by=by, as_of=as_of)
    _acted([flag.pk], as_of=as_of)


def answered(standing: Iterable[Flag], *, next_actions: tuple[str, ...], text: str, by: Any, as_of: datetime) -> None:
    """Record that what somebody has just signed or written down is what these open flags ask for next."""
    asked = [flag for flag in standing if flag.status == FlagStatus.OPEN and flag.next_action in next_actions]
    if not asked:
        return
    FlagNote.objects.bulk_create([_as_note(flag, FlagNoteKind.ANSWERED, text, by=by, as_of=as_of) for flag in asked])
    _acted([flag.pk for flag in asked], as_of=as_of)
    for flag in asked:
        flag.acted_at = flag.acted_at or as_of


@transaction.atomic
def snooze(*, flag: Flag, until: datetime, by: Any, as_of: datetime) -> None:
    """Take a flag off the worklist until an instant; one that is not ahead ends the snooze.

    Raises NotPossible for a flag that says act now, for one that nobody acted on in time, and for a closed one.
    """
    standing = _open(flag)
    if standing.urgency == Urgency.ACT_NOW:
        raise NotPossible("A flag that says act now cannot be snoozed. Act on it, or close it with a reason.")
    if standing.acted_at is None and standing.act_by is not None and standing.act_by <= as_of:
        raise NotPossible("Nobody acted on this flag in time, so it cannot be snoozed. Write down what was done first.")
    _change(flag, snoozed_until=until)
    said = f"Until {format_when(until, flag.patient.time_zone)}" if until > as_of else "Ended"
    _note(flag, FlagNoteKind.SNOOZED, said, by=by, as_of=as_of)


@transaction.atomic
def close(*, flag: Flag, code: ClosedCode, text: str, by: Any, as_of: datetime) -> None:
    """Close a flag in spite of its finding, for a coded reason; ``text`` in the person's own words, or the reason's.

    What says the same stays closed for the days that the protocol gives. Raises NotPossible for a closed flag.
    """
    lock_patient(flag.patient_id)
    standing = _open(flag)
    _change(
        flag,
        acted_at=standing.acted_at or as_of,
        status=FlagStatus.CLOSED,
        closed_at=as_of,
        closed_by=by,
        closed_code=code,
        closed_because=(text.strip() or str(code.label))[:500],
    )
    audit.write(action=AuditAction.UPDATE, by=by, patient=flag.patient, what=flag, fields=["status", "closed_code"])
    flags.sync(records.load(flag.patient, as_of=as_of, with_names=False), as_of=as_of)


def _open(flag: Flag) -> Flag:
    """The flag as it stands now; whoever writes holds the patient's lock, so it stays like that."""
    standing = Flag.objects.open().filter(pk=flag.pk).first()
    if standing is None:
        raise NotPossible(_CLOSED)
    return standing


def _change(flag: Flag, **values: Any) -> None:
    if not Flag.objects.open().filter(pk=flag.pk).update(**values):
        raise NotPossible(_CLOSED)


def _acted(keys: list[uuid.UUID], *, as_of: datetime) -> None:
    """Only the first action counts, and only while the flag is open."""
    Flag.objects.open().filter(pk__in=keys, acted_at__isnull=True).update(acted_at=as_of)


def _note(flag: Flag, kind: FlagNoteKind, text: str, *, by: Any, as_of: datetime) -> None:
    FlagNote.objects.bulk_create([_as_note(flag, kind, text, by=by, as_of=as_of)])
    audit.write(action=AuditAction.UPDATE, by=by, patient=flag.patient, what=flag)


def _as_note(flag: Flag, kind: FlagNoteKind, text: str, *, by: Any, as_of: datetime) -> FlagNote:
    return FlagNote(
        flag=flag,
        plan_id=flag.plan_id,
        plan_number=flag.plan_number,
        patient_id=flag.patient_id,
        kind=kind,
        text=text[:500],
        recorded_at=as_of,
        recorded_by=by,
    )
