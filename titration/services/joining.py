"""What somebody does who opened a link: answer with the birth date, and so come to an account that sees the patient.

Nothing here asks who the person is. The link and the birth date decide, and the policies of the database judge by the same
link: a request that opened none reaches no invitation, and one that did reaches that one.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from titration.models import AuditAction, CareRelation, Invitation, Patient, RelationKind, Scope
from titration.models.actors import set_actor, set_token
from titration.models.invitations import MOST_TRIES, hash_of, proof_of
from titration.models.relations import RIGHTS_OF_PATIENT, RIGHTS_OF_SCOPE
from titration.services import audit

PATIENT_ROLE = "patient"


class LinkRefused(Exception):
    """The link opens nothing: it never did, or does not any more. Which of them is nobody's business."""


class LinkLocked(Exception):
    """Too many wrong birth dates: the link opens nothing even with the right one."""


class EmailTaken(Exception):
    """Somebody has an account with this address already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """``key`` becomes the key of the account; ``name`` is empty for the patient, whose name is on record.

    ``password`` is None for an account that is opened by a passkey.
    """

    key: uuid.UUID
    email: str
    password: str | None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Whether the birth date was right; ``left`` is how many wrong ones the link still takes."""

    invitation: Invitation
    is_right: bool
    left: int


def opened(token: str, *, by: Any = None) -> Invitation:
    """The invitation of a link, as the person ``by`` or nobody; raises LinkRefused or LinkLocked. Nothing is changed."""
    return _found(token, by, Invitation.objects.all())


@transaction.atomic
def answer(token: str, *, born: date, by: Any = None) -> Answered:
    """Look at a birth date; a wrong one is counted and written to the audit. The link is nobody else's until the transaction ends.

    Raises as ``opened`` does, so that a link is locked for the right date as well.
    """
    invitation = _found(token, by, Invitation.objects.select_for_update())
    if born == invitation.birth_date:
        return Answered(invitation=invitation, is_right=True, left=MOST_TRIES - invitation.tries)
    Invitation.objects.filter(pk=invitation.pk).update(tries=F("tries") + 1)
    left = MOST_TRIES - invitation.tries - 1
    audit.write(
        action=AuditAction.DENIED,
        by=by,
        patient=_patient(invitation),
        what=invitation,
        detail=f"birth date, {left} left",
    )
    return Answered(invitation=invitation, is_right=False, left=left)


def is_taken(email: str) -> bool:
    """Whether somebody has an account with this address."""
    return get_user_model().objects.filter(email=email.lower()).exists()


def is_made(account: NewAccount) -> bool:
    """Whether this very form has made its account already."""
    return get_user_model().objects.filter(pk=account.key, email=account.email.lower()).exists()


def claim(invitation: Invitation, *, account: NewAccount | None, by: Any = None) -> Any:
    """Use up the invitation that was just answered: the person ``by``, or the account that is made, sees the patient.

    Raises LinkRefused when the record has changed since so that nobody would be invited, and EmailTaken; nothing is written
    then.
    """
    try:
        with transaction.atomic():
            return _claim(invitation, account, by)
    except IntegrityError:  # somebody else took the address at this moment
        raise EmailTaken from None


def _claim(invitation: Invitation, account: NewAccount | None, by: Any) -> Any:
    person_key = by.pk if account is None else account.key
    set_actor(person_key)
    rights = RIGHTS_OF_PATIENT if invitation.kind == RelationKind.SELF else RIGHTS_OF_SCOPE[Scope(invitation.scope)]
    relation = CareRelation(  # in force at once: the policies judge by the instant at which the transaction began
        person_id=person_key, patient_id=invitation.patient_id, kind=invitation.kind, rights=list(rights), valid_from=TransactionNow(),
        granted_by_id=invitation.created_by_id, reason="Invited",
    )  # fmt: skip
    CareRelation.objects.bulk_create([relation])
    # The relation shows the patient, whom the link alone did not: as the record is now, not as it was on the day of the link.
    patient = Patient.objects.living().filter(pk=invitation.patient_id, birth_date=invitation.birth_date).first()
    if patient is None:
        raise LinkRefused
    person = by if account is None else _made(account, patient)
    if not Invitation.objects.standing().filter(pk=invitation.pk).update(claimed_at=Now(), claimed_by=person_key):
        raise LinkRefused
    audit.write(
        action=AuditAction.CREATE, by=person, patient=patient, what=relation, fields=["kind", "rights"],
        detail=f"invitation {invitation.pk}",
    )  # fmt: skip
    return person


def _made(account: NewAccount, patient: Patient) -> Any:
    if is_taken(account.email):
        raise EmailTaken
    name = account.name or f"{patient.given_name} {patient.family_name}"
    return get_user_model().objects.create_user(
        id=account.key, email=account.email, password=account.password, name=name[:120], role=PATIENT_ROLE
    )


def _found(token: str, by: Any, among: Any) -> Invitation:
    """The same two statements for every link, whatever becomes of it."""
    set_actor(None if by is None else by.pk)
    set_token(proof_of(token))
    found = among.standing().filter(token_hash=hash_of(token)).first()
    if found is None:
        raise LinkRefused
    if found.tries >= MOST_TRIES:
        raise LinkLocked
    return found


def _patient(invitation: Invitation) -> Patient:
    """The key of the patient as the audit wants it; the patient is not in sight of a link."""
    return Patient(pk=invitation.patient_id)
