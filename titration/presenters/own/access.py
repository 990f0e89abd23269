"""Who can see the plan, as the patient reads it: the teams, and the people who care for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from titration.dosing.schedule import local_date
from titration.dosing.wording import NOT_KNOWN, patient_date
from titration.models import Scope
from titration.models.relations import RIGHTS_OF_SCOPE

# How far a scope goes, said to the patient. The words of staff are those of the scope itself.
_MAY = {
    Scope.VIEW: "Can see your plan.",
    Scope.LOG: "Can see your plan and say what you took.",
    Scope.FULL: "Can see your plan, say what you took, and see who looked.",
}
_BY_RIGHTS = {frozenset(rights): _MAY[scope] for scope, rights in RIGHTS_OF_SCOPE.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer:
    """``end_url`` is empty for a reader who may not end it."""

    name: str
    may: str
    since: str
    end_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccess:
    staff: tuple[str, ...]
    carers: tuple[Carer, ...]


def own_access(patient: Any, teams: Iterable[Any], carers: Iterable[Any], *, is_patient: bool) -> OwnAccess:
    """``teams`` are relations of staff, ``carers`` those of people who care for the patient."""
    return OwnAccess(
        staff=tuple(_staff(one) for one in teams), carers=tuple(carer(patient, one, is_patient) for one in carers)
    )


def carer(patient: Any, relation: Any, is_patient: bool) -> Carer:
    since = patient_date(local_date(relation.valid_from, patient.time_zone))
    return Carer(
        name=relation.person.name,
        may=_BY_RIGHTS.get(frozenset(relation.rights), NOT_KNOWN),
        since=since,
        end_url=reverse("own:access_end", args=[patient.pk, relation.pk]) if is_patient else "",
    )


def _staff(relation: Any) -> str:
    if relation.team is not None:
        return f"Team {relation.team.name} of {relation.team.organisation.name}"
    return str(relation.person.name)
