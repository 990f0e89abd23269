"""The doses on record of one plan in whole numbers: a watch over many plans judges most of them without making objects.

Instants are microseconds since the year 2000 (UTC), local days are counted from 2000-01-01.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from struct import unpack as _unpack
from typing import NamedTuple

from titration.dosing.intake import DoseState

FIRST_DAY = date(2000, 1, 1)
FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = 2**63 - 1  # "infinity": the hour is not known
NO_REASON = 1  # the place of the empty one among the reasons
_BEFORE_FIRST = FIRST_DAY.toordinal()
_STATES = {ord(state[0]): state for state in DoseState}
_CODES = {state: code for code, state in _STATES.items()}

# What is left of ``Packed.what`` without the day and the place, and what that is for a dose that was taken.
HOW = 0xFF0000FF
TAKEN, PARTLY, HELD = (NO_REASON << 24 | _CODES[state] for state in (DoseState.TAKEN, DoseState.PARTLY, DoseState.HELD))


class Packed(NamedTuple):
    """For each dose on record: when it was due, when it was taken (``NEVER``: not, or the hour is not known), and its local
    day (<< 32), reason (<< 24), 0-based place (<< 8) and state in one number."""

    due: tuple[int, ...]
    at: tuple[int, ...]
    what: tuple[int, ...]


NONE = Packed((), (), ())


def unpack(sent: bytes) -> Packed:
    """Three whole numbers of eight bytes for each dose, the high byte first."""
    found = _unpack(f">{len(sent) // 8}q", sent)
    return Packed(found[::3], found[1::3], found[2::3])


def what_of(day: int, place: int, state: DoseState, reason: int) -> int:
    """The third number of a dose; ``reason`` is its place among the reasons, from 1."""
    return day << 32 | reason << 24 | place << 8 | _CODES[state]


@lru_cache(maxsize=1 << 14)
def read_what(what: int) -> tuple[date, int, DoseState, int]:
    """Local day, place, state and reason of a dose: the same few for many plans."""
    return day_of(what >> 32), what >> 8 & 0xFFFF, _STATES[what & 0xFF], what >> 24 & 0xFF


def number_of(day: date) -> int:
    return day.toordinal() - _BEFORE_FIRST


@lru_cache(maxsize=1 << 12)
def day_of(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def microseconds(at: datetime) -> int:
    since = at - FIRST_INSTANT
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@lru_cache(maxsize=1 << 16)
def instant_of(at: int) -> datetime:
    """An aware UTC instant."""
    return FIRST_INSTANT + timedelta(microseconds=at)
