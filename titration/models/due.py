"""Taking plans for a job: their rows and their patients locked by one statement, nobody waited for, nobody kept waiting twice."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from titration.models.flags import FlagStatus, Urgency
from titration.models.plans import PlanStatus


class Taken(NamedTuple):
    """A plan that this transaction has locked; ``free`` when it has the lock of the patient as well.

    ``others_at``: until when only what is found about doses taken may have changed (None: not known).
    """

    plan: uuid.UUID
    patient: uuid.UUID
    due_at: datetime | None
    others_at: datetime | None
    free: bool


# NO KEY: rows that merely point to the plan are written meanwhile. What somebody else has locked is left to them, and the
# lock of a patient is only tried, so that this never waits: it cannot be part of a deadlock.
_TAKE = """
WITH taken AS MATERIALIZED (
  SELECT plan.id, plan.patient_id, plan.reassess_at, plan.others_at FROM titration_plan AS plan
  WHERE plan.status = %(active)s AND {which}
  ORDER BY plan.reassess_at, plan.id LIMIT %(size)s
  FOR NO KEY UPDATE OF plan SKIP LOCKED
)
SELECT id, patient_id, reassess_at, others_at, pg_try_advisory_xact_lock(hashtextextended('patient:' || patient_id, 0)) FROM taken
"""
_DUE = """plan.reassess_at <= %(as_of)s AND (plan.reassess_at, plan.id) > (%(at)s, %(id)s)
  AND plan.id <> ALL (%(without)s::uuid[])"""
_PRESSING = """ AND EXISTS (SELECT FROM titration_flag AS flag
  WHERE flag.plan_id = plan.id AND flag.status = %(open)s AND flag.urgency = %(act_now)s)"""
_NAMED = "plan.id = ANY (%(plans)s)"

FIRST = (datetime(1, 1, 1, tzinfo=UTC), uuid.UUID(int=0))


def take_due(
    *,
    as_of: datetime,
    size: int,
    pressing: bool,
    after: tuple[datetime, uuid.UUID] = FIRST,
    without: Iterable[uuid.UUID] = (),
) -> list[Taken]:
    """Lock up to ``size`` plans that are due, the longest overdue first, behind the place ``after`` in that order.

    ``pressing``: only those with an open flag that says act now. ``without`` are left out.
    """
    return _take(
        _DUE + (_PRESSING if pressing else ""),
        {
            "as_of": as_of,
            "size": size,
            "at": after[0],
            "id": after[1],
            "without": list(without),
            "open": FlagStatus.OPEN,
            "act_now": Urgency.ACT_NOW,
        },
    )


def take_plans(plans: Iterable[uuid.UUID]) -> list[Taken]:
    """Lock these plans as far as they are active and free, due or not."""
    asked = list(plans)
    return _take(_NAMED, {"plans": asked, "size": len(asked)})


def _take(which: str, values: dict[str, Any]) -> list[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(which=which), {"active": PlanStatus.ACTIVE, **values})
        return [Taken(*row) for row in cursor.fetchall()]
