"""The step gate as people read it: on the chart, in the live panel, on the check page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from titration.dosing.doses import Mg
from titration.dosing.gate_lines import CONDITION_WORDS, GATE, Condition, Gate, GateLine, GateState
from titration.dosing.intake import Tracking
from titration.models import FactKind
from titration.presenters.review import Link
from titration.selectors.gates import next_increase

_STATES = {GateState.OPEN: "Open", GateState.MISSING: "Missing", GateState.UNKNOWN: "Not known"}
_NO_DIALYSIS = "KID-16"  # cannot be judged until it is recorded whether the patient is on dialysis


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLineView:
    """One condition; ``link`` leads to the form that supplies what is missing, None where only time does."""

    key: str
    label: str
    state: str
    is_open: bool
    because: str
    link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextIncreaseView:
    """The increase that is planned next. ``warning`` is not empty when it begins by itself although something is missing."""

    on: date
    total: Mg
    signed: bool
    is_open: bool
    warning: str
    lines: tuple[GateLineView, ...]


def gate_lines(lines: Iterable[GateLine], *, record: Any, rights: frozenset[str]) -> tuple[GateLineView, ...]:
    """Lines in their order, with links for who may use them."""
    return tuple(
        GateLineView(
            key=f"{GATE}-{line.condition.value}",
            label=CONDITION_WORDS[line.condition],
            state=_STATES[line.state],
            is_open=line.is_open,
            because=line.because,
            link=None if line.is_open else _link(line, record, rights),
        )
        for line in lines
    )


def closed_gate(gate: Gate | None, *, record: Any, rights: frozenset[str]) -> tuple[GateLineView, ...]:
    """What is missing or not known of the gate of an order; nothing for an open gate and for an order without one."""
    return () if gate is None else gate_lines(gate.closed, record=record, rights=rights)


def next_increase_view(record: Any, *, rights: frozenset[str]) -> NextIncreaseView | None:
    """The block of the chart; None while no increase is planned."""
    found = next_increase(record)
    if found is None:
        return None
    gate = found.gate
    return NextIncreaseView(
        on=found.step.first_day,
        total=Mg(found.step.daily_mg),
        signed=found.signed,
        is_open=gate.is_open,
        warning=_warning(gate, record.today) if found.signed else "",
        lines=gate_lines(gate.lines, record=record, rights=rights),
    )


def _warning(gate: Gate, today: date) -> str:
    if not gate.closed_on_its_day:
        return ""
    days = (gate.starts_on - today).days
    begins = "tomorrow" if days == 1 else f"in {days} days"
    return (
        f"This increase is signed and begins {begins} although the step is not open. It is not held back by itself: "
        "supply what is missing, or change the step."
    )


def _link(line: GateLine, record: Any, rights: frozenset[str]) -> Link | None:
    """Where what is missing is supplied; a reader without the right is led to what is recorded."""
    pk, log = record.patient.pk, "log" in rights
    match line.condition:
        case Condition.TIME:
            return None
        case Condition.DOSES:
            called = log and record.intake is not None and record.intake.tracking is Tracking.NOT_TRACKED
            if called:
                return Link(label="Record a call", url=reverse("doses:call", args=[pk]))
            return Link(label="See the doses taken", url=reverse("doses:list", args=[pk]))
        case Condition.EFFECTS if log:
            return Link(label="Record side effects and symptoms", url=reverse("reports:add", args=[pk]))
        case Condition.EFFECTS:
            return Link(label="See side effects and symptoms", url=reverse("reports:list", args=[pk]))
        case Condition.ALLOWED if log and line.state is GateState.UNKNOWN and _NO_DIALYSIS in line.rules:
            return Link(label="Record dialysis", url=reverse("patients:fact_add", args=[pk, FactKind.DIALYSIS.value]))
        case Condition.CHECK if log:
            return Link(label="Log kidney result", url=reverse("kidney:add", args=[pk]))
        case _:
            return Link(label="See kidney results", url=reverse("kidney:list", args=[pk]))
