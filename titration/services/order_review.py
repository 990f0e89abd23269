"""The one review of an order, which the live panel, the check page and the save share."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from titration.dosing import facts as core
from titration.dosing.assessment import assess
from titration.dosing.doses import Mg
from titration.dosing.judgement import Judgement
from titration.dosing.products import LIQUID, Product, Quantity, as_taken, make
from titration.dosing.rules import About
from titration.dosing.signing import what_is_asked
from titration.dosing.taper import Slots
from titration.dosing.wording import format_date
from titration.models import Step
from titration.selectors.facts import core_step
from titration.selectors.gates import gate_of_order
from titration.selectors.records import PatientRecord
from titration.selectors.rows import SlotRow, in_force
from titration.services.orders import DoseOrder, NotPossible, OrderReview, PastOrder, StopOrder, TaperOrder
from titration.services.taper_orders import taper_as_core


def product_of(record: PatientRecord, code: str) -> Product:
    """The product of the plan's protocol with this code; NotPossible for one that the protocol does not list."""
    for product in record.protocol.products:
        if product.code == code:
            return product
    raise NotPossible("This product is not one of the products of this clinic. Choose one from the list.")


def quantities_of(record: PatientRecord, order: DoseOrder) -> tuple[Quantity, ...]:
    """What each slot is made of; CannotBeMade names the nearest doses that can be made. What was taken is never refused."""
    if not order.slots:
        return ()
    if isinstance(order, PastOrder):
        product = product_of(record, order.product_code)
        return tuple(as_taken(amount, product) for _, amount in order.slots)
    return _made(record, order.product_code, order.slots)


def _made(record: PatientRecord, product_code: str, slots: Slots) -> tuple[Quantity, ...]:
    product = product_of(record, product_code)
    return tuple(make(amount, product, record.protocol.entry.volume_step_ml) for _, amount in slots)


def assess_order(record: PatientRecord, order: "DoseOrder | StopOrder | TaperOrder") -> OrderReview:
    """Judge an order against everything known now. Raises CannotBeMade or NotPossible before any rule is asked."""
    if isinstance(order, StopOrder):
        return _review(record, order, _stop_order(record, order), kind=core.StepKind.STOP, quantities=())
    if isinstance(order, TaperOrder):
        made = tuple(one for row in order.rows for one in _made(record, order.product_code, row.slots))
        return _review(record, order, taper_as_core(record, order), kind=core.StepKind.TAPER, quantities=made)
    if isinstance(order, PastOrder):
        past_end(record, order)  # the form is told at once what cannot be written down
    quantities = quantities_of(record, order)
    before = record.step_before(order.starts_on)
    first = _is_first(record, order)
    restarting = first and (order.taken_before == "yes" or record.last_taken is not None)
    kind = _kind(order.daily, before, first=first, restarting=restarting) if order.slots else core.StepKind.STOP
    step = core.Step(
        kind=kind,
        starts_on=order.starts_on,
        ends_on=None,
        slots=tuple(core.SlotDose(at=at, amount=amount) for at, amount in order.slots),
    )
    judged = core.Order(
        kind=core.OrderKind.FIRST if first else core.OrderKind.CHANGE,
        starts_on=order.starts_on,
        steps=(step,),
        stop_reason=None,
        monitoring_plan=None,
        formulation=_formulation(record, order),
        liquid=_liquid(record, order, before),
    )
    return _review(record, order, judged, kind=kind, quantities=quantities)


def _review(
    record: PatientRecord, order: Any, judged: core.Order, *, kind: core.StepKind, quantities: tuple[Quantity, ...]
) -> OrderReview:
    facts = record.rule_facts(order=judged)
    if getattr(order, "taken_before", ""):
        facts = _with_taken_before(facts, order.taken_before)
    assessment = assess(facts, record.protocol)
    before = record.step_before(judged.starts_on)
    return OrderReview(
        assessment=assessment,
        asked=what_is_asked(one for one in assessment.findings if one.about in (About.ORDER, About.ENTRY)),
        kind=kind,
        previous_daily=None if before is None else Mg(before.daily_mg),
        new_daily=order.daily,
        quantities=quantities,
        replaced=tuple(step for step in record.in_force if record.is_on_plan and step.first_day >= judged.starts_on),
        gate=gate_of_order(record, facts) if _is_gated(order, kind, facts, record) else None,
    )


def _is_gated(order: Any, kind: core.StepKind, facts: core.Facts, record: PatientRecord) -> bool:
    """Increases that are still to come, whatever the order calls itself: what the rules judge as a rise is one. A restart has
    a form of its own, and the past was never asked."""
    if isinstance(order, PastOrder) or kind in (core.StepKind.START, core.StepKind.RESTART):
        return False
    return kind is core.StepKind.INCREASE or Judgement(facts, record.protocol).increase is not None


def _is_first(record: PatientRecord, order: DoseOrder) -> bool:
    """Nothing was ordered before it in this course; of a past dose, nothing is known before it at all."""
    if isinstance(order, PastOrder):
        return not any(step.first_day < order.starts_on for step in record.story)
    return not record.is_on_plan or not record.in_force


def past_end(record: PatientRecord, order: PastOrder) -> date:
    """The first day that a past order does not speak of any more. NotPossible for days that it cannot be about.

    What is to be taken from today on is an order: it is signed as a step, never slipped in as the past.
    """
    if order.starts_on >= record.today:
        raise NotPossible("A past change began before today. For today or later, add a dose step.")
    if record.earlier and order.starts_on < max(step.first_day for step in in_force(record.earlier)):
        raise NotPossible("These days belong to an earlier plan. Only the last plan can be corrected.")
    latest = record.today
    if record.plan is not None and record.plan.ended_on is not None and record.plan.ended_on < latest:
        latest = record.plan.ended_on
        if max(order.starts_on + timedelta(days=1), order.until or latest) > latest:
            raise NotPossible(
                f"This plan ended: {format_date(latest)} was the first day without baclofen. "
                "A past change ends before that day. What was taken afterwards cannot be recorded here."
            )
    later = [step.first_day for step in record.in_force if step.first_day > order.starts_on]
    end = min([order.until or latest, latest, *([] if order.until else later)])
    if end <= order.starts_on:
        raise NotPossible("The change ends before it begins. Choose a later last day.")
    return end


def _with_taken_before(facts: core.Facts, answer: str) -> core.Facts:
    known = True if facts.therapy.taken_before else {"yes": True, "no": False}.get(answer)
    return replace(facts, therapy=replace(facts.therapy, taken_before=known))


def _kind(daily: Mg, before: Step | None, *, first: bool, restarting: bool) -> core.StepKind:
    if first:
        return core.StepKind.RESTART if restarting else core.StepKind.START
    old = Mg(Decimal(0)) if before is None else Mg(before.daily_mg)
    if not old.value:
        return core.StepKind.RESTART
    if daily > old:
        return core.StepKind.INCREASE
    return core.StepKind.DECREASE if daily < old else core.StepKind.HOLD


def _formulation(record: PatientRecord, order: DoseOrder) -> core.Formulation | None:
    if not order.slots:
        return None
    is_liquid = product_of(record, order.product_code).form == LIQUID
    return core.Formulation.LIQUID if is_liquid else core.Formulation.TABLET


def _liquid(record: PatientRecord, order: DoseOrder, before: Step | None) -> core.LiquidOrder | None:
    """The volume and strength of every dose beside those they replace, for the rules that compare them."""
    if not order.slots:
        return None
    product = product_of(record, order.product_code)
    if product.form != LIQUID:
        return None
    old = next((one for one in record.protocol.products if before is not None and one.code == before.product_id), None)
    rows = () if before is None else tuple(before.slot_rows)
    return core.LiquidOrder(
        doses=tuple(
            core.LiquidDose(
                dose=amount,
                volume_ml=order.typed_ml if order.typed_ml is not None else amount.value / product.concentration,
                previous_volume_ml=_volume_before(rows, place, at, len(order.slots)),
            )
            for place, (at, amount) in enumerate(order.slots)
        ),
        strength_mg_per_ml=product.mg_per_ml,
        previous_strength_mg_per_ml=None if old is None else old.mg_per_ml,
    )


def _volume_before(rows: tuple[SlotRow, ...], place: int, at: time, count: int) -> Decimal | None:
    """The mL of the dose that one replaces: at its time, else at its place in as many, else the nearest in time of day.

    None when two that are equally near had different volumes.
    """
    at_time = next((row.volume_ml for row in rows if row.at == at), None)
    if at_time is not None:
        return at_time
    if len(rows) == count:
        return rows[place].volume_ml
    nearest = min((_apart(row.at, at) for row in rows), default=0)
    volumes = {row.volume_ml for row in rows if _apart(row.at, at) == nearest}
    return volumes.pop() if len(volumes) == 1 else None


def _apart(one: time, other: time) -> int:
    """Minutes between two times of day, the shorter way round the clock."""
    minutes = abs(one.hour * 60 + one.minute - other.hour * 60 - other.minute)
    return min(minutes, 24 * 60 - minutes)


def _stop_order(record: PatientRecord, order: StopOrder) -> core.Order:
    """An ending after reductions is judged as their taper; an ending from an established dose as a stop.

    A dose that was in force for as long as STOP-1 says is established: reductions before it belong to the past, so
    that a cut of last spring cannot make a sudden stop look like a slow one.
    """
    reduced = _reductions_before(record, order.stops_on)
    end = core.Step(kind=core.StepKind.STOP, starts_on=order.stops_on, ends_on=None, slots=())
    return core.Order(
        kind=core.OrderKind.TAPER if reduced else core.OrderKind.STOP,
        starts_on=reduced[0].first_day if reduced else order.stops_on,
        steps=(*(core_step(step) for step in reduced), end) if reduced else (),
        stop_reason=order.stop_reason,
        monitoring_plan=order.monitoring_plan.strip() or None,
        formulation=None,
        liquid=None,
    )


def _reductions_before(record: PatientRecord, stops_on: date) -> list[Step]:
    """The unbroken run of steps that end on ``stops_on``, each no higher than the one before and none established."""
    established = timedelta(days=record.protocol.limits("STOP-1").count("used_days"))
    taken = [step for step in record.in_force if step.first_day < stops_on]
    run: list[Step] = []
    if not taken:
        return run
    held = timedelta(0)
    for before, step in zip(reversed([None, *taken[:-1]]), reversed(taken), strict=True):
        until = stops_on if step.end_day is None else min(step.end_day, stops_on)
        held = until - step.first_day + (held if run and run[0].daily_mg == step.daily_mg else timedelta(0))
        if before is None or step.kind == core.StepKind.STOP or step.daily_mg > before.daily_mg or held >= established:
            break
        run.insert(0, step)
    while run and run[0].daily_mg == _dose_on(record, run[0].first_day - timedelta(days=1)):
        run.pop(0)  # a hold at the dose that the taper began from is not yet a reduction
    return run


def _dose_on(record: PatientRecord, day: date) -> Decimal | None:
    step = record.step_on(day)
    return None if step is None else step.daily_mg
