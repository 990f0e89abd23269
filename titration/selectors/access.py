"""Who can sign in and see a patient: those to whom a relation of their own was given, and the invitations for more."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Max, Q
from django.db.models.functions import Now

from titration.models import AuditEvent, CareRelation, Invitation, Patient, RelationKind
from titration.models.relations import OWN_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """``relations`` say with ``is_over`` that they ended, ``invitations`` that their time is up; newest first.

    ``last_seen`` is when each person last opened a page of the patient: empty for a reader who may not see who looked.
    """

    relations: tuple[CareRelation, ...]
    invitations: tuple[Invitation, ...]
    last_seen: dict[uuid.UUID, datetime]


def access(patient: Patient) -> Access:
    """Everybody in three statements. What a reader may not see, row-level security leaves out."""
    over = ExpressionWrapper(Q(valid_to__isnull=False, valid_to__lte=Now()), output_field=BooleanField())
    relations = tuple(
        CareRelation.objects.filter(patient=patient.pk, kind__in=OWN_KINDS)
        .select_related("person", "granted_by")
        .annotate(is_over=over)
        .order_by("-valid_from", "pk")
    )
    late = ExpressionWrapper(Q(expires_at__lte=Now()), output_field=BooleanField())
    invitations = tuple(
        Invitation.objects.filter(patient=patient.pk)
        .select_related("created_by", "claimed_by", "ended_by")
        .annotate(is_over=late)
        .order_by("-created_at", "pk")
    )
    seen = (
        AuditEvent.objects.filter(
            patient=patient.pk, actor__in={one.person_id for one in relations}, actor_role="patient", action="view"
        )
        .values("actor")
        .annotate(last=Max("at"))
    )
    return Access(relations=relations, invitations=invitations, last_seen={one["actor"]: one["last"] for one in seen})


def relation_of(patient: Patient, key: uuid.UUID, *, only_carers: bool = False) -> CareRelation | None:
    """One relation of a person who is not staff, in force; None when there is none, or none any more."""
    kinds = (RelationKind.PROXY,) if only_carers else OWN_KINDS
    found = CareRelation.objects.in_force().filter(pk=key, patient=patient.pk, kind__in=kinds)
    return found.select_related("person").first()


def invitation_of(patient: Patient, key: uuid.UUID) -> Invitation | None:
    """One invitation that was neither used nor ended; None when there is none."""
    return Invitation.objects.filter(pk=key, patient=patient.pk, claimed_at__isnull=True, ended_at__isnull=True).first()


def teams_of(patient: Patient) -> list[CareRelation]:
    """The teams and the single clinicians who look after a patient now."""
    found = CareRelation.objects.in_force().filter(patient=patient.pk).exclude(kind__in=OWN_KINDS)
    return list(found.select_related("team__organisation", "person").order_by("kind", "valid_from", "pk"))


def carers_of(patient: Patient) -> list[CareRelation]:
    """Those who care for a patient and can sign in now, the newest last."""
    found = CareRelation.objects.in_force().filter(patient=patient.pk, kind=RelationKind.PROXY)
    return list(found.select_related("person").order_by("valid_from", "pk"))
