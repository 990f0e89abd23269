"""That a patient has seen what changes."""

import uuid
from typing import Any

from django.db import transaction

from titration.models import AuditAction, ChangeSeen
from titration.selectors.own import OwnPlan
from titration.services import audit
from titration.services.own_doses import PlanChanged


@transaction.atomic
def confirm_seen(*, key: uuid.UUID, own: OwnPlan, digest: str, said_by: str, by: Any) -> ChangeSeen:
    """Record that the patient, or a carer, saw the change as it stands. Sent again it writes nothing.

    The caller holds the patient's lock, and has read ``own`` under it. Raises PlanChanged when no such change is signed now.
    """
    change = next((one for one in own.changes if one.digest == digest), None)
    if change is None:
        raise PlanChanged
    known: ChangeSeen | None = ChangeSeen.objects.filter(plan=own.plan.pk, digest=digest, said_by=said_by).first()
    if known is not None:
        return known
    written = ChangeSeen(
        id=key, plan=own.plan, plan_number=own.plan.number, patient_id=own.plan.patient_id, starts_on=change.on,
        digest=digest, said_by=said_by, recorded_at=own.as_of, recorded_by=by,
    )  # fmt: skip
    ChangeSeen.objects.bulk_create([written])
    audit.write(action=AuditAction.CREATE, by=by, patient=own.patient, what=written)
    return written
