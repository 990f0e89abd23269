"""What is known about one patient and one plan at one instant: the whole input of every rule.

Nothing here has a default: a caller that forgets a fact must not look like a patient without it.
``None`` means "not known" wherever a type allows it; an empty tuple means "known to be none".
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from titration.dosing.doses import Mg
from titration.dosing.intake import Intake
from titration.dosing.once import once


class Sex(StrEnum):
    """Sex as the kidney equations use it."""

    FEMALE = "F"
    MALE = "M"


class Analyte(StrEnum):
    CREATININE = "creatinine"
    CYSTATIN_C = "cystatin_c"


class LabUnit(StrEnum):
    MG_DL = "mg/dL"
    UMOL_L = "umol/L"
    MG_L = "mg/L"


class Setting(StrEnum):
    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"


class Albuminuria(StrEnum):
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"


class StepKind(StrEnum):
    START = "start"
    INCREASE = "increase"
    HOLD = "hold"
    DECREASE = "decrease"
    TAPER = "taper"
    RESTART = "restart"
    STOP = "stop"


class StopReason(StrEnum):
    NO_BENEFIT = "no_benefit"
    NOT_NEEDED = "not_needed"
    SERIOUS_ADVERSE_REACTION = "serious_adverse_reaction"
    OVERDOSE = "overdose"
    OTHER = "other"


class Benefit(StrEnum):
    """What the clinician said of the benefit at the newest visit."""

    NONE = "none"
    SOME = "some"
    GOOD = "good"


class Formulation(StrEnum):
    TABLET = "tablet"
    LIQUID = "liquid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A weight in kg or a height in cm, and the local date it was measured (None: not known)."""

    value: Decimal
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineFact:
    """Another medicine, by its name in the coded list, with the local date it was started (None: not known)."""

    code: str
    started_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFact:
    """Something that happened and asks for a kidney check (KID-31): a code and its local date."""

    code: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``toxicity_on``: the newest local date on which a sign of toxicity was recorded, gone now or not (None: never)."""

    birth_date: date | None
    sex: Sex | None
    weight: Measured | None
    height: Measured | None
    dialysis: bool | None
    pregnant: bool | None
    breastfeeding: bool | None
    infant_born: date | None
    setting: Setting | None
    albuminuria: Albuminuria | None
    past_withdrawal: bool | None
    conditions: frozenset[str]
    medicines: tuple[MedicineFact, ...]
    signs: frozenset[str]
    events: tuple[EventFact, ...]
    toxicity_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KidneyResult:
    """One creatinine or cystatin C as the laboratory sent it.

    ``comparator`` is ``""`` for a plain value, otherwise ``<``, ``<=``, ``>`` or ``>=``: such a result
    counts as a check, and gives no estimate. ``key`` names the row it came from.
    """

    key: str
    analyte: Analyte
    value: Decimal
    unit: LabUnit
    comparator: str
    taken_at: datetime
    taken_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kidneys:
    """Every valid result, oldest first, and what a case file may state directly.

    ``given_estimate`` (mL/min) and ``assume_normal`` (all estimates 80 or more, every check up to date)
    exist for written cases; facts read from records always pass None and False.
    ``single_is_steady``: a creatinine without an earlier one counts as steady (cases); records pass False.
    """

    results: tuple[KidneyResult, ...]
    given_estimate: Decimal | None
    assume_normal: bool
    single_is_steady: bool
    checks_assumed_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDose:
    """One dose of a daily pattern; ``at`` is local time, None when a case does not say."""

    at: time | None
    amount: Mg


@dataclass(frozen=True, kw_only=True)
class Step:
    """One period with one daily pattern. ``ends_on`` is exclusive; None: open-ended. A stop has no slots.

    ``resumed``: it goes on from its first day after days on which another dose was recorded late; nobody ordered it to
    begin on that day.
    """

    kind: StepKind
    starts_on: date
    ends_on: date | None
    slots: tuple[SlotDose, ...]
    resumed: bool = False

    @once
    def daily(self) -> Mg:
        """Total of one day."""
        return Mg(sum((slot.amount.value for slot in self.slots), Decimal(0)))

    @once
    def times(self) -> tuple[time, ...] | None:
        """The local times of the doses of a day; None: one has none."""
        known = tuple(slot.at for slot in self.slots if slot.at is not None)
        return known if len(known) == len(self.slots) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapy:
    """Signed steps of the plan in force, oldest first, without the order being judged.

    ``planned_steps_unsigned`` is True when a later step exists as a draft; ``next_decision_on`` is the
    date the prescriber set for the next decision. Both feed the "step waiting for review" finding.
    ``formulation`` is that of the dose in force (None: there is none, or it is not known).
    """

    steps: tuple[Step, ...]
    taken_before: bool | None
    formulation: Formulation | None
    planned_unsigned: bool
    next_decision_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidDose:
    """One dose of a liquid as mg and as mL, with the mL of the dose that it replaces (None: it replaces none)."""

    dose: Mg | None
    volume_ml: Decimal | None
    previous_volume_ml: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidOrder:
    """What is typed for a liquid: every dose of the day, and the strength in mg/mL with the one that it replaces."""

    doses: tuple[LiquidDose, ...]
    strength_mg_per_ml: Decimal | None
    previous_strength_mg_per_ml: Decimal | None


class OrderKind(StrEnum):
    FIRST = "first"  # the first dose of this plan
    CHANGE = "change"  # one new daily pattern
    STOP = "stop"  # ended without any reduced step
    TAPER = "taper"  # several reductions ordered at once; the last one may be zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a prescriber is about to sign. ``steps`` are in time order; empty for STOP, ``starts_on`` is then the last day + 1.

    ``formulation`` is that of the ordered doses; None: nothing is to be taken, or it is not known.
    """

    kind: OrderKind
    starts_on: date
    steps: tuple[Step, ...]
    stop_reason: StopReason | None
    monitoring_plan: str | None
    formulation: Formulation | None
    liquid: LiquidOrder | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabEntry:
    """A creatinine being typed or imported, not yet a result."""

    analyte: Analyte
    value: Decimal
    unit: LabUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``as_of`` is an aware UTC instant, ``today`` its date in the patient's time zone.

    ``intake`` None: nothing is known of the doses taken, so that no rule about missed doses is judged. ``benefit`` None:
    no visit has said a word on it.
    """

    as_of: datetime
    today: date
    person: Person
    kidneys: Kidneys
    therapy: Therapy
    order: Order | None
    lab_entry: LabEntry | None
    intake: Intake | None
    benefit: Benefit | None
