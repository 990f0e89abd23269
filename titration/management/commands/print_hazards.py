"""Print the page of all hazards, or write it to a file; no database is used. The data are in docs/hazards.json."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand

DATA = Path(__file__).resolve().parents[3] / "docs" / "hazards.json"

# The 5 × 5 matrix of NHS clinical safety (DCB0129): risk from 1 (acceptable) to 5 (unacceptable).
SEVERITIES = ("Minor", "Significant", "Considerable", "Major", "Catastrophic")
RISKS: Mapping[str, tuple[int, ...]] = {
    "very high": (3, 4, 4, 5, 5),
    "high": (2, 3, 3, 4, 5),
    "medium": (2, 2, 3, 3, 4),
    "low": (1, 2, 2, 3, 4),
    "very low": (1, 1, 2, 2, 3),
}
RISK_WORDS = {5: "unacceptable", 4: "to be eliminated", 3: "undesirable", 2: "acceptable", 1: "acceptable"}
NEEDS_SIGNATURE = 4

_ABOUT = (
    "Severity, likelihood and limits are proposals until a clinical safety officer has signed them. A hazard is "
    "closed, never deleted. `script/trace` fails when a hazard of a finished phase has no test."
)


def risk(severity: str, likelihood: str) -> int:
    """The risk of the matrix; KeyError or ValueError for a word that the matrix does not know."""
    return RISKS[likelihood][SEVERITIES.index(severity)]


def read_hazards() -> list[dict[str, Any]]:
    """The hazards as they are recorded, in the order of their ids."""
    hazards: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return hazards


def unsigned(hazards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hazards whose remaining risk software alone does not bring down: a clinical safety officer signs each of them."""
    return [one for one in hazards if one["risk_after"] >= NEEDS_SIGNATURE and not one.get("signed_by")]


def hazards_page(hazards: list[dict[str, Any]]) -> str:
    """The hazard log as Markdown."""
    return "\n".join([*_head(hazards), *(line for one in hazards for line in _entry(one))])


def _head(hazards: list[dict[str, Any]]) -> list[str]:
    waiting = ", ".join(f"{one['id']} ({one['title'].lower()})" for one in unsigned(hazards))
    counts = ", ".join(
        f"{sum(one['risk_after'] == level for one in hazards)} at {level}"
        for level in range(5, 0, -1)
        if any(one["risk_after"] == level for one in hazards)
    )
    return [
        "# Hazards",
        "",
        "Written by `manage.py print_hazards --output docs/hazards.md` from `docs/hazards.json`; change only the data.",
        "",
        _ABOUT,
        "",
        f"**{len(hazards)} hazards. Risk after the controls in software: {counts}.**",
        "",
        f"**Waiting for the signature of a clinical safety officer, because software alone does not close them:** {waiting}.",
        "",
        f"| likelihood | {' | '.join(SEVERITIES)} |",
        f"|---|{'---|' * len(SEVERITIES)}",
        *(f"| {name} | {' | '.join(map(str, values))} |" for name, values in RISKS.items()),
        "",
        "Risk 5 is unacceptable, 4 must be eliminated or signed for, 3 is undesirable, 2 and 1 are acceptable.",
        "",
    ]


def _likely(one: Mapping[str, Any], when: str) -> str:
    level = one[f"risk_{when}"]
    return f"likelihood {one[f'likelihood_{when}']}, risk {level} ({RISK_WORDS[level]})"


def _entry(one: Mapping[str, Any]) -> list[str]:
    bars = ", ".join(one["bars"]) or "none"
    return [
        f"## {one['id']} {one['title']}",
        "",
        f"- Phase {one['phase']}, {one['status']}",
        f"- Cause: {one['cause']}",
        f"- Effect: {one['effect']}",
        f"- Before: {one['severity'].lower()}, {_likely(one, 'before')}",
        f"- Control: {one['control']}",
        f"- Test: {one['test']}",
        f"- Bars: {bars}",
        f"- After: {_likely(one, 'after')}",
        *(["- Needs the signature of a clinical safety officer before release"] if one["cso_decision"] else []),
        "",
    ]


class Command(BaseCommand):
    help = "Print every hazard as Markdown; with --output, write it to that file (docs/hazards.md)."
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, help="the file to write instead of printing")

    def handle(self, *args: Any, **options: Any) -> None:
        page = hazards_page(read_hazards())
        if options["output"] is None:
            self.stdout.write(page, ending="")
        else:
            options["output"].write_text(page, encoding="utf-8")
