"""Findings that were raised to clinicians: opened once, owned, acted on, closed."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from titration.models.base import (
    Record,
    VisibleQuerySet,
    WrittenRecord,
    append_only,
    both_or_neither,
    changed_in_own_name,
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


class ClosedCode(models.TextChoices):
    """Why a flag was closed: by the facts, or by a person who gave one of the other reasons."""

    BY_RULE = "by_rule", "The facts no longer ask for it"
    ACTED_ON = "acted_on", "It was acted on"
    DATA_ERROR = "data_error", "It rests on wrong data"
    NOT_APPLICABLE = "not_applicable", "It does not apply to this patient"
    OTHER = "other", "Another reason"


class FlagQuerySet(VisibleQuerySet):
    def open(self) -> "FlagQuerySet":
        return self.filter(status=FlagStatus.OPEN)


_CHANGED_AGAIN = " OR ".join(
    f"(OLD.{one} IS NOT NULL AND NEW.{one} IS DISTINCT FROM OLD.{one})"
    for one in ("acknowledged_at", "acknowledged_by_id", "acted_at", "escalated_at")
)
# A snooze is ended by whoever finds that its time is over; only a longer one is a decision.
_DECIDED = (
    "NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.acknowledged_at IS DISTINCT FROM OLD.acknowledged_at "
    "OR NEW.acted_at IS DISTINCT FROM OLD.acted_at OR NEW.closed_by_id IS NOT NULL "
    "OR NEW.snoozed_until > coalesce(OLD.snoozed_until, '-infinity')"
)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), context_field=None, obj_field=None, level=pgtrigger.Statement
)
class Flag(Record):
    """One open flag per plan and rule, with the evidence and protocol version of the moment it was raised.

    ``because`` is what the finding says now; ``evidence["because"]`` what it said when it was raised.
    ``act_by`` is when somebody must have acted (None: nobody must), ``acted_at`` the first time a person did,
    ``escalated_at`` when it was found that nobody had. ``snoozed_until`` may lie in the past: then the snooze is over.
    A flag that a person closed has ``closed_by``; one that the facts closed has not.
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
    act_by = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    acted_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_code = models.CharField(max_length=20, choices=ClosedCode.choices, blank=True, default="")
    closed_because = models.CharField(max_length=500, blank=True, default="")

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
            models.CheckConstraint(
                name="flag_closed_by_whom",
                condition=Q(status="open", closed_code="", closed_by__isnull=True)
                | Q(status="closed", closed_code=ClosedCode.BY_RULE, closed_by__isnull=True)
                | Q(
                    status="closed",
                    closed_code__in=[code for code in ClosedCode.values if code != ClosedCode.BY_RULE],
                    closed_by__isnull=False,
                ),
                violation_error_message="A closed flag has a coded reason, and the person who gave it unless a rule closed it.",
            ),
            both_or_neither("flag", "acknowledged_at", "acknowledged_by"),
            models.CheckConstraint(
                name="flag_act_now_not_snoozed",
                condition=Q(snoozed_until__isnull=True) | Q(urgency__gt=Urgency.ACT_NOW),
                violation_error_message="A flag that says act now is never snoozed.",
            ),
            models.CheckConstraint(
                name="flag_escalated_has_limit",
                condition=Q(escalated_at__isnull=True) | Q(act_by__isnull=False, escalated_at__gte=F("act_by")),
                violation_error_message="A flag is escalated when its time to act has passed.",
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
                    "protocol_version", "next_action", "opened_at", "act_by",
            ),
            pgtrigger.Protect(
                name="closed_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__status="closed")
            ),
            pgtrigger.Protect(
                name="first_time_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"({_CHANGED_AGAIN})"),
            ),
            changed_in_own_name(
                "acknowledged_by_id", when="NEW.acknowledged_by_id IS DISTINCT FROM OLD.acknowledged_by_id"
            ),
            changed_in_own_name("closed_by_id", when="NEW.closed_by_id IS NOT NULL", name="closed_in_own_name"),
            # Whoever may read a chart raises, escalates and closes by rule; what a person decides asks for the right to log.
            pgtrigger.Trigger(
                name="decided_by_right",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"current_user = 'app_web' AND ({_DECIDED})"),
                func="IF NOT EXISTS (SELECT FROM access.patients('log') AS mine WHERE mine = NEW.patient_id) THEN "
                "RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME; END IF; RETURN NEW;",
            ),
        ]  # fmt: skip


class FlagNoteKind(models.TextChoices):
    ASSIGNED = "assigned", "Assigned"
    CALL = "call", "Called, no answer"
    NOTE = "note", "Note"
    ACKNOWLEDGED = "acknowledged", "Seen"
    ACTED = "acted", "Acted on"
    ANSWERED = "answered", "Answered by what was done"
    SNOOZED = "snoozed", "Snooze"


class FlagNote(WrittenRecord):
    """What someone did about a flag. What the flag itself says (escalated, closed) is in its own columns."""

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="notes")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan_number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=FlagNoteKind.choices)
    text = models.CharField(max_length=500, blank=True, default="")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            has_author("flagnote"),
            models.CheckConstraint(
                name="flagnote_kind_known",
                condition=Q(kind__in=FlagNoteKind.values),
                violation_error_message="A note on a flag is of one of the known kinds.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = append_only()
