"""Deciding how baclofen goes on after a long gap or after toxicity: nothing resumes before somebody has."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from titration.dosing.doses import Mg
from titration.models import Plan, RestartDecision
from titration.models.locks import lock_patient
from titration.services.intake import of_plan, stored


@transaction.atomic
def decide(
    *,
    key: uuid.UUID,
    plan: Plan,
    choice: str,
    reason: str,
    last_dose_at: datetime | None,
    gap_hours: int | None,
    daily: Mg,
    kidneys: str,
    by: Any,
    as_of: datetime,
) -> RestartDecision:
    """Record the decision with what stood on the form. It orders no dose: an order of its own does, and is checked.

    Sent again with the same ``key`` it writes nothing.
    """
    lock_patient(plan.patient_id)
    written = RestartDecision(
        id=key, choice=choice, reason=reason, last_dose_at=last_dose_at, gap_hours=gap_hours, daily_mg=daily.value,
        kidneys=kidneys[:300], **of_plan(plan, by=by, as_of=as_of),
    )  # fmt: skip
    return stored(RestartDecision, written, plan, said=("choice", "reason"), by=by, as_of=as_of)  # type: ignore[no-any-return]
