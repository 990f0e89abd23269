"""Who the database is told is asking, for one transaction or for one statement of it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction


class LastLook(NamedTuple):
    """When the watch last finished a look, and how long ago that is by the clock of the database; None: never."""

    at: datetime | None
    age: timedelta | None


_LAST_LOOK = (
    "(SELECT finished_at FROM titration_watchbeat), (SELECT clock_timestamp() - finished_at FROM titration_watchbeat)"
)


def set_actor(actor: uuid.UUID | None, subject: uuid.UUID | None = None) -> LastLook:
    """Tell PostgreSQL, until the end of this transaction, who asks and which one patient the page is about.

    Returns the last look of the watch: every page of a person sends this statement, and every one of them says when
    the watch is silent.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor', %s, true), set_config('app.subject', %s, true), "
            f"set_config('app.job', '', true), {_LAST_LOOK}",
            [str(actor or ""), str(subject or "")],
        )
        return LastLook(*cursor.fetchone()[3:])


def set_token(proof: str) -> None:
    """Tell PostgreSQL, until the end of this transaction, what an opened link proves: it opens the row of that link."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.token', %s, true)", [proof])


def set_passkey(credential: str) -> None:
    """Tell PostgreSQL, until the end of this transaction, which passkey a device has named: it opens the row of that one.

    ``credential``: its id in base64url without padding. Naming a passkey proves nothing yet; only its signature does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.passkey', %s, true)", [credential])


def last_look() -> LastLook:
    """The last look of the watch, asked for itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_LAST_LOOK}")
        return LastLook(*cursor.fetchone())


@contextmanager
def speaking_for(person: uuid.UUID) -> Iterator[None]:
    """Do the block in the name of a person who has just proved who they are, and speak for the one before again.

    A block that fails takes its transaction with it, or rolls back to before the name was changed.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.actor', true)")
            (before,) = cursor.fetchone()
            cursor.execute("SELECT set_config('app.actor', %s, true)", [str(person)])
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor', %s, true)", [before or ""])
