"""How long nothing may be ticked for a reason, and when a hold is a stop."""

from datetime import timedelta

from titration.dosing.intake import Intake, Silence, SilenceReason
from titration.dosing.protocol import Protocol

_A_DAY = timedelta(days=1)


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
    hours, days = protocol.limits("MISS-9").count("from_hours"), protocol.entry.longest_silence_days
    if silence.reason is SilenceReason.HOLD and length >= timedelta(hours=hours):
        return (
            f"A hold of {hours} hours or more is a stop, and is not recorded as a hold. Order a taper or a stop, so that it "
            "is checked as one."
        )
    if length > timedelta(days=days):
        return f"A time without ticks lasts at most {days} days. After that, say again why nothing is ticked."
    return ""
