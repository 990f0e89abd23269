"""How long nothing may be ticked for a reason, and when a hold is a stop."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from titration.dosing.intake import Intake, Silence, SilenceReason
from titration.dosing.protocol import Protocol

_A_DAY = timedelta(days=1)
_ORDER = "Order a taper or a stop, so that it is checked as one."


def joined(silence: Silence, intake: Intake) -> Silence:
    """A hold with every other hold on record from which no confirmed dose parts it; any other silence as it is."""
    if silence.reason is not SilenceReason.HOLD:
        return silence
    taken = [one.at for one in intake.events if one.confirmed]
    holds = [one for one in intake.silences if one.reason is SilenceReason.HOLD]
    start, end = silence.starts_at, silence.ends_at
    while near := [
        one
        for one in holds
        if (one.starts_at < start or one.ends_at > end)
        and not any(min(end, one.ends_at) <= at < max(start, one.starts_at) for at in taken)
        and max(start, one.starts_at) - min(end, one.ends_at) <= _A_DAY
    ]:
        start = min(start, *(one.starts_at for one in near))
        end = max(end, *(one.ends_at for one in near))
    return Silence(reason=silence.reason, starts_at=start, ends_at=end)


def too_long(silence: Silence, protocol: Protocol) -> str:
    """Why a time without ticks cannot be as long as this, as a sentence; empty: it can.

    A hold that lasts as long as a gap after which nothing resumes without a decision (MISS-9) is a stop. Every other one
    has the longest time of the protocol, so that no patient is left unwatched for good.
    """
    length = silence.ends_at - silence.starts_at
    days = protocol.entry.longest_silence_days
    if silence.reason is SilenceReason.HOLD and length >= _stop_after(protocol):
        hours = _stop_after(protocol) // timedelta(hours=1)
        return f"A hold of {hours} hours or more is a stop, and is not recorded as a hold. {_ORDER}"
    if length > timedelta(days=days):
        return f"A time without ticks lasts at most {days} days. After that, say again why nothing is ticked."
    return ""


def near_hold(protocol: Protocol) -> timedelta:
    """How far before and after a held dose ``held_too_long`` looks."""
    return 2 * _stop_after(protocol)


def held_too_long(due_at: datetime, held: Iterable[datetime], taken: Iterable[datetime], protocol: Protocol) -> str:
    """Why a dose cannot be held beside those that are held near it (when they are due), as a sentence; empty: it can.

    Doses held one by one with none taken in between are a hold, and are a stop when they last as long as one.
    """
    near, marks = near_hold(protocol), list(taken)
    after = max((at for at in marks if at < due_at), default=due_at - near)
    before = min((at for at in marks if at > due_at), default=due_at + near)
    together = [due_at, *(at for at in held if after < at < before)]
    if max(together) - min(together) < _stop_after(protocol):
        return ""
    hours = _stop_after(protocol) // timedelta(hours=1)
    return f"With this one, doses would be held for {hours} hours or more. That is a stop, and is not recorded as a hold. {_ORDER}"


def _stop_after(protocol: Protocol) -> timedelta:
    return timedelta(hours=protocol.limits("MISS-9").count("from_hours"))
