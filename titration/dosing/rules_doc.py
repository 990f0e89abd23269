"""The rules as a page for people: every rule that runs, with its sentence, numbers, severity and sources."""

from collections.abc import Iterator

from titration.dosing.assessment import RULES
from titration.dosing.protocol import JURISDICTIONS, Protocol, RuleData, load_protocol
from titration.dosing.rules import Override, Rule

_FAMILIES = {
    "STEP": "Start and steps",
    "MAX": "Maximum doses",
    "KID": "Kidney function",
    "MISS": "Missed doses",
    "STOP": "Stopping",
    "TAPER": "Tapering",
    "INT": "Other medicines",
    "CAU": "Toxicity, contraindications and cautions",
    "UNIT": "Units and entry",
}
_OVERRIDES = {
    Override.NONE: "–",
    Override.REASON: "coded reason",
    Override.DOCUMENTED: "coded reason and text",
    Override.DOCUMENTED_PLAN: "coded reason, text and a monitoring plan",
    Override.SPECIALIST: "name and date of a specialist's advice",
    Override.SPECIALIST_SECOND: "specialist's advice, and a second clinician signs",
    Override.RESTART_FORM: "restart form",
    Override.HARD: "none: the entry is corrected",
}
_INTRODUCTION = """# Rules

Written by `manage.py print_rules` from the rules that run and the protocols they read; a test keeps this page equal to
them. "Proposed" marks a number or trigger that no source states; "not read" marks one from general knowledge that was
not read in its source. Both stay **unsigned** until a named clinician signs the protocol file.

Severity "none" is a way to calculate or to show, and raises nothing; "changes" raises the severity of other rules.
STOP is about signing an order and never means that baclofen is to be stopped.
"""


def rules_page() -> str:
    """The whole page as Markdown, ending with a line end."""
    protocols = [load_protocol(jurisdiction) for jurisdiction in JURISDICTIONS]
    return "\n".join(_lines(protocols)).rstrip() + "\n"


def _lines(protocols: list[Protocol]) -> Iterator[str]:
    yield _INTRODUCTION
    for protocol in protocols:
        provenance = protocol.provenance
        unsigned = len(protocol.unsigned_rules())
        yield (
            f"* {protocol.name}, version {protocol.version}: {len(protocol.rules)} rules, {unsigned} unsigned; "
            f"written by {provenance.authored_by}, checked by {provenance.checked_by or 'nobody yet'}."
        )
    family = ""
    for rule in RULES:
        if rule.family != family:
            family = rule.family
            yield f"\n## {_FAMILIES[family]}\n"
            yield "| Rule | Sentence | Number | Severity | Override | Sources | Mark |"
            yield "|---|---|---|---|---|---|---|"
        yield _row(rule, protocols)


def _row(rule: Rule, protocols: list[Protocol]) -> str:
    rows = {one.jurisdiction: one.rules[rule.id] for one in protocols if rule.id in one.rules}
    unsigned = any(rule.id in one.unsigned_rules() for one in protocols)
    cells = (
        rule.id,
        rule.sentence,
        _both({place: row.number for place, row in rows.items()}, always=len(rows) < len(protocols)),
        _both({place: _severity(row) for place, row in rows.items()}),
        _both({place: _OVERRIDES[row.override] for place, row in rows.items()}),
        _both({place: " ".join(row.sources) or "–" for place, row in rows.items()}),
        _mark(list(rows.values()), unsigned),
    )
    return f"| {' | '.join(cells)} |"


def _severity(row: RuleData) -> str:
    return f"{row.severity_word} (same day)" if row.same_day else row.severity_word


def _both(texts: dict[str, str], *, always: bool = False) -> str:
    """One text when all jurisdictions agree, otherwise each with its name before it."""
    if len(set(texts.values())) == 1 and not always:
        return next(iter(texts.values()))
    return "; ".join(f"{place}: {text}" for place, text in texts.items())


def _mark(rows: list[RuleData], unsigned: bool) -> str:
    words = ["proposed"] if any(row.proposed for row in rows) else []
    words += ["not read"] if any(row.from_general_knowledge for row in rows) else []
    return ", ".join([*words, "unsigned"] if unsigned else words) or "–"
