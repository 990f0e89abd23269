"""Who may see whom: the only thing that opens a chart."""

import uuid
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from titration.models.base import Record, never_removed
from titration.models.organisation import Right, Team, known_rights
from titration.models.patients import Patient


class RelationKind(models.TextChoices):
    TREATING = "treating", "Treating clinician"
    TEAM = "team", "Team"
    SELF = "self", "The patient"
    PROXY = "proxy", "Carer or parent"


# Relations of people who are not staff. What they see is made for patients, whatever their rights.
OWN_KINDS = (RelationKind.SELF, RelationKind.PROXY)


class Scope(models.TextChoices):
    """How far somebody who cares for a patient may go in their stead."""

    VIEW = "view", "See the plan"
    LOG = "log", "See the plan and say what was taken"
    FULL = "full", "All that the patient may do"


RIGHTS_OF_PATIENT = (Right.READ, Right.TELL, Right.AUDIT)
RIGHTS_OF_SCOPE = {
    Scope.VIEW: (Right.READ,),
    Scope.LOG: (Right.READ, Right.TELL),
    Scope.FULL: RIGHTS_OF_PATIENT,
}


class CareRelationQuerySet(models.QuerySet["CareRelation"]):
    def in_force(self) -> "CareRelationQuerySet":
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=Now()), valid_from__lte=Now())

    def patients_of(self, actor: uuid.UUID, right: str) -> models.QuerySet[Any]:
        """Keys of the patients that the person with the key ``actor`` may see with a right, directly or through a team."""
        now = Now()
        through_team = Q(
            team__memberships__person=actor,
            team__memberships__rights__contains=[right],
            team__memberships__valid_from__lte=now,
        ) & (Q(team__memberships__valid_to__isnull=True) | Q(team__memberships__valid_to__gt=now))
        return self.in_force().filter(Q(person=actor) | through_team, rights__contains=[right]).values("patient_id")


_ENDED_BY_RIGHT = """
IF NOT EXISTS (SELECT FROM access.patients('share') AS mine WHERE mine = NEW.patient_id) AND NOT (
  OLD.kind = 'proxy' AND EXISTS (
    SELECT FROM titration_carerelation r
    WHERE r.patient_id = NEW.patient_id AND r.kind = 'self'
      AND r.person_id = nullif(current_setting('app.actor', true), '')::uuid
      AND r.valid_from <= now() AND (r.valid_to IS NULL OR r.valid_to > now())))
THEN RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME; END IF;
RETURN NEW;
"""


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), context_field=None, obj_field=None, level=pgtrigger.Statement
)
class CareRelation(Record):
    """A person or a team cares for a patient, with rights, for a time. It is ended, never removed."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="care_relations"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="care_relations")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_relations")
    kind = models.CharField(max_length=12, choices=RelationKind.choices)
    rights = ArrayField(models.CharField(max_length=12))
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)

    objects = CareRelationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "patient"]),
            models.Index(fields=["team", "patient"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            known_rights("carerelation"),
            models.CheckConstraint(
                name="carerelation_kind_known",
                condition=Q(kind__in=[RelationKind.TREATING, *OWN_KINDS], person__isnull=False, team__isnull=True)
                | Q(kind=RelationKind.TEAM, person__isnull=True, team__isnull=False),
                violation_error_message="A relation belongs to one person or to one team.",
            ),
            models.CheckConstraint(
                name="carerelation_own_rights",
                condition=~Q(kind__in=OWN_KINDS) | Q(rights__contained_by=list(RIGHTS_OF_PATIENT)),
                violation_error_message="Patients and carers have no rights of staff.",
            ),
            models.CheckConstraint(
                name="carerelation_period",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                violation_error_message="A relation ends after it begins.",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            never_removed(),
            pgtrigger.Protect(
                name="ended_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "current_user = 'app_web' AND (NEW.valid_to IS NULL OR NEW.valid_to > coalesce(OLD.valid_to, 'infinity'))"
                ),
            ),
            # A relation of a patient or carer is ended by who may share the record, or by the patient when it is a carer's.
            pgtrigger.Trigger(
                name="ended_by_right",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("current_user = 'app_web'"),
                func=_ENDED_BY_RIGHT,
            ),
        ]
