"""The portal as a person meets it: the production server in a process of its own, on a database made for it."""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.urls import reverse
from psycopg import sql
from psycopg.conninfo import make_conninfo

from baclofen_portal.serve_processes import PR_SET_PDEATHSIG
from titration.models.database_roles import OWNER

ROOT = Path(__file__).resolve().parents[2]
THREADS = "6"  # as many requests at once as two browsers and a held back answer need


@dataclass(frozen=True)
class Portal:
    """A running portal. ``people`` and ``patients`` name what tests/browser/filling.py made."""

    address: str
    people: dict[str, str]
    patients: dict[str, dict[str, str]]
    database: str

    def url(self, name: str, patient: str = "", **parts: str) -> str:
        """The path of a page. A part such as ``step_id="step"`` is looked up among the patient's own records."""
        if not patient:
            return reverse(name, kwargs=parts)
        known = self.patients[patient]
        found = {key: known.get(value, value) for key, value in parts.items()}
        return reverse(name, kwargs={"patient_id": known["id"], **found})

    def count(self, query: str, *values: Any) -> int:
        """One number straight from the database, past row-level security."""
        with psycopg.connect(self.database) as connection:
            connection.execute(f"SET ROLE {OWNER}")
            connection.execute("SELECT set_config('app.job', 'migrate', false)")
            row = connection.execute(query, values).fetchone()
        assert row is not None
        return int(row[0])


@contextlib.contextmanager
def portal() -> Iterator[Portal]:
    """Make a database, fill it, serve it; drop it at the end."""
    with database() as (url, conninfo), tempfile.TemporaryDirectory(prefix="portal-browser-") as var:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "baclofen_portal.settings",
            "PORTAL_VAR": var,
        }
        environment.pop("PORTAL_DEBUG", None)
        filled = subprocess.run(
            [sys.executable, "-m", "tests.browser.filling"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        made = json.loads(filled.stdout.decode().splitlines()[-1])
        with serving(environment) as port:
            yield Portal(f"http://localhost:{port}", made["people"], made["patients"], conninfo)


@contextlib.contextmanager
def database() -> Iterator[tuple[str, str]]:
    """A new database beside the one of the settings, as a URL and as a connection string."""
    given = settings.DATABASES["default"]
    name = f"portal_browser_{uuid.uuid4().hex[:12]}"
    parts = {
        "host": given.get("HOST"),
        "port": given.get("PORT"),
        "user": given.get("USER"),
        "password": given.get("PASSWORD"),
    }
    parts = {key: value for key, value in parts.items() if value}
    with psycopg.connect(make_conninfo(**parts, dbname="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _url({**parts, "dbname": name}), make_conninfo(**parts, dbname=name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _url(parts: dict[str, Any]) -> str:
    who = quote(str(parts.get("user", "")), safe="")
    if parts.get("password"):
        who += ":" + quote(str(parts["password"]), safe="")
    host = quote(str(parts.get("host", "")), safe="")
    return f"postgresql://{who}@{host}:{parts.get('port') or 5432}/{parts['dbname']}"


def _end_with_the_tests() -> None:
    """Have Linux end the server when the tests are killed without a chance to stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextlib.contextmanager
def serving(environment: dict[str, str], application: str = "tests.browser.wsgi:application") -> Iterator[int]:
    """The server on a socket that already listens, so that nobody has to wait until it answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        port, handle = listening.getsockname()[1], listening.fileno()
        server = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", application, "--bind", f"fd://{handle}",
                "--workers", "1", "--worker-class", "gthread", "--threads", THREADS, "--log-level", "warning",
                "--graceful-timeout", "1",
            ],
            cwd=ROOT, env=environment, pass_fds=(handle,), preexec_fn=_end_with_the_tests,  # noqa: PLW1509  one thread
        )  # fmt: skip
    try:
        yield port
    finally:
        server.terminate()
        server.wait()
