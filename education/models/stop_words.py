"""New words for the stop warning, which stands on every page: one person writes them, another one approves them."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class WarningChange(models.Model):
    """Words that were proposed. ``decided_at`` empty: they wait. There is one proposal at a time."""

    heading = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    approved = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["approved"],  # false while it waits
                condition=models.Q(decided_at__isnull=True),
                name="education_warningchange_one_waits",
                violation_error_message="New words wait already.",
            ),
            models.CheckConstraint(
                condition=models.Q(approved=False)
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="education_warningchange_two_people",
                violation_error_message="Another person approves the words.",
            ),
        ]

    def __str__(self) -> str:
        return self.heading
