"""The rows of recorded doses: what a form said of one, made into a row, compared with one, and written."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from titration.dosing.doses import Mg, format_dose
from titration.dosing.holds import held_too_long, near_hold
from titration.dosing.intake import DoseState
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import instant
from titration.dosing.wording import format_date
from titration.models import DoseEvent, Step

KEY_OF_EVENTS = "titration_doseevent_pkey"


class IntakeRefused(Exception):
    """It cannot be recorded; the text says what was read and what is allowed."""


class KeyUsed(IntakeRefused):
    """A form with this key wrote something else before, perhaps of somebody who may not be seen."""

    def __init__(self) -> None:
        super().__init__("This form was used for another record. Open it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said of one dose. ``taken`` and ``taken_at`` (aware) are None unless it was taken, in part or late."""

    state: str
    taken: Mg | None
    taken_at: datetime | None
    reason_code: str
    said_by: str
    note: str


def event_of(
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


def _taken_at(record: Any, said: Said) -> datetime | None:
    if said.taken_at is None or said.state not in (DoseState.TAKEN, DoseState.PARTLY):
        return None
    if said.taken_at > record.as_of:
        raise IntakeRefused("The time at which the dose was taken lies ahead.")
    return said.taken_at


def said_of(event: DoseEvent) -> tuple[Any, ...]:
    """What somebody said of a dose."""
    return (event.state, event.taken_mg, event.taken_at, event.reason_code, event.said_by, event.note)


def repeats(event: DoseEvent, said: Said) -> bool:
    """Whether a form says what it said when it wrote this row; of a dose that was taken whole the milligrams are the plan's."""
    partly, taken = said.state == DoseState.PARTLY, said.state in (DoseState.TAKEN, DoseState.PARTLY)
    return (
        (event.state, event.reason_code, event.said_by, event.note)
        == (said.state, said.reason_code, said.said_by, said.note)
        and event.taken_at == (said.taken_at if taken else None)
        and (not partly or (said.taken is not None and event.taken_mg == said.taken.value))
    )


def refuse_long_hold(written: DoseEvent, protocol: Protocol) -> None:
    """IntakeRefused when a dose that is held adds up to a stop with those held around it."""
    if written.state != DoseState.HELD:
        return
    near = near_hold(protocol)
    around = DoseEvent.objects.filter(
        plan=written.plan_id, replaced_by__isnull=True, due_at__range=(written.due_at - near, written.due_at + near)
    )
    told = list(around.values_list("due_at", "state"))
    taken = (at for at, state in told if state in (DoseState.TAKEN, DoseState.PARTLY))
    held = (at for at, state in told if state == DoseState.HELD)
    if refused := held_too_long(written.due_at, held, taken, protocol):
        raise IntakeRefused(refused)


def insert(written: list[DoseEvent]) -> None:
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
