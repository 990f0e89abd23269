"""What a flag is to say, before it is compared with the flags that stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from titration.dosing.flag_times import Within


@dataclass(frozen=True, kw_only=True)
class Raised:
    """What a flag is to say. ``act_by``: an instant that was promised, instead of the time that ``within`` gives."""

    rule_id: str
    urgency: int
    because: str
    evidence: dict[str, Any]
    next_action: str
    within: Within
    act_by: datetime | None = None
