"""Looking again at plans whose findings time alone may have changed."""

from datetime import datetime

from django.db import transaction

from titration.dosing.facts import StepKind
from titration.models import Plan
from titration.selectors import records
from titration.services import flags, plans

BATCH = 500


def reassess_due(*, as_of: datetime, batch: int = BATCH) -> int:
    """Take up to ``batch`` plans that are due and look at each again; returns how many there were.

    Rows that another process holds are left to it, so any number of these may run at once.
    """
    with transaction.atomic():
        due = list(
            Plan.objects.active()
            .due(as_of)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("patient__organisation")
            .order_by("reassess_at")[:batch]
        )
        for plan in due:
            _reassess(plan, as_of=as_of)
    return len(due)


def _reassess(plan: Plan, *, as_of: datetime) -> None:
    record = records.load(plan.patient, as_of=as_of, with_names=False)
    step = record.current_step
    if step is not None and step.kind == StepKind.STOP and step is record.in_force[-1]:
        plans.end_plan(plan=plan, on=step.first_day, by=step.recorded_by)
        record = records.load(plan.patient, as_of=as_of, with_names=False)
        Plan.objects.filter(pk=plan.pk).update(reassess_at=None)
    flags.sync(record, as_of=as_of)
