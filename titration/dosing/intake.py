"""What is known of the doses taken on a plan: what was ticked or reported, why nothing is ticked, and what is in stock.

Nothing here has a default: a caller that forgets a fact must not look like a patient without it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from titration.dosing.doses import Mg

# Reasons with which a dose is lost, whatever else is recorded of it: it counts as missed (MISS-13).
LOST_REASONS = frozenset({"vomiting", "diarrhoea", "nil_by_mouth"})


class Tracking(StrEnum):
    """Whether the doses of a plan are ticked, so that an empty place means anything at all."""

    TICKED = "ticked"
    NOT_TRACKED = "not_tracked"


class DoseState(StrEnum):
    TAKEN = "taken"
    PARTLY = "partly"
    SKIPPED = "skipped"
    HELD = "held"


class SilenceReason(StrEnum):
    HOLD = "hold"
    ADMISSION = "admission"
    LOST_PHONE = "lost_phone"
    OTHER = "other"


CONFIRMED = (DoseState.TAKEN, DoseState.PARTLY)


class DoseEvent(NamedTuple):
    """What is recorded of one dose: ``slot`` is its 0-based place in the pattern of its local ``day``.

    ``due_at`` (aware UTC) and ``amount`` (in force then) were copied when it was recorded: moving a slot later moves no
    past event. ``taken`` is zero for skipped and held. ``taken_at`` None: taken, the hour is not known, and ``due_at``
    stands for it. ``reason`` is a code, empty when none was given. A watch over many plans makes
    millions of these.
    """

    day: date
    slot: int
    state: DoseState
    due_at: datetime
    amount: Mg
    taken: Mg
    taken_at: datetime | None
    reason: str

    @property
    def confirmed(self) -> bool:
        """It was taken, wholly or in part, and not lost for one of the reasons of MISS-13."""
        return self.state in CONFIRMED and self.reason not in LOST_REASONS

    @property
    def reported(self) -> bool:
        """Somebody said that it was not taken, or that it was lost (MISS-13)."""
        return self.reason in LOST_REASONS or self.state is DoseState.SKIPPED

    @property
    def at(self) -> datetime:
        """When it was taken, as far as that is known (aware UTC)."""
        return self.due_at if self.taken_at is None else self.taken_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A recorded reason why nothing is ticked, from one aware UTC instant to another; it ends by itself."""

    reason: SilenceReason
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyIssue:
    """The total that was handed out on one local day."""

    on: date
    amount: Mg


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Every issue on record, oldest first. ``repeat_on``: a repeat is ordered and expected that day (None: none is)."""

    issues: tuple[SupplyIssue, ...]
    repeat_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Everything recorded of the doses of one plan.

    ``since``: from when its doses are ticked (None: from its first dose on). ``events`` holds every one from then on, or an
    empty place would be read as a missed dose: the current ones only, corrections applied, oldest first. ``read_from``: of
    the days before it only the newest confirmed dose is there, and nothing is known of the others (None: all of them are
    there). ``zone``: the IANA zone of the plan. ``supply`` None: no issue is on record. ``restart_decided_at``: the newest
    decision how to go on after a gap (None: there is none). ``restart_followed_at``: the newest that was carried out:
    baclofen goes on at the same dose, or what was chosen has been ordered since. ``said_stopped_at``: when it was said last
    that baclofen is not taken any more (None: nobody said so). ``said_out_at``: when it was said last that none is left, if
    nothing was handed out since (None: it was not said, or more was handed out).
    """

    tracking: Tracking
    since: datetime | None
    read_from: datetime | None
    zone: str
    events: tuple[DoseEvent, ...]
    silences: tuple[Silence, ...]
    supply: Supply | None
    restart_decided_at: datetime | None
    restart_followed_at: datetime | None
    said_stopped_at: datetime | None
    said_out_at: datetime | None

    @property
    def says_stopped(self) -> datetime | None:
        """When it was said that baclofen is not taken any more; None: nobody said so, or a dose was taken since."""
        at = self.said_stopped_at
        return None if at is None or any(one.confirmed and one.at > at for one in self.events) else at

    def is_held_at(self, at: datetime) -> bool:
        """The team asked to leave out a dose that is due at an instant."""
        return any(one.reason is SilenceReason.HOLD and one.starts_at <= at < one.ends_at for one in self.silences)

    @property
    def last_confirmed(self) -> DoseEvent | None:
        """The dose that was taken last; None: none is confirmed."""
        return max((one for one in self.events if one.confirmed), key=lambda one: one.at, default=None)

    @property
    def silence_counts_from(self) -> datetime | None:
        """From when an empty place says anything where doses are ticked; None: from the first dose on."""
        return max((at for at in (self.since, self.read_from) if at is not None), default=None)
