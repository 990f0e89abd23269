"""The database roles of the portal: made once per cluster, given to the login, taken by each process.

The login of ``DATABASE_URL`` (or ``portal`` in the embedded server) has CREATEROLE and owns the database.
It never works with its own rights: a process takes ``app_web``, commands and jobs take ``app_worker``,
and only migrations take ``app_owner``, who owns every table and still feels row-level security.
"""

from django.db import connection

from titration.models.database_roles import OWNER, RESOLVER, WEB, WORKER, as_role

ROLES = (OWNER, WEB, WORKER, RESOLVER)

_CREATE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN NOINHERIT;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


def provision() -> None:
    """Make the roles and the two schemas, as the login itself. Running it again changes nothing."""
    with as_role(None), connection.cursor() as cursor:
        # One session at a time for the whole cluster: roles are shared by every database in it.
        cursor.execute("SELECT pg_advisory_lock(hashtext('baclofen-portal-roles'))")
        try:
            for role in ROLES:
                cursor.execute(_CREATE.format(role=role))
                cursor.execute(f"GRANT {role} TO CURRENT_USER")
            cursor.execute(f"GRANT {RESOLVER} TO {OWNER}")
            cursor.execute("SET ROLE pg_database_owner")  # the login is its member for as long as it owns the database
            cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {WEB}, {WORKER}, {RESOLVER}")
            cursor.execute("RESET ROLE")
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS access AUTHORIZATION {RESOLVER}")
            cursor.execute(f"SET ROLE {RESOLVER}")
            cursor.execute(f"GRANT USAGE ON SCHEMA access TO {WEB}, {WORKER}, {OWNER}")
            cursor.execute("RESET ROLE")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('baclofen-portal-roles'))")


# Tables outside the clinical ones that people's requests also delete from.
_DELETABLE = ("django_session", "portal_cache")
# Tables that only migrations write.
_READ_ONLY = ("django_migrations", "django_content_type", "titration_product", "titration_organisation",
              "titration_team", "titration_teammembership", "titration_installation")  # fmt: skip


def grant() -> None:
    """Give the processes what they need on the tables that exist now: no DELETE, no TRUNCATE, no DDL on clinical tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {WEB}, {WORKER}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB}, {WORKER}")
        cursor.execute(f"GRANT DELETE ON {', '.join(_DELETABLE)} TO {WEB}, {WORKER}")
        cursor.execute(f"REVOKE INSERT, UPDATE ON {', '.join(_READ_ONLY)} FROM {WEB}")
        cursor.execute("GRANT SELECT ON django_migrations TO PUBLIC")
