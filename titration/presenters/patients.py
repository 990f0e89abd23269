"""The list of patients as it is read."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from titration.dosing.doses import Mg
from titration.models import Urgency
from titration.presenters.banner import dead_words
from titration.presenters.worklist import Listed, listed

_NO_DOSE = {"": "No plan", "active": "No current dose", "ended": "Stopped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One patient of the list. ``severity`` is empty without an open flag; ``no_dose_words`` with a daily dose."""

    patient: Listed
    dead_words: str
    total: Mg | None
    no_dose_words: str
    severity: str
    flags_words: str


def rows(page: Any, *, as_of: Any) -> tuple[Row, ...]:
    """The rows of a search page, in its order."""
    return tuple(_row(one, as_of) for one in page.rows)


def count_words(count: int, *, searching: bool) -> str:
    """``1 patient``, ``60 patients``; with a search ``3 patients match``."""
    noun = "1 patient" if count == 1 else f"{count:,} patients"
    if not searching:
        return noun
    return f"{noun} {'matches' if count == 1 else 'match'}"


def list_url(*, typed: str = "", page: int = 1) -> str:
    """The address of a page of the list."""
    query = urlencode({key: value for key, value in {"q": typed, "page": page if page > 1 else ""}.items() if value})
    return f"{reverse('patients:list')}{'?' if query else ''}{query}"


def _row(one: Any, as_of: Any) -> Row:
    severity = Urgency(one.urgency).label if one.urgency and one.open_flags else ""
    flags = "1 open flag" if one.open_flags == 1 else f"{one.open_flags} open flags"
    return Row(
        patient=listed(one.patient, one.record_number, as_of),
        dead_words=dead_words(one.patient),
        total=one.daily_mg if one.daily_mg is not None and one.daily_mg.value else None,
        no_dose_words=_NO_DOSE.get(one.plan_status, "No current dose"),
        severity=severity,
        flags_words=flags if one.open_flags else "No open flags",
    )
