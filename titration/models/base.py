"""What every clinical row has in common, and the triggers that keep rows as they were written."""

import uuid
from functools import cache
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL

# More than any number column of the portal holds. PostgreSQL sorts NaN above every number, so a check that says
# "above zero" lets it through unless it also says "below this".
FINITE = 10**12


class Record(models.Model):
    """A row whose key is made in Python: a key made by the database would have to be read back before it may be seen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class WrittenRecord(Record):
    """A row that says who wrote it and when; ``recorded_by`` is empty only for jobs, which ``job`` then names."""

    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    job = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        abstract = True


def has_author(table: str) -> models.CheckConstraint:
    """A person or a job wrote the row, never nobody."""
    return models.CheckConstraint(
        name=f"{table}_has_author",
        condition=models.Q(recorded_by__isnull=False) | ~models.Q(job=""),
        violation_error_message="A record says which person or which job wrote it.",
    )


def both_or_neither(table: str, first: str, second: str) -> models.CheckConstraint:
    """Two columns that are filled together."""
    return models.CheckConstraint(
        name=f"{table}_{first}_with_{second}",
        condition=models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        violation_error_message=f"{first} and {second} are recorded together.",
    )


def append_only() -> list[pgtrigger.Trigger]:
    """The row is never changed and never removed, not even by raw SQL."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


def never_removed() -> pgtrigger.Trigger:
    return pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete)


def written_once(*fixed: str) -> pgtrigger.Trigger:
    """These columns keep the value they were written with."""
    return pgtrigger.Protect(
        name="written_once",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*fixed),
    )


_ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"


def changed_in_own_name(column: str, *, when: str = "TRUE", name: str = "own_name") -> pgtrigger.Trigger:
    """Who changes the row on the web writes no other name than their own into the column; ``when`` is SQL about OLD and NEW."""
    return pgtrigger.Protect(
        name=name,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            f"current_user = 'app_web' AND {when} AND NEW.{column} IS DISTINCT FROM {_ACTOR}"
        ),
    )


class VisibleQuerySet(models.QuerySet[Any]):
    """Rows of patients that an actor has a relation to. The first of two walls; row-level security is the second."""

    patient_path: ClassVar[str] = "patient"

    def visible_to(self, actor: Any, right: str = "read") -> "VisibleQuerySet":
        sql, params = _patients_sql(right)
        # The text is what the ORM wrote; who asks stays a parameter.
        patients = RawSQL(sql, [actor.pk if one == _ANYONE else one for one in params])  # nosec B611
        return self.filter(**{f"{self.patient_path}__in": patients})


_ANYONE = uuid.UUID(int=0)


@cache
def _patients_sql(right: str) -> tuple[str, tuple[Any, ...]]:
    """The question which patients somebody may see, written once: a page asks it in every statement of its own."""
    from titration.models.relations import CareRelation

    sql, params = CareRelation.objects.patients_of(_ANYONE, right).query.sql_with_params()
    return sql, tuple(params)
