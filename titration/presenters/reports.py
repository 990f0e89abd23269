"""Reports of side effects and symptoms, and what the rules make of the signs on record now."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from titration.dosing.bedtime import larger_at_bedtime
from titration.dosing.code_lists import DROWSINESS
from titration.dosing.rules import Severity
from titration.dosing.wording import format_date, format_when
from titration.models import ReportedHow, Reporter
from titration.models.feelings import HIGHEST, SCALE_NAMES
from titration.presenters.doses import dose_summary
from titration.presenters.facts_words import ANSWERS, author, correct_url
from titration.presenters.flags import Action
from titration.presenters.review import FindingView, finding_views
from titration.selectors.reports import Reported, reports

# What the signs on record can raise: toxicity, both dangers at once, withdrawal.
SIGN_RULES = ("CAU-1", "CAU-2", "STOP-4", "MISS-7", "TAPER-5")
_STATED = {"has_run_out": "No baclofen is left", "has_stopped": "Baclofen is not taken any more"}
_PLACES = {rule: place for place, rule in enumerate(("MISS-7", "CAU-1", "STOP-4", "TAPER-5", "CAU-2"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One report: what was answered, from whom and how, what was found, and what was asked and not found. ``scores``
    are the patient's own numbers, ``stated`` what was said of stopping and of the supply."""

    on: str
    effects: str
    said: str
    present: tuple[str, ...]
    absent: tuple[str, ...]
    scores: tuple[str, ...]
    stated: tuple[str, ...]
    note: str
    by: str
    correct_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsPage:
    """``findings`` is None when the safety check is not working; ``move`` leads to a form that is filled in, not signed."""

    findings: tuple[FindingView, ...] | None
    not_judged: tuple[str, ...]
    last_dose: str
    move: Action | None
    reports: tuple[ReportLine, ...]
    add: Action | None


def reports_page(
    record: Any, assessment: Any, *, feelings: Mapping[uuid.UUID, Any], rights: frozenset[str]
) -> ReportsPage:
    """Every report of the patient, newest first, below what the rules say of the signs that stand. ``feelings``: what was
    said in the portal beside a report, by the key of the report."""
    made = reports(record)
    found = () if assessment is None else tuple(one for one in assessment.findings if one.rule in SIGN_RULES)
    ordered = sorted(found, key=lambda one: (-one.severity.rank, _PLACES[one.rule]))
    may_log = "log" in rights
    return ReportsPage(
        findings=None if assessment is None else finding_views(ordered, patient=record.patient, asks=False),
        not_judged=()
        if assessment is None
        else tuple(one.because for one in assessment.not_judged if set(one.rules) & set(SIGN_RULES)),
        last_dose="" if record.intake is None else dose_summary(record, record.intake).last,
        move=None if assessment is None else _move(record, made, found, rights),
        reports=tuple(_line(one, feelings.get(one.key), record, may_log) for one in made),
        add=Action(label="Record side effects and symptoms", url=reverse("reports:add", args=[record.patient.pk]))
        if may_log and not record.patient.is_deceased
        else None,
    )


def score_words(felt: Any) -> tuple[str, ...]:
    """The numbers that were answered: ``Sleepiness 3 of 10``. More is worse, on each scale."""
    answered = ((name, getattr(felt, scale)) for scale, name in SCALE_NAMES.items())
    return tuple(f"{name} {score} of {HIGHEST}" for name, score in answered if score is not None)


def _move(record: Any, made: tuple[Reported, ...], found: Any, rights: frozenset[str]) -> Action | None:
    """The option to move the larger dose, when the newest report tells of drowsiness and nothing more pressing stands."""
    step = record.current_step
    if not made or step is None or not record.is_on_plan or "prescribe" not in rights:
        return None
    if any(one.severity is Severity.EMERGENCY for one in found):
        return None
    drowsy = made[0].shown(record.protocol.listed(record.protocol.signs, DROWSINESS))
    if not drowsy or larger_at_bedtime([(row.at, row.amount) for row in step.slot_rows]) is None:
        return None
    url = f"{reverse('steps:add', args=[record.patient.pk])}?move=bedtime"
    return Action(label="Move the larger dose to bedtime", url=url)


def _line(one: Reported, felt: Any, record: Any, may_log: bool) -> ReportLine:
    answer, zone = one.answer, record.patient.time_zone
    labels = {code: record.protocol.signs[code].label for code in one.signs}
    who = Reporter(answer.reported_by).label if answer.reported_by else ""
    how = ReportedHow(answer.reported_how).label.lower() if answer.reported_how else ""
    return ReportLine(
        on=format_date(answer.on_date),
        effects=ANSWERS[(answer.kind, answer.answer)],
        said=f"{who}, {how}" if who else "",
        present=tuple(labels[code] for code, fact in one.signs.items() if fact.answer == "yes"),
        absent=tuple(labels[code] for code, fact in one.signs.items() if fact.answer == "no"),
        scores=() if felt is None else score_words(felt),
        stated=() if felt is None else tuple(words for name, words in _STATED.items() if getattr(felt, name)),
        note=answer.note,
        by=f"{author(answer)}, {format_when(answer.recorded_at, zone)}",
        correct_url=correct_url(answer) if may_log else "",
    )
