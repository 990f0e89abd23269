"""The trace from hazards and bars to the tests that prove them, read from the markers of the tests.

A test says what it proves by ``@pytest.mark.hazard("H01")``, ``.bar("B-01")``, ``.ui("UI-15")`` or ``.asvs("V8.2.2")``,
on itself or for its whole file in ``pytestmark``. That the tests pass is shown by ``script/test``.
"""

import ast
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from titration.management.commands.print_hazards import (
    NEEDS_SIGNATURE,
    read_hazards,
    risk,
    unsigned,
)

# The phases whose hazards and bars must have a test by now. A phase joins when its work begins to be used.
DUE_PHASES = ("P1",)
KINDS = ("hazard", "bar", "ui", "asvs")
UI_RULE = re.compile(r"UI-([1-9]|[1-8][0-9]|90)")


@dataclass(frozen=True)
class Mark:
    """One marker: what it says is proved, where, and by how many tests."""

    kind: str
    what: str
    file: str
    line: int
    tests: int


def marks_of(source: str, file: str) -> Iterator[Mark]:
    """The markers of one file of tests."""
    tree = ast.parse(source)
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    on_one = {id(call): 1 for test in tests for decorator in test.decorator_list for call in ast.walk(decorator)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in KINDS:
            continue
        holder = node.func.value
        if not isinstance(holder, ast.Attribute) or holder.attr != "mark":
            continue
        what = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
        yield Mark(node.func.attr, str(what), file, node.lineno, on_one.get(id(node), len(tests)))


def read_marks(tests: Path = ROOT / "tests") -> list[Mark]:
    """The markers of all tests."""
    return [
        mark
        for path in sorted(tests.rglob("test_*.py"))
        for mark in marks_of(path.read_text(encoding="utf-8"), str(path.relative_to(tests.parent)))
    ]


def read_csv(name: str, key: str) -> dict[str, dict[str, str]]:
    with (ROOT / "docs" / name).open(newline="", encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def complaints(
    marks: Iterable[Mark],
    hazards: list[dict[str, Any]],
    bars: Mapping[str, Mapping[str, str]],
    asvs: Iterable[str],
    *,
    due: tuple[str, ...] = DUE_PHASES,
) -> list[str]:
    """Everything that breaks the trace, as sentences."""
    marks = list(marks)
    known = {"hazard": {one["id"] for one in hazards}, "bar": set(bars), "asvs": set(asvs)}
    found = [
        f"{mark.file}:{mark.line}: {mark.kind} {mark.what} is not known."
        for mark in marks
        if (not UI_RULE.fullmatch(mark.what) if mark.kind == "ui" else mark.what not in known[mark.kind])
    ]
    proved = {(mark.kind, mark.what) for mark in marks if mark.tests}
    for one in hazards:
        found += _about_hazard(one, bars)
        if one["phase"] in due and ("hazard", one["id"]) not in proved:
            found.append(f"Hazard {one['id']} ({one['title']}) of {one['phase']} has no test.")
    found += [
        f"Bar {name} ({bar['what']}) of {bar['phase']} has no test."
        for name, bar in bars.items()
        if bar["phase"] in due and ("bar", name) not in proved
    ]
    numbers = [one["id"] for one in hazards]
    if numbers != [f"H{number:02}" for number in range(1, len(numbers) + 1)]:
        found.append("The hazards are not numbered from H01 without a gap. A hazard is closed, never deleted.")
    return found


def _about_hazard(one: Mapping[str, Any], bars: Mapping[str, Any]) -> Iterator[str]:
    for when in ("before", "after"):
        try:
            follows = risk(one["severity"], one[f"likelihood_{when}"])
        except (KeyError, ValueError):
            yield f"Hazard {one['id']}: severity or likelihood {when} is not a word of the matrix."
            continue
        if one[f"risk_{when}"] != follows:
            yield f"Hazard {one['id']}: the risk {when} is given as {one[f'risk_{when}']}, and the matrix says {follows}."
    if (one["risk_after"] >= NEEDS_SIGNATURE) != one["cso_decision"]:
        yield f"Hazard {one['id']}: a remaining risk of 4 or more is signed by the safety officer, and only that."
    for name in one["bars"]:
        if name not in bars:
            yield f"Hazard {one['id']}: the bar {name} is not known."


def table(marks: Iterable[Mark], hazards: list[dict[str, Any]], bars: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """The trace as text, one line for each hazard and bar that is due or has a test."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for mark in marks:
        counted[mark.kind, mark.what] += mark.tests
    for kind, name, phase, title in (
        *(("hazard", one["id"], one["phase"], one["title"]) for one in hazards),
        *(("bar", name, bar["phase"], bar["what"]) for name, bar in bars.items()),
    ):
        if phase in DUE_PHASES or counted[kind, name]:
            yield f"{name:5} {phase}  {counted[kind, name]:4} tests  {title}"
    waiting = ", ".join(one["id"] for one in unsigned(hazards))
    yield f"Waiting for the signature of the clinical safety officer: {waiting or 'none'}."


def main() -> int:
    """Print the trace and every complaint; exit code 1 when there is one."""
    marks, hazards, bars = read_marks(), read_hazards(), read_csv("bars.csv", "id")
    print("\n".join(table(marks, hazards, bars)))
    found = complaints(marks, hazards, bars, read_csv("asvs.csv", "requirement"))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
