"""Bringing the flags of a plan up to date after something was recorded of its doses."""

from datetime import datetime

from titration.models import Plan
from titration.models.due import Taken
from titration.selectors import records
from titration.services import flag_rows, flags, quick_look


def sync(plan: Plan, *, as_of: datetime) -> None:
    """Look at the plan quickly, and in full where something has changed. The caller holds the patient's lock, and has read
    the plan under it.

    What is recorded of a dose is read by findings about doses taken alone, so a quick look sees all that it can change.
    """
    unchanged = quick_look.look(
        [Taken(plan.pk, plan.patient_id, plan.reassess_at, plan.others_at, free=True)], as_of=as_of, recorded=True
    )
    if plan.pk not in unchanged:
        flags.sync(records.load(plan.patient, as_of=as_of, with_names=False), as_of=as_of)
    elif unchanged[plan.pk] != plan.reassess_at:
        flag_rows.write_times(unchanged)
