"""``assess``: every rule of a protocol judged on the facts of one patient, and how loud each finding is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from titration.dosing import (
    advice_rules,
    benefit_rules,
    caution_rules,
    interaction_rules,
    kidney_check_rules,
    kidney_dose_rules,
    kidney_estimate_rules,
    kidney_injury_rules,
    maximum_rules,
    missed_rules,
    restart_rules,
    step_rules,
    stopping_rules,
    toxicity_rules,
    unit_rules,
)
from titration.dosing.errors import ProtocolError
from titration.dosing.facts import Facts
from titration.dosing.flag_times import Within
from titration.dosing.judgement import Judgement
from titration.dosing.panel import KidneyPanel
from titration.dosing.protocol import Protocol, RuleData
from titration.dosing.rules import About, CannotSay, Finding, Override, Rule, Said, Severity, collect
from titration.dosing.unlisted import not_checked

TEN_FOLD = "UNIT-9"

RULES: tuple[Rule, ...] = collect(
    step_rules.RULES
    + maximum_rules.RULES
    + kidney_estimate_rules.RULES
    + kidney_dose_rules.RULES
    + kidney_injury_rules.RULES
    + kidney_check_rules.RULES
    + advice_rules.RULES
    + missed_rules.RULES
    + restart_rules.RULES
    + stopping_rules.RULES
    + interaction_rules.RULES
    + toxicity_rules.RULES
    + caution_rules.RULES
    + benefit_rules.RULES
    + unit_rules.RULES
)


class Tier(IntEnum):
    """How a finding meets the person who signs."""

    HARD_STOP = 0
    INTERRUPTION = 1
    INLINE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """Rules that could not be judged, and why; none of them: no rule knows what it is about.

    ``refuses``: no order may be signed while this stands.
    """

    rules: tuple[str, ...]
    because: str
    refuses: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What all rules say, most severe first; ``quiet`` were judged and found nothing, ``not_judged`` could not be.

    ``judgement``: the facts, with what was worked out of them on the way.
    """

    protocol_id: str
    protocol_version: int
    findings: tuple[Finding, ...]
    quiet: tuple[str, ...]
    not_judged: tuple[NotJudged, ...]
    judgement: Judgement

    @property
    def panel(self) -> KidneyPanel:
        return self.judgement.panel

    def about(self, *abouts: About) -> tuple[Finding, ...]:
        """The findings about any of these."""
        return tuple(finding for finding in self.findings if finding.about in abouts)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings about the order or an entry that it does not get past without more than an acknowledgement."""
        ordered = self.about(About.ORDER, About.ENTRY)
        return tuple(finding for finding in ordered if tier(finding) is not Tier.INLINE)

    @property
    def refusals(self) -> tuple[NotJudged, ...]:
        """What is not covered at all, so that the order cannot be signed."""
        return tuple(one for one in self.not_judged if one.refuses)


def assess(facts: Facts, protocol: Protocol) -> Assessment:
    """Judge every rule that the protocol has on the facts; the same facts always give the same answer."""
    judgement = Judgement(facts, protocol)
    mixed = unit_rules.milligrams_only.judge
    if mixed is not None and isinstance(said := mixed(judgement), Said):
        return _only_units(judgement, said)
    findings: list[Finding] = []
    quiet: list[str] = []
    unknown: dict[tuple[str, bool], list[str]] = {}
    for rule in RULES:
        row = protocol.rules.get(rule.id)
        if row is None or rule.judge is None:
            continue
        answer = rule.judge(judgement)
        if answer is None:
            quiet.append(rule.id)
        elif isinstance(answer, CannotSay):
            unknown.setdefault((answer.because, answer.refuses), []).append(rule.id)
        else:
            findings.append(_finding(rule, row, answer))
    unknown |= {(sentence, False): [] for sentence in not_checked(facts.person, protocol)}
    findings.sort(key=lambda finding: -finding.severity.rank)
    return Assessment(
        protocol_id=protocol.id,
        protocol_version=protocol.version,
        findings=tuple(findings),
        quiet=tuple(quiet),
        not_judged=tuple(
            NotJudged(rules=tuple(ids), because=because, refuses=refuses) for (because, refuses), ids in unknown.items()
        ),
        judgement=judgement,
    )


def findings_of(rules: Iterable[Rule], judgement: Judgement) -> tuple[Finding, ...]:
    """What some rules of the protocol say, in the order of the rules."""
    rows = judgement.protocol.rules
    answers = ((one, one.judge(judgement)) for one in rules if one.judge is not None and one.id in rows)
    return tuple(_finding(one, rows[one.id], answer) for one, answer in answers if isinstance(answer, Said))


def _only_units(judgement: Judgement, said: Said) -> Assessment:
    """Nothing else is judged on a dose whose unit is wrong: every other rule would be off by a thousand."""
    protocol, rule = judgement.protocol, unit_rules.milligrams_only
    others = tuple(one.id for one in RULES if one.judge is not None and one is not rule and one.id in protocol.rules)
    because = "A dose is not in mg, so no other rule was judged."
    return Assessment(
        protocol_id=protocol.id,
        protocol_version=protocol.version,
        findings=(_finding(rule, protocol.rules[rule.id], said),),
        quiet=(),
        not_judged=(NotJudged(rules=others, because=because, refuses=True),),
        judgement=judgement,
    )


def tier(finding: Finding) -> Tier:
    """A hard finding stops; one that asks for an override, and any ten-fold change, interrupts; the rest is inline."""
    if finding.override is Override.HARD:
        return Tier.HARD_STOP
    return Tier.INLINE if finding.override is Override.NONE and finding.rule != TEN_FOLD else Tier.INTERRUPTION


def severity_phrase(finding: Finding) -> str:
    """The severity as it is written on screen; the words of the rules themselves are never shown."""
    if finding.severity is Severity.INFO:
        return "For information"
    return "This week" if finding.severity is Severity.WARN and not finding.same_day else "Act now"


def time_to_act(finding: Finding) -> Within:
    """In what time a finding asks for somebody: an event in hours; a stop on a standing dose, and what says so, today."""
    if finding.severity is Severity.INFO:
        return Within.NO_LIMIT
    if finding.severity >= Severity.URGENT:
        return Within.HOURS
    return Within.TODAY if finding.severity is Severity.STOP or finding.same_day else Within.DAYS


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The most severe of some findings; None when there are none."""
    return max((finding.severity for finding in findings), key=lambda severity: (severity.rank, severity), default=None)


def _finding(rule: Rule, row: RuleData, said: Said) -> Finding:
    severity = said.severity or row.severity
    if severity is None:
        raise ProtocolError(f"{rule.id} raised something and has no severity in the protocol.")
    return Finding(
        rule=rule.id,
        severity=severity,
        override=said.override or row.override,
        about=said.about,
        because=said.because,
        sentence=rule.sentence,
        number=row.number,
        sources=row.sources,
        proposed=row.proposed,
        same_day=row.same_day,
        values=said.values,
    )
