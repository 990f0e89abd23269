"""Links by which patients, and those who care for them, come to an account: one for one person, and for a short time."""

import hashlib
import secrets
from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from titration.models.base import (
    Record,
    VisibleQuerySet,
    both_or_neither,
    changed_in_own_name,
    never_removed,
    written_once,
)
from titration.models.patients import Patient
from titration.models.relations import OWN_KINDS, RelationKind, Scope

# Both are set by the project's rules of access for links that are sent to people, not by anything clinical.
LASTS = timedelta(hours=72)
MOST_TRIES = 5

# Without letters and digits that look alike, so that a link can be copied by hand: 28 of them hold 138 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 7, 4


def new_token() -> str:
    """The secret part of a new link, in groups. It is told once and kept nowhere."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def proof_of(token: str) -> str:
    """What the database is told of a link that somebody opened: it neither opens the link nor is what is kept of it."""
    plain = token.lower().replace("-", "")
    return hashlib.sha256(f"titration.invitation:{plain}".encode()).hexdigest()


def hash_of(token: str) -> str:
    """What is kept of a link. The policies of the table work it out of the proof in the same way."""
    return hashlib.sha256(proof_of(token).encode()).hexdigest()


class InvitationQuerySet(VisibleQuerySet):
    def standing(self) -> "InvitationQuerySet":
        """Those that are neither used nor ended nor too old, also when nobody may try them any more."""
        return self.filter(claimed_at__isnull=True, ended_at__isnull=True, expires_at__gt=Now())


class Invitation(Record):
    """A person may make an account that sees one patient. ``scope`` and ``name`` are empty for the patient.

    ``birth_date`` is that of the patient, which whoever opens the link is asked for; ``tries`` counts wrong answers.
    All times are the database's own, because its policies judge by them.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(max_length=12, choices=[(one.value, one.label) for one in OWN_KINDS])
    scope = models.CharField(max_length=12, choices=Scope.choices, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    birth_date = models.DateField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="invitation_kind_known",
                condition=Q(kind=RelationKind.SELF, scope="", name="")
                | (Q(kind=RelationKind.PROXY, scope__in=Scope.values) & ~Q(name="")),
                violation_error_message="A carer is invited by name and with a scope, the patient without either.",
            ),
            models.CheckConstraint(
                name="invitation_hash_is_whole",
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="Of a link only its hash is kept.",
            ),
            models.CheckConstraint(
                name="invitation_is_short",
                condition=Q(expires_at__gt=models.F("created_at"))
                & Q(expires_at__lte=models.F("created_at") + models.Value(LASTS, models.DurationField())),
                violation_error_message="A link is good for 72 hours at most.",
            ),
            models.CheckConstraint(
                name="invitation_tries_are_few",
                condition=Q(tries__lte=MOST_TRIES),
                violation_error_message="Nobody tries a link more than five times.",
            ),
            models.CheckConstraint(
                name="invitation_claimed_in_time",
                condition=Q(claimed_at__isnull=True)
                | (Q(claimed_at__lte=models.F("expires_at"), ended_at__isnull=True, tries__lt=MOST_TRIES)),
                violation_error_message="A link is used in time, with tries left, and when it was not ended.",
            ),
            both_or_neither("invitation", "claimed_at", "claimed_by"),
            both_or_neither("invitation", "ended_at", "ended_by"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            never_removed(),
            written_once(
                "id", "patient", "kind", "scope", "name", "birth_date", "token_hash", "created_at", "created_by", "expires_at"
            ),
            pgtrigger.Protect(
                name="settled_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.claimed_at IS NOT NULL OR OLD.ended_at IS NOT NULL"),
            ),
            pgtrigger.Protect(
                name="tries_counted",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.tries NOT IN (OLD.tries, OLD.tries + 1)"),
            ),
            changed_in_own_name("claimed_by_id", when="NEW.claimed_by_id IS NOT NULL", name="claimed_in_own_name"),
            changed_in_own_name("ended_by_id", when="NEW.ended_by_id IS NOT NULL", name="ended_in_own_name"),
        ]  # fmt: skip
