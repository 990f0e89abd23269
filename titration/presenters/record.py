"""The chart of one patient and its printed summary: who, what now, what is wrong, what can be done, then the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from titration.dosing.assessment import Assessment, severity_phrase
from titration.dosing.doses import Mg, format_number, format_total
from titration.dosing.facts import KidneyResult
from titration.dosing.kidney import round_half_up
from titration.dosing.panel import INDEXED
from titration.models import FlagStatus
from titration.presenters.chart import Chart, ChartFlag, ChartResult, ChartStep, build_chart
from titration.presenters.chart_geometry import RANGES
from titration.presenters.chart_scores import chart_scores
from titration.presenters.dose_line import Medication, medication
from titration.presenters.doses import DoseSummary, dose_summary
from titration.presenters.flags import Action, FlagLine, flag_line, protocol_words, title_of
from titration.presenters.gate import NextIncreaseView, next_increase_view
from titration.presenters.history import Entry, history
from titration.presenters.kidney_line import Kidneys, held_words, kidneys
from titration.presenters.kidney_words import unit_as_sent
from titration.presenters.review import FindingView, finding_views, quiet_words
from titration.selectors.own import Reached

_LAST_DAY_BEFORE = 1
_PRINTED_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A planned step that nobody has signed: its first day, its daily total and where it is opened."""

    on: date
    total: Mg
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the safety check says of the dose in force; ``works`` is False when it could not be made."""

    works: bool
    count_words: str
    findings: tuple[FindingView, ...]
    not_judged: tuple[str, ...]
    quiet: tuple[str, ...]
    protocol_words: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPage:
    """Everything on the chart. ``kidneys`` is None when the check, which works the estimates out, does not work;
    ``doses`` while there is no active plan.

    ``held_words`` is empty unless laboratory results wait for a person.
    """

    medication: Medication
    doses: DoseSummary | None
    kidneys: Kidneys | None
    held_words: str
    flags: tuple[FlagLine, ...]
    primary: Action | None
    actions: tuple[Action, ...]
    cannot_words: str
    check: Check
    next_increase: NextIncreaseView | None
    next_decision_on: date | None
    next_decision_url: str
    drafts: tuple[Draft, ...]
    chart: Chart | None
    history: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPage:
    """What is put on paper; ``slots`` are the times of the dose in force."""

    medication: Medication
    slots: tuple[Any, ...]
    kidneys: Kidneys | None
    flags: tuple[FlagLine, ...]
    not_judged: tuple[str, ...]
    next_decision_on: date | None
    history: tuple[Entry, ...]
    more_history: int


def chart_page(
    record: Any,
    assessment: Assessment | None,
    *,
    now: Mapping[str, str],
    reader: Any,
    rights: frozenset[str],
    range_key: str,
    reached: Reached | None,
) -> ChartPage:
    """The chart of a record. ``assessment`` is None when the safety check is not working; the rest still stands.

    ``now`` is what the finding behind each flag says today, by rule. ``reached``: what the patient has confirmed to have seen.
    """
    primary, actions, cannot = _actions(record, rights)
    core = record.rule_facts().kidneys.results if assessment is not None else ()
    flags = open_flags(record, now=now, reader=reader, rights=rights)
    return ChartPage(
        medication=medication(record, reached),
        doses=dose_summary(record, record.intake) if record.is_on_plan else None,
        kidneys=None if assessment is None else _kidneys(record, assessment, core),
        held_words=held_words(record.held_results),
        flags=flags,
        primary=primary,
        actions=actions,
        cannot_words=cannot,
        check=_check(record, assessment, flags),
        next_increase=None if assessment is None else next_increase_view(record, rights=rights),
        next_decision_on=record.plan.next_decision_on if record.is_on_plan else None,
        next_decision_url=_planning_url(record, rights),
        drafts=_drafts(record, rights),
        chart=None if assessment is None else step_chart(record, assessment, core, range_key=range_key),
        history=history(record.written, patient=record.patient),
    )


def summary_page(record: Any, assessment: Assessment | None, *, now: Mapping[str, str], reader: Any) -> SummaryPage:
    """The one page that is printed; it has no actions."""
    core = record.rule_facts().kidneys.results if assessment is not None else ()
    entries = history(record.written, patient=record.patient)
    step = record.current_step
    return SummaryPage(
        medication=medication(record),
        slots=tuple(step.slot_rows) if step is not None else (),
        kidneys=None if assessment is None else _kidneys(record, assessment, core),
        flags=open_flags(record, now=now, reader=reader, rights=frozenset()),
        not_judged=() if assessment is None else tuple(one.because for one in assessment.not_judged),
        next_decision_on=record.plan.next_decision_on if record.is_on_plan else None,
        history=entries[:_PRINTED_ROWS],
        more_history=max(0, len(entries) - _PRINTED_ROWS),
    )


def open_flags(record: Any, *, now: Mapping[str, str], reader: Any, rights: frozenset[str]) -> tuple[FlagLine, ...]:
    """The open flags, most pressing and oldest first."""
    patient = record.patient
    return tuple(
        flag_line(
            flag,
            as_of=record.as_of,
            reader=reader,
            rights=rights,
            phone=patient.phone,
            now=now.get(flag.rule_id, ""),
            zone=patient.time_zone,
        )
        for flag in record.flags
        if flag.status == FlagStatus.OPEN
    )


def step_chart(record: Any, assessment: Assessment, results: Sequence[KidneyResult], *, range_key: str) -> Chart:
    """The doses, kidney results and flags of a record over time. An unknown range shows the default."""
    zone = ZoneInfo(record.patient.time_zone)
    flags = sorted(record.flags, key=lambda flag: flag.opened_at)
    return build_chart(
        steps=[_chart_step(step, record.today) for step in record.story],
        results=[*_chart_results(assessment, results), *_reported(record)],
        flags=[
            ChartFlag(
                on=flag.opened_at.astimezone(zone).date(),
                open=flag.status == FlagStatus.OPEN,
                number=number,
                text=f"{title_of(flag.rule_id)} ({flag.rule_id})",
            )
            for number, flag in enumerate(flags, start=1)
        ],
        scores=chart_scores(record.facts),
        today=record.today,
        range_key=range_key if range_key in RANGES else None,
        patient_key=str(record.patient.pk),
    )


def _check(record: Any, assessment: Assessment | None, flags: Sequence[FlagLine]) -> Check:
    words = protocol_words(record.protocol.id, record.protocol.version)
    if assessment is None:
        return Check(
            works=False, count_words="", findings=(), not_judged=(), quiet=(), protocol_words=words, is_open=True
        )
    raised = {flag.rule for flag in flags}
    unseen = any(severity_phrase(one) != "For information" and one.rule not in raised for one in assessment.findings)
    return Check(
        works=True,
        count_words="1 finding" if len(assessment.findings) == 1 else f"{len(assessment.findings)} findings",
        findings=finding_views(assessment.findings, patient=record.patient, asks=False),
        not_judged=tuple(one.because for one in assessment.not_judged),
        quiet=quiet_words(assessment.quiet),
        protocol_words=words,
        is_open=unseen,
    )


def _actions(record: Any, rights: frozenset[str]) -> tuple[Action | None, tuple[Action, ...], str]:
    """The one primary button, the others, and why something is missing; nothing of the plan for a patient who died."""

    def to(label: str, page: str) -> Action:
        return Action(label=label, url=reverse(page, args=[record.patient.pk]))

    facts = to("Patient facts", "patients:facts")
    takes_home = ("Print schedule", "plans:sheet"), ("Print card", "plans:card"), ("Print calendar", "plans:calendar")
    alive_on_plan = record.is_on_plan and not record.patient.is_deceased
    printed = (*(to(*one) for one in takes_home if alive_on_plan), to("Print summary", "patients:summary"))
    doses = (to("Doses taken", "doses:list"),) if record.plan is not None else ()
    if record.patient.is_deceased or "log" not in rights:
        doses = (*doses, to("Side effects and symptoms", "reports:list"))
    else:
        doses = (*doses, to("Record side effects and symptoms", "reports:add"))
    if record.patient.is_deceased:
        return None, (*doses, facts, *printed), "This patient has died. The plan cannot be changed any more."
    log = (to("Log kidney result", "kidney:add"),) if "log" in rights else ()
    if "prescribe" not in rights:
        words = "You can read this chart. Your relation to this patient does not include changing the dose."
        return None, (*doses, *log, facts, *printed), words
    past = (to("Record a past change", "steps:past"),) if record.plan is not None else ()
    if not record.is_on_plan:
        return to("Start baclofen", "plans:start"), (*doses, *log, facts, *past, *printed), ""
    ends = (to("Build a reducing plan", "plans:taper"), to("Stop baclofen", "plans:stop"))
    return to("Add dose step", "steps:add"), (*ends, *doses, *log, facts, *past, *printed), ""


def _planning_url(record: Any, rights: frozenset[str]) -> str:
    allowed = record.is_on_plan and "prescribe" in rights and not record.patient.is_deceased
    return reverse("plans:next_decision", args=[record.patient.pk]) if allowed else ""


def _drafts(record: Any, rights: frozenset[str]) -> tuple[Draft, ...]:
    add = reverse("steps:add", args=[record.patient.pk])
    signs = "prescribe" in rights and record.is_on_plan and not record.patient.is_deceased
    return tuple(
        Draft(on=step.first_day, total=Mg(step.daily_mg), url=f"{add}?from_draft={step.pk}" if signs else "")
        for step in record.drafts
    )


def _chart_step(step: Any, today: date) -> ChartStep:
    return ChartStep(
        starts_on=step.first_day,
        ends_on=None if step.end_day is None else date.fromordinal(step.end_day.toordinal() - _LAST_DAY_BEFORE),
        daily_mg=step.daily_mg,
        planned=step.first_day > today,
        label=format_total(Mg(step.daily_mg)),
    )


def _chart_results(assessment: Assessment, results: Sequence[KidneyResult]) -> list[ChartResult]:
    """One point a result, in the series of its equation. A result without an estimate is kept, without a number."""
    panel = assessment.panel
    found = []
    for result in results:
        one = next((each for each in panel.of(result) if each.unit == INDEXED), None)
        found.append(
            ChartResult(
                on=result.taken_on,
                value=None if one is None else one.value,
                printed="No data" if one is None else str(one.printed),
                series="No estimate" if one is None else one.name,
                steady=result.key not in panel.unsteady,
            )
        )
    return found


def _reported(record: Any) -> list[ChartResult]:
    """What a laboratory called an eGFR, in a series of its own: it is shown, and no rule uses it."""
    return [
        ChartResult(
            on=one.taken_on,
            value=None if one.comparator else one.value,
            printed=f"{one.comparator}{format_number(round_half_up(one.value, 1))}",
            series=f"Sent by the laboratory, in {unit_as_sent(one.unit)}",
            steady=None,
        )
        for one in record.reported
    ]


def _kidneys(record: Any, assessment: Any, results: Any) -> Kidneys:
    return kidneys(assessment.panel, results=results, today=record.today, splits=record.protocol.splits)
