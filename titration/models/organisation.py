"""Clinics, their teams, and whether this installation shows invented people."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from titration.dosing.open_days import ClosedDays
from titration.models.base import Record


class Jurisdiction(models.TextChoices):
    US = "US", "United States"
    UK = "UK", "United Kingdom"


class Right(models.TextChoices):
    """What a relation allows. PostgreSQL's policies use the same words."""

    READ = "read", "Read"
    LOG = "log", "Record results and facts"
    TELL = "tell", "Say what was taken and how one feels"
    PRESCRIBE = "prescribe", "Change the dose"
    COSIGN = "cosign", "Sign as second clinician"
    SHARE = "share", "Share"
    AUDIT = "audit", "See who looked"


def known_rights(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{table}_rights_known",
        condition=models.Q(rights__contained_by=Right.values) & models.Q(rights__len__gt=0),
        violation_error_message=f"Rights are a list of: {', '.join(Right.values)}.",
    )


class Organisation(Record):
    """A clinic. Its jurisdiction picks the protocol of the plans it makes.

    ``closed_weekdays`` counts from Monday as 0; on them and on ``closed_dates`` a patient reaches nobody there.
    """

    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40)
    out_of_hours_phone = models.CharField(max_length=40)
    hours = models.CharField(max_length=120)
    jurisdiction = models.CharField(max_length=2, choices=Jurisdiction.choices)
    time_zone = models.CharField(max_length=64)
    closed_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    closed_dates = ArrayField(models.DateField(), default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name"], name="organisation_name_once"),
            models.CheckConstraint(
                name="organisation_weekdays_known",
                condition=models.Q(closed_weekdays__contained_by=list(range(7))),
                violation_error_message="A day of the week is a number from 0, Monday, to 6.",
            ),
            models.CheckConstraint(
                name="organisation_jurisdiction_known",
                condition=models.Q(jurisdiction__in=Jurisdiction.values),
                violation_error_message="The jurisdiction of an organisation is US or UK.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def closed_days(self) -> ClosedDays:
        """When a patient reaches nobody here."""
        return ClosedDays(weekdays=frozenset(self.closed_weekdays), dates=frozenset(self.closed_dates))


class Team(Record):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(Record):
    """A person works in a team, with rights, for a time. Rights through a team are those that both sides allow."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    rights = ArrayField(models.CharField(max_length=12))
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "team"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            known_rights("teammembership"),
            models.CheckConstraint(
                name="teammembership_period",
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                violation_error_message="A membership ends after it begins.",
            ),
        ]


class Installation(models.Model):
    """One row that says what this database holds. A database stamped as demo is refused by production settings."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    is_demo = models.BooleanField()
    stamped_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="installation_single_row",
                condition=models.Q(id=1),
                violation_error_message="An installation has one stamp.",
            ),
        ]
