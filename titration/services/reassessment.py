"""Looking again at plans whose findings time alone may have changed: whatever is due, many at a time."""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, connection, transaction

from titration.dosing.facts import StepKind
from titration.models import AuditAction, Plan, PlanStatus
from titration.models.due import FIRST, Taken, take_due, take_plans
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import audit, flag_rows, flags, quick_look

log = logging.getLogger(__name__)

JOB = "reassess"
# The database itself: the next plan would fare no better.
DATABASE_FAILED = (OperationalError, InterfaceError)
# So many patients are locked at once, for as long as the batch takes: a second or two.
BATCH = 500

_END = """
UPDATE titration_plan AS plan SET status = %s, ended_on = stopped.on_day, ended_by_id = stopped.by_whom, reassess_at = NULL, others_at = NULL
FROM unnest(%s::uuid[], %s::date[], %s::uuid[]) AS stopped (id, on_day, by_whom)
WHERE plan.id = stopped.id AND plan.status = 'active'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look did: plans looked at, flags raised and closed; plans that could not be looked at and stay due.

    ``missed`` are plans that nothing said were due, and that were wrong all the same.
    """

    plans: int = 0
    raised: int = 0
    closed: int = 0
    stuck: int = 0
    missed: int = 0

    def __add__(self, other: "Looked") -> "Looked":
        return Looked(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


@dataclass(slots=True)
class Batch:
    """What one transaction took and did. ``unsettled`` are plans that are due again at once, or still."""

    taken: list[Taken] = field(default_factory=list)
    looked: Looked = field(default_factory=Looked)
    unsettled: set[uuid.UUID] = field(default_factory=set)

    def join(self, other: "Batch") -> None:
        self.looked += other.looked
        self.unsettled |= other.unsettled


def reassess(
    *,
    clock: Callable[[], datetime],
    size: int = BATCH,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[Looked], None] = lambda looked: None,
) -> Looked:
    """Look at every plan that is due, ``size`` in a transaction, each once; ``stop`` ends it between two of them.

    First come the plans with an open flag that says act now: what is shown of these patients must be right. Then all
    others; among both, who has waited longest comes first. A plan that somebody else is changing, or that another
    worker has taken, is left to them. ``clock`` is asked for each batch: what people wrote during the batches before
    it is not judged by an older hour. ``tell`` is told the sum so far after each batch, and at the end unless it was stopped.
    """
    total = Looked()
    unsettled: set[uuid.UUID] = set()
    for pressing in (True, False):
        after, more = FIRST, True
        while more and not stop():
            as_of = clock()
            take = partial(take_due, as_of=as_of, size=size, pressing=pressing, after=after, without=unsettled)
            batch = take_and_look(take, as_of=as_of)
            more = len(batch.taken) == size
            if batch.taken:
                after = max((one.due_at, one.plan) for one in batch.taken if one.due_at is not None)
                unsettled |= batch.unsettled
                total += batch.looked
                tell(total)
    if not stop():
        tell(total)
    return total


def take_and_look(take: Callable[[], list[Taken]], *, as_of: datetime) -> Batch:
    """Take plans and look at them in one transaction; when they cannot be read or written together, at each in its own."""
    taken: list[Taken] = []
    try:
        with transaction.atomic():
            taken += take()
            return _look_at(taken, as_of=as_of)
    except DATABASE_FAILED:
        raise
    except Exception as error:
        if not taken:
            raise
        log.warning("%s plans are looked at one by one, because together they failed: %s", len(taken), _named(error))
    batch = Batch(taken)
    for one in (one for one in taken if one.free):
        batch.join(_look_alone(one, as_of=as_of))
    return batch


def _look_alone(wanted: Taken, *, as_of: datetime) -> Batch:
    """Look at one plan, unless somebody else has done so since it was taken with the others."""
    try:
        with transaction.atomic():
            again = [one for one in take_plans([wanted.plan]) if one.due_at == wanted.due_at]
            return _look_at(again, as_of=as_of)
    except DATABASE_FAILED:
        raise
    except Exception as error:  # noqa: BLE001  one plan must not keep the others from being watched
        return _stuck(wanted.plan, error)


def _is_due(one: Taken, as_of: datetime) -> bool:
    return one.due_at is not None and one.due_at <= as_of


def _stuck(plan: uuid.UUID, error: Exception) -> Batch:
    log.error("Plan %s could not be looked at again: %s", plan, _named(error))
    return Batch(looked=Looked(stuck=1), unsettled={plan})


def _named(error: Exception) -> str:
    """The kind of an error: its text may hold what somebody typed about a patient."""
    return type(error).__name__


def _look_at(taken: list[Taken], *, as_of: datetime) -> Batch:
    """Look at the plans that were taken with their patients, and write what has changed. The transaction is the caller's."""
    batch = Batch(taken)
    if not taken:
        return batch
    unchanged = quick_look.look([one for one in taken if _is_due(one, as_of)], as_of=as_of)
    flag_rows.write_times(unchanged)
    batch.looked += Looked(plans=len(unchanged))
    rest = [one.patient for one in taken if one.free and one.plan not in unchanged]
    if not rest:
        return batch
    found = records.load_many(rest, as_of=as_of)
    found |= _end_stopped(found.values(), as_of=as_of)
    written = []
    for key, record in found.items():
        try:
            written.append((record, flags.changes(record, as_of=as_of)))
        except Exception as error:  # noqa: BLE001  nothing is written yet: the others go on without this one
            [plan] = (one.plan for one in taken if one.patient == key)
            batch.join(_stuck(plan, error))
    flag_rows.write(written, as_of=as_of)
    missed = _missed(written, {one.plan for one in taken if _is_due(one, as_of)})
    batch.looked += Looked(missed=len(missed))
    for record, needed in written:
        batch.looked += Looked(plans=1, raised=len(needed.new), closed=len(needed.over))
        if record.plan is not None and needed.again is not None and needed.again <= as_of:
            batch.unsettled.add(record.plan.pk)
    return batch


def _missed(written: list[tuple[PatientRecord, flags.Changes]], due: set[uuid.UUID]) -> list[Plan]:
    """Those that were different although they were not due: what should have seen it did not. Logged and audited."""
    found = [
        (record.plan, f"Wrong though not due. {_described(needed)}")
        for record, needed in written
        if record.plan is not None and record.plan.pk not in due and differs(needed)
    ]
    for plan, what in found:
        log.error("Plan %s: %s", plan.pk, what)
    if found:
        audit.write_job(job=JOB, action=AuditAction.UPDATE, about=found)
    return [plan for plan, _ in found]


def differs(needed: flags.Changes) -> bool:
    """Whether flags stand that should not, or none that should, or nothing would have looked in time."""
    return needed.changes_flags or needed.is_missed


def _described(needed: flags.Changes) -> str:
    """What was written, in names of rules: nothing of the patient."""
    raised, closed = [one.rule_id for one in needed.new], [flag.rule_id for flag in needed.over]
    return (
        f"Raised: {', '.join(raised) or 'nothing'}. Closed: {', '.join(closed) or 'nothing'}. "
        f"To be looked at again {needed.again or 'never'}."
    )


def has_stopped(record: PatientRecord) -> bool:
    """Whether the last step of the plan is a stop whose first day has come."""
    step = record.current_step
    return step is not None and step.kind == StepKind.STOP and step is record.in_force[-1]


def _end_stopped(found: Iterable[PatientRecord], *, as_of: datetime) -> dict[uuid.UUID, PatientRecord]:
    """End the plans whose stop has begun, on its first day and in the name of who signed it; their records as they are now."""
    stopped = [(record, record.in_force[-1]) for record in found if has_stopped(record)]
    if not stopped:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _END,
            [
                PlanStatus.ENDED,
                [step.plan_id for _, step in stopped],
                [step.first_day for _, step in stopped],
                [step.recorded_by_id for _, step in stopped],
            ],
        )
    return records.load_many([record.patient.pk for record, _ in stopped], as_of=as_of)
