"""Looking again at plans whose findings time alone may have changed."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from titration.dosing.facts import StepKind
from titration.models import Plan
from titration.models.locks import lock_patient
from titration.selectors import records
from titration.services import flags, plans

BATCH = 500


def due_plans(*, as_of: datetime, batch: int = BATCH) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Keys of up to ``batch`` plans that are due, with their patients, the longest overdue first."""
    return list(Plan.objects.active().due(as_of).order_by("reassess_at").values_list("pk", "patient_id")[:batch])


def reassess(keys: Iterable[tuple[uuid.UUID, uuid.UUID]], *, as_of: datetime) -> int:
    """Look at each plan again, one transaction each; a plan that another process holds or has done is left to it."""
    done = 0
    for plan_key, patient_key in keys:
        with transaction.atomic():
            # The patient first, as every other writer does: nobody waits for two things in two orders.
            lock_patient(patient_key)
            plan = (
                Plan.objects.active()
                .due(as_of)
                .filter(pk=plan_key)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("patient__organisation")
                .first()
            )
            if plan is not None:
                _reassess(plan, as_of=as_of)
                done += 1
    return done


def _reassess(plan: Plan, *, as_of: datetime) -> None:
    record = records.load(plan.patient, as_of=as_of, with_names=False)
    step = record.current_step
    if step is not None and step.kind == StepKind.STOP and step is record.in_force[-1]:
        plans.end_plan(plan=plan, on=step.first_day, by=step.recorded_by)
        Plan.objects.filter(pk=plan.pk).update(reassess_at=None)
        record = records.load(plan.patient, as_of=as_of, with_names=False)
    flags.sync(record, as_of=as_of)
