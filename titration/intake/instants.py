"""FHIR dates and instants, read strictly: a partial date, a time without a zone and the future are refused."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from titration.intake.reasons import Reason, Unusable, shown
from titration.intake.records import Precision
from titration.intake.shapes import JsonObject, object_in

FIRST_DAY = date(1900, 1, 1)
_TOLERATED_CLOCK_ERROR = timedelta(minutes=10)
_FURTHEST_EAST = timedelta(hours=14)
_PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,12})?)?"
_LOCAL = re.compile(_DATE.pattern + _TIME)
_INSTANT = re.compile(_DATE.pattern + _TIME + r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)")
_EFFECTIVE = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as its sender wrote it and, when there was a time with a zone, the UTC instant."""

    field: str
    on: date
    at: datetime | None

    @property
    def precision(self) -> Precision:
        """Whether a time was sent."""
        return Precision.DATE if self.at is None else Precision.INSTANT


def moment(field: str, written: object) -> Moment:
    """Reads ``2026-05-31`` or ``2026-05-31T10:00:00+02:00``; raises Unusable for anything else."""
    if not isinstance(written, str):
        raise Unusable(Reason.UNREADABLE_DATE, field=field, read=shown(written))
    text = written.strip()
    if _PARTIAL.fullmatch(text):
        raise Unusable(Reason.PARTIAL_DATE, field=field, read=shown(text))
    if _LOCAL.fullmatch(text):
        raise Unusable(Reason.NO_ZONE, field=field, read=shown(text))
    try:
        if _DATE.fullmatch(text):
            return Moment(field=field, on=date.fromisoformat(text), at=None)
        if _INSTANT.fullmatch(text):
            at = datetime.fromisoformat(text)
            return Moment(field=field, on=at.date(), at=at.astimezone(UTC))
    except (ValueError, OverflowError) as error:  # 30 February; year 0001 or 9999 moved out of the calendar
        raise Unusable(Reason.UNREADABLE_DATE, field=field, read=shown(text)) from error
    raise Unusable(Reason.UNREADABLE_DATE, field=field, read=shown(text))


def in_the_past(found: Moment, as_of: datetime) -> Moment:
    """The same moment; raises Unusable before 1900 and after ``as_of``.

    An instant may be 10 minutes ahead, for clocks that differ; a date may be today anywhere on earth.
    """
    if found.on < FIRST_DAY:
        raise Unusable(
            Reason.TOO_EARLY, field=found.field, read=shown(found.on.isoformat()), allowed=FIRST_DAY.isoformat()
        )
    if found.at is None:
        ahead = found.on > (as_of.astimezone(UTC) + _FURTHEST_EAST).date()
    else:
        ahead = found.at > as_of + _TOLERATED_CLOCK_ERROR
    if ahead:
        raise Unusable(Reason.FUTURE_DATE, field=found.field, read=shown((found.at or found.on).isoformat()))
    return found


def taken(observation: JsonObject, as_of: datetime) -> Moment:
    """When the sample was taken: effectiveDateTime, effectiveInstant, or the end of effectivePeriod.

    Raises Unusable for none, several, a timing, and what ``moment`` and ``in_the_past`` refuse.
    """
    written = [key for key in _EFFECTIVE if observation.get(key) is not None]
    if not written:
        raise Unusable(Reason.NO_DATE, allowed="effectiveDateTime, effectiveInstant or the end of effectivePeriod")
    if len(written) > 1:
        raise Unusable(Reason.TWO_DATES, read=" and ".join(written))
    field, value = written[0], observation[written[0]]
    if field == "effectivePeriod":
        field, value = "effectivePeriod.end", object_in(observation, field).get("end")
        if value is None:
            raise Unusable(Reason.NO_DATE, allowed=field)
    return in_the_past(moment(field, value), as_of)


def issued(observation: JsonObject) -> datetime | None:
    """When the sender released the result (aware UTC), or None. Raises Unusable for a date without a time and zone."""
    written = observation.get("issued")
    if written is None:
        return None
    found = moment("issued", written)
    if found.at is None:
        raise Unusable(Reason.NO_ZONE, field="issued", read=shown(written))
    return found.at


def not_before_birth(found: Moment, birth_date: date | None) -> None:
    """Raises Unusable when the sample is older than the patient in every time zone."""
    if birth_date is None:
        return
    latest = found.on if found.at is None else (found.at + _FURTHEST_EAST).date()
    if latest < birth_date:
        raise Unusable(Reason.BEFORE_BIRTH, read=found.on.isoformat(), allowed=birth_date.isoformat())
