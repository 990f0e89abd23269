"""Findings that were raised to clinicians: opened once, owned, acted on, closed."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from titration.models.base import (
    Record,
    VisibleQuerySet,
    WrittenRecord,
    append_only,
    has_author,
    never_removed,
    written_once,
)
from titration.models.patients import Patient
from titration.models.plans import Plan


class Urgency(models.IntegerChoices):
    """The three severity phrases, most pressing first, as they sort."""

    ACT_NOW = 1, "Act now"
    THIS_WEEK = 2, "This week"
    INFORMATION = 3, "For information"


class FlagStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class FlagQuerySet(VisibleQuerySet):
    def open(self) -> "FlagQuerySet":
        return self.filter(status=FlagStatus.OPEN)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), context_field=None, obj_field=None, level=pgtrigger.Statement
)
class Flag(Record):
    """One open flag per plan and rule, with the evidence and protocol version of the moment it was raised.

    ``because`` is what the finding says now; ``evidence["because"]`` what it said when it was raised.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="flags")
    plan_number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="flags")
    rule_id = models.CharField(max_length=20)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices)
    because = models.CharField(max_length=500)
    evidence = models.JSONField()
    protocol_id = models.CharField(max_length=10)
    protocol_version = models.PositiveSmallIntegerField()
    next_action = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=FlagStatus.choices, default=FlagStatus.OPEN)
    opened_at = models.DateTimeField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=200, blank=True, default="")

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["plan", "rule_id"], condition=Q(status="open"), name="flag_one_open_per_rule"
            ),
            models.CheckConstraint(
                name="flag_urgency_known",
                condition=Q(urgency__in=Urgency.values),
                violation_error_message="A flag is act now, this week or for information.",
            ),
            models.CheckConstraint(
                name="flag_closed_has_time",
                condition=Q(status="open", closed_at__isnull=True)
                | (Q(status="closed", closed_at__isnull=False) & ~Q(closed_because="")),
                violation_error_message="A closed flag has the time and the reason of its end.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient"], condition=Q(status="open"), name="flag_open_by_patient"),
            models.Index(fields=["urgency", "opened_at"], condition=Q(status="open"), name="flag_open_ranked"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            never_removed(),
            written_once(
                "id", "plan", "plan_number", "patient", "rule_id", "urgency", "evidence", "protocol_id",
                    "protocol_version", "next_action", "opened_at",
            ),
        ]  # fmt: skip


class FlagNoteKind(models.TextChoices):
    ASSIGNED = "assigned", "Assigned"
    CALL = "call", "Called, no answer"
    NOTE = "note", "Note"


class FlagNote(WrittenRecord):
    """What someone did about a flag."""

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="notes")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan_number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=FlagNoteKind.choices)
    text = models.CharField(max_length=500, blank=True, default="")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("flagnote"),
            models.CheckConstraint(
                name="flagnote_kind_known",
                condition=Q(kind__in=FlagNoteKind.values),
                violation_error_message="A note on a flag is an assignment, a call or a note.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
