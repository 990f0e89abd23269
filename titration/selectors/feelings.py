"""The reports in which patients say how they feel."""

import uuid
from typing import Any

from django.db.models import F

from titration.models import FeelingReport

_SHOWN = 5


def of_patient(patient: Any) -> dict[uuid.UUID, FeelingReport]:
    """Every report of a patient by its key, which is that of its answer about side effects."""
    return {one.pk: one for one in FeelingReport.objects.filter(patient=patient.pk)}


def newest(patient: Any) -> list[FeelingReport]:
    """The last few reports with the name of who wrote each, newest first."""
    found = FeelingReport.objects.filter(patient=patient.pk).annotate(author_name=F("recorded_by__name"))
    return list(found.order_by("-recorded_at")[:_SHOWN])
