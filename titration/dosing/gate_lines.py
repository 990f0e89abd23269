"""What the step gate says: one line for each thing that an increase waits for, and what it takes to go on without it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from titration.dosing.doses import Mg

# What stands for the gate beside the rules that an order was signed in spite of.
GATE = "GATE"
SENTENCE = (
    "The next increase opens when its wait is over, enough doses of the step were taken, the kidney check is in date and "
    "no rule stops this or the following step, and side effects were asked about."
)
# The coded reason that says nothing without words.
OTHER = "other"


class Condition(StrEnum):
    """What an increase waits for."""

    TIME = "time"
    DOSES = "doses"
    CHECK = "check"
    ALLOWED = "allowed"
    EFFECTS = "effects"


CONDITION_WORDS = {
    Condition.TIME: "Time on the step",
    Condition.DOSES: "Doses taken",
    Condition.CHECK: "Kidney check",
    Condition.ALLOWED: "Kidneys and highest dose",
    Condition.EFFECTS: "Side effects",
}


class GateState(StrEnum):
    OPEN = "open"
    MISSING = "missing"
    UNKNOWN = "not known"


class Effects(StrEnum):
    """The answer to "Side effects since the last step?"."""

    NONE = "none"
    SOME = "some"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectsAnswer:
    """What was answered on one local date."""

    on: date
    answer: Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One condition: its state, and the patient's own figures in whole sentences.

    ``opens_on``: the local date from which time alone opens it (None: time does not). ``rules``: which rules speak.
    """

    condition: Condition
    state: GateState
    because: str
    opens_on: date | None = None
    rules: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state is GateState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The lines of one increase, in the order of ``Condition``. ``starts_on`` is its first day, ``daily`` its daily dose."""

    starts_on: date
    daily: Mg
    lines: tuple[GateLine, ...]

    @property
    def closed(self) -> tuple[GateLine, ...]:
        """What is missing or not known."""
        return tuple(line for line in self.lines if not line.is_open)

    @property
    def is_open(self) -> bool:
        return not self.closed

    @property
    def because(self) -> str:
        """What is missing or not known, in one text; empty while the gate is open."""
        if self.is_open:
            return ""
        return f"The next step is not open. {' '.join(line.because for line in self.closed)}"

    @property
    def closed_on_its_day(self) -> tuple[GateLine, ...]:
        """What the coming of the first day alone does not bring."""
        return tuple(line for line in self.closed if line.opens_on is None or line.opens_on > self.starts_on)


def still_asked(gate: Gate | None, *, code: str, text: str) -> tuple[str, ...]:
    """What stands between an increase and its signature while its gate is not open, in whole sentences.

    ``code``: the coded reason to go on, ``text`` its words; empty when none was given.
    """
    if gate is None or gate.is_open:
        return ()
    if not code:
        return ("Choose why to go on although the next step is not open.",)
    return ("Write why to go on although the next step is not open.",) if code == OTHER and not text else ()
