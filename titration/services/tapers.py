"""Signing a reducing plan: all of its steps in one transaction, or none of them."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from titration.dosing.doses import Mg
from titration.dosing.taper import out_of_order
from titration.models import AuditAction, Patient, Step
from titration.models.locks import lock_patient
from titration.selectors.records import PatientRecord
from titration.services.orders import Decision, NotPossible, TaperOrder
from titration.services.plans import check_can_change_dose, end_plan
from titration.services.signatures import already_done, finish, locked_record, signed_review, write_taper
from titration.services.step_rows import make_room, void


@transaction.atomic
def sign_taper(
    *, patient: Patient, order: TaperOrder, decision: Decision, expected_version: int, by: Any, as_of: datetime
) -> Step:
    """Sign every step of a reducing plan; what was planned from its first day on is replaced. Returns its first step.

    Raises Superseded, NotPossible, Refused or CannotBeMade, and then nothing is written.
    """
    lock_patient(patient.pk)
    done = already_done(order.key, patient)
    if done:
        return done
    record = locked_record(patient, expected_version, as_of=as_of)
    check_can_change_dose(record, order.starts_on, order.rows[0].slots)
    _check_comes_down(record, order)
    review = signed_review(record, order, decision, by=by)
    plan = record.plan
    make_room(in_force=record.in_force, first_day=order.starts_on, end_day=None, plan=plan, by=by, as_of=as_of)
    void(steps=list(record.drafts), by=by, as_of=as_of)
    steps = write_taper(plan, order, review, decision, keys=keys_of(order), by=by, as_of=as_of)
    last = order.rows[-1]
    if not last.slots and last.starts_on <= record.today:
        end_plan(plan=plan, on=last.starts_on, by=by)
    return finish(patient, plan, steps[0], action=AuditAction.PUBLISH, by=by, as_of=as_of)  # type: ignore[no-any-return]


def keys_of(order: TaperOrder) -> tuple[uuid.UUID, ...]:
    """The keys of the steps: the first is that of the order, the others follow from it, so that sending twice makes one plan."""
    return (order.key, *(uuid.uuid5(order.key, f"row {number}") for number in range(1, len(order.rows))))


def _check_comes_down(record: PatientRecord, order: TaperOrder) -> None:
    """What the form refuses as well: a plan that is none, that rises, or that is made of another product."""
    before = record.step_before(order.starts_on)
    if before is None or not before.slot_rows:
        raise NotPossible("Nothing is being taken then, so there is no dose to reduce.")
    if not order.rows[0].slots:
        raise NotPossible("A reducing plan has at least one reduced step. To end baclofen at once, stop the plan.")
    if order.product_code != before.product_id:
        raise NotPossible("A reducing plan is made of the product that is taken now. Change the product first.")
    first = next(iter(out_of_order(Mg(before.daily_mg), order.rows)), None)
    if first is not None:
        raise NotPossible(first[1])
    if order.daily >= Mg(before.daily_mg):
        raise NotPossible("This plan does not reduce the dose.")
