"""What the sources of the portal must not say, found in the syntax tree rather than in the text.

Each rule yields the line and what stands there; ``titration`` and ``baclofen_portal`` are read, tests are not.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
Found = Iterator[tuple[int, str]]

NUMBER_FIELDS = {"DecimalField", "FloatField", "IntegerField", "NumberInput"}
WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "delete",
    "acreate",
    "asave",
}
SETTING = re.compile(r"\bset\s+(session\s+|local\s+)?app\.", re.IGNORECASE)
LASTING = re.compile(r"set_config\s*\((?:[^()]|\([^()]*\))*,\s*false\s*\)", re.IGNORECASE)
WALL_TIME = re.compile(r"at\s+time\s+zone", re.IGNORECASE)
# SQL that turns an instant into a local date, which is the safe way round, is written with the function timezone().


@dataclass(frozen=True)
class Rule:
    """``within`` and ``without`` are folders or files of the repository, as their paths begin."""

    sentence: str
    find: Callable[[ast.AST], Found]
    within: tuple[str, ...]
    without: tuple[str, ...] = ()

    def concerns(self, name: str) -> bool:
        return name.startswith(self.within) and not name.startswith(self.without or ("\0",))


def called(node: ast.AST) -> str:
    """The last name of what is called: ``objects.create`` is ``create``."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def number_fields(tree: ast.AST) -> Found:
    """Form fields that read numbers in their own, lenient way. A hidden version of a plan is no dose."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "widget" and "NumberInput" in ast.unparse(node.value):
            yield node.value.lineno, ast.unparse(node)
        elif called(node) in NUMBER_FIELDS:
            words = {one.arg: ast.unparse(one.value) for one in node.keywords}
            if "HiddenInput" not in words.get("widget", ""):
                yield node.lineno, ast.unparse(node)[:80]
        elif isinstance(node, ast.ClassDef):
            for base in node.bases:
                if ast.unparse(base).rpartition(".")[2] in NUMBER_FIELDS | {"ModelForm"}:
                    yield node.lineno, f"class {node.name}({ast.unparse(base)})"


def floats(tree: ast.AST) -> Found:
    for node in ast.walk(tree):
        if called(node) == "float" or (isinstance(node, ast.Constant) and isinstance(node.value, float)):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"


def managers(tree: ast.AST) -> Found:
    """Reading the database past the selectors, which are where relations are asked."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            yield node.lineno, ast.unparse(node)
        elif called(node) in ("get_object_or_404", "get_list_or_404", "raw"):
            yield node.lineno, ast.unparse(node)[:80]


def writes(tree: ast.AST) -> Found:
    """Writing rows past the services. Updating a dict is no write: only what hangs on a manager or filter is."""
    for node in ast.walk(tree):
        name = called(node)
        if (name in WRITES and not ast.unparse(node).startswith(("request.session", "super()."))) or (
            name == "update" and re.search(r"\bobjects\b|\bfilter\(|\ball\(\)", ast.unparse(node.func))
        ):
            yield node.lineno, ast.unparse(node)[:80]


def instants(tree: ast.AST) -> Found:
    """A second maker of instants from wall times: there is one, in titration/dosing/schedule.py."""
    for node in ast.walk(tree):
        if (
            called(node) == "make_aware"
            or (called(node) == "combine" and "time" in ast.unparse(node.func))
            or (called(node) == "replace" and any(one.arg == "tzinfo" for one in node.keywords))
        ):
            yield node.lineno, ast.unparse(node)[:80]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and WALL_TIME.search(node.value):
            yield node.lineno, node.value[:80]


def lasting_actors(tree: ast.AST) -> Found:
    """A name of the actor that outlives its transaction would be the next person's on a pooled connection."""
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if LASTING.search(text) or SETTING.search(text):
            yield node.lineno, node.value[:80]


# Text that was escaped in the same expression, word for word as it was reviewed.
REVIEWED = {"mark_safe(_DATE_IN_TEXT.sub(held, conditional_escape(text)))"}


def marked_safe(tree: ast.AST) -> Found:
    imported, used = [], 0
    for node in ast.walk(tree):
        if called(node) in ("mark_safe", "SafeString", "SafeText"):
            used += 1
            if ast.unparse(node) not in REVIEWED:
                yield node.lineno, ast.unparse(node)[:80]
        elif isinstance(node, ast.ImportFrom) and any(one.name == "mark_safe" for one in node.names):
            imported.append(node.lineno)
    if imported and not used:
        yield imported[0], "mark_safe is imported under a name that is not seen again"


CODE = ("titration/", "baclofen_portal/")
RULES: dict[str, Rule] = {
    "number_fields": Rule("A dose is read by DoseField alone.", number_fields, CODE, ("titration/models/", "titration/migrations/", "baclofen_portal/accounts/migrations/")),
    "floats": Rule("Clinical numbers are Decimal.", floats, ("titration/dosing/", "titration/services/", "titration/intake/", "titration/forms/"), ("titration/services/demo_",)),
    "managers": Rule("Reads go through selectors.", managers, ("titration/views/", "titration/forms/", "titration/presenters/", "titration/templatetags/", "baclofen_portal/views.py", "baclofen_portal/context.py")),
    "writes": Rule("Writes go through services.", writes, CODE, ("titration/services/", "titration/models/", "titration/migrations/", "baclofen_portal/accounts/")),
    "instants": Rule("One function makes instants.", instants, CODE, ("titration/dosing/schedule.py",)),
    "lasting_actors": Rule("The actor is set for one transaction.", lasting_actors, CODE),
    "marked_safe": Rule("Nothing is marked as safe HTML.", marked_safe, CODE),
}  # fmt: skip


@cache
def sources() -> tuple[tuple[str, ast.AST], ...]:
    """Every module of the portal with its syntax tree."""
    paths = [path for package in ("titration", "baclofen_portal") for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def hits(rule: Rule) -> list[str]:
    """Where a rule is broken, as ``file:line: text``."""
    return [
        f"{name}:{line}: {text}" for name, tree in sources() if rule.concerns(name) for line, text in rule.find(tree)
    ]
