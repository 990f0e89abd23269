"""The kidney results of one patient: what is due, what decides and why, every result, and what was held back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from titration.dosing.assessment import Assessment
from titration.dosing.doses import NBSP, format_number
from titration.dosing.facts import Analyte
from titration.dosing.kidney import g_stage
from titration.dosing.panel import KidneyPanel
from titration.dosing.rules import About
from titration.dosing.wording import NOT_KNOWN, NOT_RECORDED, days_ago, format_date, format_when
from titration.models import FlagStatus
from titration.presenters import kidney_words as words
from titration.presenters.entries import Figure
from titration.presenters.flags import duration_words
from titration.presenters.kidney_line import Badge, EstimateRow, kidneys
from titration.presenters.kidney_rows import ResultRow, result_rows
from titration.presenters.review import FindingView, finding_views


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCheck:
    """A check that is due: its finding, since when, and who has the flag (``flag_url`` empty: no flag is open)."""

    finding: FindingView
    since: str
    owner: str
    flag_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """A laboratory record that waits for a person."""

    what: str
    why: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLine:
    """An estimate as a laboratory reported it."""

    taken: str
    value: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What the dose rules read now. ``none_words`` is empty unless there is no estimate."""

    figures: tuple[Figure, ...]
    why: str
    badges: tuple[Badge, ...]
    notes: tuple[str, ...]
    estimates: tuple[EstimateRow, ...]
    findings: tuple[FindingView, ...]
    none_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage:
    """``deciding`` is None when the estimates could not be worked out; the results still stand."""

    deciding: Deciding | None
    due: tuple[DueCheck, ...]
    due_words: str
    rows: tuple[ResultRow, ...]
    held: tuple[HeldLine, ...]
    reported: tuple[ReportedLine, ...]
    add_url: str


def results_page(
    record: Any, assessment: Assessment | None, *, held: Sequence[Any], rights: frozenset[str]
) -> ResultsPage:
    """Everything on the page of kidney results; without an assessment the values stand without estimates."""
    panel = None if assessment is None else assessment.panel
    return ResultsPage(
        deciding=None if assessment is None else _deciding(record, assessment),
        due=() if assessment is None else _due(record, assessment),
        due_words=_due_words(record, assessment),
        rows=result_rows(record, panel, rights),
        held=tuple(_held_line(row, record, rights) for row in held),
        reported=tuple(_reported(row, record.patient.time_zone) for row in record.reported),
        add_url=reverse("kidney:add", args=[record.patient.pk]) if "log" in rights else "",
    )


def _deciding(record: Any, assessment: Assessment) -> Deciding:
    panel, splits = assessment.panel, record.protocol.splits
    line = kidneys(panel, results=record.rule_facts().kidneys.results, today=record.today, splits=splits)
    note = "" if panel.indexed is None else words.rounding_note(panel.indexed, splits)
    findings = finding_views(assessment.about(About.KIDNEY), patient=record.patient, asks=False)
    return Deciding(
        figures=_figures(panel, splits),
        why=line.why,
        badges=line.badges,
        notes=(note,) if note else (),
        estimates=line.estimates,
        findings=tuple(replace(one, links=()) for one in findings),
        none_words=line.none_words,
    )


def _figures(panel: KidneyPanel, splits: Sequence[int]) -> tuple[Figure, ...]:
    found = []
    decides = panel.deciding
    if panel.decided_by == "dialysis flag":
        found.append(Figure(label="Decides", value="Dialysis", detail="whatever the number is"))
    elif decides is not None:
        found.append(Figure(label="Decides", value=words.estimate_words(decides, splits), detail=decides.name))
        found.append(
            Figure(
                label="Dose band", value=_capital(words.band_words(decides.value, splits)), detail="mL/min, unrounded"
            )
        )
    if panel.headline is not None:
        value, name = words.estimate_words(panel.headline, splits), panel.headline.name
        found.append(Figure(label="Headline estimate", value=value, detail=name))
    if panel.indexed is not None and panel.printed is not None:
        printed = f"{panel.printed}{NBSP}{panel.indexed.unit}"
        found.append(Figure(label="G stage", value=g_stage(panel.printed), detail=f"from {printed}, rounded"))
    if panel.newest is not None:
        on = panel.newest.taken_on
        age = NOT_KNOWN if panel.age_in_days is None else days_ago(panel.age_in_days)
        found.append(Figure(label="Newest result", value=_capital(age), detail=format_date(on)))
    return tuple(found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _due(record: Any, assessment: Assessment) -> tuple[DueCheck, ...]:
    flags = {flag.rule_id: flag for flag in record.flags if flag.status == FlagStatus.OPEN}
    found = []
    for finding in assessment.about(About.CHECK):
        flag, values = flags.get(finding.rule), dict(finding.values)
        state = values.get("Kidney check", "Due")
        since = f"{state} since {values['Since']}." if "Since" in values else f"{state}, and never tested before."
        if flag is not None:
            since += f" The flag has been open for {duration_words(flag.opened_at, record.as_of)}."
        (view,) = finding_views([finding], patient=record.patient, asks=False)
        found.append(
            DueCheck(
                finding=replace(view, links=()),
                since=since,
                owner=(flag.owner_name or "Unassigned") if flag is not None else "Unassigned",
                flag_url="" if flag is None else reverse("flags:detail", args=[flag.patient_id, flag.pk]),
            )
        )
    return tuple(found)


def _due_words(record: Any, assessment: Assessment | None) -> str:
    if assessment is None:
        return "It could not be worked out whether a kidney check is due."
    if not record.is_on_plan:
        return "Kidney checks are asked for while a plan for baclofen is active. There is none."
    if assessment.panel.decided_by == "dialysis flag":
        return "On dialysis no kidney checks are asked for."
    return "No kidney check is due today."


def _held_line(row: Any, record: Any, rights: frozenset[str]) -> HeldLine:
    read = " ".join(part for part in (row.read_value, row.read_unit) if part)
    name = words.ANALYTE_WORDS[Analyte(row.analyte)] if row.analyte else "Record"
    when = words.held_taken_words(row, record.patient.time_zone) or "date not read"
    url = reverse("kidney:quarantine", args=[record.patient.pk, row.pk]) if "log" in rights else ""
    return HeldLine(what=f"{name} “{read or NOT_RECORDED}”, {when}", why=row.reason, url=url)


def _reported(row: Any, zone: str) -> ReportedLine:
    comparator = f"{row.comparator} " if row.comparator else ""
    value = f"{comparator}{format_number(row.value)}{NBSP}{words.unit_as_sent(row.unit)}"
    return ReportedLine(taken=format_when(row.taken_at, zone), value=value, code=row.code)
