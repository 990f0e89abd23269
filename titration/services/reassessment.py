"""Looking again at plans whose findings time alone may have changed."""

import logging
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from titration.dosing.facts import StepKind
from titration.models import Plan
from titration.models.locks import try_lock_patient
from titration.selectors import records
from titration.services import flags, plans

log = logging.getLogger(__name__)

BATCH = 500


class Stuck(Exception):
    """Some plans could not be looked at; the log names them."""

    def __init__(self, *, done: int, stuck: int) -> None:
        super().__init__(f"{stuck} plans could not be looked at, and stay due; {done} others were. The log names them.")


def due_plans(*, as_of: datetime, batch: int = BATCH) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """Keys of every plan that is due, with their patients, the longest overdue first, read ``batch`` at a time.

    Each plan comes once, also when it is still due after it was looked at: it keeps nobody else waiting.
    """
    last: tuple[datetime, uuid.UUID] | None = None
    seen: set[uuid.UUID] = set()
    while True:
        due = Plan.objects.active().due(as_of)
        if last is not None:
            due = due.filter(Q(reassess_at__gt=last[0]) | Q(reassess_at=last[0], pk__gt=last[1]))
        found = list(due.order_by("reassess_at", "pk").values_list("reassess_at", "pk", "patient_id")[:batch])
        if not found:
            return
        last = found[-1][:2]
        for _, plan, patient in found:
            if plan not in seen:
                seen.add(plan)
                yield plan, patient


def reassess(keys: Iterable[tuple[uuid.UUID, uuid.UUID]], *, as_of: datetime) -> int:
    """Look at each plan again, one transaction each. A plan whose patient somebody else is changing is not waited for:
    it stays due for the next run, unless that change or that other run has settled it.

    Returns how many were looked at. A plan that cannot be looked at stops none of the others; Stuck says so at the end.
    """
    done = stuck = 0
    for plan_key, patient_key in keys:
        try:
            done += _take(plan_key, patient_key, as_of=as_of)
        except (OperationalError, InterfaceError):  # the database itself: the next plan would fare no better
            raise
        except Exception as error:  # noqa: BLE001  one plan must not keep the others from being watched
            log.error("Plan %s could not be looked at again: %s", plan_key, type(error).__name__)
            stuck += 1
    if stuck:
        raise Stuck(done=done, stuck=stuck)
    return done


@transaction.atomic
def _take(plan_key: uuid.UUID, patient_key: uuid.UUID, *, as_of: datetime) -> bool:
    """Look at one plan if it is still due and free; whether it was."""
    # The patient, as every other writer does: whoever has that lock has the plan.
    if not try_lock_patient(patient_key):
        return False
    plan = Plan.objects.active().due(as_of).filter(pk=plan_key).select_related("patient__organisation").first()
    if plan is not None:
        _reassess(plan, as_of=as_of)
    return plan is not None


def _reassess(plan: Plan, *, as_of: datetime) -> None:
    record = records.load(plan.patient, as_of=as_of, with_names=False)
    step = record.current_step
    if step is not None and step.kind == StepKind.STOP and step is record.in_force[-1]:
        plans.end_plan(plan=plan, on=step.first_day, by=step.recorded_by)
        Plan.objects.filter(pk=plan.pk).update(reassess_at=None)
        record = records.load(plan.patient, as_of=as_of, with_names=False)
    flags.sync(record, as_of=as_of)
