"""Saying that a time without ticks is over, or that its reason never was."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from titration.models import Plan, Silence
from titration.models.locks import lock_patient
from titration.services.intake import IntakeRefused, of_plan, stored


@transaction.atomic
def end_silence(*, plan: Plan, silence: uuid.UUID, never: bool, by: Any, as_of: datetime) -> Silence:
    """Write the row that takes the place of a silence: it ends now, or with ``never`` where it began, so that nothing of
    it counts.

    Raises IntakeRefused when it is over already or somebody else has changed it, and DoesNotExist when the plan has none
    with this key.
    """
    lock_patient(plan.patient_id)
    found = Silence.objects.get(pk=silence, plan=plan.pk)
    ends_at = found.starts_at if never else max(found.starts_at, as_of)
    if ends_at >= found.ends_at or Silence.objects.filter(replaces=found.pk).exists():
        raise IntakeRefused("This time without ticks is over already, or was changed in the meantime.")
    written = Silence(
        reason=found.reason, starts_at=found.starts_at, ends_at=ends_at, note=found.note, replaces_id=found.pk,
        **of_plan(plan, by=by, as_of=as_of),
    )  # fmt: skip
    return stored(Silence, written, plan, said=("ends_at",), by=by, as_of=as_of)  # type: ignore[no-any-return]
