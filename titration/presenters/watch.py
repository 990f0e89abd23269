"""What a page says when the watch is silent."""

from datetime import timedelta

from titration.dosing.schedule import local_date
from titration.dosing.wording import format_when
from titration.models.actors import LastLook


def is_silent(last: LastLook, limit: timedelta) -> bool:
    """Whether the last look is older than the limit, or there was none at all."""
    return last.age is None or last.age > limit


def silence_words(last: LastLook, limit: timedelta, zone: str) -> str:
    """Since when the watch is silent, on the clock of ``zone``, with the date unless it is today; "" while it looks."""
    if not is_silent(last, limit):
        return ""
    if last.at is None or last.age is None:
        return "The watch has not looked yet."
    since = format_when(last.at, zone)
    if local_date(last.at, zone) == local_date(last.at + last.age, zone):
        since = since.rpartition(" ")[2]
    return f"The watch has been silent since {since}."
