"""One change at a time for a patient."""

import uuid
from collections.abc import Iterable

from django.db import connection


def lock_patient(key: uuid.UUID) -> None:
    """Wait until no other transaction changes this patient, and keep others waiting until this one ends.

    What is read afterwards includes what the other one wrote: the second of two identical forms finds the
    first one's row. A lock by name, because there may be no plan yet to lock.
    """
    lock_patients([key])


def lock_patients(keys: Iterable[uuid.UUID]) -> None:
    """Lock several patients in the order of their keys: two that lock the same patients never wait for each other."""
    names = [f"patient:{key}" for key in sorted(set(keys))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(one, 0)) FROM unnest(%s::text[]) AS one", [names])


def try_lock_patient(key: uuid.UUID) -> bool:
    """Lock the patient if nobody else is changing them at this moment, without waiting; False when somebody is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"patient:{key}"])
        return bool(cursor.fetchone()[0])
