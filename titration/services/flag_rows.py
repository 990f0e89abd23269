"""Writing what a comparison of flags and findings asks for, for one plan or for five hundred with the same statements."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import QuerySet

from titration.models import ClosedCode, Flag, FlagStatus, Patient
from titration.selectors.records import PatientRecord

if TYPE_CHECKING:
    from titration.services.flags import Changes

# A list of keys and a list of values, as two columns: one statement, and one plan of it, however many there are.
_REWORD = """
UPDATE titration_flag AS flag SET because = said.because FROM unnest(%s::uuid[], %s::text[]) AS said (id, because)
WHERE flag.id = said.id AND flag.status = 'open'
"""
_LOOK_AGAIN = """
UPDATE titration_plan AS plan SET reassess_at = due.at, others_at = due.others
FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[]) AS due (id, at, others) WHERE plan.id = due.id
"""
_ONLY_DOSES = """
UPDATE titration_plan AS plan SET reassess_at = due.at FROM unnest(%s::uuid[], %s::timestamptz[]) AS due (id, at)
WHERE plan.id = due.id
"""


def write(found: Sequence[tuple[PatientRecord, "Changes"]], *, as_of: datetime) -> None:
    """Write the changes of each record: at most six statements, none for what nobody asks for.

    The caller holds the locks of the patients and has read the records under them.
    """
    over = [flag.pk for _, needed in found for flag in needed.over]
    if over:
        _close(Flag.objects.open().filter(pk__in=over), as_of)
    _columns(_REWORD, [(flag.pk, because) for _, needed in found for flag, because in needed.reworded])
    late = Flag.objects.open().filter(pk__in=[flag.pk for _, needed in found for flag in needed.late])
    if any(needed.late for _, needed in found):
        late.filter(snoozed_until__gt=as_of).update(snoozed_until=as_of)
        late.update(escalated_at=as_of)
    new = [flag for _, needed in found for flag in needed.new]
    if new:
        Flag.objects.bulk_create(new, ignore_conflicts=True)
    moved = [(record.plan, needed) for record, needed in found if record.plan is not None and needed.is_moved]
    _columns(_LOOK_AGAIN, [(plan.pk, needed.again, needed.others) for plan, needed in moved])
    for plan, needed in moved:
        plan.reassess_at, plan.others_at = needed.again, needed.others


def write_times(found: Mapping[uuid.UUID, datetime]) -> None:
    """When plans are to be looked at again of which nothing has changed but that: one statement."""
    _columns(_ONLY_DOSES, list(found.items()))


def close_all(patient: Patient, *, as_of: datetime) -> None:
    """Close what is open of a plan that has ended, when another begins: what still holds is raised about the new one."""
    _close(Flag.objects.open().filter(patient=patient.pk), as_of)


def _close(flags: QuerySet[Flag], as_of: datetime) -> None:
    """Close flags because the facts no longer ask for them."""
    flags.update(
        status=FlagStatus.CLOSED,
        closed_at=as_of,
        closed_code=ClosedCode.BY_RULE,
        closed_because=f"{ClosedCode.BY_RULE.label}.",
    )


def _columns(statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
