"""Tests run as the web role, which row-level security binds; this is the only place that steps out of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from titration.models.database_roles import CMS, OWNER, WEB


@contextmanager
def as_owner() -> Iterator[None]:
    """Do the block as the owner of the tables, under the name that migrations have; then be the role of before again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (before,) = cursor.fetchone()
        cursor.execute(f"SET ROLE {OWNER}")
        cursor.execute("SELECT set_config('app.job', 'migrate', false)")
    try:
        yield
    except DatabaseError:
        raise  # the transaction is broken: its rollback takes the role back as well
    except BaseException:
        _be(before)
        raise
    else:
        _be(before)


def _be(role: str) -> None:
    """The role of the process again: that of the editors if the test has taken it, otherwise that of requests."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.job', '', false)")
        cursor.execute(f"SET ROLE {CMS if role == CMS else WEB}")


@contextmanager
def as_actor(person: Any, patient: Any = None) -> Iterator[None]:
    """Do the block as the web role with a person behind it, as a request would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor', %s, false), set_config('app.subject', %s, false)",
            [str(person.pk), str(patient.pk) if patient is not None else ""],
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor', '', false), set_config('app.subject', '', false)")
