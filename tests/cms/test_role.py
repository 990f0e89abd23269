"""The role of the editors' process has no right to anything clinical, and sees editors' and administrators' accounts only."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from baclofen_portal.accounts.models import User
from education.models.groundwork import EDITORS
from tests.cms_client import as_cms, editor
from tests.database import as_actor
from titration.models.database_roles import CMS

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38"), pytest.mark.django_db]

POWERS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
THEIRS = ("wagtail", "education_", "taggit_")
WRITTEN = {"accounts_editorsession", "cms_cache"}
READ = {
    "accounts_user", "accounts_user_groups", "accounts_user_user_permissions", "auth_group", "auth_group_permissions",
    "auth_permission", "django_content_type", "django_migrations", "titration_installation",
}  # fmt: skip


def rights() -> dict[str, set[str]]:
    """What the role may do with each table, a single column of it included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%%I.%%I', schemaname, tablename), power FROM pg_tables, unnest(%s::text[]) AS power "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND "
            "(has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), power) OR power IN "
            "('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND "
            "has_any_column_privilege(%s, format('%%I.%%I', schemaname, tablename), power))",
            [list(POWERS), CMS, CMS],
        )
        found: dict[str, set[str]] = {}
        for table, power in cursor.fetchall():
            found.setdefault(table.removeprefix("public."), set()).add(power)
    return found


def test_the_role_reaches_what_is_the_editors_and_nothing_else():
    found = rights()
    ours = {table for table in found if table.startswith(THEIRS)} | WRITTEN
    assert set(found) == ours | READ
    assert all(found[table] == {"SELECT", "INSERT", "UPDATE", "DELETE"} for table in ours)
    read = {table: powers for table, powers in found.items() if table in READ}
    assert read.pop("accounts_user") == {"SELECT", "UPDATE"}  # the password of a person, renewed
    assert all(powers == {"SELECT"} for powers in read.values())


def test_no_clinical_table_is_within_reach():
    clinical = {
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in ("titration", "pghistory", "sessions", "account", "procrastinate")
        or any(field.name in ("patient", "pgh_obj") for field in model._meta.fields)
    }
    assert len(clinical) > 30
    assert clinical & set(rights()) == {"titration_installation"}


@pytest.mark.parametrize(
    "table", ["titration_patient", "titration_dose", "titration_auditevent", "django_session", "portal_cache"]
)
def test_a_statement_about_it_is_refused(table):
    with as_cms(), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")


def test_no_counter_tells_how_many_rows_a_clinical_table_has_had():
    with as_cms(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' "
            "AND has_sequence_privilege(format('%I.%I', schemaname, sequencename), 'SELECT, USAGE, UPDATE')"
        )
        found = {name for (name,) in cursor.fetchall()}
    assert "wagtailcore_page_id_seq" in found
    assert not [name for name in found if not name.startswith(THEIRS)]


def test_no_function_shows_a_patient():
    with as_cms(), pytest.raises(ProgrammingError, match="schema access"), transaction.atomic():
        connection.cursor().execute("SELECT access.patients('read')")


def test_accounts_of_patients_and_clinicians_are_not_there(world):
    eve = editor("Eve Editor", EDITORS)
    with as_cms():
        seen = set(User.objects.values_list("role", flat=True))
        assert seen == {"editor"}
        assert User.objects.filter(pk=eve.pk).exists()
        assert not User.objects.filter(email=world.ann.email).exists()


def test_an_account_is_changed_by_its_person_and_only_its_password(world):
    eve, other = editor("Eve Editor", EDITORS), editor("Oda Other", EDITORS)
    with as_cms(), as_actor(eve):
        assert User.objects.filter(pk=eve.pk).update(password="x") == 1
        assert User.objects.filter(pk__in=[other.pk, world.ann.pk]).update(password="x") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            User.objects.filter(pk=eve.pk).update(role="admin")
    with as_cms(), pytest.raises(ProgrammingError), transaction.atomic():
        eve.groups.clear()


def test_the_role_of_the_portal_reaches_no_sign_in_and_no_group_of_editors():
    for table in ("accounts_editorsession", "cms_cache", "accounts_user_groups", "wagtailcore_revision"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
