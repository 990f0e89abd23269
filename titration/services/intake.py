"""Recording what was taken: one dose, everything up to a moment, how doses are known, and why nothing is ticked."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from titration.dosing import intake as core
from titration.dosing.holds import joined, too_long
from titration.dosing.intake import DoseState, SilenceReason, Tracking
from titration.dosing.schedule import instant, local_date
from titration.dosing.wording import format_when
from titration.models import AuditAction, DoseEvent, DoseTracking, Plan, Silence
from titration.models.intake import UNDONE
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.selectors.dose_day import DoseDay
from titration.selectors.intake import DAYS_READ, key_and_standing
from titration.selectors.records import PatientRecord
from titration.services import audit, dose_flags, flags
from titration.services.dose_rows import (
    IntakeRefused,
    KeyUsed,
    Said,
    event_of,
    insert,
    refuse_long_hold,
    repeats,
    said_of,
)

# How far back a call may fill in doses: as far as they are read.
CALL_REACHES_BACK = timedelta(days=DAYS_READ)


class Superseded(Exception):
    """Somebody recorded this dose in the meantime; ``current`` is what stands now."""

    def __init__(self, current: DoseEvent) -> None:
        super().__init__("This dose was recorded by somebody else in the meantime.")
        self.current = current


@transaction.atomic
def record_dose(
    *, key: uuid.UUID, doses: DoseDay, position: int, said: Said, replaces: uuid.UUID | None, by: Any
) -> DoseEvent:
    """Record one dose of a day, or correct what is recorded of it. Sent again with the same ``key`` it writes nothing.

    The caller holds the patient's lock, and has read ``doses`` under it. ``replaces`` is the record that the sender saw
    (None: none). Raises Superseded when another stands now, KeyUsed when the key wrote something else, and IntakeRefused
    when the plan has no such dose or the time lies ahead.
    """
    plan = doses.plan
    known, standing = key_and_standing(key, plan, doses.day, position)
    if known is not None:
        asked = (plan.pk, doses.day, position, replaces)
        if asked != (known.plan_id, known.local_date, known.position, known.replaces_id) or not repeats(known, said):
            raise KeyUsed
        return known
    written = event_of(doses, doses.step, doses.day, position, said, key=key, replaces=replaces, by=by)
    if standing is not None and standing.pk != replaces:
        raise Superseded(standing)
    if standing is not None and said_of(standing) == said_of(written):
        raise IntakeRefused("Nothing was changed. Correct the record of this dose, or take it back.")
    if standing is None and replaces is not None:
        raise IntakeRefused("The record that is corrected does not belong to this dose.")
    refuse_long_hold(written, doses.protocol)
    return store_dose(written, plan, by=by, as_of=doses.as_of)


def store_dose(written: DoseEvent, plan: Plan, *, by: Any, as_of: datetime) -> DoseEvent:
    """Write the row of one dose, say so in the audit, and look at the flags with it. The caller holds the patient's lock."""
    insert([written])
    action = AuditAction.UPDATE if written.replaces_id else AuditAction.CREATE
    audit.write(action=action, by=by, patient=plan.patient, what=written)
    dose_flags.sync(plan, as_of=as_of)
    return written


@transaction.atomic
def record_call(
    *, key: uuid.UUID, plan: Plan, until: datetime, state: DoseState, reason_code: str, said_by: str, note: str, by: Any,
    as_of: datetime,
) -> int:  # fmt: skip
    """Record the same of every dose that was due up to ``until`` and of which nothing is recorded; returns how many.

    It goes back to the newest recorded dose, at most ``CALL_REACHES_BACK``. Raises IntakeRefused when ``until`` lies ahead or
    nothing is left to record, KeyUsed when the same form said something else before.
    """
    lock_patient(plan.patient_id)
    if until > as_of:
        raise IntakeRefused(f"{format_when(until, plan.time_zone)} lies ahead. Record what was taken until now.")
    record = records.load(plan.patient, as_of=as_of, with_names=False)
    said = Said(state=state, taken=None, taken_at=None, reason_code=reason_code, said_by=said_by, note=note)
    recorded = _recorded(plan, until)
    wanted = _unrecorded(record, plan, until, recorded)
    if again := [event for slot, event in recorded.items() if event.pk == _key_of(key, slot)]:
        if wanted or not all(event.due_at <= until and repeats(event, said) for event in again):
            raise KeyUsed
        return len(again)
    written = [
        event_of(
            record, record.step_on(day), day, position, said, key=_key_of(key, (day, position)), replaces=None, by=by
        )
        for day, position in wanted
    ]
    if not written:
        raise IntakeRefused(
            "Every dose up to then is recorded already. Correct the dose that was recorded wrongly on the page of the doses."
        )
    insert(written)
    audit.write(action=AuditAction.CREATE, by=by, patient=plan.patient, what=written[-1], fields=["call"])
    flags.sync(records.load(plan.patient, as_of=as_of, with_names=False), as_of=as_of)
    return len(written)


Slot = tuple[date, int]


def _key_of(key: uuid.UUID, slot: Slot) -> uuid.UUID:
    """The key of one of the many rows that one form writes: the same form names the same row the same."""
    return uuid.uuid5(key, f"{slot[0]}/{slot[1]}")


def _recorded(plan: Plan, until: datetime) -> dict[Slot, DoseEvent]:
    """What stands of the doses that a call may reach."""
    events = DoseEvent.objects.filter(plan=plan.pk, replaced_by__isnull=True, due_at__gte=until - CALL_REACHES_BACK)
    return {(event.local_date, event.position): event for event in events}


def _unrecorded(record: PatientRecord, plan: Plan, until: datetime, recorded: Mapping[Slot, DoseEvent]) -> list[Slot]:
    """The doses due between the newest recorded one and ``until`` of which nothing was ever recorded, but for those that the
    team asked to leave out: whoever took one all the same says so by itself.

    A record that was taken back stays so: what a person has looked at by itself is not filled in with the others.
    """
    standing = [event.due_at for event in recorded.values() if event.state != UNDONE]
    after = max(standing, default=until - CALL_REACHES_BACK)
    found, intake = [], record.intake
    day = local_date(after, plan.time_zone)
    while day <= local_date(until, plan.time_zone):
        step = record.step_on(day)
        for position, slot in enumerate(step.slot_rows if step else ()):
            due_at = instant(day, slot.at, plan.time_zone)
            if (
                after < due_at <= until
                and (day, position) not in recorded
                and not (intake and intake.is_held_at(due_at))
            ):
                found.append((day, position))
        day += timedelta(days=1)
    return found


@transaction.atomic
def set_tracking(*, key: uuid.UUID, plan: Plan, mode: Tracking, by: Any, as_of: datetime) -> DoseTracking:
    """Say how the doses of a plan are known from now on. Sent again with the same ``key`` it writes nothing."""
    lock_patient(plan.patient_id)
    written = DoseTracking(id=key, mode=mode, since=as_of, **of_plan(plan, by=by, as_of=as_of))
    return stored(DoseTracking, written, plan, said=("mode",), by=by, as_of=as_of)


@transaction.atomic
def record_silence(
    *, key: uuid.UUID, plan: Plan, reason: SilenceReason, starts_at: datetime, ends_at: datetime, note: str, by: Any,
    as_of: datetime,
) -> Silence:  # fmt: skip
    """Record why nothing is ticked for a time. Sent again with the same ``key`` it writes nothing. IntakeRefused when the
    rules do not allow it to be as long as this."""
    lock_patient(plan.patient_id)
    if ends_at < starts_at:
        raise IntakeRefused("The end lies before the beginning.")
    record = records.load(plan.patient, as_of=as_of, with_names=False)
    told = core.Silence(reason=reason, starts_at=starts_at, ends_at=ends_at)
    if refused := too_long(told if record.intake is None else joined(told, record.intake), record.protocol):
        raise IntakeRefused(refused)
    written = Silence(
        id=key, reason=reason, starts_at=starts_at, ends_at=ends_at, note=note, **of_plan(plan, by=by, as_of=as_of)
    )
    return stored(Silence, written, plan, said=("reason", "starts_at", "ends_at", "note"), by=by, as_of=as_of)


def of_plan(plan: Plan, *, by: Any, as_of: datetime) -> dict[str, Any]:
    """The columns that every row about the doses of a plan has."""
    return {
        "plan": plan, "plan_number": plan.number, "patient_id": plan.patient_id, "recorded_at": as_of,
        "recorded_by": by,
    }  # fmt: skip


def stored(model: Any, written: Any, plan: Plan, *, said: tuple[str, ...], by: Any, as_of: datetime) -> Any:
    """Write the row, say so in the audit, and look at the flags with it; a row with its key that is there stays as it is.

    ``said``: the columns that a form fills. Raises KeyUsed when that row says something else, or is of another plan.
    """
    known = model.objects.filter(pk=written.pk).first()
    if known is not None:
        if any(getattr(known, name) != getattr(written, name) for name in ("plan_id", *said)):
            raise KeyUsed
        return known
    model.objects.bulk_create([written])
    action = AuditAction.UPDATE if getattr(written, "replaces_id", None) else AuditAction.CREATE
    audit.write(action=action, by=by, patient=plan.patient, what=written)
    flags.sync(records.load(plan.patient, as_of=as_of, with_names=False), as_of=as_of)
    return written
