"""An order as a prescriber means it, what was answered to the check, and what can stand in the way."""

import uuid
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from titration.dosing import facts as core
from titration.dosing.assessment import Assessment
from titration.dosing.doses import Mg
from titration.dosing.gate_lines import Gate
from titration.dosing.products import Quantity
from titration.dosing.signing import Answers, Asked
from titration.dosing.taper import TaperRow
from titration.models import Step
from titration.selectors.records import PatientRecord


class NotPossible(Exception):
    """The state of the plan does not allow it; the text says why and what to do."""


class Superseded(Exception):
    """Someone else changed the plan meanwhile. ``record`` is the plan as it is now."""

    def __init__(self, record: PatientRecord) -> None:
        super().__init__("The plan has changed since this form was opened.")
        self.record = record


@dataclass(frozen=True, kw_only=True)
class DoseOrder:
    """One new daily pattern. ``key`` becomes the key of the step, so that sending it twice makes one.

    ``typed_ml`` is the volume of each dose as typed for a liquid, None when the portal works it out.
    """

    key: uuid.UUID
    starts_on: date
    product_code: str
    slots: tuple[tuple[time, Mg], ...]
    reason: str
    reason_code: str = ""
    taken_before: str = ""
    typed_ml: Decimal | None = None

    @property
    def daily(self) -> Mg:
        return Mg(sum((amount.value for _, amount in self.slots), Decimal(0)))


@dataclass(frozen=True, kw_only=True)
class PastOrder(DoseOrder):
    """A dose that was already taken. Without slots no baclofen was taken.

    ``until`` is the first day on which it was not so any more; None: until the next known change, or until today.
    """

    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class StopOrder:
    """``stops_on`` is the first day without baclofen."""

    key: uuid.UUID
    stops_on: date
    stop_reason: core.StopReason
    reason: str
    monitoring_plan: str

    @property
    def daily(self) -> Mg:
        return Mg(Decimal(0))


@dataclass(frozen=True, kw_only=True)
class TaperOrder:
    """A whole plan that comes down, signed at once. ``key`` becomes the key of its first step.

    ``advice`` is what the patient does if symptoms come back; empty: nothing is written for that.
    """

    key: uuid.UUID
    product_code: str
    rows: tuple[TaperRow, ...]
    reason: str
    advice: str

    @property
    def starts_on(self) -> date:
        return self.rows[0].starts_on

    @property
    def daily(self) -> Mg:
        """What the plan comes down to; zero when it ends baclofen."""
        return self.rows[-1].daily


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was answered on the check page; ``gate_code`` and ``gate_text`` say why to go on while the gate is not open."""

    typed_total: Mg | None = None
    reason_code: str = ""
    reason_text: str = ""
    monitoring_plan: str = ""
    specialist_name: str = ""
    specialist_on: date | None = None
    second_clinician: Any = None
    gate_code: str = ""
    gate_text: str = ""

    @classmethod
    def none(cls) -> "Decision":
        return cls()

    @property
    def answers(self) -> Answers:
        return Answers(
            typed_total=self.typed_total,
            reason_code=self.reason_code.strip(),
            reason_text=self.reason_text.strip(),
            monitoring_plan=self.monitoring_plan.strip(),
            specialist_name=self.specialist_name.strip(),
            specialist_on=self.specialist_on,
            has_second_clinician=self.second_clinician is not None,
        )


@dataclass(frozen=True, kw_only=True)
class OrderReview:
    """All that the portal has to say about an order: the same on the live panel, on the check page and on saving.

    ``gate`` is that of an increase; None for every other order.
    """

    assessment: Assessment
    asked: Asked
    kind: core.StepKind
    previous_daily: Mg | None
    new_daily: Mg
    quantities: tuple[Quantity, ...]
    replaced: tuple[Step, ...]
    gate: Gate | None

    @property
    def asks_about_gate(self) -> bool:
        """It is an increase whose gate is not open: to go on takes a reason."""
        return self.gate is not None and not self.gate.is_open


class Refused(Exception):
    """The order is not signed yet. ``missing`` says what is still asked."""

    def __init__(self, review: OrderReview, missing: tuple[str, ...]) -> None:
        super().__init__(" ".join(missing))
        self.review = review
        self.missing = missing
