"""What one person may do with a patient: the rights of the relations, through a team only those of the membership as well."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Now

from titration.models import CareRelation


def relations_to(patient: str, person: Any) -> ArraySubquery:
    """The relations in force to the patient that ``patient`` refers to, read beside a row; ``rights_of`` makes them out."""
    memberships = person.memberships.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=Now()), team=OuterRef("team"), valid_from__lte=Now()
    )
    return ArraySubquery(
        CareRelation.objects.in_force()
        .filter(patient=OuterRef(patient))
        .values(
            data=JSONObject(
                person="person_id", kind="kind", rights="rights", member=Subquery(memberships.values("rights")[:1])
            )
        )
    )


def rights_of(relations: Iterable[Mapping[str, Any]], person: Any) -> frozenset[str]:
    """Every right that one of the relations gives the person; none for no relation."""
    own = str(person.pk)
    return frozenset(
        right
        for relation in relations
        for right in relation["rights"]
        if relation["person"] == own or right in (relation["member"] or ())
    )
