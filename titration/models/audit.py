"""Who did or saw what, and when. No clinical values, and no foreign keys: the log never holds up live data."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from titration.models.base import Record, append_only


class AuditAction(models.TextChoices):
    VIEW = "view", "View"
    LIST = "list", "List"
    SEARCH = "search", "Search"
    CREATE = "create", "Create"
    UPDATE = "update", "Update"
    PUBLISH = "publish", "Publish"
    PRINT = "print", "Print"
    IMPORT = "import", "Import"
    SIGN_IN = "login", "Sign in"
    SIGN_OUT = "logout", "Sign out"
    DENIED = "denied", "Denied"


class AuditEvent(Record):
    """One line of the log. ``at`` is the database's own clock, whatever a process says (dated_by_database)."""

    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=20, blank=True, default="")
    job = models.CharField(max_length=40, blank=True, default="")
    action = models.CharField(max_length=10, choices=AuditAction.choices)
    patient = models.UUIDField(null=True)
    object_type = models.CharField(max_length=40, blank=True, default="")
    object_id = models.CharField(max_length=64, blank=True, default="")
    page = models.CharField(max_length=60, blank=True, default="")
    fields = ArrayField(models.CharField(max_length=60), default=list)
    detail = models.CharField(max_length=200, blank=True, default="")
    request_id = models.CharField(max_length=36, blank=True, default="")
    outcome = models.CharField(max_length=10, default="done")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-at"]),
            models.Index(fields=["actor", "-at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="auditevent_action_known",
                condition=Q(action__in=AuditAction.values),
                violation_error_message="An audited action is one of the known actions.",
            ),
            models.CheckConstraint(
                name="auditevent_actor_or_job",
                condition=Q(actor__isnull=False) | ~Q(job="") | Q(action__in=["denied", "login"]),
                violation_error_message="An audited action has a person or a job.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            *append_only(),
            pgtrigger.Trigger(
                name="dated_by_database",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="IF current_user <> 'app_owner' THEN NEW.at = clock_timestamp(); END IF; RETURN NEW;",
            ),
        ]
