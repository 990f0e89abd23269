"""Every change of every clock of the world, minute by minute: which instants show a time on the wall, by looking at the wall.

Nothing here turns a local time into an instant; it asks of each minute of the world's time what the clock then shows.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

A_MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)
AROUND = timedelta(hours=3)
FIRST_YEAR = 2026


class Case(NamedTuple):
    """A time on the wall, without a zone, and the instant that is meant: the first that shows it, or moved on by the gap."""

    wall: datetime
    meant: datetime


def changes(zone: ZoneInfo, years: int) -> Iterator[datetime]:
    """The first minute of each new offset, from the beginning of the first year on."""
    start, step = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), timedelta(days=7)
    while start.year < FIRST_YEAR + years:
        if start.astimezone(zone).utcoffset() != (start + step).astimezone(zone).utcoffset():
            low, high = start, start + step
            before = low.astimezone(zone).utcoffset()
            while high - low > A_MINUTE:
                middle = low + (high - low) // 2
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            yield high.replace(second=0, microsecond=0)
        start += step


def around(zone: ZoneInfo, change: datetime) -> tuple[Case, ...]:
    """The times of every quarter of an hour within three hours of what the wall would have shown at a change."""
    shown: dict[datetime, datetime] = {}
    at, end = change - 2 * AROUND, change + 2 * AROUND
    while at < end:
        shown.setdefault(at.astimezone(zone).replace(tzinfo=None), at)
        at += A_MINUTE
    # The wall time at which the old offset ends.
    middle = (change - A_MINUTE).astimezone(zone).replace(tzinfo=None) + A_MINUTE
    gap = change.astimezone(zone).replace(tzinfo=None) - middle
    walls = (middle + QUARTER * number for number in range(-12, 13))
    return tuple(Case(wall, shown[wall] if wall in shown else shown[wall + gap]) for wall in walls)


def grid(years: int) -> Iterator[tuple[str, tuple[Case, ...]]]:
    """Every change of so many years in every zone, with its cases."""
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for change in changes(zone, years):
            yield name, around(zone, change)
