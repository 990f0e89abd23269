"""How I feel, as the patient reads it: what was said before, and what to do at once about what was said now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from titration.dosing.intake import Intake
from titration.dosing.wording import NOT_KNOWN, patient_date, patient_time
from titration.models import Urgency
from titration.models.feelings import EMERGENCIES
from titration.presenters.own.today import care
from titration.presenters.reports import score_words

_A_DAY = timedelta(days=1)
EMERGENCY, URGENT = "emergency", "urgent"
_URGENT_SIGNS = "CAU-2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One report of before: when, who said so, and what."""

    on: date
    at: str
    who: str
    lines: tuple[str, ...]


def told(reports: Iterable[Any], *, reader: Any, zone: str) -> tuple[Told, ...]:
    """Reports as they are listed, in the order given."""
    return tuple(_told(one, reader, zone) for one in reports)


def _told(one: Any, reader: Any, zone: str) -> Told:
    local = one.recorded_at.astimezone(ZoneInfo(zone))
    said = list(score_words(one))
    said += ["Run out"] if one.has_run_out else []
    said += ["Stopped taking it"] if one.has_stopped else []
    return Told(
        on=local.date(),
        at=patient_time(local.time()),
        who="you" if one.recorded_by_id == reader.pk else one.author_name,
        lines=tuple(said) or ("Answers without a number",),
    )


def level_of(*, signs: Iterable[str], stated: bool, flags: Sequence[Any]) -> str:
    """Which card leads the answer: EMERGENCY, URGENT, or empty for none.

    ``signs``: codes that were just reported; ``stated``: that none is left, or none taken; ``flags``: what is open now.
    """
    asks = care(flags)
    if set(signs) & set(EMERGENCIES) or (asks is not None and asks.level == EMERGENCY):
        return EMERGENCY
    urgent = any(one.rule_id == _URGENT_SIGNS and one.urgency == Urgency.ACT_NOW for one in flags)
    return URGENT if stated or urgent or asks is not None else ""


def last_dose_words(intake: Intake | None, *, as_of: datetime) -> str:
    """When the last dose was taken, as far as it was ticked: ``today at 8:05am``; an hour that nobody said is not told."""
    last = None if intake is None else intake.last_confirmed
    if intake is None or last is None:
        return NOT_KNOWN.lower()
    zone = ZoneInfo(intake.zone)
    local, today = last.at.astimezone(zone), as_of.astimezone(zone).date()
    near = {today: "today", today - _A_DAY: "yesterday"}
    day = near.get(local.date(), f"on {patient_date(local.date())}")
    clock = patient_time(local.time())
    return f"{day} at {clock}" if last.taken_at is not None else f"the one due {day} at {clock}"
