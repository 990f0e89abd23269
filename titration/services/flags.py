"""Raising, owning and closing flags."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from titration.dosing.assessment import severity_phrase
from titration.dosing.deadlines import next_change
from titration.dosing.doses import Mg, format_total
from titration.dosing.facts import StepKind
from titration.dosing.rules import About, Finding, Severity
from titration.dosing.waiting import RULE as WAITING
from titration.dosing.waiting import SENTENCE, step_waiting
from titration.dosing.wording import format_date
from titration.models import AuditAction, Flag, FlagNote, FlagNoteKind, FlagStatus, Plan, Step, Urgency
from titration.models.locks import try_lock_patient
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import audit

log = logging.getLogger(__name__)

UNCHECKED = "CHECK-DOWN"
PLANNED = "STEP-PLANNED"
RESUMED = "STEP-RESUMED"
HELD = "LAB-HELD"
_URGENCY = {str(label): value for value, label in Urgency.choices}
REVIEW_DOSE, LOG_RESULT, PLAN_STEP, DECIDE = "review_dose", "log_result", "plan_step", "decide_held"


@dataclass(frozen=True, kw_only=True)
class Raised:
    """What a flag is to say."""

    rule_id: str
    urgency: int
    because: str
    evidence: dict[str, Any]
    next_action: str


def wanted(record: PatientRecord) -> dict[str, Raised]:
    """The flags that the facts ask for now: what is wrong with the standing dose, the kidneys or their checks, and
    laboratory results that wait for a person.

    When the check itself fails, the flags that stand stay, and one more says that nothing was checked.
    """
    if not record.is_on_plan or record.patient.is_deceased:
        return {}
    held = {HELD: _from_held(record.held_results)} if record.held_results else {}
    try:
        return _from_facts(record) | held
    except Exception:
        log.exception("The safety check failed.")
        return {**{flag.rule_id: _as_raised(flag) for flag in record.flags if flag.status == FlagStatus.OPEN},
                **held, UNCHECKED: _NOT_CHECKED}  # fmt: skip


def _as_raised(flag: Flag) -> Raised:
    return Raised(
        rule_id=flag.rule_id,
        urgency=flag.urgency,
        because=flag.because,
        evidence=flag.evidence,
        next_action=flag.next_action,
    )


def _from_facts(record: PatientRecord) -> dict[str, Raised]:
    found = {one.rule: _from_finding(one) for one in record.assessment.findings if _is_raised(one)}
    waiting = step_waiting(record.rule_facts(), record.protocol)
    if waiting is not None:
        found[WAITING] = Raised(
            rule_id=WAITING,
            urgency=Urgency.THIS_WEEK,
            because=waiting.because,
            evidence={"sentence": SENTENCE, "number": f"more than {record.protocol.step_waiting_days} days", "sources": [],
                      "proposed": True, "values": []},
            next_action=PLAN_STEP,
        )  # fmt: skip
    if record.planned_stops:
        found[PLANNED] = _from_planned(record)
    if record.gone_back_to is not None:
        found[RESUMED] = _from_resumed(*record.gone_back_to)
    return found


def _from_held(count: int) -> Raised:
    many = "1 laboratory result was" if count == 1 else f"{count} laboratory results were"
    return Raised(
        rule_id=HELD,
        urgency=Urgency.THIS_WEEK,
        because=f"{many} held back and {'is' if count == 1 else 'are'} not used until a person decides.",
        evidence={"sentence": "A laboratory result that cannot be stored as it was sent waits for a person.",
                  "number": "no number", "sources": [], "proposed": False, "values": []},
        next_action=DECIDE,
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
    )


def _is_raised(finding: Finding) -> bool:
    """Checks are raised from the day they are due; the dose and the kidneys from a warning on."""
    if finding.about is About.CHECK:
        return True
    return finding.about in (About.STANDING, About.KIDNEY) and finding.severity.rank >= Severity.WARN.rank


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
        next_action=LOG_RESULT if finding.about is About.CHECK else REVIEW_DOSE,
    )


_NOT_CHECKED = Raised(
    rule_id=UNCHECKED,
    urgency=Urgency.ACT_NOW,
    because="The safety check did not work, so what stands now is not checked.",
    evidence={"sentence": "What stands is checked whenever it changes.", "number": "no number", "sources": [],
              "proposed": False, "values": []},
    next_action=REVIEW_DOSE,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What must be written so that the flags say what the facts ask for: nothing of it, most of the time."""

    over: tuple[Flag, ...]
    reworded: tuple[tuple[Flag, str], ...]
    new: tuple[Raised, ...]
    again: datetime | None
    is_later: bool

    def __bool__(self) -> bool:
        return bool(self.over or self.reworded or self.new or self.is_later)


def changes(record: PatientRecord, *, as_of: datetime) -> Changes:
    """Raise what is new, close what no longer holds, keep what stands; say when time alone will change the answer.

    A finding that is already raised is not raised again: its flag keeps its age, its owner and the evidence of
    the moment it was opened, and says what holds now, unless it has become more or less pressing.
    """
    asked = wanted(record)
    standing = {flag.rule_id: flag for flag in record.flags if flag.status == FlagStatus.OPEN}
    over = tuple(flag for rule_id, flag in standing.items() if _is_over(flag, asked.get(rule_id)))
    kept = {rule_id: flag for rule_id, flag in standing.items() if flag not in over}
    again = None
    if record.is_on_plan:
        failed = UNCHECKED in asked
        again = as_of if failed else next_change(record.rule_facts(), record.protocol, record.patient.time_zone)
    return Changes(
        over=over,
        reworded=tuple(
            (flag, asked[rule_id].because[:500])
            for rule_id, flag in kept.items()
            if flag.because != asked[rule_id].because[:500]
        ),
        new=tuple(one for rule_id, one in asked.items() if rule_id not in kept),
        again=again,
        is_later=record.plan is not None and again != record.plan.reassess_at,
    )


def look_again(record: PatientRecord, *, as_of: datetime) -> PatientRecord:
    """Bring the flags up to date on a read, under the patient's lock; returns the record as it is now.

    Reading waits for nobody. Whoever holds the patient at this moment looks at the flags before letting go, so what
    cannot be locked is shown as it stands.
    """
    if record.plan is None or not changes(record, as_of=as_of) or not try_lock_patient(record.patient.pk):
        return record
    sync(records.load(record.patient, as_of=as_of, with_names=False), as_of=as_of)
    return records.load(record.patient, as_of=as_of)


@transaction.atomic
def sync(record: PatientRecord, *, as_of: datetime) -> None:
    """Write what ``changes`` asks for. The caller holds the patient's lock and has read the record under it."""
    if record.plan is None:
        return
    plan = record.plan
    needed = changes(record, as_of=as_of)
    if needed.over:
        Flag.objects.filter(pk__in=[flag.pk for flag in needed.over], status=FlagStatus.OPEN).update(
            status=FlagStatus.CLOSED, closed_at=as_of, closed_because="The facts no longer ask for it."
        )
    for flag, because in needed.reworded:
        Flag.objects.filter(pk=flag.pk).update(because=because)
    owners = {flag.rule_id: flag.owner_id for flag in needed.over}
    if needed.new:
        Flag.objects.bulk_create(
            [
                Flag(
                    plan=plan,
                    plan_number=plan.number,
                    patient_id=plan.patient_id,
                    rule_id=one.rule_id,
                    urgency=one.urgency,
                    because=one.because[:500],
                    evidence={**one.evidence, "because": one.because},
                    protocol_id=record.protocol.id,
                    protocol_version=record.protocol.version,
                    next_action=one.next_action,
                    opened_at=as_of,
                    owner_id=owners.get(one.rule_id, plan.prescriber_id),
                )
                for one in needed.new
            ],
            ignore_conflicts=True,
        )
    if needed.is_later:
        Plan.objects.filter(pk=plan.pk).update(reassess_at=needed.again)
        plan.reassess_at = needed.again


def _is_over(flag: Flag, asked: Raised | None) -> bool:
    """A flag ends when its finding is gone, or has become a different one: more or less pressing than it says."""
    return asked is None or asked.urgency != flag.urgency


@transaction.atomic
def assign(*, flag: Flag, to: Any, by: Any, as_of: datetime) -> None:
    """Make someone the owner of an open flag."""
    Flag.objects.filter(pk=flag.pk, status=FlagStatus.OPEN).update(owner=to)
    _note(flag, FlagNoteKind.ASSIGNED, f"Assigned to {to.name}", by=by, as_of=as_of)


@transaction.atomic
def log_call(*, flag: Flag, text: str, by: Any, as_of: datetime) -> None:
    """Record that the patient was called."""
    _note(flag, FlagNoteKind.CALL, text.strip(), by=by, as_of=as_of)


def _note(flag: Flag, kind: FlagNoteKind, text: str, *, by: Any, as_of: datetime) -> None:
    FlagNote.objects.bulk_create(
        [
            FlagNote(
                flag=flag,
                plan_id=flag.plan_id,
                plan_number=flag.plan_number,
                patient_id=flag.patient_id,
                kind=kind,
                text=text[:500],
                recorded_at=as_of,
                recorded_by=by,
            )
        ]
    )
    audit.write(action=AuditAction.UPDATE, by=by, patient=flag.patient, what=flag)
