"""The wall around passkeys in the database: one's own, or the one that a device has named; nobody's for the other processes."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.database import as_actor, as_owner
from tests.trust import catalogue
from tests.trust.passkey_policies import TABLE
from tests.trust.passkeys import device_of
from titration.models.actors import set_passkey
from titration.models.database_roles import CMS, OWNER, WEB, WORKER

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38"), pytest.mark.django_db]

ALL = f"SELECT user_id, data -> 'credential' ->> 'id' FROM {TABLE}"


@pytest.fixture
def two(world):
    """Ann and Dan have a passkey each: their ids as a device names them."""
    device_of("ann"), device_of("dan")
    with as_owner():
        found = {one.user_id: one.data["credential"]["id"] for one in Authenticator.objects.all()}
    catalogue.rows("SELECT set_config('app.actor', '', false), set_config('app.passkey', '', false)")  # a new request
    return found


def seen() -> set:
    return {person for person, _ in catalogue.rows(ALL)}


def test_each_sees_their_own_and_nobody_sees_any_before_sign_in(world, two):
    assert seen() == set()
    with as_actor(world.ann):
        assert seen() == {world.ann.pk}
    with as_actor(world.edith):
        assert seen() == set()


def test_a_passkey_that_is_named_is_the_one_in_sight(world, two):
    for named, expected in ((two[world.ann.pk], {world.ann.pk}), ("x", set()), ("", set())):
        with transaction.atomic():
            set_passkey(named)
            assert seen() == expected
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {TABLE} SET last_used_at = now()")
                assert cursor.rowcount == 0
                cursor.execute(f"DELETE FROM {TABLE}")
                assert cursor.rowcount == 0
            set_passkey("")


def test_nobody_changes_or_removes_those_of_somebody_else(world, two):
    with as_actor(world.ann), connection.cursor() as cursor:
        for statement in (
            f"UPDATE {TABLE} SET last_used_at = now() WHERE user_id = %s",
            f"DELETE FROM {TABLE} WHERE user_id = %s",
        ):
            cursor.execute(statement, [world.dan.pk])
            assert cursor.rowcount == 0
    add = f"INSERT INTO {TABLE} (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{{}}', now())"
    refused = pytest.raises(DatabaseError, match="row-level security")
    with as_actor(world.ann), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(add, [world.dan.pk])


@pytest.mark.parametrize("column", ["user_id", "data", "type", "created_at"])
def test_what_is_kept_of_a_passkey_changes_on_no_page(world, two, column):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with as_actor(world.ann), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {column} = {column}")


def test_one_passkey_belongs_to_one_account(world, two):
    copy = f"INSERT INTO {TABLE} (user_id, type, data, created_at) SELECT %s, type, data, now() FROM {TABLE} WHERE user_id = %s"
    with (
        as_owner(),
        pytest.raises(IntegrityError, match="mfa_authenticator_credential"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(copy, [world.dan.pk, world.ann.pk])


def test_the_other_processes_see_none(world, two):
    assert catalogue.rows("SELECT has_any_column_privilege(%s, %s, 'SELECT')", [CMS, TABLE]) == [(False,)]
    for role, expected in ((WORKER, 0), (OWNER, 0), (WEB, 0)):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(f"SELECT count(*) FROM {TABLE}")
            assert cursor.fetchone() == (expected,)
            cursor.execute(f"SET LOCAL ROLE {WEB}")
    [(on, forced)] = catalogue.rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [TABLE]
    )
    assert (on, forced) == (True, True)
