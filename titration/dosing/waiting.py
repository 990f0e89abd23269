"""A step that waits for a decision: its minimum time is over and nobody has signed, or dated, what comes next."""

from dataclasses import dataclass
from datetime import date, timedelta

from titration.dosing.doses import format_total
from titration.dosing.facts import Facts, Step, StepKind
from titration.dosing.protocol import Protocol
from titration.dosing.wording import format_date

RULE = "STEP-WAITING"
SENTENCE = "A step whose minimum time has passed gets a decision, or a date for one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The step in force, since when a decision could be taken, and the reason in one sentence."""

    since: date
    because: str


def step_waiting(facts: Facts, protocol: Protocol) -> Waiting | None:
    """The step in force, when it has waited longer than the protocol allows; None when nothing waits.

    A date for the next decision that has passed counts from that date on as none.
    """
    step = _in_force(facts)
    if step is None or step.kind is StepKind.STOP:
        return None
    if any(later.starts_on > facts.today for later in facts.therapy.steps):
        return None  # what comes next is signed
    ready = step.starts_on + timedelta(days=protocol.limits("STEP-4").count("wait_days"))
    decision = facts.therapy.next_decision_on
    if decision is not None and not facts.therapy.planned_unsigned:
        if decision >= facts.today:
            return None
        ready = max(ready, decision)
    last_day = ready + timedelta(days=protocol.step_waiting_days)
    if facts.today <= last_day:
        return None
    what = (
        "the next step is drafted and not signed"
        if facts.therapy.planned_unsigned
        else "no date is set for the next decision"
        if decision is None
        else f"the decision planned for {format_date(decision)} is not recorded"
    )
    return Waiting(
        since=ready,
        because=(
            f"{format_total(step.daily)} a day since {format_date(step.starts_on)}: a decision was possible from "
            f"{format_date(ready)}, and {what}."
        ),
    )


def _in_force(facts: Facts) -> Step | None:
    for step in facts.therapy.steps:
        if step.starts_on <= facts.today and (step.ends_on is None or facts.today < step.ends_on):
            return step
    return None
