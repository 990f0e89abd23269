"""A course of oral baclofen for one patient."""

import secrets
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from titration.models.base import (
    Record,
    VisibleQuerySet,
    both_or_neither,
    changed_in_own_name,
    never_removed,
    written_once,
)
from titration.models.organisation import Organisation
from titration.models.patients import Patient


def new_plan_number() -> int:
    """A random positive 62-bit number: the exclusion constraint needs an integer, and Python makes every key."""
    return secrets.randbits(62)


class TakenBefore(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class PlanStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


class PlanQuerySet(VisibleQuerySet):
    def active(self) -> "PlanQuerySet":
        return self.filter(status=PlanStatus.ACTIVE)

    def due(self, as_of: Any) -> "PlanQuerySet":
        """Plans whose assessment time alone may have changed by ``as_of``."""
        return self.filter(reassess_at__lte=as_of)


# When to look again is worked out anew at every look: it is kept, and its history is not.
_WORKED_OUT = ["reassess_at", "others_at"]


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pgtrigger.AnyChange(exclude=_WORKED_OUT)),
    context_field=None,
    obj_field=None,
    level=pgtrigger.Statement,
    exclude=["others_at"],
)
class Plan(Record):
    """One active plan per patient and route. ``version`` grows with every change; a form that carries an older one is refused.

    ``reassess_at``: when time alone may change what is found. ``others_at``: when it may change anything but what is found
    about doses taken (None: not known, everything is looked at).
    """

    number = models.BigIntegerField(unique=True, default=new_plan_number, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    route = models.CharField(max_length=10, default="oral")
    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.ACTIVE)
    protocol_id = models.CharField(max_length=10)
    protocol_version = models.PositiveSmallIntegerField()
    taken_before = models.CharField(max_length=10, choices=TakenBefore.choices)
    time_zone = models.CharField(max_length=64)
    next_decision_on = models.DateField(null=True)
    reassess_at = models.DateTimeField(null=True)
    others_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prescriber = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "route"],
                condition=Q(status="active"),
                name="plan_one_active_per_route",
                violation_error_message="This patient already has an active plan.",
            ),
            models.UniqueConstraint(fields=["id", "patient", "number"], name="plan_key_with_patient"),
            models.CheckConstraint(
                name="plan_route_is_oral",
                condition=Q(route="oral"),
                violation_error_message="A plan in milligrams is oral.",
            ),
            models.CheckConstraint(
                name="plan_status_known",
                condition=Q(status="active", ended_on__isnull=True) | Q(status="ended", ended_on__isnull=False),
                violation_error_message="An ended plan has an end date, an active plan has none.",
            ),
            models.CheckConstraint(
                name="plan_taken_before_known",
                condition=Q(taken_before__in=TakenBefore.values),
                violation_error_message="Whether baclofen was taken before is yes, no or not known.",
            ),
            both_or_neither("plan", "ended_on", "ended_by"),
        ]
        # The watch asks every few seconds what is due, in this order.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["reassess_at", "id"], condition=Q(status="active"), name="plan_due"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            never_removed(),
            written_once(
                "id", "number", "organisation", "patient", "route", "protocol_id", "protocol_version", "taken_before",
                    "time_zone", "created_at", "created_by", "prescriber",
            ),
            changed_in_own_name("ended_by_id", when="NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id"),
        ]  # fmt: skip
