"""The doses of one row of a case file: what was taken so far, and the order that the event makes."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from titration.dosing.case_format import CaseError, Values
from titration.dosing.doses import Mg
from titration.dosing.facts import (
    Formulation,
    LiquidDose,
    LiquidOrder,
    Order,
    OrderKind,
    SlotDose,
    Step,
    StepKind,
    StopReason,
    Therapy,
)

DEFAULT_WEEKS = Decimal(6)
DEFAULT_DAILY = Decimal(15)
DEFAULT_DOSES = 3
_SMALL_PART = Decimal(10)
_HALF = Decimal(2)
_WITHOUT_ORAL_DOSE = ("lab_entry", "first_order")


@dataclass(frozen=True, slots=True)
class CaseDoses:
    """The keys of a row that speak of doses, read on the day of the case."""

    values: Values
    event: str
    today: date

    def _slots(self, daily: Decimal) -> tuple[SlotDose, ...]:
        """The day's doses: the row's single dose and the rest in equal parts, or all in equal parts.

        Without a count there are as many as the single dose goes into the day, or else enough to be small.
        """
        if not daily:
            return ()
        times = self.values.times("schedule")
        if times:
            return _doses(_equal(daily, len(times)), times)
        single, count = self.values.number("single_mg"), self.values.number("doses_per_day")
        if count is not None:
            parts = max(1, int(count))
        elif single:
            parts = max(1, int(daily / single))
        else:
            parts = max(DEFAULT_DOSES, -int(-daily // _SMALL_PART))
        if single is not None and daily == self._daily and single < daily and parts > 1:
            return _doses((single, *_equal(daily - single, parts - 1)))
        return _doses(_equal(daily, parts))

    def _step(self, kind: StepKind, on: date, daily: Decimal, until: date | None = None) -> Step:
        return Step(kind=kind, starts_on=on, ends_on=until, slots=self._slots(daily))

    @property
    def _daily(self) -> Decimal:
        given, single = self.values.number("daily_mg"), self.values.number("single_mg")
        if given is None and single is not None:
            return single * (self.values.number("doses_per_day") or DEFAULT_DOSES)
        return DEFAULT_DAILY if given is None else given

    @property
    def _formulation(self) -> Formulation:
        return Formulation(self.values.word("formulation", "tablet"))

    def therapy(self) -> Therapy:
        """The signed steps before the event; none for a first order, a laboratory entry and a pump event."""
        steps: tuple[Step, ...] = ()
        if not self.event.startswith("pump_") and self.event not in _WITHOUT_ORAL_DOSE:
            steps = self._history()
        return Therapy(
            steps=steps,
            taken_before=bool(steps),
            formulation=self._formulation,
            planned_unsigned=False,
            next_decision_on=None,
        )

    def _history(self) -> tuple[Step, ...]:
        daily = self._daily
        if self.event == "increase":
            previous = self.values.number("previous_daily_mg")
            daily = DEFAULT_DAILY if previous is None else previous
        weeks = self.values.number("weeks_of_use")
        start = self.today - timedelta(days=int((DEFAULT_WEEKS if weeks is None else weeks) * 7))
        top = self.values.number("weeks_at_maximum")
        if top is not None:
            start = min(start, self.today - timedelta(days=int(top * 7)))
        waited = self.values.number("days_since_last_increase") if top is None else top * 7
        last = start if waited is None else self.today - timedelta(days=int(waited))
        if last <= start:
            return (self._step(StepKind.START, last if weeks is None else start, daily),)
        lower = self._step(StepKind.START, start, daily / _HALF, last)
        return (lower, self._step(StepKind.INCREASE, last, daily))

    def order(self) -> Order | None:
        """The order of the event; None when the event orders nothing. CaseError for a taper without steps."""
        match self.event:
            case "first_order":
                return self._ordered(OrderKind.FIRST, (self._step(StepKind.START, self.today, self._daily),))
            case "increase":
                return self._ordered(OrderKind.CHANGE, (self._step(StepKind.INCREASE, self.today, self._daily),))
            case "stop":
                return self._ordered(OrderKind.STOP, ())
            case "taper":
                return self._ordered(OrderKind.TAPER, self._taper())
            case "liquid_order":
                step = self._step(StepKind.HOLD, self.today, self._daily)
                return self._ordered(OrderKind.CHANGE, (step,), self._liquid())
            case _:
                return None

    def _ordered(self, kind: OrderKind, steps: tuple[Step, ...], liquid: LiquidOrder | None = None) -> Order:
        return Order(
            kind=kind,
            starts_on=steps[0].starts_on if steps else self.today,
            steps=steps,
            stop_reason=StopReason(self.values.word("reason", "other")),
            monitoring_plan=None,
            formulation=Formulation.LIQUID if liquid else self._formulation if steps else None,
            liquid=liquid,
        )

    def _taper(self) -> tuple[Step, ...]:
        pairs = self.values.steps("steps")
        if not pairs:
            raise CaseError("event=taper needs steps=day:daily_mg")
        days = [self.today + timedelta(days=day) for day, _ in pairs]
        ends = dict(enumerate(days[1:]))
        return tuple(
            self._step(StepKind.TAPER if daily else StepKind.STOP, days[place], daily, ends.get(place))
            for place, (_, daily) in enumerate(pairs)
        )

    def _liquid(self) -> LiquidOrder:
        values = self.values
        dose, daily, count = (values.number(key) for key in ("single_mg", "daily_mg", "doses_per_day"))
        if dose is None and daily is not None and count:
            dose = daily / count
        each = LiquidDose(
            dose=None if dose is None else Mg(dose),
            volume_ml=values.number("volume_ml"),
            previous_volume_ml=values.number("previous_volume_ml"),
        )
        return LiquidOrder(
            doses=(each,),
            strength_mg_per_ml=values.number("strength_mg_per_ml"),
            previous_strength_mg_per_ml=values.number("previous_strength_mg_per_ml"),
        )


def _equal(daily: Decimal, parts: int) -> tuple[Decimal, ...]:
    """Equal parts whose sum is the whole exactly: the last one takes what a division leaves."""
    part = daily / parts
    return (*(part,) * (parts - 1), daily - part * (parts - 1))


def _doses(amounts: tuple[Decimal, ...], times: tuple[time, ...] = ()) -> tuple[SlotDose, ...]:
    return tuple(
        SlotDose(at=at, amount=Mg(amount)) for amount, at in zip(amounts, times or (None,) * len(amounts), strict=True)
    )
