"""Who can sign in and see Alder: links that wait, are locked, were used and are over, told by name for the tests to open."""

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
    return {
        "link": for_patient.token, "carer_link": waiting.token, "locked_link": locked.token, "used_link": used.token,
        "invitation": str(waiting.invitation.pk), "relation": str(relation.pk),
    }  # fmt: skip
