"""The flags that the facts of a record ask for now, before anything is compared with the flags that stand."""

import logging
from collections.abc import Iterable

from titration.dosing.assessment import severity_phrase, time_to_act
from titration.dosing.doses import Mg, format_total
from titration.dosing.facts import StepKind
from titration.dosing.falling import LIMITS, STOPPED, STOPPED_SENTENCE, Stopped, falling, said_stopped
from titration.dosing.falling import RULE as FALLING
from titration.dosing.falling import SENTENCE as FALLING_SENTENCE
from titration.dosing.flag_times import Within
from titration.dosing.rules import About, Finding, Override, Severity
from titration.dosing.waiting import RULE as WAITING
from titration.dosing.waiting import SENTENCE, step_waiting
from titration.dosing.wording import format_date, format_when
from titration.models import Flag, FlagStatus, Step, Urgency
from titration.selectors.records import PatientRecord
from titration.services.raised import Raised
from titration.services.told_flags import from_call, from_told

log = logging.getLogger(__name__)

UNCHECKED = "CHECK-DOWN"
PLANNED = "STEP-PLANNED"
RESUMED = "STEP-RESUMED"
HELD = "LAB-HELD"
_URGENCY = {str(label): value for value, label in Urgency.choices}
_AFTER_STOP = frozenset({"MISS-7"})
REVIEW_DOSE, LOG_RESULT, PLAN_STEP, DECIDE = "review_dose", "log_result", "plan_step", "decide_held"
RECORD_DOSES, RESTART = "record_doses", "decide_restart"


def wanted(record: PatientRecord) -> dict[str, Raised]:
    """The flags that the facts ask for now: what is wrong with the standing dose, the kidneys or their checks, what was
    told in the portal, and laboratory results and calls that wait for a person.

    When the check itself fails, the flags that stand stay, and one more says that nothing was checked.
    """
    if record.patient.is_deceased or record.plan is None:
        return {}
    if not record.is_on_plan:
        return _after_stop(record) | from_call(record)
    held = {HELD: _from_held(record.held_results)} if record.held_results else {}
    held |= from_call(record)
    try:
        return _from_facts(record) | held
    except Exception:
        log.exception("The safety check failed.")
        return {**{flag.rule_id: _as_raised(flag) for flag in _open_flags(record)},
                **held, UNCHECKED: _NOT_CHECKED}  # fmt: skip


def _after_stop(record: PatientRecord) -> dict[str, Raised]:
    """After the last dose only signs of withdrawal are raised, and they are: that is when they come."""
    try:
        found = {rule: one for rule, one in raised(record.assessment.findings).items() if rule in _AFTER_STOP}
        return found | from_told(record, found)
    except Exception:
        log.exception("The safety check failed.")
        return {flag.rule_id: _as_raised(flag) for flag in _open_flags(record)}


def _open_flags(record: PatientRecord) -> list[Flag]:
    return [flag for flag in record.flags if flag.status == FlagStatus.OPEN]


def _as_raised(flag: Flag) -> Raised:
    return Raised(
        rule_id=flag.rule_id,
        urgency=flag.urgency,
        because=flag.because,
        evidence=flag.evidence,
        next_action=flag.next_action,
        within=Within.NO_LIMIT,  # it stands already, and has its own time
    )


def _from_facts(record: PatientRecord) -> dict[str, Raised]:
    found = raised(record.assessment.findings)
    found |= from_told(record, found)
    waiting = step_waiting(record.rule_facts(), record.protocol)
    if not record.shows_drafts:  # a draft may be what it waits for: what was found with it stands
        found |= {flag.rule_id: _as_raised(flag) for flag in _open_flags(record) if flag.rule_id == WAITING}
    elif waiting is not None:
        found[WAITING] = Raised(
            rule_id=WAITING,
            urgency=Urgency.THIS_WEEK,
            because=waiting.because,
            evidence={"sentence": SENTENCE, "number": f"more than {record.protocol.step_waiting_days} days", "sources": [],
                      "proposed": True, "values": []},
            next_action=PLAN_STEP,
            within=Within.DAYS,
        )  # fmt: skip
    less = falling(record.rule_facts(), record.protocol)
    if less is not None:
        row = record.protocol.rules[LIMITS]
        found[FALLING] = Raised(
            rule_id=FALLING,
            urgency=Urgency.THIS_WEEK,
            because=less.because,
            evidence={"sentence": FALLING_SENTENCE, "number": f"{row.number} ({LIMITS})", "sources": list(row.sources),
                      "proposed": True, "values": [[f"{one.hours} hours", one.words] for one in less.windows]},
            next_action=RECORD_DOSES,
            within=Within.TODAY,
        )  # fmt: skip
    stopped = said_stopped(record.rule_facts())
    if stopped is not None:
        found[STOPPED] = Raised(
            rule_id=STOPPED,
            urgency=Urgency.ACT_NOW,
            because=_stopped_words(stopped, record.patient.time_zone),
            evidence={"sentence": STOPPED_SENTENCE, "number": "no number", "sources": [], "proposed": True, "values": []},
            next_action=RECORD_DOSES,
            within=Within.TODAY,
        )  # fmt: skip
    if record.planned_stops:
        found[PLANNED] = _from_planned(record)
    if record.gone_back_to is not None:
        found[RESUMED] = _from_resumed(*record.gone_back_to)
    return found


def _stopped_words(stopped: Stopped, zone: str) -> str:
    if stopped.due_at is None:
        assert stopped.said_at is not None
        return f"It was said on {format_when(stopped.said_at, zone)} that baclofen is not taken any more."
    return f"The dose of {format_when(stopped.due_at, zone)} was not taken, and the reason is that the patient decided to stop."


def raised(findings: Iterable[Finding]) -> dict[str, Raised]:
    """The flags that findings on what stands ask for."""
    return {one.rule: _from_finding(one) for one in findings if _is_raised(one)}


def _from_held(count: int) -> Raised:
    many = "1 laboratory result was" if count == 1 else f"{count} laboratory results were"
    return Raised(
        rule_id=HELD,
        urgency=Urgency.THIS_WEEK,
        because=f"{many} held back and {'is' if count == 1 else 'are'} not used until a person decides.",
        evidence={"sentence": "A laboratory result that cannot be stored as it was sent waits for a person.",
                  "number": "no number", "sources": [], "proposed": False, "values": []},
        next_action=DECIDE,
        within=Within.DAYS,
    )  # fmt: skip


def _from_planned(record: PatientRecord) -> Raised:
    step, first = record.planned_stops[0]
    return Raised(
        rule_id=PLANNED,
        urgency=min(_URGENCY[severity_phrase(one)] for _, one in record.planned_stops),
        because=f"{format_total(Mg(step.daily_mg))} a day is signed from {format_date(step.first_day)}, and what is known "
        f"now speaks against it: {first.because} ({first.rule})",
        evidence={
            "sentence": "A signed step that has not begun is checked again whenever something new is known.",
            "number": first.number,
            "sources": list(first.sources),
            "proposed": first.proposed,
            "values": [
                [f"From {format_date(ahead.first_day)}", f"{one.because} ({one.rule})"]
                for ahead, one in record.planned_stops
            ],
        },
        next_action=REVIEW_DOSE,
        within=Within.TODAY,
    )


def _from_resumed(step: Step, before: Step) -> Raised:
    none = before.kind == StepKind.STOP
    was = "no baclofen was taken" if none else f"{format_total(Mg(before.daily_mg))} a day was taken"
    return Raised(
        rule_id=RESUMED,
        urgency=Urgency.ACT_NOW if none else Urgency.THIS_WEEK,
        because=f"{format_total(Mg(step.daily_mg))} a day goes on from {format_date(step.first_day)} although {was} from "
        f"{format_date(before.first_day)} on, as recorded late. Sign the dose that is taken now, or the stop.",
        evidence={
            "sentence": "A dose that goes on after days on less, or on none, is signed again by a person.",
            "number": "no number",
            "sources": [],
            "proposed": True,
            "values": [],
        },
        next_action=REVIEW_DOSE,
        within=Within.TODAY if none else Within.DAYS,
    )


def _is_raised(finding: Finding) -> bool:
    """Checks are raised from the day they are due, and missed doses and supply whatever they weigh (MISS-10: never
    silent); the dose, toxic signs and the kidneys from a warning on.

    What is only the context of a dose (``About.CONTEXT``) never is: everyone has some, and it is on the chart.
    """
    if finding.about in (About.CHECK, About.INTAKE):
        return True
    return finding.about in (About.STANDING, About.KIDNEY) and finding.severity.rank >= Severity.WARN.rank


def _next_action(finding: Finding) -> str:
    if finding.override is Override.RESTART_FORM:
        return RESTART
    return {About.CHECK: LOG_RESULT, About.INTAKE: RECORD_DOSES}.get(finding.about, REVIEW_DOSE)


def _from_finding(finding: Finding) -> Raised:
    return Raised(
        rule_id=finding.rule,
        urgency=_URGENCY[severity_phrase(finding)],
        because=finding.because,
        evidence={
            "sentence": finding.sentence,
            "number": finding.number,
            "sources": list(finding.sources),
            "proposed": finding.proposed,
            "values": [list(pair) for pair in finding.values],
        },
        next_action=_next_action(finding),
        within=time_to_act(finding),
    )


_NOT_CHECKED = Raised(
    rule_id=UNCHECKED,
    urgency=Urgency.ACT_NOW,
    because="The safety check did not work, so what stands now is not checked.",
    evidence={"sentence": "What stands is checked whenever it changes.", "number": "no number", "sources": [],
              "proposed": False, "values": []},
    next_action=REVIEW_DOSE,
    within=Within.TODAY,
)  # fmt: skip
