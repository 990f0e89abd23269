"""Who can sign in and see Alder: links that wait, are locked, were used and are over, told by name for the tests to open."""

import json
import uuid
from typing import Any


def people(world: Any) -> dict[str, str]:
    """The links by name, and the keys of what can be ended."""
    from django.db.models.functions import Now

    from tests.database import as_owner
    from tests.titration.views.joining import invited, invited_long_ago
    from titration.models import CareRelation, Invitation

    alder = world.alder
    waiting = invited(world, alder, kind="proxy", scope="log", name="Grace Alder")
    for_patient, locked, used = (
        invited(world, alder),
        invited(world, alder, kind="proxy", scope="view", name="Rose Alder"),
        invited(world, alder, kind="proxy", scope="view", name="Pia"),
    )
    invited_long_ago(world, alder)
    with as_owner():
        relation = CareRelation.objects.get(person=world.pol.pk)
        for _ in range(5):
            one = Invitation.objects.get(pk=locked.invitation.pk)
            Invitation.objects.filter(pk=one.pk).update(tries=one.tries + 1)
        Invitation.objects.filter(pk=used.invitation.pk).update(claimed_at=Now(), claimed_by=world.pia)
    for person in (world.alma, world.pru):
        _passkey(person)
    return {
        "link": for_patient.token, "carer_link": waiting.token, "locked_link": locked.token, "used_link": used.token,
        "invitation": str(waiting.invitation.pk), "relation": str(relation.pk),
    }  # fmt: skip


def _passkey(person: Any) -> None:
    """A passkey of a person, on a device that nobody has."""
    from allauth.mfa.models import Authenticator
    from fido2.utils import websafe_encode

    from tests.database import as_owner
    from tests.trust.device import Device

    asked = {"user": {"id": websafe_encode(person.pk.bytes)}, "challenge": websafe_encode(b"asked by nobody here")}
    data = {"key": str(uuid.uuid4()), "name": "My old phone", "credential": json.loads(Device().make(asked))}
    with as_owner():
        Authenticator.objects.create(user=person, type="webauthn", data=data)
