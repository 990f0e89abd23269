"""How dates, times and counts are written. Month and day names are spelled here, so no server locale changes them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from titration.dosing.errors import DosingError

NOT_RECORDED = "Not recorded"
NO_DATA = "No data"
NOT_KNOWN = "Not known"

# Why baclofen was stopped, by the value of ``facts.StopReason``.
STOP_REASON_WORDS = {
    "no_benefit": "It does not help",
    "not_needed": "It is not needed any more",
    "serious_adverse_reaction": "Serious adverse reaction",
    "overdose": "Overdose emergency",
    "other": "Other",
}

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def format_date(day: date) -> str:
    """The date as staff read it: ``22-Nov-2026``."""
    return f"{day.day:02}-{_MONTHS[day.month - 1][:3]}-{day.year:04}"


def format_day(day: date) -> str:
    """The date with its day of the week, as staff read it: ``Mon 23-Nov-2026``."""
    return f"{_DAYS[day.weekday()]} {format_date(day)}"


def format_time(at: time) -> str:
    """The time of day as staff read it, on 24 hours: ``14:05``."""
    return f"{at.hour:02}:{at.minute:02}"


def format_when(instant: datetime, zone: str) -> str:
    """An instant on the clock and calendar of an IANA zone, as staff read it: ``22-Nov-2026 14:05``."""
    if instant.utcoffset() is None:
        raise DosingError(f"{instant} has no zone: an instant is needed to tell a local time.")
    local = instant.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date())} {format_time(local.time())}"


def patient_date(day: date) -> str:
    """The date as patients read it: ``22 November 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def patient_time(at: time) -> str:
    """The time of day as patients read it: ``2:05pm``, ``8am``, ``midday`` or ``midnight``."""
    if (at.hour, at.minute) == (0, 0):
        return "midnight"
    if (at.hour, at.minute) == (12, 0):
        return "midday"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{(at.hour - 1) % 12 + 1}{minutes}{'am' if at.hour < 12 else 'pm'}"


def count_words(count: int) -> str:
    """A whole number from 0 to 999 in words, so that no two numerals touch: ``two``, ``twenty-one``."""
    if not 0 <= count <= 999:
        raise DosingError(f"{count} is not counted in words: the count must be from 0 to 999.")
    if count < 20:
        return _ONES[count]
    if count < 100:
        tens, ones = divmod(count, 10)
        return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]
    hundreds, rest = divmod(count, 100)
    return f"{_ONES[hundreds]} hundred" + (f" and {count_words(rest)}" if rest else "")


def frequency_words(times: int) -> str:
    """How often a day, in words: ``once a day``, ``twice a day``, ``three times a day``."""
    if times < 1:
        raise DosingError(f"{times} times a day was read: a dose is taken at least once a day.")
    return {1: "once a day", 2: "twice a day"}.get(times, f"{count_words(times)} times a day")


def days_ago(days: int) -> str:
    """How long ago a date was: ``today``, ``1 day ago``, ``19 days ago``; DosingError for a date to come."""
    if days < 0:
        raise DosingError(f"{days} days ago was read: the date is still to come.")
    if days == 0:
        return "today"
    return "1 day ago" if days == 1 else f"{days} days ago"
