"""When a clinic is closed: set by whoever runs the portal."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from titration.models import AuditAction, Organisation
from titration.services import audit

JOB = "closed_days"


@transaction.atomic
def set_closed_days(*, clinic: Organisation, weekdays: Iterable[int], dates: Iterable[date]) -> Organisation:
    """Replace the closed days of a clinic, in order and each once; ``weekdays`` counts from Monday as 0."""
    clinic.closed_weekdays, clinic.closed_dates = sorted(set(weekdays)), sorted(set(dates))
    clinic.save(update_fields=["closed_weekdays", "closed_dates"])
    audit.write(action=AuditAction.UPDATE, by=None, job=JOB, what=clinic, fields=["closed_weekdays", "closed_dates"])
    return clinic
