"""The verbs of a plan: start it, change its dose, stop it, write down what already happened."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from titration.dosing import facts as core
from titration.dosing.doses import Mg
from titration.dosing.schedule import instant
from titration.dosing.wording import format_date
from titration.models import (
    AuditAction,
    Patient,
    Plan,
    PlanStatus,
    Step,
    StepState,
)
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.services import flag_life, flag_rows
from titration.services.ladder import ladder_steps
from titration.services.order_review import assess_order, past_end, quantities_of
from titration.services.orders import (
    Decision,
    DoseOrder,
    NotPossible,
    OrderReview,
    PastOrder,
    Refused,
    StopOrder,
    Superseded,
)
from titration.services.signatures import (
    already_done,
    check_living,
    finish,
    locked_record,
    signed_review,
    write_signed,
)
from titration.services.step_rows import findings_as_data, make_room, void, write_step
from titration.services.wanted_flags import PLAN_STEP

__all__ = [
    "Decision", "DoseOrder", "NotPossible", "OrderReview", "PastOrder", "Refused", "StopOrder", "Superseded", "assess_order",
    "change_dose", "draft_ladder", "past_end", "record_past_change", "set_next_decision", "start_plan", "stop_plan",
]  # fmt: skip


@transaction.atomic
def start_plan(*, patient: Patient, order: DoseOrder, decision: Decision, by: Any, as_of: datetime) -> Step:
    """Begin a course of baclofen with its first signed step."""
    lock_patient(patient.pk)
    done = already_done(order.key, patient)
    if done:
        return done
    check_living(patient)
    record = records.load(patient, as_of=as_of)
    if record.is_on_plan:
        raise Superseded(record)
    if order.starts_on < record.today:
        raise NotPossible(_PAST.format("first day"))
    review = signed_review(record, order, decision, by=by)
    protocol = record.protocol
    flag_rows.close_all(patient, as_of=as_of)
    plan = Plan.objects.create(
        organisation_id=patient.organisation_id,
        patient=patient,
        protocol_id=protocol.id,
        protocol_version=protocol.version,
        taken_before="yes" if record.last_taken else order.taken_before or "not_known",
        time_zone=patient.time_zone,
        created_at=as_of,
        created_by=by,
        prescriber=by,
    )
    step = write_signed(plan, record, order, review, decision, by=by, as_of=as_of)
    return finish(patient, plan, step, action=AuditAction.CREATE, by=by, as_of=as_of)


@transaction.atomic
def change_dose(
    *, patient: Patient, order: DoseOrder, decision: Decision, expected_version: int, by: Any, as_of: datetime
) -> Step:
    """Sign a new daily pattern from today or a later day. Steps planned after that day are replaced by it."""
    lock_patient(patient.pk)
    done = already_done(order.key, patient)
    if done:
        return done
    record = locked_record(patient, expected_version, as_of=as_of)
    check_can_change_dose(record, order.starts_on, order.slots)
    review = signed_review(record, order, decision, by=by)
    plan = record.plan
    make_room(in_force=record.in_force, first_day=order.starts_on, end_day=None, plan=plan, by=by, as_of=as_of)
    # What was drafted on another footing goes: all of it unless the dose rises, and then what lies below or before.
    rises = review.previous_daily is not None and review.new_daily > review.previous_daily
    outdated = [
        draft
        for draft in record.drafts
        if not rises or draft.first_day <= order.starts_on or draft.daily_mg <= review.new_daily.value
    ]
    void(steps=outdated, by=by, as_of=as_of)
    step = write_signed(plan, record, order, review, decision, by=by, as_of=as_of)
    return finish(patient, plan, step, action=AuditAction.PUBLISH, by=by, as_of=as_of)


def check_can_change_dose(record: records.PatientRecord, day: date, slots: Sequence[tuple[time, Mg]]) -> None:
    """Raise NotPossible when no dose can be signed in this plan from ``day`` on, or not at these times."""
    if day < record.today:
        raise NotPossible(_PAST.format("start date"))
    if not record.in_force:
        raise NotPossible("This plan has no signed step. Start baclofen instead.")
    if day < record.in_force[0].first_day:
        raise NotPossible("The start date lies before the first day of this plan. Choose a later date.")
    if day == record.today and moves_recorded(record, slots):
        raise NotPossible(
            "A dose of today is on record already, and these times would take its place. Start the new times tomorrow. The "
            "amounts can change from today on, at the times of today."
        )
    stop = next((step for step in record.in_force if step.kind == core.StepKind.STOP and step.end_day is None), None)
    if stop is not None and stop.first_day < day:
        raise NotPossible(
            f"Baclofen is stopped in this plan: {format_date(stop.first_day)} is the first day without it. A step on that "
            "day or before it replaces the stop; after it, baclofen is started again with a new plan."
        )


def moves_recorded(record: records.PatientRecord, slots: Sequence[tuple[time, Mg]]) -> bool:
    """Whether a dose that is recorded for today would stand at another time of day: a record has its place in the pattern."""
    if record.intake is None:
        return False
    due = [instant(record.today, at, record.intake.zone) for at, _ in slots]
    return any(
        one.slot < len(due) and due[one.slot] != one.due_at for one in record.intake.events if one.day == record.today
    )


@transaction.atomic
def stop_plan(
    *, patient: Patient, order: StopOrder, decision: Decision, expected_version: int, by: Any, as_of: datetime
) -> Step:
    """Sign the end of baclofen. The plan itself ends on the day that the stop begins."""
    lock_patient(patient.pk)
    done = already_done(order.key, patient)
    if done:
        return done
    record = locked_record(patient, expected_version, as_of=as_of)
    if order.stops_on < record.today:
        raise NotPossible(_PAST.format("first day without baclofen"))
    if record.current_step is None and not record.planned_steps:
        raise NotPossible("Nothing is being taken in this plan, so there is nothing to stop.")
    review = signed_review(record, order, decision, by=by)
    plan = record.plan
    make_room(in_force=record.in_force, first_day=order.stops_on, end_day=None, plan=plan, by=by, as_of=as_of)
    void(steps=list(record.drafts), by=by, as_of=as_of)
    step = write_signed(plan, record, order, review, decision, by=by, as_of=as_of)
    if order.stops_on <= record.today:
        end_plan(plan=plan, on=order.stops_on, by=by)
    return finish(patient, plan, step, action=AuditAction.PUBLISH, by=by, as_of=as_of)


@transaction.atomic
def record_past_change(*, patient: Patient, order: PastOrder, expected_version: int, by: Any, as_of: datetime) -> Step:
    """Write down what was already taken, in the active plan or the last one that ended. Findings never stop it.

    When the check itself fails the step is kept and marked as not checked.
    """
    lock_patient(patient.pk)
    done = already_done(order.key, patient)
    if done:
        return done
    record = locked_record(patient, expected_version, as_of=as_of, ended_too=True)
    if not order.reason.strip():
        raise NotPossible("Write why this change is recorded late.")
    end_day = past_end(record, order)
    quantities = quantities_of(record, order)
    try:
        review = assess_order(record, order)
        if review.asked.hard:  # the entry contradicts itself, so nobody knows what was taken
            raise Refused(review, tuple(one.because for one in review.asked.hard))
        findings, kind, checked = findings_as_data(review.assessment.findings), review.kind, True
    except Refused:
        raise
    except Exception:  # noqa: BLE001  a change that happened is recorded even when the check is down, and says so
        findings, kind, checked = [], core.StepKind.HOLD if order.slots else core.StepKind.STOP, False
    plan = record.plan
    make_room(in_force=record.in_force, first_day=order.starts_on, end_day=end_day, plan=plan, by=by, as_of=as_of)
    step = write_step(
        plan=plan,
        key=order.key,
        kind=kind,
        state=StepState.SIGNED,
        first_day=order.starts_on,
        end_day=end_day,
        slots=tuple((at, amount, made) for (at, amount), made in zip(order.slots, quantities, strict=True)),
        product_code=order.product_code or None,
        by=by,
        as_of=as_of,
        reason=order.reason,
        reason_code=order.reason_code,
        findings=findings,
        checked=checked,
        recorded_late=True,
    )
    return finish(patient, plan, step, action=AuditAction.UPDATE, by=by, as_of=as_of)


@transaction.atomic
def set_next_decision(*, patient: Patient, on: date | None, expected_version: int, by: Any, as_of: datetime) -> None:
    """Set or clear the day on which the next decision about the dose is due."""
    record = locked_record(patient, expected_version, as_of=as_of)
    if on is not None and on < record.today:
        raise NotPossible("The next decision lies in the past. Choose today or a later date.")
    Plan.objects.filter(pk=record.plan.pk).update(next_decision_on=on)
    if on is not None:
        said = f"The next decision is set for {format_date(on)}."
        flag_life.answered(record.flags, next_actions=(PLAN_STEP,), text=said, by=by, as_of=as_of)
    finish(patient, record.plan, None, action=AuditAction.UPDATE, by=by, as_of=as_of)


@transaction.atomic
def draft_ladder(*, patient: Patient, expected_version: int, by: Any, as_of: datetime) -> list[Step]:
    """Draft the label's ladder above the newest signed dose, in the product and at the times of that dose (STEP-6)."""
    record = locked_record(patient, expected_version, as_of=as_of)
    void(steps=list(record.drafts), by=by, as_of=as_of)
    made = [
        write_step(
            plan=record.plan,
            key=uuid.uuid4(),
            state=StepState.DRAFT,
            kind=core.StepKind.INCREASE,
            by=by,
            as_of=as_of,
            **one,
        )
        for one in ladder_steps(record)
    ]
    finish(patient, record.plan, None, action=AuditAction.UPDATE, by=by, as_of=as_of)
    return made


def end_plan(*, plan: Plan, on: date, by: Any) -> None:
    """Close the plan on the first day without baclofen."""
    Plan.objects.filter(pk=plan.pk, status=PlanStatus.ACTIVE).update(status=PlanStatus.ENDED, ended_on=on, ended_by=by)


_PAST = "The {} lies in the past. Use “Record a past change” for a change that already happened."
