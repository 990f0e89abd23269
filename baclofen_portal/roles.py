"""The database roles of the portal: made once per cluster, given to the login, taken by each process.

The login of ``MIGRATE_DATABASE_URL``, or else of ``DATABASE_URL`` (``portal`` in the embedded server), has CREATEROLE and
owns the database. It never works with its own rights: a process takes ``app_web``, commands and jobs take ``app_worker``,
the editors of education pages ``app_cms``, and only migrations take ``app_owner``, who owns every table and still feels row-level security.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import IntegrityError, InternalError, connection, transaction

from baclofen_portal import cms_roles
from titration.models.database_roles import CMS, OWNER, RESOLVER, WEB, WORKER, as_role

ROLES = (OWNER, WEB, WORKER, CMS, RESOLVER)

_CREATE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN NOINHERIT;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


# Roles belong to the whole cluster, so two databases that are migrated at once can meet in the same row of its catalogue.
_ATTEMPTS = 40


@contextmanager
def migrating_login() -> Iterator[None]:
    """Connect with the login of ``MIGRATE_DATABASE_URL`` if there is one; with that of ``DATABASE_URL`` again afterwards."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings.MIGRATING_LOGIN or {})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def powers_of_login() -> list[str]:
    """What the login of this connection may do beyond the work of its process: other roles of the portal, CREATEROLE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND pg_has_role(session_user, oid, 'MEMBER') "
            "UNION SELECT 'CREATEROLE' FROM pg_roles WHERE rolname = session_user AND (rolcreaterole OR rolsuper) "
            "ORDER BY 1",
            [[role for role in ROLES if role != settings.DATABASE_ROLE]],
        )
        return [power for (power,) in cursor.fetchall()]


def provision() -> None:
    """Make the roles and the schema of the resolver, as the login itself. Running it again changes nothing."""
    with as_role(None), connection.cursor() as cursor:
        for role in ROLES:
            _patiently(cursor, _CREATE.format(role=role))
            _patiently(cursor, f"GRANT {role} TO CURRENT_USER")
        _patiently(cursor, f"GRANT {RESOLVER} TO {OWNER}")
        cursor.execute("SET ROLE pg_database_owner")  # the login is its member for as long as it owns the database
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {WEB}, {WORKER}, {CMS}, {RESOLVER}")
        cursor.execute("RESET ROLE")
        # A temporary table may have triggers of its maker's, and what a trigger writes passes as history.
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        _patiently(cursor, f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS access AUTHORIZATION {RESOLVER}")
        cursor.execute(f"SET ROLE {RESOLVER}")
        cursor.execute(f"GRANT USAGE ON SCHEMA access TO {WEB}, {WORKER}, {OWNER}")
        cursor.execute("RESET ROLE")


def _patiently(cursor: Any, statement: str) -> None:
    """Execute a change of roles; when another database changes the same role at this moment, wait and do it again."""
    for attempt in range(_ATTEMPTS):
        try:
            cursor.execute(statement)
        except (InternalError, IntegrityError):  # the row was changed, or added, by the other one
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(0.05)
        else:
            return


# Everything that a request of a person may write: a table that is not named here can be read at most. Columns in brackets
# are the only ones that an UPDATE may name; row-level security says which rows.
_SESSIONS = ("INSERT", "UPDATE", "DELETE")
_FLAG_LIFE = (
    "status, owner_id, because, acknowledged_at, acknowledged_by_id, acted_at, snoozed_until, escalated_at, closed_at, "
    "closed_by_id, closed_code, closed_because"
)
WEB_WRITES: dict[str, tuple[str, ...]] = {
    "django_session": _SESSIONS,
    "portal_cache": _SESSIONS,
    # A hash of an older kind is renewed, each person's own only; whoever was invited adds their account.
    "accounts_user": ("INSERT", "UPDATE (password)"),
    "mfa_authenticator": ("INSERT", "UPDATE (last_used_at)", "DELETE"),  # each person's own passkeys
    "titration_auditevent": ("INSERT",),
    "titration_changeseen": ("INSERT",),
    "titration_carerelation": ("INSERT", "UPDATE (valid_to)"),
    "titration_carerelationevent": ("INSERT",),
    "titration_doseevent": ("INSERT",),
    "titration_callrequest": ("INSERT",),
    "titration_dosetracking": ("INSERT",),
    "titration_feelingreport": ("INSERT",),
    "titration_flag": ("INSERT", f"UPDATE ({_FLAG_LIFE})"),
    "titration_flagevent": ("INSERT",),
    "titration_flagnote": ("INSERT",),
    "titration_invitation": ("INSERT", "UPDATE (tries, claimed_at, claimed_by_id, ended_at, ended_by_id)"),
    "titration_kidneyresult": ("INSERT",),
    "titration_override": ("INSERT",),
    "titration_pageread": ("INSERT",),
    "titration_patientfact": ("INSERT",),
    "titration_plan": (
        "INSERT",
        "UPDATE (status, next_decision_on, reassess_at, others_at, version, ended_on, ended_by_id)",
    ),
    "titration_planevent": ("INSERT",),
    "titration_quarantinedresult": ("UPDATE (resolved_at, resolution, result_id)",),
    "titration_restartdecision": ("INSERT",),
    "titration_silence": ("INSERT",),
    "titration_slot": ("INSERT",),
    "titration_step": ("INSERT", "UPDATE (voided_at, voided_by_id)"),
    "titration_stepevent": ("INSERT",),
    "titration_supplyissue": ("INSERT",),
}

# The queue of the watch. It holds no patient: a job has a name and a time, so no row of it is anybody's.
JOBS = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")

# Tables of libraries that no request has any business with.
WEB_NEVER = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "account_emailconfirmation",
    "pghistory_context",
    *JOBS,
)

# Tables outside the clinical ones that commands also delete from.
_DELETABLE = ("django_session", "portal_cache", *JOBS)

# What is written once and never changed, beside the triggers that say so as well.
APPEND_ONLY = ("titration_auditevent", "titration_slot", "titration_override", "titration_patientfact",
                "titration_kidneyresult", "titration_reportedestimate", "titration_flagnote",
                "titration_patientidentifier", "titration_patientevent", "titration_carerelationevent",
                "titration_planevent", "titration_stepevent", "titration_flagevent", "titration_doseevent",
                "titration_dosetracking", "titration_silence", "titration_supplyissue",
                "titration_restartdecision", "titration_changeseen", "titration_feelingreport", "titration_callrequest",
                "titration_pageread")  # fmt: skip


def grant() -> None:
    """Give the processes what they need on the tables that exist now: no DELETE, no TRUNCATE, no DDL on clinical tables."""
    # In one transaction: a portal that is serving meanwhile never finds its rights gone.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {WEB}")
        for table in WEB_NEVER:
            cursor.execute(f"REVOKE ALL ON {table} FROM {WEB}")
        for table, powers in WEB_WRITES.items():
            cursor.execute(f"GRANT {', '.join(powers)} ON {table} TO {WEB}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {WORKER}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB}, {WORKER}")
        cursor.execute(f"GRANT DELETE ON {', '.join(_DELETABLE)} TO {WORKER}")
        cursor.execute(f"REVOKE UPDATE ON {', '.join(APPEND_ONLY)} FROM {WORKER}")
        cms_roles.grant(cursor)
        cursor.execute("GRANT SELECT ON django_migrations TO PUBLIC")
