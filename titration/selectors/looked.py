"""Who looked at a record, from the log of accesses: one line a person and day."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Value
from django.db.models.functions import Concat, TruncDate

from titration.models import AuditEvent, CareRelation, RelationKind, TeamMembership

PER_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one person, or one job, did on one local day. ``acts``: ``action:outcome`` as they are logged, each once."""

    actor: uuid.UUID | None
    job: str
    on: date
    last_at: datetime
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Who it is: the name and the role of the account, how they care for the patient (empty: they do not), through whom."""

    name: str
    role: str
    kind: str
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A page of visits, newest first, with the people in them; ``more``: an older page follows."""

    visits: tuple[Visit, ...]
    people: dict[uuid.UUID, Looker]
    page: int
    more: bool


def looked(patient: Any, *, page: int) -> Looked:
    """The visits to the record of a patient, without the patient's own: four statements however many they are."""
    relations = list(
        CareRelation.objects.filter(patient=patient.pk).values("person_id", "kind", "team_id", "team__name")
    )
    own = [one["person_id"] for one in relations if one["kind"] == RelationKind.SELF]
    found = (
        AuditEvent.objects.filter(patient=patient.pk)
        .exclude(actor__in=own)
        .annotate(on=TruncDate("at", tzinfo=ZoneInfo(patient.time_zone)))
        .values("actor", "job", "on")
        .annotate(last_at=Max("at"), acts=ArrayAgg(Concat("action", Value(":"), "outcome"), distinct=True))
        .order_by("-on", "-last_at", "actor", "job")
    )
    start = (page - 1) * PER_PAGE
    rows = list(found[start : start + PER_PAGE + 1])
    visits = tuple(Visit(**{**row, "acts": tuple(sorted(row["acts"]))}) for row in rows[:PER_PAGE])
    return Looked(visits=visits, people=_people(visits, relations), page=page, more=len(rows) > PER_PAGE)


def _people(visits: tuple[Visit, ...], relations: list[dict[str, Any]]) -> dict[uuid.UUID, Looker]:
    keys = {one.actor for one in visits if one.actor is not None}
    accounts = get_user_model().objects.filter(pk__in=keys).values("pk", "name", "role")
    teams = {one["team_id"]: one["team__name"] for one in relations if one["team_id"]}
    members = dict(
        TeamMembership.objects.filter(team__in=teams, person__in=keys)
        .order_by("valid_from")
        .values_list("person", "team")
    )
    own = {one["person_id"]: one["kind"] for one in relations if one["person_id"]}
    return {
        one["pk"]: Looker(
            name=one["name"],
            role=one["role"],
            kind=own.get(one["pk"], RelationKind.TEAM if one["pk"] in members else ""),
            team=teams.get(members.get(one["pk"]), ""),
        )
        for one in accounts
    }
