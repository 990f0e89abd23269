"""Calendar arithmetic: the only place where a wall time becomes an instant, and where ages and dates are counted."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from titration.dosing.errors import DosingError

_NOON, _MIDNIGHT = time(12), time()
_DAY = timedelta(days=1)


def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a local time in an IANA zone.

    A time inside a gap moves forward by the gap; a time that happens twice is the first of the two.
    """
    if at.tzinfo is not None:
        raise DosingError(f"{at} already has a zone: a slot is a local time without one.")
    try:
        # fold=0 gives both behaviours. fold=1 inside a gap would give a time before it, so it is taken off.
        return datetime.combine(day, at.replace(fold=0), tzinfo=_zone(zone)).astimezone(UTC)
    except OverflowError as error:
        raise DosingError(f"{day} is outside the calendar that can be planned.") from error


def longer_by(day: date, zone: str) -> timedelta:
    """How much longer than 24 hours a day is in an IANA zone: above 0 when the clocks go back on it, below 0 forward."""
    return instant(day + _DAY, _MIDNIGHT, zone) - instant(day, _MIDNIGHT, zone) - _DAY


def on_the_clock(day: date, at: time, zone: str) -> time:
    """What the clock on the wall shows when a planned time has come: later than ``at`` inside a gap, else ``at``."""
    return instant(day, at, zone).astimezone(_zone(zone)).time()


def comes_twice(day: date, at: time, zone: str) -> bool:
    """Whether the clock shows a time twice on a day, because it goes back over it."""
    first, second = (datetime.combine(day, at.replace(fold=fold), tzinfo=_zone(zone)) for fold in (0, 1))
    return (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta())


def without_time(day: date, zone: str, as_of: datetime) -> datetime:
    """Where a sample of a day is placed when its time is not known: noon, or ``as_of`` while noon is still to come."""
    return min(instant(day, _NOON, zone), as_of)


def local_date(as_of: datetime, zone: str) -> date:
    """The date that the calendar on the wall of an IANA zone shows at an instant."""
    if as_of.utcoffset() is None:
        raise DosingError(f"{as_of} has no zone: an instant is needed to tell a local date.")
    return as_of.astimezone(_zone(zone)).date()


def completed_years(birth: date, on: date) -> int:
    """Age in completed years; someone born on 29 February has the birthday on 1 March of other years."""
    if on < birth:
        raise DosingError(f"The birth date {birth} is after {on}.")
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def decimal_years(birth: date, on: date) -> Decimal:
    """Age in years: the completed ones plus the part of the current year of life that has passed, in days."""
    years = completed_years(birth, on)
    last, coming = _birthday(birth, birth.year + years), _birthday(birth, birth.year + years + 1)
    with localcontext() as context:
        context.prec = 28
        return Decimal(years) + Decimal((on - last).days) / Decimal((coming - last).days)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later (earlier if negative), or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise DosingError(f"{day} and {months} months lead outside the calendar.")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ladder_dates(start: date, steps: int, days: int) -> tuple[date, ...]:
    """The earliest dates of the steps after ``start``, each a number of calendar days after the one before."""
    if steps < 0 or days < 0:
        raise DosingError(f"{steps} steps of {days} days are not a ladder: both must be 0 or more.")
    return tuple(start + timedelta(days=days * step) for step in range(1, steps + 1))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise DosingError(f"“{name}” is not a time zone of the IANA list, like Europe/London.") from error


def _birthday(birth: date, year: int) -> date:
    if (birth.month, birth.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return birth.replace(year=year)
