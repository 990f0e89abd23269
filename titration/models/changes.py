"""Which changes of the dose a patient has confirmed to have seen."""

from typing import ClassVar

import pgtrigger
from django.db import models

from titration.models.base import append_only, has_author
from titration.models.intake import OfPlan, SaidBy


class ChangeSeen(OfPlan):
    """Somebody who may speak for the patient has seen what changes on a day. ``digest`` stands for what was shown: the day, the
    doses before and the doses after; the patient and a carer confirm each for themselves. A change that is altered afterwards has another one, and has not been seen."""

    starts_on = models.DateField()
    digest = models.CharField(max_length=32)
    said_by = models.CharField(max_length=10, choices=SaidBy.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("changeseen"),
            models.UniqueConstraint(
                fields=["plan", "digest", "said_by"],
                name="changeseen_once",
                violation_error_message="That this change was seen is on record already.",
            ),
            models.CheckConstraint(
                name="changeseen_said_by_known",
                condition=models.Q(said_by__in=["patient", "carer"]),
                violation_error_message="A change is seen by the patient or a carer.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
