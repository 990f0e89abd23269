"""Opening the link of an invitation over HTTP, as the person who was sent it."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.test import Client

from tests.database import as_actor, as_owner
from titration.models import Invitation
from titration.models.invitations import hash_of, new_token
from titration.services import invitations

BORN = {"born_day": "4", "born_month": "3", "born_year": "1981"}  # of every patient of tests/world.py
WRONG = {**BORN, "born_day": "5"}
PASSWORD = "four words of one person"


def invited(world: Any, patient: Any, *, by: Any = None, **who: str) -> invitations.Invited:
    """A link made by Ann, or by ``by``; for the patient unless a carer is named."""
    by = by or world.ann
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        return invitations.invite(key=uuid.uuid4(), patient=seen, by=by, **({"kind": "self"} | who))


def invited_long_ago(world: Any, patient: Any) -> invitations.Invited:
    """A link that nobody used in its 72 hours."""
    token = new_token()
    with as_owner():
        made = Invitation.objects.create(
            patient=patient, kind="self", birth_date=patient.birth_date, token_hash=hash_of(token), created_by=world.ann,
            created_at=Now() - timedelta(hours=73), expires_at=Now() - timedelta(hours=1),
        )  # fmt: skip
    return invitations.Invited(invitation=made, token=token)


def address(link: invitations.Invited | str) -> str:
    return f"/join/{link if isinstance(link, str) else link.token}/"


def account(email: str = "new@example.test", **more: str) -> dict[str, str]:
    return {**BORN, "key": str(uuid.uuid4()), "email": email, "password": PASSWORD, **more}


def join(link: invitations.Invited | str, client: Client | None = None, **sent: str) -> Any:
    """Send everything at once, as the second page of the link does."""
    return (client or Client()).post(address(link), account(**sent))
