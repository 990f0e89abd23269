"""What every signed change of a plan does: lock, look, ask, write, look again, and leave its line in the audit."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import F

from titration.dosing.doses import Mg, format_total
from titration.dosing.facts import StepKind
from titration.dosing.gate_lines import still_asked
from titration.dosing.wording import format_date
from titration.models import AuditAction, Override, Patient, Plan, Step, StepState
from titration.models.locks import lock_patient
from titration.permissions import Denied, check_can_cosign
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import audit, flag_life, flags
from titration.services.order_review import assess_order
from titration.services.orders import (
    Decision,
    NotPossible,
    OrderReview,
    Refused,
    StopOrder,
    Superseded,
    TaperOrder,
)
from titration.services.signed_gate import gate_as_finding, gate_override
from titration.services.step_rows import findings_as_data, write_step
from titration.services.wanted_flags import PLAN_STEP, REVIEW_DOSE


def already_done(key: uuid.UUID, patient: Patient) -> Step | None:
    """The step that an earlier sending of the same order made."""
    return Step.objects.filter(pk=key, patient=patient.pk).first()


def check_living(patient: Patient) -> None:
    """Raise NotPossible for a patient who has died."""
    if patient.is_deceased:
        raise NotPossible("This patient has died. No dose can be ordered.")


def locked_record(
    patient: Patient, expected_version: int, *, as_of: datetime, ended_too: bool = False
) -> PatientRecord:
    """The record, with everybody else kept waiting; Superseded when the plan is not the one that the form was about.

    ``ended_too``: the last plan may have ended, as when something is written down that happened in it.
    """
    lock_patient(patient.pk)
    check_living(patient)
    record = records.load(patient, as_of=as_of)
    known = record.plan is not None if ended_too else record.is_on_plan
    if not known or record.plan.version != expected_version:
        raise Superseded(record)
    return record


def signed_review(record: PatientRecord, order: Any, decision: Decision, *, by: Any) -> OrderReview:
    """The review of the order, once nothing more is asked of the prescriber; otherwise Refused."""
    if not order.reason.strip() and not isinstance(order, StopOrder):
        raise NotPossible("Write the reason for this change.")
    review = assess_order(record, order)
    missing = list(review.asked.missing(decision.answers, new_daily=review.new_daily, today=record.today))
    missing += [one.because for one in review.assessment.not_judged if one.refuses]
    missing += still_asked(review.gate, code=decision.gate_code.strip(), text=decision.gate_text.strip())
    if review.asked.second and decision.second_clinician is not None:
        try:
            check_can_cosign(decision.second_clinician, record.patient, author=by)
        except Denied as denied:
            missing.append(str(denied))
    if missing:
        raise Refused(review, tuple(missing))
    return review


def write_signed(
    plan: Plan, record: PatientRecord, order: Any, review: OrderReview, decision: Decision, *, by: Any, as_of: datetime
) -> Step:
    """Insert the step of a reviewed order, and an override for each finding that it was signed in spite of."""
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
        findings=[*findings_as_data(review.assessment.findings), *gate_as_finding(review.gate)],
        cosigned_by=second,
    )
    _write_overrides(step, order, review, decision, by=by, as_of=as_of)
    return step


def write_taper(
    plan: Plan, order: TaperOrder, review: OrderReview, decision: Decision,
    *, keys: tuple[uuid.UUID, ...], by: Any, as_of: datetime,
) -> list[Step]:  # fmt: skip
    """Insert the steps of a reviewed reducing plan, one after another. What was overridden belongs to the first of them."""
    quantities, steps = iter(review.quantities), []
    ends = [*(row.starts_on for row in order.rows[1:]), None]
    for key, row, end in zip(keys, order.rows, ends, strict=True):
        steps.append(
            write_step(
                plan=plan,
                key=key,
                kind=StepKind.TAPER if row.slots else StepKind.STOP,
                state=StepState.SIGNED,
                first_day=row.starts_on,
                end_day=end,
                slots=tuple((at, amount, next(quantities)) for at, amount in row.slots),
                product_code=order.product_code if row.slots else None,
                by=by,
                as_of=as_of,
                reason=order.reason,
                advice=order.advice,
                findings=findings_as_data(review.assessment.findings),
                cosigned_by=decision.second_clinician if review.asked.second else None,
            )
        )
    _write_overrides(steps[0], order, review, decision, by=by, as_of=as_of)
    return steps


def _write_overrides(
    step: Step, order: Any, review: OrderReview, decision: Decision, *, by: Any, as_of: datetime
) -> None:
    common = {
        "step": step, "plan_id": step.plan_id, "plan_number": step.plan_number, "patient_id": step.patient_id,
        "protocol_id": review.assessment.protocol_id, "protocol_version": review.assessment.protocol_version,
        "recorded_at": as_of, "recorded_by": by,
    }  # fmt: skip
    Override.objects.bulk_create(
        [
            *(
                Override(
                    rule_id=one.rule,
                    asked=one.override.value,
                    values_shown={"because": one.because, "values": [list(pair) for pair in one.values]},
                    reason_code=decision.reason_code,
                    reason_text=decision.reason_text,
                    monitoring_plan=decision.monitoring_plan or getattr(order, "monitoring_plan", ""),
                    specialist_name=decision.specialist_name,
                    specialist_on=decision.specialist_on,
                    second_clinician=decision.second_clinician if review.asked.second else None,
                    **common,
                )
                for one in review.asked.interrupting
            ),
            *gate_override(review.gate, code=decision.gate_code, text=decision.gate_text, **common),
        ]
    )


def finish(patient: Patient, plan: Plan, step: Step | None, *, action: AuditAction, by: Any, as_of: datetime) -> Any:
    """Count the version up, look again at all findings, and write the line of the audit.

    A signed order is what the flags about the dose ask for; a change that is recorded late decides nothing.
    """
    if not Plan.objects.filter(pk=plan.pk, version=plan.version).update(version=F("version") + 1):
        raise Superseded(records.load(patient, as_of=as_of))
    audit.write(action=action, by=by, patient=patient, what=step if step is not None else plan)
    record = records.load(patient, as_of=as_of, with_names=False)
    if step is not None and not step.recorded_late:
        flag_life.answered(
            record.flags, next_actions=(REVIEW_DOSE, PLAN_STEP), text=_signed_words(step), by=by, as_of=as_of
        )
    flags.sync(record, as_of=as_of)
    return step


def _signed_words(step: Step) -> str:
    dose = "no baclofen" if step.kind == StepKind.STOP else f"{format_total(Mg(step.daily_mg))} a day"
    return f"Signed: {dose} from {format_date(step.period.lower)}."
