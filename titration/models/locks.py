"""One change at a time for a patient."""

import uuid

from django.db import connection


def lock_patient(key: uuid.UUID) -> None:
    """Wait until no other transaction changes this patient, and keep others waiting until this one ends.

    What is read afterwards includes what the other one wrote: the second of two identical forms finds the
    first one's row. A lock by name, because there may be no plan yet to lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"patient:{key}"])
