"""One flag of one patient, and what people did about it."""

import uuid

from django.db.models import F

from titration.models import Flag, FlagNote, Patient


def find(patient: Patient, key: uuid.UUID) -> Flag | None:
    """The flag of this patient with that key, open or closed, with the names of who owns it, saw it first and closed it."""
    named = patient.flags.annotate(
        owner_name=F("owner__name"), acknowledger_name=F("acknowledged_by__name"), closer_name=F("closed_by__name")
    )
    return named.filter(pk=key).first()


def notes_of(flag: Flag) -> tuple[FlagNote, ...]:
    """The notes of a flag, newest first, each with ``author_name``."""
    return tuple(flag.notes.annotate(author_name=F("recorded_by__name")).order_by("-recorded_at"))
