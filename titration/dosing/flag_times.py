"""How long a flag may wait for a person, and how long one that a person closed stays closed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from titration.dosing.protocol_data import Table
from titration.dosing.schedule import instant, local_date

_KEYS = {"act_within_hours", "act_within_days", "closed_quiet_days"}


class Within(StrEnum):
    """In what time somebody must act."""

    HOURS = "hours"  # an event: contact within hours
    TODAY = "today"  # the same day
    DAYS = "days"
    NO_LIMIT = "no_limit"  # for information


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagTimes:
    """The times of a protocol: hours for what is urgent, days for what can wait, days for what a person has closed."""

    act_within_hours: int
    act_within_days: int
    closed_quiet_days: int

    def act_by(self, within: Within, opened_at: datetime, zone: str) -> datetime | None:
        """The instant by which somebody must act on what was raised at ``opened_at``; None for what needs nobody.

        The same day ends at the next midnight of the IANA zone. What is raised late in the evening still has the hours
        of what is urgent: less pressing never means less time.
        """
        match within:
            case Within.HOURS:
                return opened_at + timedelta(hours=self.act_within_hours)
            case Within.TODAY:
                tomorrow = local_date(opened_at, zone) + timedelta(days=1)
                return max(instant(tomorrow, time(0), zone), opened_at + timedelta(hours=self.act_within_hours))
            case Within.DAYS:
                return opened_at + timedelta(days=self.act_within_days)
            case Within.NO_LIMIT:
                return None

    def quiet_until(self, closed_at: datetime) -> datetime:
        """Until when a finding that says the same stays closed after a person has closed its flag."""
        return closed_at + timedelta(days=self.closed_quiet_days)


def read_flag_times(table: Table) -> FlagTimes:
    """The times of the ``[worklist]`` table; a time of 0 is a ProtocolError, as every flag would be late at once."""
    for key in sorted(_KEYS):
        if table.count(key) == 0:
            raise table.error(key, "was read as 0 and must be 1 or more")
    return FlagTimes(**{key: table.count(key) for key in _KEYS})
