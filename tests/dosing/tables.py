"""Truth tables that a pharmacist can read: facts in the words of the case format, and what one rule says in each country."""

from dataclasses import replace

from titration.dosing.assessment import Assessment, assess
from titration.dosing.case_facts import facts_of
from titration.dosing.case_format import COLUMNS, CaseRow, read_cases
from titration.dosing.facts import Facts, Kidneys
from titration.dosing.protocol import JURISDICTIONS, Protocol, load_protocol

QUIET, ABSENT = "quiet", "absent"


def protocol_of(jurisdiction: str, *, paediatric: bool = True) -> Protocol:
    return replace(load_protocol(jurisdiction), paediatric=paediatric)


def facts_from(given: str) -> Facts:
    """Facts from ``key=value`` pairs with blanks between them, checked as strictly as a case file is."""
    cells = dict.fromkeys(COLUMNS, "") | {"case_id": "table", "jurisdiction": "US", "highest_severity": "none"}
    cells["patient_facts"] = ";".join(given.split())
    (row,) = read_cases(f"{','.join(COLUMNS)}\n{','.join(cells.values())}\n")
    assert isinstance(row, CaseRow), row
    return facts_of(row.values)


def judged(given: str | Facts, jurisdiction: str = "US", *, paediatric: bool = True) -> Assessment:
    facts = facts_from(given) if isinstance(given, str) else given
    return assess(facts, protocol_of(jurisdiction, paediatric=paediatric))


def with_unknown_kidneys(given: str, **person: object) -> Facts:
    """The same facts without any kidney result, and with other facts of the person."""
    facts = facts_from(given)
    kidneys = Kidneys(
        results=(), given_estimate=None, assume_normal=False, single_is_steady=False, checks_assumed_current=False
    )
    return replace(facts, kidneys=kidneys, person=replace(facts.person, **person))


def said(assessment: Assessment, rule_id: str) -> str:
    """The severity of one finding, ``quiet``, ``absent`` (the country has no such rule) or ``not judged``."""
    for finding in assessment.findings:
        if finding.rule == rule_id:
            return finding.severity.name
    if rule_id in assessment.quiet:
        return QUIET
    return "not judged" if any(rule_id in one.rules for one in assessment.not_judged) else ABSENT


def rows(tables: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Each line of each table, for each country: rule, facts, country, what is expected there.

    A line is ``facts | US | UK``, or ``facts | both``.
    """
    found = []
    for rule_id, text in tables.items():
        for line in text.strip().splitlines():
            given, *expected = (cell.strip() for cell in line.split("|"))
            expected = expected * len(JURISDICTIONS) if len(expected) == 1 else expected
            found += [(rule_id, given, where, what) for where, what in zip(JURISDICTIONS, expected, strict=True)]
    return found


def one_sided(tables: dict[str, str]) -> list[str]:
    """Rules whose table does not show both what raises them and what does not."""
    wanting = []
    for rule_id in tables:
        answers = {what for rule, _, _, what in rows(tables) if rule == rule_id}
        if QUIET not in answers or answers <= {QUIET, ABSENT}:
            wanting.append(rule_id)
    return wanting
