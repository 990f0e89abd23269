"""One flag of one patient, and what people did about it."""

import uuid

from django.db.models import F

from titration.models import Flag, FlagNote, Patient


def find(patient: Patient, key: uuid.UUID) -> Flag | None:
    """The flag of this patient with that key, open or closed, with ``owner_name``; None when there is none."""
    return patient.flags.filter(pk=key).annotate(owner_name=F("owner__name")).first()


def notes_of(flag: Flag) -> tuple[FlagNote, ...]:
    """The notes of a flag, newest first, each with ``author_name``."""
    return tuple(flag.notes.annotate(author_name=F("recorded_by__name")).order_by("-recorded_at"))
