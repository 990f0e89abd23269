"""The verbs of a plan: start it, change its dose, stop it, write down what already happened."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from titration.dosing import facts as core
from titration.models import (
    AuditAction,
    Override,
    Patient,
    Plan,
    PlanStatus,
    Step,
    StepState,
)
from titration.permissions import Denied, check_can_cosign
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import audit, flags
from titration.services.orders import (
    Decision,
    DoseOrder,
    NotPossible,
    OrderReview,
    Refused,
    StopOrder,
    Superseded,
    assess_order,
    quantities_of,
)
from titration.services.step_rows import findings_as_data, make_room, void, write_step

__all__ = [
    "Decision", "DoseOrder", "NotPossible", "OrderReview", "Refused", "StopOrder", "Superseded", "assess_order",
    "change_dose", "draft_ladder", "record_past_change", "set_next_decision", "start_plan", "stop_plan",
]  # fmt: skip


@transaction.atomic
def start_plan(*, patient: Patient, order: DoseOrder, decision: Decision, by: Any, as_of: datetime) -> Step:
    """Begin a course of baclofen with its first signed step."""
    _lock(patient)
    done = _already_done(order.key, patient)
    if done:
        return done
    _check_living(patient)
    record = records.load(patient, as_of=as_of)
    if record.is_on_plan:
        raise Superseded(record)
    if order.starts_on < record.today:
        raise NotPossible(_PAST.format("first day"))
    review = _signed_review(record, order, decision, by=by)
    protocol = record.protocol
    plan = Plan.objects.create(
        organisation_id=patient.organisation_id,
        patient=patient,
        protocol_id=protocol.id,
        protocol_version=protocol.version,
        taken_before=order.taken_before or "not_known",
        time_zone=patient.time_zone,
        created_at=as_of,
        created_by=by,
        prescriber=by,
    )
    step = _write_signed(plan, record, order, review, decision, by=by, as_of=as_of)
    return _finish(patient, plan, step, action=AuditAction.CREATE, by=by, as_of=as_of)


@transaction.atomic
def change_dose(
    *, patient: Patient, order: DoseOrder, decision: Decision, expected_version: int, by: Any, as_of: datetime
) -> Step:
    """Sign a new daily pattern from today or a later day. Steps planned after that day are replaced by it."""
    done = _already_done(order.key, patient)
    if done:
        return done
    record = _locked_record(patient, expected_version, as_of=as_of)
    if order.starts_on < record.today:
        raise NotPossible(_PAST.format("start date"))
    if not record.in_force:
        raise NotPossible("This plan has no signed step. Start baclofen instead.")
    if order.starts_on < record.in_force[0].first_day:
        raise NotPossible("The start date lies before the first day of this plan. Choose a later date.")
    review = _signed_review(record, order, decision, by=by)
    plan = record.plan
    make_room(in_force=record.in_force, first_day=order.starts_on, end_day=None, plan=plan, by=by, as_of=as_of)
    void(steps=[draft for draft in record.drafts if draft.first_day <= order.starts_on], by=by, as_of=as_of)
    step = _write_signed(plan, record, order, review, decision, by=by, as_of=as_of)
    return _finish(patient, plan, step, action=AuditAction.PUBLISH, by=by, as_of=as_of)


@transaction.atomic
def stop_plan(
    *, patient: Patient, order: StopOrder, decision: Decision, expected_version: int, by: Any, as_of: datetime
) -> Step:
    """Sign the end of baclofen. The plan itself ends on the day that the stop begins."""
    done = _already_done(order.key, patient)
    if done:
        return done
    record = _locked_record(patient, expected_version, as_of=as_of)
    if order.stops_on < record.today:
        raise NotPossible(_PAST.format("first day without baclofen"))
    if record.current_step is None and not record.planned_steps:
        raise NotPossible("Nothing is being taken in this plan, so there is nothing to stop.")
    review = _signed_review(record, order, decision, by=by)
    plan = record.plan
    make_room(in_force=record.in_force, first_day=order.stops_on, end_day=None, plan=plan, by=by, as_of=as_of)
    void(steps=list(record.drafts), by=by, as_of=as_of)
    step = _write_signed(plan, record, order, review, decision, by=by, as_of=as_of)
    if order.stops_on <= record.today:
        end_plan(plan=plan, on=order.stops_on, by=by)
    return _finish(patient, plan, step, action=AuditAction.PUBLISH, by=by, as_of=as_of)


@transaction.atomic
def record_past_change(
    *,
    patient: Patient,
    order: DoseOrder,
    until: date | None,
    expected_version: int,
    by: Any,
    as_of: datetime,
) -> Step:
    """Write down a dose that was already taken. Findings never stop it; without ``until`` it holds until the next known step.

    When the check itself fails the step is kept and marked as not checked.
    """
    done = _already_done(order.key, patient)
    if done:
        return done
    record = _locked_record(patient, expected_version, as_of=as_of)
    if order.starts_on >= record.today:
        raise NotPossible("A past change began before today. For today or later, add a dose step.")
    if not order.reason.strip():
        raise NotPossible("Write why this change is recorded late.")
    later = [step.first_day for step in record.in_force if step.first_day > order.starts_on]
    end_day = until if until is not None else min(later, default=None)
    if end_day is not None and end_day <= order.starts_on:
        raise NotPossible("The change ends before it begins. Choose a later last day.")
    quantities = quantities_of(record, order)
    try:
        review = assess_order(record, order)
        findings, kind, checked = findings_as_data(review.assessment.findings), review.kind, True
    except Exception:  # noqa: BLE001  a change that happened is recorded even when the check is down, and says so
        findings, kind, checked = [], core.StepKind.HOLD, False
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
        product_code=order.product_code,
        by=by,
        as_of=as_of,
        reason=order.reason,
        reason_code=order.reason_code,
        findings=findings,
        checked=checked,
        recorded_late=True,
    )
    return _finish(patient, plan, step, action=AuditAction.UPDATE, by=by, as_of=as_of)


@transaction.atomic
def set_next_decision(*, patient: Patient, on: date | None, expected_version: int, by: Any, as_of: datetime) -> None:
    """Set or clear the day on which the next decision about the dose is due."""
    record = _locked_record(patient, expected_version, as_of=as_of)
    if on is not None and on < record.today:
        raise NotPossible("The next decision lies in the past. Choose today or a later date.")
    Plan.objects.filter(pk=record.plan.pk).update(next_decision_on=on)
    _finish(patient, record.plan, None, action=AuditAction.UPDATE, by=by, as_of=as_of)


@transaction.atomic
def draft_ladder(*, patient: Patient, expected_version: int, by: Any, as_of: datetime) -> list[Step]:
    """Draft the label's ladder above the newest signed dose, in the product and at the times of that dose (STEP-6)."""
    record = _locked_record(patient, expected_version, as_of=as_of)
    from titration.services.ladder import ladder_steps

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
    _finish(patient, record.plan, None, action=AuditAction.UPDATE, by=by, as_of=as_of)
    return made


def end_plan(*, plan: Plan, on: date, by: Any) -> None:
    """Close the plan on the first day without baclofen."""
    Plan.objects.filter(pk=plan.pk, status=PlanStatus.ACTIVE).update(status=PlanStatus.ENDED, ended_on=on, ended_by=by)


_PAST = "The {} lies in the past. Use “Record a past change” for a change that already happened."


def _lock(patient: Patient) -> None:
    """One change at a time for a patient, also when there is no plan yet to lock."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"plan:{patient.pk}"])


def _already_done(key: uuid.UUID, patient: Patient) -> Step | None:
    """The step that an earlier sending of the same order made."""
    return Step.objects.filter(pk=key, patient=patient.pk).first()


def _check_living(patient: Patient) -> None:
    if patient.is_deceased:
        raise NotPossible("This patient has died. No dose can be ordered.")


def _locked_record(patient: Patient, expected_version: int, *, as_of: datetime) -> PatientRecord:
    _lock(patient)
    _check_living(patient)
    record = records.load(patient, as_of=as_of)
    if not record.is_on_plan or record.plan.version != expected_version:
        raise Superseded(record)
    return record


def _signed_review(record: PatientRecord, order: Any, decision: Decision, *, by: Any) -> OrderReview:
    """The review of the order, once nothing more is asked of the prescriber; otherwise Refused."""
    if not order.reason.strip() and not isinstance(order, StopOrder):
        raise NotPossible("Write the reason for this change.")
    review = assess_order(record, order)
    missing = list(review.asked.missing(decision.answers, new_daily=review.new_daily, today=record.today))
    missing += [one.because for one in review.assessment.not_judged if one.refuses]
    if review.asked.second and decision.second_clinician is not None:
        try:
            check_can_cosign(decision.second_clinician, record.patient, author=by)
        except Denied as denied:
            missing.append(str(denied))
    if missing:
        raise Refused(review, tuple(missing))
    return review


def _write_signed(
    plan: Plan, record: PatientRecord, order: Any, review: OrderReview, decision: Decision, *, by: Any, as_of: datetime
) -> Step:
    stopping = isinstance(order, StopOrder)
    slots = () if stopping else tuple(
        (at, amount, made) for (at, amount), made in zip(order.slots, review.quantities, strict=True)
    )  # fmt: skip
    second = decision.second_clinician if review.asked.second else None
    step = write_step(
        plan=plan,
        key=order.key,
        kind=review.kind,
        state=StepState.SIGNED,
        first_day=order.stops_on if stopping else order.starts_on,
        end_day=None,
        slots=slots,
        product_code=None if stopping else order.product_code,
        by=by,
        as_of=as_of,
        reason=order.reason,
        reason_code=order.stop_reason.value if stopping else order.reason_code,
        findings=findings_as_data(review.assessment.findings),
        cosigned_by=second,
    )
    Override.objects.bulk_create(
        Override(
            step=step,
            plan=plan,
            plan_number=plan.number,
            patient_id=plan.patient_id,
            rule_id=one.rule,
            protocol_id=review.assessment.protocol_id,
            protocol_version=review.assessment.protocol_version,
            asked=one.override.value,
            values_shown={"because": one.because, "values": [list(pair) for pair in one.values]},
            reason_code=decision.reason_code,
            reason_text=decision.reason_text,
            monitoring_plan=decision.monitoring_plan or (order.monitoring_plan if stopping else ""),
            specialist_name=decision.specialist_name,
            specialist_on=decision.specialist_on,
            second_clinician=second,
            recorded_at=as_of,
            recorded_by=by,
        )
        for one in review.asked.interrupting
    )
    return step


def _finish(patient: Patient, plan: Plan, step: Step | None, *, action: AuditAction, by: Any, as_of: datetime) -> Any:
    """Count the version up, look again at all findings, and write the line of the audit."""
    Plan.objects.filter(pk=plan.pk).update(version=F("version") + 1)
    audit.write(action=action, by=by, patient=patient, what=step if step is not None else plan)
    flags.sync(records.load(patient, as_of=as_of, with_names=False), as_of=as_of)
    return step
