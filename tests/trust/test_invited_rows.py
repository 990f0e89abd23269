"""Raw SQL as the web role of somebody who opened a link, and of somebody who ends what came of one."""

import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.joining import invited, invited_long_ago
from tests.trust import catalogue
from tests.trust.test_opened_links import outcome, seen
from titration.models import CareRelation, Invitation
from titration.models.actors import set_actor, set_token
from titration.models.invitations import proof_of

pytestmark = [pytest.mark.bar("B-54"), pytest.mark.bar("B-08"), pytest.mark.hazard("H38"), pytest.mark.django_db]


def test_links_that_are_over_show_nothing(world):
    old, ended = invited_long_ago(world, world.alder), invited(world, world.alder)
    with as_actor(world.ann, world.alder):
        Invitation.objects.filter(pk=ended.invitation.pk).update(ended_at="2026-11-22T15:00Z", ended_by=world.ann)
    for one in (old, ended):
        with transaction.atomic():
            set_token(proof_of(one.token))
            assert seen() == []
            transaction.set_rollback(True)


# --- what may be added ---------------------------------------------------------------------------------------------------
RELATION = (
    "INSERT INTO titration_carerelation (id, person_id, team_id, patient_id, kind, rights, valid_from, valid_to, "
    "granted_by_id, reason) VALUES (gen_random_uuid(), %s, NULL, %s, %s, %s, now(), NULL, %s, 'Invited')"
)
ACCOUNT = (
    "INSERT INTO accounts_user (id, email, name, role, password, is_active, created_at) "
    "VALUES (%s, 'x@example.test', 'X', %s, '!', true, now())"
)
REFUSED = "row-level security"


@pytest.fixture
def opening(world: w.World) -> Any:
    """A link to see the plan of Alder, and the key of an account that somebody is about to make."""
    link, key = invited(world, world.alder, kind="proxy", scope="view", name="Grace"), uuid.uuid4()
    set_actor(key)
    set_token(proof_of(link.token))
    return key


def test_what_was_invited_may_be_added_and_nothing_beside_it(world, opening):
    alder, ann = world.alder.pk, world.ann.pk
    assert outcome(RELATION, opening, alder, "proxy", ["read"], ann) == "done 1"
    for name, values in {
        "somebody else": (world.pol.pk, alder, "proxy", ["read"], ann),
        "another patient": (opening, world.aspen.pk, "proxy", ["read"], ann),
        "the patient": (opening, alder, "self", ["read"], ann),
        "staff": (opening, alder, "treating", ["read"], ann),
        "more rights": (opening, alder, "proxy", ["read", "tell"], ann),
        "other rights": (opening, alder, "proxy", ["audit"], ann),
        "another granter": (opening, alder, "proxy", ["read"], world.dan.pk),
        "no granter": (opening, alder, "proxy", ["read"], None),
    }.items():
        assert REFUSED in outcome(RELATION, *values), name


@pytest.mark.parametrize(("name", "said"), [("pol", "done 1"), ("dan", REFUSED), ("ada", REFUSED), ("edith", REFUSED)])
def test_a_relation_of_a_patient_or_carer_is_given_to_no_staff(world, opening, name, said):
    person = world.people[name].pk
    proof = catalogue.rows("SELECT current_setting('app.token')")[0][0]
    set_actor(person)
    set_token(proof)
    assert said in outcome(RELATION, person, world.alder.pk, "proxy", ["read"], world.ann.pk)


def test_an_account_is_that_of_whoever_opened_the_link_and_of_a_patient(world, opening):
    assert outcome(ACCOUNT, opening, "patient") == "done 1"
    assert REFUSED in outcome(ACCOUNT, uuid.uuid4(), "patient")
    for role in ("clinician", "admin", "editor"):
        assert REFUSED in outcome(ACCOUNT, opening, role)


@pytest.mark.parametrize(
    "over",
    ["tries = 5", "claimed_at = now(), claimed_by_id = '{person}'", "ended_at = now(), ended_by_id = '{person}'"],
)
def test_a_link_that_is_over_adds_nothing(world, opening, over):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE titration_invitation DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE titration_invitation SET {over.format(person=world.pol.pk)}")
    assert REFUSED in outcome(ACCOUNT, opening, "patient")
    assert REFUSED in outcome(RELATION, opening, world.alder.pk, "proxy", ["read"], world.ann.pk)


def test_without_a_link_nobody_adds_an_account_or_a_relation(world):
    for name in ("", "ann", "ada", "alma"):
        key = world.people[name].pk if name else uuid.uuid4()
        set_actor(key)
        assert REFUSED in outcome(ACCOUNT, uuid.uuid4(), "patient")
        assert REFUSED in outcome(RELATION, key, world.alder.pk, "proxy", ["read"], world.ann.pk)


def test_whoever_opened_a_link_uses_it_in_their_own_name(world, opening):
    used = "UPDATE titration_invitation SET claimed_at = now(), claimed_by_id = %s"
    assert outcome(used, opening) == "done 1"
    assert "Cannot update" in outcome(used, world.pol.pk)
    assert REFUSED in outcome("UPDATE titration_invitation SET ended_at = now(), ended_by_id = %s", opening)
    assert "permission denied" in outcome("UPDATE titration_invitation SET expires_at = now() + interval '9 days'")


# --- what may be ended ---------------------------------------------------------------------------------------------------
ENDED = "UPDATE titration_carerelation SET valid_to = now() WHERE person_id = %s AND patient_id = %s"


@pytest.mark.parametrize(
    ("who", "whose", "said"),
    [
        ("ann", "pia", "done 1"),
        ("ann", "alma", "done 1"),
        ("alma", "pia", "done 1"),
        ("alma", "pru", "done 1"),
        ("alma", "alma", "Cannot update"),
        ("pru", "pia", "Cannot update"),
        ("pru", "alma", "Cannot update"),
        ("pol", "pia", "done 0"),
        ("bea", "pia", "done 0"),
        ("cora", "pia", "done 0"),
        ("elma", "pia", "done 0"),
        ("dan", "pia", "done 0"),
    ],
)
def test_who_ends_whose_access(world, who, whose, said):
    with as_actor(world.people[who], world.alder):
        assert said in outcome(ENDED, world.people[whose].pk, world.alder.pk)


def test_what_was_ended_does_not_begin_again(world):
    with as_actor(world.ann, world.alder):
        for later in ("NULL", "now() + interval '1 day'"):
            again = f"UPDATE titration_carerelation SET valid_to = {later} WHERE person_id = %s"
            assert "Cannot update" in outcome(again, world.pex.pk)


def test_nobody_ends_the_relation_of_a_team_on_a_page(world):
    with as_actor(world.ann, world.alder):
        assert outcome("UPDATE titration_carerelation SET valid_to = now() WHERE kind = 'team'") == "done 0"
    with as_owner():
        assert CareRelation.objects.in_force().filter(kind="team", patient=world.alder.pk).exists()
