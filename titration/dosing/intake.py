"""What is known of the doses taken on a plan: what was ticked or reported, why nothing is ticked, and what is in stock.

Nothing here has a default: a caller that forgets a fact must not look like a patient without it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEvent:
    """What is recorded of one dose: ``slot`` is its 0-based place in the pattern of its local ``day``.

    ``due_at`` (aware UTC) and ``amount`` (in force then) were copied when it was recorded: moving a slot later moves no
    past event. ``taken`` is zero for skipped and held. ``taken_at`` None: taken, the hour is not known, and ``due_at``
    stands for it. ``reason`` is a code, empty when none was given.
    """

    day: date
    slot: int
    state: DoseState
    due_at: datetime
    amount: Mg
    taken: Mg
    taken_at: datetime | None
    reason: str


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
    empty place would be read as a missed dose: the current ones only, corrections applied, oldest first. ``zone``: the IANA
    zone of the plan. ``supply`` None: no issue is on record. ``restart_decided_at``: the newest decision how to go on after
    a gap (None: there is none).
    """

    tracking: Tracking
    since: datetime | None
    zone: str
    events: tuple[DoseEvent, ...]
    silences: tuple[Silence, ...]
    supply: Supply | None
    restart_decided_at: datetime | None
