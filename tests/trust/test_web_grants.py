"""What the web role may write, by PostgreSQL's own catalogue: a table that is added later fails here until it is named."""

import pytest
from django.db import DatabaseError, connection, transaction

from baclofen_portal.accounts.models import User
from baclofen_portal.roles import WEB_NEVER
from tests import world as w
from tests.database import as_actor, as_owner
from tests.trust import catalogue
from titration.models.actors import speaking_for
from titration.models.database_roles import WEB

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38"), pytest.mark.django_db]

ALL_OF_A_ROW = {"INSERT", "UPDATE", "DELETE"}
# Written by people, never derived: table, and "UPDATE column" where not every column may change.
MAY_WRITE: dict[str, set[str]] = {
    "django_session": ALL_OF_A_ROW,
    "portal_cache": ALL_OF_A_ROW,
    "accounts_user": {"INSERT", "UPDATE password"},
    "mfa_authenticator": {"INSERT", "UPDATE last_used_at", "DELETE"},
    "titration_auditevent": {"INSERT"},
    "titration_callrequest": {"INSERT"},
    "titration_changeseen": {"INSERT"},
    "titration_carerelation": {"INSERT", "UPDATE valid_to"},
    "titration_carerelationevent": {"INSERT"},
    "titration_doseevent": {"INSERT"},
    "titration_dosetracking": {"INSERT"},
    "titration_feelingreport": {"INSERT"},
    "titration_flag": {
        "INSERT",
        *(f"UPDATE {one}" for one in (
            "status", "owner_id", "because", "acknowledged_at", "acknowledged_by_id", "acted_at", "snoozed_until",
            "escalated_at", "closed_at", "closed_by_id", "closed_code", "closed_because",
        )),
    },
    "titration_flagevent": {"INSERT"},
    "titration_flagnote": {"INSERT"},
    "titration_invitation": {
        "INSERT",
        *(f"UPDATE {one}" for one in ("tries", "claimed_at", "claimed_by_id", "ended_at", "ended_by_id")),
    },
    "titration_kidneyresult": {"INSERT"},
    "titration_override": {"INSERT"},
    "titration_pageread": {"INSERT"},
    "titration_patientfact": {"INSERT"},
    "titration_plan": {
        "INSERT",
        *(f"UPDATE {one}" for one in ("status", "next_decision_on", "reassess_at", "others_at", "version", "ended_on", "ended_by_id")),
    },
    "titration_planevent": {"INSERT"},
    "titration_quarantinedresult": {"UPDATE resolved_at", "UPDATE resolution", "UPDATE result_id"},
    "titration_restartdecision": {"INSERT"},
    "titration_silence": {"INSERT"},
    "titration_slot": {"INSERT"},
    "titration_step": {"INSERT", "UPDATE voided_at", "UPDATE voided_by_id"},
    "titration_stepevent": {"INSERT"},
    "titration_supplyissue": {"INSERT"},
}  # fmt: skip


def may_write() -> dict[str, set[str]]:
    """Every power of the web role over a table that is more than reading, as the catalogue says, also through PUBLIC."""
    found: dict[str, set[str]] = {}
    whole = catalogue.rows(
        "SELECT c.oid::regclass::text, p FROM pg_class c, "
        "unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace NOT IN "
        "(SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema')) "
        "AND has_table_privilege(%s, c.oid, p)",
        [WEB],
    )
    for table, power in whole:
        found.setdefault(table, set()).add(power)
    columns = catalogue.rows(
        "SELECT a.attrelid::regclass::text, p, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, "
        "unnest(ARRAY['INSERT', 'UPDATE', 'REFERENCES']) AS p WHERE c.relkind IN ('r', 'p', 'v', 'f') AND a.attnum > 0 "
        "AND NOT a.attisdropped AND c.relnamespace NOT IN "
        "(SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema')) "
        "AND has_column_privilege(%s, c.oid, a.attnum, p) AND NOT has_table_privilege(%s, c.oid, p)",
        [WEB, WEB],
    )
    for table, power, column in columns:
        found.setdefault(table, set()).add(f"{power} {column}")
    return found


def test_the_web_writes_what_is_listed_and_nothing_else():
    assert may_write() == MAY_WRITE


def test_a_power_that_is_granted_later_is_found():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE titration_later (id uuid PRIMARY KEY)")
        cursor.execute(f"GRANT INSERT ON titration_later TO {WEB}")
        cursor.execute(f"GRANT UPDATE (email) ON accounts_user TO {WEB}")
        cursor.execute("GRANT DELETE ON titration_product TO PUBLIC")
    found = may_write()
    assert found["titration_later"] == {"INSERT"}
    assert found["accounts_user"] == {"INSERT", "UPDATE password", "UPDATE email"}
    assert found["titration_product"] == {"DELETE"}


def test_the_web_makes_no_tables_not_even_temporary_ones():
    may = "SELECT has_database_privilege(%s, current_database(), p) FROM unnest(ARRAY['CREATE', 'TEMPORARY']) AS p"
    assert catalogue.rows(may, [WEB]) == [(False,), (False,)]


def test_tables_of_libraries_are_closed():
    for table in WEB_NEVER:
        assert catalogue.rows("SELECT has_any_column_privilege(%s, %s, 'SELECT')", [WEB, table]) == [(False,)], table


# --- a person's own row ------------------------------------------------------------------------------------------------


def hash_of(person: User) -> str:
    return User.objects.get(pk=person.pk).password


def test_nobody_renews_the_password_of_somebody_else(world):
    before = hash_of(world.dan)
    with as_actor(world.ann), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET password = 'x' WHERE id = %s", [world.dan.pk])
        assert cursor.rowcount == 0
        cursor.execute("UPDATE accounts_user SET password = 'own'")
        assert cursor.rowcount == 1
    assert hash_of(world.dan) == before
    assert hash_of(world.ann) == "own"


def test_without_an_actor_no_password_changes(world):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET password = 'x'")
        assert cursor.rowcount == 0


@pytest.mark.parametrize("change", ["role = 'admin'", "email = 'x@example.test'", "is_active = true"])
def test_who_somebody_is_changes_on_no_page(world, change):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with as_actor(world.ann), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {change} WHERE id = %s", [world.ann.pk])


NEWER = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", "django.contrib.auth.hashers.MD5PasswordHasher"]


def test_an_older_hash_is_renewed_at_sign_in(world, client, settings):
    settings.PASSWORD_HASHERS = NEWER
    assert hash_of(world.ann).startswith("md5$")
    answer = client.post("/accounts/login/", {"login": "ann@example.test", "password": w.PASSWORD})
    assert answer.status_code == 302
    assert hash_of(world.ann).startswith("pbkdf2_sha256$")
    assert client.get("/worklist/").status_code == 200


def test_an_older_hash_of_a_colleague_is_renewed_without_changing_who_asks(world, settings):
    settings.PASSWORD_HASHERS = NEWER
    with as_actor(world.ann, world.alder):
        assert User.objects.get(pk=world.cora.pk).check_password(w.PASSWORD)
        assert not User.objects.get(pk=world.dan.pk).check_password("another password")
        assert catalogue.rows("SELECT current_setting('app.actor', true)") == [(str(world.ann.pk),)]
    assert hash_of(world.cora).startswith("pbkdf2_sha256$")
    assert hash_of(world.dan).startswith("md5$")


def test_a_name_that_was_spoken_for_does_not_outlive_a_failure(world):
    with as_actor(world.ann):
        with pytest.raises(RuntimeError), speaking_for(world.dan.pk):
            raise RuntimeError
        assert catalogue.rows("SELECT current_setting('app.actor', true)") == [(str(world.ann.pk),)]
