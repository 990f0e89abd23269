"""Calls that were asked for, as the patient reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from titration.dosing.wording import patient_date, patient_time
from titration.models.calls import CallAbout


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCall:
    """One request: when it was made, what about, and what has come of it. ``is_open``: nobody has answered it yet."""

    on: date
    at: str
    about: str
    who: str
    answer: str
    is_open: bool


def asked_calls(requests: Iterable[Any], *, reader: Any, zone: str) -> tuple[AskedCall, ...]:
    """The requests in the order given."""
    return tuple(_asked(one, reader, ZoneInfo(zone)) for one in requests)


def _asked(one: Any, reader: Any, zone: ZoneInfo) -> AskedCall:
    local = one.recorded_at.astimezone(zone)
    return AskedCall(
        on=local.date(),
        at=patient_time(local.time()),
        about=str(CallAbout(one.about).label),
        who="You" if one.recorded_by_id == reader.pk else one.author_name,
        answer=_answer(one, zone),
        is_open=one.reached_at is None and one.closed_at is None,
    )


def _answer(one: Any, zone: ZoneInfo) -> str:
    if one.reached_at is not None and (one.closed_at is None or one.reached_at <= one.closed_at):
        return f"We called on {_day(one.reached_at, zone)}."
    if one.closed_at is not None:
        return f"Your clinic has dealt with this on {_day(one.closed_at, zone)}."
    tried = "" if one.tried_at is None else f"We tried to call on {_day(one.tried_at, zone)}. "
    return f"{tried}{promise(one.expected_on)}"


def promise(expected_on: date | None) -> str:
    """By when the clinic calls."""
    if expected_on is None:
        return "We will call when the clinic is open again."
    return f"We will call by the end of {patient_date(expected_on)}."


def _day(at: datetime, zone: ZoneInfo) -> str:
    return patient_date(at.astimezone(zone).date())
