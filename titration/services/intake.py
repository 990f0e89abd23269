"""Recording what was taken: one dose, everything up to a moment, how doses are known, and why nothing is ticked."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from titration.dosing import intake as core
from titration.dosing.doses import Mg, format_dose
from titration.dosing.gaps import too_long
from titration.dosing.intake import DoseState, SilenceReason, Tracking
from titration.dosing.schedule import instant, local_date
from titration.dosing.wording import format_date, format_when
from titration.models import AuditAction, DoseEvent, DoseTracking, Plan, Silence, Step
from titration.models.intake import UNDONE
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.selectors.dose_day import DoseDay
from titration.selectors.intake import DAYS_READ, key_and_standing
from titration.selectors.records import PatientRecord
from titration.services import audit, dose_flags, flags

# How far back a call may fill in doses: as far as they are read.
CALL_REACHES_BACK = timedelta(days=DAYS_READ)
KEY_OF_EVENTS = "titration_doseevent_pkey"


class IntakeRefused(Exception):
    """It cannot be recorded; the text says what was read and what is allowed."""


class KeyUsed(IntakeRefused):
    """A form with this key wrote something else before, perhaps of somebody who may not be seen."""

    def __init__(self) -> None:
        super().__init__("This form was used for another record. Open it again.")


class Superseded(Exception):
    """Somebody recorded this dose in the meantime; ``current`` is what stands now."""

    def __init__(self, current: DoseEvent) -> None:
        super().__init__("This dose was recorded by somebody else in the meantime.")
        self.current = current


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said of one dose. ``taken`` and ``taken_at`` (aware) are None unless it was taken, in part or late."""

    state: str
    taken: Mg | None
    taken_at: datetime | None
    reason_code: str
    said_by: str
    note: str


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
        if asked != (known.plan_id, known.local_date, known.position, known.replaces_id) or not _repeats(known, said):
            raise KeyUsed
        return known
    written = _event(doses, doses.step, doses.day, position, said, key=key, replaces=replaces, by=by)
    if standing is not None and standing.pk != replaces:
        raise Superseded(standing)
    if standing is not None and _said(standing) == _said(written):
        raise IntakeRefused("Nothing was changed. Correct the record of this dose, or take it back.")
    if standing is None and replaces is not None:
        raise IntakeRefused("The record that is corrected does not belong to this dose.")
    _insert([written])
    action = AuditAction.UPDATE if replaces else AuditAction.CREATE
    audit.write(action=action, by=by, patient=plan.patient, what=written)
    dose_flags.sync(plan, as_of=doses.as_of)
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
        if wanted or not all(event.due_at <= until and _repeats(event, said) for event in again):
            raise KeyUsed
        return len(again)
    written = [
        _event(
            record, record.step_on(day), day, position, said, key=_key_of(key, (day, position)), replaces=None, by=by
        )
        for day, position in wanted
    ]
    if not written:
        raise IntakeRefused(
            "Every dose up to then is recorded already. Correct the dose that was recorded wrongly on the page of the doses."
        )
    _insert(written)
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
    """The doses due between the newest recorded one and ``until`` of which nothing was ever recorded.

    A record that was taken back stays so: what a person has looked at by itself is not filled in with the others.
    """
    standing = [event.due_at for event in recorded.values() if event.state != UNDONE]
    after = max(standing, default=until - CALL_REACHES_BACK)
    found = []
    day = local_date(after, plan.time_zone)
    while day <= local_date(until, plan.time_zone):
        step = record.step_on(day)
        for position, slot in enumerate(step.slot_rows if step else ()):
            if after < instant(day, slot.at, plan.time_zone) <= until and (day, position) not in recorded:
                found.append((day, position))
        day += timedelta(days=1)
    return found


def _event(
    record: Any, step: Step | None, day: date, position: int, said: Said, *, key: uuid.UUID, replaces: uuid.UUID | None,
    by: Any,
) -> DoseEvent:  # fmt: skip
    """The row, with time and milligrams of the step in force that day; IntakeRefused when there is no such dose.

    ``record``: what was read of the patient, or of the day alone.
    """
    plan = record.plan
    if step is None or position >= len(step.slot_rows):
        raise IntakeRefused(f"The plan has no dose number {position + 1} on {format_date(day)}.")
    if day > record.today:
        raise IntakeRefused(f"{format_date(day)} lies ahead; only doses up to today can be recorded.")
    slot = step.slot_rows[position]
    return DoseEvent(
        id=key,
        plan=plan,
        plan_number=plan.number,
        patient_id=plan.patient_id,
        local_date=day,
        position=position,
        slot_at=slot.at,
        time_zone=plan.time_zone,
        due_at=instant(day, slot.at, plan.time_zone),
        state=said.state,
        amount_mg=slot.amount.value,
        taken_mg=_taken(slot.amount, said),
        taken_at=_taken_at(record, said),
        reason_code=said.reason_code,
        said_by=said.said_by,
        note=said.note,
        replaces_id=replaces,
        recorded_at=record.as_of,
        recorded_by=by,
    )


def _taken(amount: Mg, said: Said) -> Decimal:
    if said.state == DoseState.TAKEN:
        return amount.value
    if said.state != DoseState.PARTLY:
        return Decimal(0)
    if said.taken is None or not Mg(Decimal(0)) < said.taken < amount:
        read = "nothing" if said.taken is None else format_dose(said.taken)
        raise IntakeRefused(
            f"A part of {format_dose(amount)} is more than 0 and less than all of it, and {read} was read."
        )
    return said.taken.value


def _taken_at(record: PatientRecord, said: Said) -> datetime | None:
    if said.taken_at is None or said.state not in (DoseState.TAKEN, DoseState.PARTLY):
        return None
    if said.taken_at > record.as_of:
        raise IntakeRefused("The time at which the dose was taken lies ahead.")
    return said.taken_at


def _said(event: DoseEvent) -> tuple[Any, ...]:
    """What somebody said of a dose."""
    return (event.state, event.taken_mg, event.taken_at, event.reason_code, event.said_by, event.note)


def _repeats(event: DoseEvent, said: Said) -> bool:
    """Whether a form says what it said when it wrote this row; of a dose that was taken whole the milligrams are the plan's."""
    partly, taken = said.state == DoseState.PARTLY, said.state in (DoseState.TAKEN, DoseState.PARTLY)
    return (
        (event.state, event.reason_code, event.said_by, event.note)
        == (said.state, said.reason_code, said.said_by, said.note)
        and event.taken_at == (said.taken_at if taken else None)
        and (not partly or (said.taken is not None and event.taken_mg == said.taken.value))
    )


def _insert(written: list[DoseEvent]) -> None:
    """Write the rows, or KeyUsed when their keys are those of rows that this person does not see."""
    try:
        with transaction.atomic():
            DoseEvent.objects.bulk_create(written)
    except IntegrityError as error:
        if not _is_key(error):
            raise
        raise KeyUsed from None


def _is_key(error: IntegrityError) -> bool:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == KEY_OF_EVENTS


@transaction.atomic
def set_tracking(*, key: uuid.UUID, plan: Plan, mode: Tracking, by: Any, as_of: datetime) -> DoseTracking:
    """Say how the doses of a plan are known from now on. Sent again with the same ``key`` it writes nothing."""
    lock_patient(plan.patient_id)
    written = DoseTracking(id=key, mode=mode, since=as_of, **of_plan(plan, by=by, as_of=as_of))
    return stored(DoseTracking, written, plan, by=by, as_of=as_of)


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
    if refused := too_long(core.Silence(reason=reason, starts_at=starts_at, ends_at=ends_at), record.protocol):
        raise IntakeRefused(refused)
    written = Silence(
        id=key, reason=reason, starts_at=starts_at, ends_at=ends_at, note=note, **of_plan(plan, by=by, as_of=as_of)
    )
    return stored(Silence, written, plan, by=by, as_of=as_of)


def of_plan(plan: Plan, *, by: Any, as_of: datetime) -> dict[str, Any]:
    """The columns that every row about the doses of a plan has."""
    return {
        "plan": plan, "plan_number": plan.number, "patient_id": plan.patient_id, "recorded_at": as_of,
        "recorded_by": by,
    }  # fmt: skip


def stored(model: Any, written: Any, plan: Plan, *, by: Any, as_of: datetime) -> Any:
    """Write the row, say so in the audit, and look at the flags with it; a row with its key that is there stays as it is.

    Raises KeyUsed when that row is of another plan.
    """
    known = model.objects.filter(pk=written.pk).first()
    if known is not None:
        if known.plan_id != plan.pk:
            raise KeyUsed(f"The key {written.pk} was used for another record. Open the form again.")
        return known
    model.objects.bulk_create([written])
    action = AuditAction.UPDATE if getattr(written, "replaces_id", None) else AuditAction.CREATE
    audit.write(action=action, by=by, patient=plan.patient, what=written)
    flags.sync(records.load(plan.patient, as_of=as_of, with_names=False), as_of=as_of)
    return written
