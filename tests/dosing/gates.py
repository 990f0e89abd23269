"""The gate of an increase of a patient who is on the first step since the first of May."""

from dataclasses import replace
from datetime import date

from tests.dosing.intakes import THREE, step, taking
from tests.dosing.tables import protocol_of
from titration.dosing.facts import Facts, Step
from titration.dosing.gate import order_of, step_gate
from titration.dosing.gate_lines import Condition, Gate, GateLine, GateState

OPEN, MISSING, UNKNOWN = GateState.OPEN, GateState.MISSING, GateState.UNKNOWN
FIRST = date(2026, 5, 1)
FOUR = "06:00 12:00 17:00 22:00"


def may(day: int) -> date:
    return FIRST.replace(day=day)


def gate(facts: Facts, to: str = "30", *, on: date | None = None, where: str = "US", **more) -> Gate:
    """The gate of an increase from today, or ``on``, in four doses, judged for that day."""
    day = on or facts.today
    facts = replace(facts, order=order_of(step(FOUR, to, on=day, kind="increase")))
    given = {"on": day, "following": None, "answers": (), **more}
    return step_gate(facts, protocol_of(where), **given)


def line(made: Gate, condition: Condition) -> GateLine:
    assert [one.condition for one in made.lines] == list(Condition)
    return made.lines[list(Condition).index(condition)]


def since_first(now: str, *lines: str, daily: str = "15", steps: tuple[Step, ...] = (), **more) -> Facts:
    """A patient on the first step since the first of May."""
    return taking(*lines, now=now, daily=daily, steps=steps or (step(THREE, daily, on=FIRST),), **more)
