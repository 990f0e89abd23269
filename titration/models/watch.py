"""What the watch says of itself."""

from typing import ClassVar

from django.db import models


class Watchbeat(models.Model):
    """One row: the last look that the watch finished, by the clock of the database, and what it did.

    ``plans`` were looked at, ``stuck`` could not be and stay due. ``full_*`` is the same of the last look at every active
    plan; ``full_found`` are the plans that it found wrong although nothing said that they were due.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    finished_at = models.DateTimeField()
    plans = models.PositiveIntegerField(default=0)
    raised = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    stuck = models.PositiveIntegerField(default=0)
    full_finished_at = models.DateTimeField(null=True)
    full_plans = models.PositiveIntegerField(default=0)
    full_found = models.PositiveIntegerField(default=0)
    full_stuck = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="watchbeat_single_row",
                condition=models.Q(id=1),
                violation_error_message="The watch has one heartbeat.",
            ),
        ]
