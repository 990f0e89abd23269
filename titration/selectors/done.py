"""What was done today about the patients of a reader: flags that closed or were acted on or snoozed, calls, signed steps."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, UUIDField, Value, When
from django.db.models.functions import Cast

from titration.models import Flag, FlagNote, FlagNoteKind, FlagStatus, Patient, Step, StepState

LATE = "late"  # instead of the kind of a step: a past change that was recorded

# What else is written to a flag is about who has it, or stands here as the step that was signed.
_LISTED = (FlagNoteKind.CALL, FlagNoteKind.ACTED, FlagNoteKind.SNOOZED)

# How many are read: a row of the worklist also finds the call of today about it here.
AT_MOST = 100


class Done(StrEnum):
    """The kinds of a note are those of the note itself."""

    CLOSED = "closed"
    CALL = "call"
    ACTED = "acted"
    SNOOZED = "snoozed"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneRow:
    """``what`` is the rule of a flag or the mg a day of a step; ``text`` what was written, or the kind of the step.

    ``patient`` has key and name alone; ``by`` is empty for what a rule did. ``flag`` is the flag that was closed or that a note is about, None for a step.
    """

    kind: Done
    at: datetime
    patient: Patient
    what: str
    text: str
    by: str
    flag: uuid.UUID | None


def done_since(person: Any, since: datetime) -> tuple[tuple[DoneRow, ...], bool]:
    """What was done since an instant, newest first, in one statement; True when there is more than is read."""
    closed = _columns(
        Flag.objects.visible_to(person).filter(status=FlagStatus.CLOSED, closed_at__gte=since),
        kind=Value(Done.CLOSED.value), at="closed_at", what=F("rule_id"), text=F("closed_because"),
        by=F("closed_by__name"), flag=F("pk"),
    )  # fmt: skip
    notes = _columns(
        FlagNote.objects.visible_to(person).filter(kind__in=_LISTED, recorded_at__gte=since),
        kind=F("kind"), at="recorded_at", what=F("flag__rule_id"), text=F("text"), by=F("recorded_by__name"),
        flag=F("flag"),
    )  # fmt: skip
    # A trimmed copy of a step carries the signature of the step it came from: it is nothing that was done again.
    signed = _columns(
        Step.objects.visible_to(person).filter(
            origin__isnull=True, state=StepState.SIGNED, signed_at__gte=since, recorded_by__isnull=False
        ),
        kind=Value(Done.SIGNED.value), at="signed_at", what=Cast("daily_mg", CharField()),
        text=Case(When(recorded_late=True, then=Value(LATE)), default=F("kind")),
        by=F("recorded_by__name"), flag=Value(None, output_field=UUIDField()),
    )  # fmt: skip
    found = [DoneRow(**_plain(row)) for row in closed.union(notes, signed, all=True).order_by("-c_at")[: AT_MOST + 1]]
    return tuple(found[:AT_MOST]), len(found) > AT_MOST


def _columns(rows: Any, *, kind: Any, at: str, what: Any, text: Any, by: Any, flag: Any) -> QuerySet[Any]:
    """The columns that the three have in common. The prefix keeps them apart from those of the tables."""
    return rows.order_by().values(
        c_kind=kind,
        c_at=F(at),
        c_patient=F("patient"),
        c_title=F("patient__title"),
        c_given_name=F("patient__given_name"),
        c_family_name=F("patient__family_name"),
        c_what=what,
        c_text=text,
        c_by=by,
        c_flag=flag,
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    plain = {name.removeprefix("c_"): value for name, value in row.items()}
    names = {name: plain.pop(name) for name in ("title", "given_name", "family_name")}
    return {**plain, "kind": Done(plain["kind"]), "patient": Patient(pk=plain["patient"], **names)}
