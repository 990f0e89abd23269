"""What was done today, as the worklist lists it under the rows that are still open."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from titration.dosing.doses import Mg, format_total
from titration.dosing.facts import StepKind
from titration.presenters.banner import full_name
from titration.presenters.flags import title_of
from titration.selectors.done import LATE, Done

NO_ANSWER = "Called, no answer"
LISTED = 10
_NOTED = {Done.ACTED: "Acted on", Done.SNOOZED: "Snooze"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneLine:
    """One thing that was done, on the clock of the clinic. ``by`` is empty for what a rule did."""

    at: time
    name: str
    url: str
    what: str
    text: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneToday:
    """``count_words`` is the number as it is shown: exact, or that there is more than is listed."""

    count_words: str
    lines: tuple[DoneLine, ...]


def done_today(rows: Sequence[Any], *, more: bool, zone: str) -> DoneToday:
    """The newest, each with its patient. ``more``: there is more than ``rows``."""
    count = f"more than {LISTED}" if more or len(rows) > LISTED else str(len(rows))
    return DoneToday(count_words=count, lines=tuple(_line(one, ZoneInfo(zone)) for one in rows[:LISTED]))


def calls_today(rows: Sequence[Any], *, zone: str) -> dict[uuid.UUID, str]:
    """The newest call of today about each flag, as a line of its row."""
    found: dict[uuid.UUID, str] = {}
    for one in rows:
        if one.kind is Done.CALL:
            at = one.at.astimezone(ZoneInfo(zone)).time()
            found.setdefault(one.flag, f"Call logged today at {at:%H:%M} by {one.by}: {one.text or NO_ANSWER}")
    return found


def _line(one: Any, zone: ZoneInfo) -> DoneLine:
    what, text = _words(one)
    return DoneLine(
        at=one.at.astimezone(zone).time(),
        name=full_name(one.patient),
        url=reverse("patients:chart", args=[one.patient.pk])
        if one.flag is None
        else reverse("flags:detail", args=[one.patient.pk, one.flag]),
        what=what,
        text=text,
        by=one.by or "",
    )


def _words(one: Any) -> tuple[str, str]:
    if one.kind is Done.CLOSED:
        return f"Flag closed: {title_of(one.what)} ({one.what})", one.text
    if one.kind in _NOTED:
        return f"{_NOTED[one.kind]}: {title_of(one.what)} ({one.what})", one.text
    if one.kind is Done.CALL:
        return f"Call logged: {title_of(one.what)} ({one.what})", one.text or NO_ANSWER
    if one.text == StepKind.STOP:
        return "Stop signed", ""
    verb = "Past change recorded" if one.text == LATE else "Dose step signed"
    return f"{verb}: {format_total(Mg(Decimal(one.what)))} a day", ""
