"""Looking at every active plan, due or not: the proof that nothing is missed between the looks."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from titration.models import Plan
from titration.models.due import take_plans
from titration.selectors import records
from titration.services import flags
from titration.services.reassessment import BATCH, DATABASE_FAILED, Looked, differs, has_stopped, take_and_look


def full_look(
    *,
    clock: Callable[[], datetime],
    size: int = BATCH,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[Looked], None] = lambda looked: None,
) -> Looked:
    """Look at every active plan, ``size`` at a time. ``tell`` is told the sum when all have been seen.

    Nobody is locked for it: only a plan whose flags or whose next look would be others is taken, read again and written
    as ``reassess`` does. What was wrong though not due is counted as missed, logged and audited.
    """
    total, after = Looked(), uuid.UUID(int=0)
    while not stop():
        keys = dict(Plan.objects.active().filter(pk__gt=after).order_by("pk").values_list("pk", "patient_id")[:size])
        if not keys:
            tell(total)
            break
        wrong = _wrong(keys, as_of=clock())
        if wrong:
            found = take_and_look(partial(take_plans, wrong), as_of=clock()).looked
            total += Looked(raised=found.raised, closed=found.closed, stuck=found.stuck, missed=found.missed)
        total += Looked(plans=len(keys))
        after = max(keys)
    return total


def _wrong(keys: dict[uuid.UUID, uuid.UUID], *, as_of: datetime) -> list[uuid.UUID]:
    """The plans that would be written, and those that could not be judged, which is found out and told one by one."""
    try:
        found = records.load_many(keys.values(), as_of=as_of)
    except DATABASE_FAILED:
        raise
    except Exception:  # noqa: BLE001  one of them cannot be read
        return list(keys)
    return [plan for plan, patient in keys.items() if patient not in found or _would_be_written(found[patient], as_of)]


def _would_be_written(record: records.PatientRecord, as_of: datetime) -> bool:
    try:
        return has_stopped(record) or differs(flags.changes(record, as_of=as_of))
    except Exception:  # noqa: BLE001  told when it is taken alone
        return True
