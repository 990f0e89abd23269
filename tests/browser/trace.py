"""The table of screen rules, docs/ui-trace.md: which tests prove each rule, or why none does yet.

``python -m tests.browser.trace`` writes the tests that carry ``@pytest.mark.ui`` into the table; the rules and the reasons
are written by hand.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "ui-trace.md"
RULES = tuple(f"UI-{number}" for number in range(1, 91))
_ROW = re.compile(r"\| (UI-\d+) \| (.+?) \| (.*?) \| (.*?) \|")


@dataclass(frozen=True)
class Row:
    """``later`` says what of the rule waits, and for what; empty when nothing does."""

    rule: str
    text: str
    tests: tuple[str, ...]
    later: str

    def line(self) -> str:
        return f"| {self.rule} | {self.text} | {'<br>'.join(self.tests)} | {self.later} |"


def marked() -> dict[str, tuple[str, ...]]:
    """Every test that says which screen rule it proves, by rule: ``browser/test_forms.py::test_x``."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "tests").rglob("*.py"):
        for rule, name in _marks(ast.parse(path.read_text())):
            found[rule].add(f"{path.relative_to(ROOT / 'tests').as_posix()}::{name}")
    return {rule: tuple(sorted(names)) for rule, names in found.items()}


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    everywhere = [
        rule
        for one in module.body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "pytestmark"
        for rule in _rules_in(one.value)
    ]
    for one in ast.walk(module):
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"):
            for rule in [*everywhere, *(rule for mark in one.decorator_list for rule in _rules_in(mark))]:
                yield rule, one.name


def _rules_in(tree: ast.AST) -> Iterator[str]:
    for one in ast.walk(tree):
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.ui":
            yield from (str(part.value) for part in one.args if isinstance(part, ast.Constant))


def rows() -> list[Row]:
    """The table as it is written."""
    return [
        Row(found[1], found[2], tuple(filter(None, found[3].split("<br>"))), found[4])
        for line in TABLE.read_text().splitlines()
        if (found := _ROW.fullmatch(line))
    ]


def write() -> None:
    """Put the marked tests into the table; everything else in it stays."""
    proofs = marked()
    new = {row.rule: replace(row, tests=proofs.get(row.rule, ())).line() for row in rows()}
    lines = TABLE.read_text().splitlines()
    TABLE.write_text("".join(f"{new[found[1]] if (found := _ROW.fullmatch(line)) else line}\n" for line in lines))


if __name__ == "__main__":
    write()
