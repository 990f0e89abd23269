"""How steps are written: never changed in place. A change voids the rows it touches and adds trimmed copies of them."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from titration.dosing import facts as core
from titration.dosing.doses import Mg
from titration.dosing.products import Quantity
from titration.dosing.rules import Finding
from titration.models import Plan, Slot, Step, StepState
from titration.selectors.rows import overlaps


def write_step(
    *,
    plan: Plan,
    key: uuid.UUID,
    kind: core.StepKind,
    state: StepState,
    first_day: date,
    end_day: date | None,
    slots: tuple[tuple[Any, Mg, Quantity], ...],
    product_code: str | None,
    by: Any,
    as_of: datetime,
    job: str = "",
    **fields: Any,
) -> Step:
    """Insert one step with its slots, in one statement each."""
    total = sum((amount.value for _, amount, _ in slots), start=Decimal(0))
    step = Step(
        id=key,
        plan=plan,
        plan_number=plan.number,
        patient_id=plan.patient_id,
        kind=kind.value,
        state=state,
        period=DateRange(first_day, end_day),
        daily_mg=total,
        product_id=product_code,
        signed_at=as_of if state == StepState.SIGNED else None,
        protocol_version=plan.protocol_version,
        recorded_at=as_of,
        recorded_by=by,
        job=job,
        **fields,
    )
    Step.objects.bulk_create([step])
    Slot.objects.bulk_create(
        Slot(
            step=step,
            plan=plan,
            plan_number=plan.number,
            patient_id=plan.patient_id,
            position=position,
            at=at,
            amount_mg=amount.value,
            tablets=quantity.tablets,
            volume_ml=quantity.ml,
            recorded_at=as_of,
            recorded_by=by,
            job=job,
        )
        for position, (at, amount, quantity) in enumerate(slots, start=1)
    )
    return step


def void(*, steps: list[Step], by: Any, as_of: datetime) -> None:
    """Take rows out of force; the rows stay as they were written."""
    if steps:
        Step.objects.filter(pk__in=[step.pk for step in steps]).update(voided_at=as_of, voided_by=by)


def make_room(
    *, in_force: tuple[Step, ...], first_day: date, end_day: date | None, plan: Plan, by: Any, as_of: datetime
) -> list[Step]:
    """Free the days from ``first_day`` until before ``end_day`` (None: for ever); returns the rows that were voided.

    What of a voided step lies outside those days goes on in a copy that names the step it came from.
    """
    touched = [step for step in in_force if overlaps(step, first_day, end_day)]
    void(steps=touched, by=by, as_of=as_of)
    for step in touched:
        if step.first_day < first_day:
            _copy(step, step.first_day, first_day, plan=plan, by=by, as_of=as_of)
        if end_day is not None and (step.end_day is None or end_day < step.end_day):
            _copy(step, end_day, step.end_day, plan=plan, by=by, as_of=as_of)
    return touched


def _copy(step: Step, first_day: date, end_day: date | None, *, plan: Plan, by: Any, as_of: datetime) -> Step:
    """A trimmed copy. ``origin`` is the step a person once wrote, whose author and reason the history shows."""
    copy = Step(
        plan=plan,
        plan_number=plan.number,
        patient_id=plan.patient_id,
        kind=step.kind,
        state=step.state,
        period=DateRange(first_day, end_day),
        daily_mg=step.daily_mg,
        product_id=step.product_id,
        reason_code=step.reason_code,
        reason=step.reason,
        advice=step.advice,
        replaces_id=step.pk,
        origin_id=step.origin_id or step.pk,
        signed_at=step.signed_at,
        cosigned_by_id=step.cosigned_by_id,
        protocol_version=step.protocol_version,
        findings=step.findings,
        checked=step.checked,
        recorded_late=step.recorded_late,
        recorded_at=as_of,
        recorded_by=by,
    )
    if copy.cosigned_by_id == (by.pk if by is not None else None):
        copy.cosigned_by_id = None  # the second clinician of the original is named by the original
    Step.objects.bulk_create([copy])
    Slot.objects.bulk_create(
        Slot(
            step=copy,
            plan=plan,
            plan_number=plan.number,
            patient_id=plan.patient_id,
            position=position,
            at=row.at,
            amount_mg=row.amount.value,
            tablets=row.tablets,
            volume_ml=row.volume_ml,
            recorded_at=as_of,
            recorded_by=by,
        )
        for position, row in enumerate(step.slot_rows, start=1)
    )
    return copy


def findings_as_data(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Findings as they are kept beside a step or a flag: what was said, by which rule, on which values."""
    return [
        {
            "rule": one.rule,
            "severity": one.severity.name,
            "override": one.override.value,
            "about": one.about.value,
            "because": one.because,
            "number": one.number,
            "sources": list(one.sources),
            "proposed": one.proposed,
            "values": [list(pair) for pair in one.values],
        }
        for one in findings
    ]
