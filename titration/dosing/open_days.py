"""Days on which a clinic is closed, so that a patient whose dose changes may reach nobody."""

from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LOOKED_AHEAD = 60  # days: a clinic that is closed for longer has no next open day to offer


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDays:
    """``weekdays`` counts from Monday as 0; ``dates`` are single days such as holidays."""

    weekdays: frozenset[int]
    dates: frozenset[date]

    def why(self, day: date) -> str:
        """Why the clinic is closed on a day, in words; empty when it is open."""
        if day in self.dates:
            return "a closed day"
        return f"a {_DAYS[day.weekday()]}" if day.weekday() in self.weekdays else ""

    def next_open(self, day: date) -> date | None:
        """The first open day from ``day`` on; None when none comes within two months."""
        ahead = (day + timedelta(days=count) for count in range(_LOOKED_AHEAD))
        return next((one for one in ahead if not self.why(one)), None)
