"""Who else sees one patient of the marked world: a carer, and invitations that wait, were used and were ended."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from tests.database import as_owner
from tests.world import make_own
from titration.models import Invitation
from titration.models.invitations import hash_of, new_token


def invite(world: Any, patient: Any, marks: Any, *, by: Any) -> dict[str, Any]:
    """The keys by which addresses name them, the link of the one that waits, and the birth date that it asks for."""
    token, ago = new_token(), Now() - timedelta(hours=1)
    common = {
        "patient": patient, "kind": "proxy", "scope": "view", "birth_date": marks.born, "created_at": Now() - timedelta(hours=2),
        "created_by": by, "expires_at": Now() + timedelta(hours=70),
    }  # fmt: skip
    with as_owner():
        waiting = Invitation.objects.create(name=marks.text("invited"), token_hash=hash_of(token), **common)
        used = {"claimed_at": ago, "claimed_by": world.pia}
        Invitation.objects.create(name=marks.text("used"), token_hash=hash_of(new_token()), **common, **used)
        ended = {"ended_at": ago, "ended_by": by}
        Invitation.objects.create(name=marks.text("uninvited"), token_hash=hash_of(new_token()), **common, **ended)
        carer = make_own(world, marks.text("carer"), patient, "proxy", ["read"])
        relation = carer.care_relations.get()
    return {"invitation": waiting.pk, "token": token, "born": marks.born, "relation": relation.pk}
