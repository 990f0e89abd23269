"""The scratch database of a measurement: made beside the portal's own, filled, and dropped at the end."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

NAME = "portal_bench"
ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def database(name: str = NAME) -> Iterator[str]:
    """The URL of a new, empty database on the server that the portal itself would use."""
    import os

    given = os.environ.get("DATABASE_URL", "")
    if given:
        parts = dict(conninfo_to_dict(given))
    else:
        from baclofen_portal import postgres

        server = postgres.ensure(ROOT)
        parts = {"host": server.host, "port": server.port, "user": server.user, "dbname": "portal"}
    # Not FORCE: that is refused while autovacuum is at work there; a plain drop sends it away.
    leave = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with psycopg.connect(
        make_conninfo(**{**parts, "dbname": parts.get("dbname") or "postgres"}), autocommit=True
    ) as admin:
        admin.execute(leave, [name])
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _url({**parts, "dbname": name})
        finally:
            admin.execute(leave, [name])
            admin.execute(drop)


def _url(parts: dict[str, object]) -> str:
    who = quote(str(parts.get("user", "")), safe="")
    if parts.get("password"):
        who += ":" + quote(str(parts["password"]), safe="")
    return (
        f"postgresql://{who}@{quote(str(parts.get('host', '')), safe='')}:{parts.get('port') or 5432}/{parts['dbname']}"
    )


def migrated(environment: dict[str, str]) -> None:
    """Make roles, tables and static files in a process of its own, and nothing else."""
    script = (
        "import django, sys; django.setup(); from django.core.management import call_command; "
        "call_command('migrate', verbosity=0, stdout=sys.stderr); "
        "call_command('collectstatic', interactive=False, verbosity=0, stdout=sys.stderr)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)


def filled(environment: dict[str, str], patients: int) -> dict[str, str]:
    """Migrate and fill the database in a process of its own; says who signs in and which patients are theirs."""
    return _made(environment, f"main({patients})", f"{patients} patients")


def watched(environment: dict[str, str], plans: int, *, with_doses: int) -> None:
    """The same with plans that have been looked at, so many of them with two weeks of dose records."""
    _made(environment, f"watched({plans}, {with_doses})", f"{plans:,} plans, {with_doses:,} with dose records")


def _made(environment: dict[str, str], call: str, what: str) -> dict[str, str]:
    print(f"Making a database of {what} …", flush=True)
    script = f"from bench import filling; filling.{call}"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout.decode().strip().splitlines()[-1]))
