"""Who the database is told is asking, for one transaction or for one statement of it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def set_actor(actor: uuid.UUID | None, subject: uuid.UUID | None = None) -> None:
    """Tell PostgreSQL, until the end of this transaction, who asks and which one patient the page is about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor', %s, true), set_config('app.subject', %s, true), set_config('app.job', '', true)",
            [str(actor or ""), str(subject or "")],
        )


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
