"""The stop warning: one text, first on every page, changed in one place."""

from typing import ClassVar

from django.db import models


class StopWarning(models.Model):
    """Its words. There is one row."""

    heading = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="education_stopwarning_is_one",
                condition=models.Q(only=True),
                violation_error_message="There is one stop warning.",
            )
        ]

    def __str__(self) -> str:
        return self.heading
