"""Written cases: each row of a case file judged by ``assess`` and compared with what it says must be found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from titration.dosing.assessment import RULES, Assessment, assess
from titration.dosing.case_facts import facts_of
from titration.dosing.case_format import CaseError, CaseRow, Malformed, read_cases
from titration.dosing.case_values import Compared, compare
from titration.dosing.errors import DosingError
from titration.dosing.protocol import load_protocol
from titration.dosing.rules import Severity

BUILT = frozenset(rule.id for rule in RULES)


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    PARTLY = "partly covered"
    NOT_COVERED = "not covered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One case in one jurisdiction: what it expected, what was found, and each way in which they differ."""

    row: CaseRow
    jurisdiction: str
    assessment: Assessment
    verdict: Verdict
    differences: tuple[str, ...]
    compared: tuple[Compared, ...]

    @property
    def name(self) -> str:
        return f"{self.row.case_id} [{self.jurisdiction}]"

    @property
    def not_built(self) -> tuple[str, ...]:
        return tuple(rule for rule in (*self.row.expected, *self.row.must_not_raise) if rule not in BUILT)

    @property
    def not_compared(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.compared if one.agrees is None)


def judge_cases(text: str) -> Iterator[Judged | Malformed]:
    """Every case of a file, once for each jurisdiction of its row, or the reason why a row cannot be read."""
    for row in read_cases(text):
        if isinstance(row, Malformed):
            yield row
            continue
        for jurisdiction in row.jurisdictions:
            try:
                yield judge(row, jurisdiction)
            except (CaseError, DosingError) as error:
                yield Malformed(row.line, f"{row.case_id}: {error}")
                break


def judge(row: CaseRow, jurisdiction: str) -> Judged:
    """One row under the protocol of one jurisdiction, with the rules for children switched on."""
    protocol = replace(load_protocol(jurisdiction), paediatric=True)
    facts = facts_of(row.values)
    assessment = assess(facts, protocol)
    compared = compare(row.expected_values, facts, row.values, protocol, assessment)
    differences = (*_rule_differences(row, assessment), *_value_differences(compared))
    verdict = Verdict.FAILED if differences else _coverage(row)
    return Judged(
        row=row,
        jurisdiction=jurisdiction,
        assessment=assessment,
        verdict=verdict,
        differences=differences,
        compared=compared,
    )


def _rule_differences(row: CaseRow, assessment: Assessment) -> Iterator[str]:
    found = {finding.rule: finding.severity for finding in assessment.findings}
    for rule, severity in row.expected.items():
        if rule not in BUILT:
            continue
        if rule not in found:
            yield f"{rule} {severity.name} was not found"
        elif found[rule] is not severity:
            yield f"{rule} was found as {found[rule].name}, not {severity.name}"
    for rule, severity in found.items():
        if rule in row.must_not_raise:
            yield f"{rule} {severity.name} must not be raised"
        elif rule not in row.expected and severity.rank >= Severity.WARN.rank:
            yield f"{rule} {severity.name} was not expected"


def _value_differences(compared: tuple[Compared, ...]) -> Iterator[str]:
    for one in compared:
        if one.agrees is False:
            yield f"{one.key} is {one.found}, not {one.expected}"


def _coverage(row: CaseRow) -> Verdict:
    """Judged by what the row expects; a row that expects nothing is judged by what it must not raise."""
    asked = tuple(row.expected) or row.must_not_raise
    built = [rule for rule in asked if rule in BUILT]
    if len(built) == len(asked):
        return Verdict.PASSED
    return Verdict.PARTLY if built else Verdict.NOT_COVERED
