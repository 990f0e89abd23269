"""Raising, escalating and closing flags as the facts and the clock ask for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from titration.dosing.deadlines import NextChange, next_changes_after
from titration.dosing.missed_words import LAST_DOSE
from titration.dosing.schedule import local_date
from titration.dosing.wording import format_date
from titration.models import ClosedCode, Flag, FlagStatus, Plan
from titration.models.locks import try_lock_patient
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import flag_rows
from titration.services.raised import Raised
from titration.services.wanted_flags import UNCHECKED, wanted

__all__ = ["look_again", "sync", "wanted"]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What must be written so that the flags say what the facts ask for: nothing of it, most of the time.

    ``new`` are rows that are not stored yet. ``again`` is when to look again, ``others`` until when only what is found about
    doses taken needs that look.
    """

    over: tuple[Flag, ...]
    reworded: tuple[tuple[Flag, str], ...]
    late: tuple[Flag, ...]
    new: tuple[Flag, ...]
    again: datetime | None
    others: datetime | None
    is_moved: bool
    is_missed: bool

    @property
    def changes_flags(self) -> bool:
        """There is more to write than other words for the same flags."""
        return bool(self.over or self.late or self.new)

    def __bool__(self) -> bool:
        return self.changes_flags or bool(self.reworded) or self.is_moved


def changes(record: PatientRecord, *, as_of: datetime) -> Changes:
    """Raise what is new, close what no longer holds, escalate what nobody acted on in time, keep what stands; say when
    time alone will change the answer.

    A finding that is already raised is not raised again: its flag keeps its age, its owner and the evidence of
    the moment it was opened, and says what holds now, unless it has become more or less pressing. A finding whose flag a
    person closed stays closed while it says the same, for the days of the protocol.
    """
    asked = wanted(record)
    standing = {flag.rule_id: flag for flag in record.flags if flag.status == FlagStatus.OPEN}
    over = tuple(flag for rule_id, flag in standing.items() if _is_over(flag, asked.get(rule_id)))
    kept = {rule_id: flag for rule_id, flag in standing.items() if flag not in over}
    quiet = {one.rule_id: until for one in asked.values() if (until := _quiet_until(one, record)) is not None}
    new = tuple(
        one
        for rule_id, one in asked.items()
        if rule_id not in kept and not (rule_id in quiet and quiet[rule_id] > as_of)
    )
    waiting = {flag.act_by for flag in kept.values() if flag.act_by is not None and _waits(flag)}
    waiting |= {at for one in new if (at := _act_by(one, record)) is not None}
    again = others = None
    if record.is_on_plan:
        failed = UNCHECKED in asked
        by_facts = (
            NextChange(as_of, as_of) if failed else next_changes_after(record.assessment, record.patient.time_zone)
        )
        by_flags = [at for at in (*waiting, *quiet.values()) if at > as_of]
        # A draft turns what is found on a day only: who sees none of them names no later day than was named with them.
        if not record.shows_drafts and record.plan is not None and record.plan.others_at is not None:
            by_flags.append(max(record.plan.others_at, as_of))
        again, others = min([by_facts.first, *by_flags]), min([by_facts.others, *by_flags])
    return Changes(
        over=over,
        reworded=tuple(
            (flag, asked[rule_id].because[:500])
            for rule_id, flag in kept.items()
            if flag.because != asked[rule_id].because[:500]
        ),
        late=tuple(flag for flag in kept.values() if _waits(flag) and flag.act_by is not None and flag.act_by <= as_of),
        new=tuple(_row(one, record, over) for one in new),
        again=again,
        others=others,
        is_moved=record.plan is not None and (again, others) != (record.plan.reassess_at, record.plan.others_at),
        is_missed=record.plan is not None and _is_missed(record.plan, again, others, as_of=as_of),
    )


def _is_missed(plan: Plan, again: datetime | None, others: datetime | None, *, as_of: datetime) -> bool:
    """Nothing would have looked in time. What stands may be earlier than it need be, if it lies ahead: a look that finds
    nothing costs little."""
    if again is None or plan.reassess_at is None:
        return plan.reassess_at is not again
    too_long = plan.others_at is not None and others is not None and others < plan.others_at
    return not as_of < plan.reassess_at <= again or too_long


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
    flag_rows.write([(record, changes(record, as_of=as_of))], as_of=as_of)


def _row(one: Raised, record: PatientRecord, over: tuple[Flag, ...]) -> Flag:
    """The flag that is raised; one that another urgency replaces keeps its owner."""
    plan = record.plan
    assert plan is not None  # nothing is asked for without a plan
    owners = {flag.rule_id: flag.owner_id for flag in over}
    return Flag(
        plan=plan,
        plan_number=plan.number,
        patient_id=plan.patient_id,
        rule_id=one.rule_id,
        urgency=one.urgency,
        because=one.because[:500],
        evidence={**one.evidence, "because": one.because, **_again(one, record)},
        protocol_id=record.protocol.id,
        protocol_version=record.protocol.version,
        next_action=one.next_action,
        opened_at=record.as_of,
        act_by=_act_by(one, record),
        owner_id=owners.get(one.rule_id, plan.prescriber_id),
    )


def _is_over(flag: Flag, asked: Raised | None) -> bool:
    """A flag ends when its finding is gone, or has become a different one: more or less pressing than it says."""
    return asked is None or asked.urgency != flag.urgency


def _waits(flag: Flag) -> bool:
    """Nobody has acted on it, and nobody has been told so."""
    return flag.acted_at is None and flag.escalated_at is None


def _act_by(one: Raised, record: PatientRecord) -> datetime | None:
    if one.act_by is not None:
        return max(one.act_by, record.as_of)
    return record.protocol.flag_times.act_by(one.within, record.as_of, record.patient.time_zone)


def _closed_by_person(one: Raised, record: PatientRecord) -> Flag | None:
    """The last flag of this rule, when a person closed it; the closed ones come newest first."""
    last = next(
        (flag for flag in record.flags if flag.rule_id == one.rule_id and flag.status == FlagStatus.CLOSED), None
    )
    return last if last is not None and last.closed_code != ClosedCode.BY_RULE else None


def _quiet_until(one: Raised, record: PatientRecord) -> datetime | None:
    """Until when it is not raised again, because a person closed a flag that says the same; None for anything else.

    That nothing is checked is never kept quiet: it says nothing about the patient, and nobody can judge it away.
    """
    last = _closed_by_person(one, record)
    if last is None or last.closed_at is None or one.rule_id == UNCHECKED:
        return None
    if last.urgency != one.urgency or _what(last.because, last.evidence) != _what(one.because[:500], one.evidence):
        return None
    return record.protocol.flag_times.quiet_until(last.closed_at)


def _what(because: str, evidence: dict[str, Any]) -> str:
    """What makes two flags say the same. The sentence about a gap counts its hours, so the dose before the gap stands for
    it: after the next dose that is confirmed it is another gap.
    """
    return dict(evidence.get("values", ())).get(LAST_DOSE, because)


def _again(one: Raised, record: PatientRecord) -> dict[str, str]:
    """What a flag says beside its reason when a person had closed the one before it."""
    last = _closed_by_person(one, record)
    if last is None or last.closed_at is None:
        return {}
    on = format_date(local_date(last.closed_at, record.patient.time_zone))
    why = ClosedCode(last.closed_code).label
    now = "It still holds." if _quiet_until(one, record) is not None else "It says something else now."
    return {"again": f"Raised again. It was closed on {on}: {why[0].lower()}{why[1:]}. {now}"}
