"""That somebody asks to be called. What came of it is in the notes of flags, where the clinic writes down its calls."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from titration.models.base import append_only, has_author
from titration.models.intake import OfPlan
from titration.models.patients import Reporter

CALL_ASKED = "CALL-ASKED"  # the flag that asks the clinic for the call


class CallAbout(models.TextChoices):
    DOSE = "dose", "My dose or my plan"
    FEELING = "feeling", "How I feel"
    SUPPLY = "supply", "Getting more medicine"
    OTHER = "other", "Something else"


class CallWhen(models.TextChoices):
    ANY = "any", "Any time"
    MORNING = "morning", "In the morning"
    AFTERNOON = "afternoon", "In the afternoon"


class CallRequest(OfPlan):
    """``expected_on``: the open day of the clinic by which a call was promised (None: no open day was known)."""

    reported_by = models.CharField(max_length=10, choices=Reporter.choices)
    about = models.CharField(max_length=10, choices=CallAbout.choices)
    best_time = models.CharField(max_length=10, choices=CallWhen.choices)
    phone = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    expected_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("callrequest"),
            models.CheckConstraint(
                name="callrequest_coded",
                condition=Q(
                    reported_by__in=[Reporter.PATIENT, Reporter.CARER],
                    about__in=CallAbout.values,
                    best_time__in=CallWhen.values,
                ),
                violation_error_message="A patient or a carer asks for a call, about one of the listed things.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-recorded_at"], name="callrequest_newest")
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
