"""Worker processes of a measurement, and what their database says: children of this process, so that they begin at once."""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

PATIENCE = 300  # seconds; what does not happen by then is a failure


def begin(url: str, role: Callable[[], None]) -> int:
    """Fork a child that does ``role`` with the database of ``url`` as its own; returns its pid.

    This process has loaded Django and has never connected through it: nothing of a connection is shared.
    """
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    with suppress(BaseException):
        from django.conf import settings

        settings.DATABASES["default"]["NAME"] = conninfo_to_dict(url)["dbname"]
        role()
        code = 0
    os._exit(code)


def watch() -> None:
    """The worker process of the portal."""
    from django.core.management import call_command

    call_command("watch")


def kill(pid: int) -> None:
    """End a child at once, wherever it is."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def end(pid: int) -> None:
    """Ask a child to end, and wait for it."""
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def owner(url: str) -> "psycopg.Connection[Any]":
    """A connection that sees every row."""
    connection = psycopg.connect(make_conninfo(url), autocommit=True)
    connection.execute("SET ROLE app_owner")
    connection.execute("SELECT set_config('app.job', 'migrate', false)")
    return connection


def number(connection: "psycopg.Connection[Any]", query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def due(connection: "psycopg.Connection[Any]") -> int:
    return number(connection, "SELECT count(*) FROM titration_plan WHERE status = 'active' AND reassess_at <= now()")


def until(what: str, question: Callable[[], bool], *, patience: float = PATIENCE) -> float:
    """Ask until the answer is yes; returns the seconds it took."""
    began = time.monotonic()
    while not question():
        if time.monotonic() - began > patience:
            raise SystemExit(f"Waited {patience:.0f} s for: {what}")
        time.sleep(0.01)
    return time.monotonic() - began
