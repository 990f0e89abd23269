"""What is kept of a step gate that was not open when its increase was signed: what was missing, and why to go on."""

from typing import Any

from titration.dosing.gate_lines import CONDITION_WORDS, GATE, Gate
from titration.dosing.rules import About
from titration.dosing.severity import Override as Asks
from titration.dosing.severity import Severity
from titration.models import Override


def gate_as_finding(gate: Gate | None) -> list[dict[str, Any]]:
    """The closed gate beside the findings that a step keeps; nothing for an open one."""
    if gate is None or gate.is_open:
        return []
    return [
        {
            "rule": GATE,
            "severity": Severity.INFO.name,
            "override": Asks.REASON.value,
            "about": About.ORDER.value,
            "because": gate.because,
            "number": "",
            "sources": [],
            "proposed": False,
            "values": _values(gate),
        }
    ]


def gate_override(gate: Gate | None, *, code: str, text: str, **common: Any) -> list[Override]:
    """The reason to go on, with what was missing; not saved yet. Nothing for an open gate, whatever was answered."""
    if gate is None or gate.is_open:
        return []
    return [
        Override(
            rule_id=GATE,
            asked="gate",
            values_shown={"because": gate.because, "values": _values(gate)},
            reason_code=code.strip(),
            reason_text=text.strip(),
            **common,
        )
    ]


def _values(gate: Gate) -> list[list[str]]:
    return [[CONDITION_WORDS[line.condition], f"{line.state.value}: {line.because}"] for line in gate.closed]
