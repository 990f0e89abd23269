"""How long what was handed out lasts, and whether a taper is still possible with it."""

from dataclasses import dataclass
from typing import Any

from titration.dosing.supply import FAR
from titration.dosing.supply_left import RULE, SupplyLeft, supply_left
from titration.dosing.wording import format_date, format_when


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyLine:
    """``warning`` is empty while the supply lasts for a taper, and where no taper is asked for."""

    words: str
    warning: str


def supply_line(record: Any) -> SupplyLine | None:
    """The supply under the plan as it is signed; None: no issue is on record, or nothing is taken."""
    left = supply_left(record.rule_facts(), record.protocol)
    if left is None:
        return None
    return SupplyLine(words=_words(left, record.intake.zone), warning=_warning(left) if left.too_little else "")


def _words(left: SupplyLeft, zone: str) -> str:
    if left.runs_out is None:
        until = f"until the plan ends on {format_date(left.ends_on)}" if left.ends_on else f"for {FAR} days or more"
        return f"Supply: what was handed out lasts {until}, if it is taken as planned."
    first = f"the dose of {format_when(left.runs_out, zone)} is the first that it does not cover"
    return f"Supply: {_days(left.days)} left under the plan as signed; {first}."


def _warning(left: SupplyLeft) -> str:
    asked = _days(left.taper_days or 0)
    if left.ends_on is not None:
        return f"The plan comes down for {asked} more, until {format_date(left.ends_on)}, and the supply does not last that long. Order more now."
    return (
        f"That is less than the {asked} of a taper that is not quick ({RULE}), counted at the planned dose. Order more while a "
        "taper is still possible."
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
