"""The step gate of a patient's record: of the increase that is planned next, and of one that is being ordered."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from titration.dosing import facts as core
from titration.dosing.gate import order_of, step_gate
from titration.dosing.gate_lines import Gate
from titration.models import Step
from titration.selectors.facts import core_step
from titration.selectors.reports import effects_answers


@dataclass(frozen=True, slots=True, kw_only=True)
class NextIncrease:
    """The increase that is planned next and its gate as of today. ``signed``: it begins by itself on its first day."""

    step: Step
    gate: Gate
    signed: bool


def next_increase(record: Any) -> NextIncrease | None:
    """The first planned step above the dose in force, signed or drafted, with its gate; None: there is none.

    It reads nothing beyond the record. A draft whose day has passed is read as one for today.
    """
    now = record.current_step
    if not record.is_on_plan or now is None or now.kind == core.StepKind.STOP:
        return None
    ahead = _increases(record, above=now.daily_mg)
    if not ahead:
        return None
    step = ahead[0]
    following = next((one for one in ahead if one.daily_mg > step.daily_mg and one.first_day > step.first_day), None)
    order = order_of(_from_today_on(step, record.today))
    gate = step_gate(
        record.rule_facts(order=order),
        record.protocol,
        on=record.today,
        following=None if following is None else _from_today_on(following, record.today),
        answers=effects_answers(record),
    )
    return NextIncrease(step=step, gate=gate, signed=step in record.planned_steps)


def gate_of_order(record: Any, facts: core.Facts) -> Gate:
    """The gate of the increase that ``facts.order`` is, on its first day. Drafts above it stay, and the next one counts."""
    order = facts.order
    assert order is not None
    step = order.steps[0]
    kept = [one for one in record.drafts if one.first_day > order.starts_on and one.daily_mg > step.daily.value]
    return step_gate(
        facts,
        record.protocol,
        on=order.starts_on,
        following=core_step(kept[0]) if kept else None,
        answers=effects_answers(record),
    )


def _increases(record: Any, *, above: Decimal) -> list[Step]:
    """Planned steps above a daily dose, in the order of their first day."""
    planned = [*record.planned_steps, *record.drafts]
    return sorted((one for one in planned if one.daily_mg > above), key=lambda one: (one.first_day, one.daily_mg))


def _from_today_on(step: Step, today: date) -> core.Step:
    made = core_step(step)
    if made.starts_on >= today:
        return made
    ends_on = None if made.ends_on is not None and made.ends_on <= today else made.ends_on
    return core.Step(kind=made.kind, starts_on=today, ends_on=ends_on, slots=made.slots)
