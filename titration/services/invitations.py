"""Inviting a patient or somebody who cares for one, ending an invitation, and ending what came of it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from titration.models import AuditAction, CareRelation, Invitation, Patient, RelationKind
from titration.models.invitations import LASTS, hash_of, new_token
from titration.models.locks import lock_patient
from titration.models.relations import OWN_KINDS
from titration.services import audit


class InvitationRefused(Exception):
    """Nobody can be invited so; the text is fit for the person who asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """``token`` is told once: it is empty when the same form was sent before."""

    invitation: Invitation
    token: str


def why_not(patient: Patient) -> str:
    """Why nobody can be invited for this patient; empty when somebody can be."""
    if patient.is_deceased:
        return "This patient has died. Nobody is invited any more."
    if patient.birth_date is None:
        return (
            "The birth date of this patient is not recorded. Whoever opens the link is asked for it, so nobody can be "
            "invited until it is."
        )
    return ""


@transaction.atomic
def invite(*, key: uuid.UUID, patient: Patient, kind: str, scope: str = "", name: str = "", by: Any) -> Invited:
    """Make a link for the patient, or for the carer ``name`` with a scope. Sent again with the same ``key`` it makes none.

    Raises InvitationRefused for a patient without birth date, for one who has died, and for a key that another form used.
    """
    lock_patient(patient.pk)
    if refusal := why_not(patient):
        raise InvitationRefused(refusal)
    known = Invitation.objects.filter(pk=key).first()
    if known is not None:
        if (known.patient_id, known.kind, known.scope, known.name) != (patient.pk, kind, scope, name):
            raise InvitationRefused("This page was used for another invitation. Open the form again.")
        return Invited(invitation=known, token="")
    token = new_token()
    Invitation.objects.bulk_create(
        [
            Invitation(
                id=key, patient=patient, kind=kind, scope=scope, name=name, birth_date=patient.birth_date,
                token_hash=hash_of(token), created_at=Now(), created_by=by, expires_at=Now() + LASTS,
            )
        ]
    )  # fmt: skip
    made = Invitation.objects.get(pk=key)  # with the times of the database
    audit.write(action=AuditAction.CREATE, by=by, patient=patient, what=made, fields=["kind"], detail=scope or kind)
    return Invited(invitation=made, token=token)


@transaction.atomic
def end_invitation(*, invitation: uuid.UUID, patient: Patient, by: Any) -> bool:
    """The link opens nothing from now on. False when it was used or ended already. Raises DoesNotExist for an unknown one."""
    lock_patient(patient.pk)
    found = Invitation.objects.select_for_update().get(pk=invitation, patient=patient.pk)
    if found.claimed_at is not None or found.ended_at is not None:
        return False
    Invitation.objects.filter(pk=found.pk).update(ended_at=Now(), ended_by=by)
    audit.write(action=AuditAction.UPDATE, by=by, patient=patient, what=found, fields=["ended_at"])
    return True


@transaction.atomic
def end_access(*, relation: uuid.UUID, patient: Patient, by: Any, kinds: Any = OWN_KINDS) -> bool:
    """Whose relation it is sees nothing of the patient from the next request on; ``kinds`` are those that may be ended here.

    False when it was ended already. Raises DoesNotExist for an unknown one.
    """
    lock_patient(patient.pk)
    found = CareRelation.objects.get(pk=relation, patient=patient.pk, kind__in=kinds)
    if not CareRelation.objects.in_force().filter(pk=found.pk).update(valid_to=Now()):
        return False
    audit.write(action=AuditAction.UPDATE, by=by, patient=patient, what=found, fields=["valid_to"])
    return True


def end_carer(*, relation: uuid.UUID, patient: Patient, by: Any) -> bool:
    """As ``end_access``, for a patient, who may end a carer and not themselves."""
    return end_access(relation=relation, patient=patient, by=by, kinds=(RelationKind.PROXY,))
