"""What is known of the doses of a plan, day by day: each slot in one of the states that clinicians read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from titration.dosing.doses import Mg, format_dose, format_number, format_total
from titration.dosing.doses_due import DosesDue, Known
from titration.dosing.gaps import Gaps
from titration.dosing.intake import DoseState, Intake, Silence, SilenceReason, Tracking
from titration.dosing.schedule import instant
from titration.dosing.wording import format_date, format_day, format_time, format_when
from titration.models import SaidBy, SkipReason
from titration.models.intake import UNDONE
from titration.presenters.flags import duration_words
from titration.presenters.supply import SupplyLine, supply_line
from titration.selectors.intake import DAYS_READ

DAYS_LISTED = 14
_REASONS = {
    SilenceReason.HOLD: "Doses are held",
    SilenceReason.ADMISSION: "In hospital",
    SilenceReason.LOST_PHONE: "Phone lost or broken",
    SilenceReason.OTHER: "Another reason",
}
# The symbol of each state; the words beside it say the same.
_SHAPES = {
    "taken": "\u2713", "partly": "\u25d0", "skipped": "\u2215", "held": "\u2016", "due": "\u25cb",
    "not_ticked": "\u2013", "explained": "\u2016", "unknown": "\u00b7",
}  # fmt: skip


_UNRECORDED = {
    Known.OPEN: "due", Known.NOT_TICKED: "not_ticked", Known.EXPLAINED: "explained", Known.UNKNOWN: "unknown",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCell:
    """One dose of one day: its state in words, and where it is recorded or corrected (empty: not by this reader)."""

    state: str
    shape: str
    words: str
    detail: str
    url: str
    verb: str
    which: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseDay:
    day: date
    cells: tuple[DoseCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A silence or an issue: what it is, from when to when, and who recorded it. ``lasts``: it is so at this moment."""

    what: str
    when: str
    detail: str
    by: str
    withdraw: str
    lasts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DosesPage:
    summary: "DoseSummary"
    days: tuple[DoseDay, ...]
    most: int
    silences: tuple[Entry, ...]
    issues: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSummary:
    """How doses are known, the newest confirmed one, how many of the last weeks are in which state, and what is left."""

    tracking: str
    last: str
    counts: str
    supply: SupplyLine | None


def dose_summary(record: Any, intake: Intake) -> DoseSummary:
    """The doses of the plan in three sentences; a count is never written without its parts."""
    return DoseSummary(
        tracking=_tracking(intake),
        last=_last(record, intake),
        counts=_counts(record, intake),
        supply=supply_line(record) if record.is_on_plan else None,
    )


def doses_page(record: Any, intake: Intake, rows: Any, *, rights: frozenset[str]) -> DosesPage:
    """The last two weeks by day and dose, and what explains or limits them. Links are left out for who may not log."""
    known = {(event.local_date, event.position): event for event in rows.events if event.state != UNDONE}
    newest = {(event.local_date, event.position): event for event in rows.events}
    may_log = "log" in rights and record.is_on_plan
    doses, days = _doses(record, intake), []
    for back in range(DAYS_LISTED):
        day = record.today - timedelta(days=back)
        cells = tuple(
            _cell(record, doses, day, position, slot, known.get((day, position)), newest, may_log)
            for position, slot in enumerate(_slots(record, day))
        )
        if cells:
            days.append(DoseDay(day=day, cells=cells))
    return DosesPage(
        summary=dose_summary(record, intake),
        days=tuple(days),
        most=max((len(day.cells) for day in days), default=1),
        silences=tuple(_silence(one, record, may_log) for one in rows.silences),
        issues=tuple(_issue(one, may_log) for one in rows.issues),
    )


def _doses(record: Any, intake: Intake) -> DosesDue:
    """The doses as the rules see them."""
    return Gaps(record.rule_facts(), intake, record.protocol).doses


def _slots(record: Any, day: date) -> Iterable[Any]:
    step = record.step_on(day)
    return step.slot_rows if step is not None else ()


def _state(doses: DosesDue, due_at: datetime, event: Any) -> str:
    """One of the states of a dose: what was recorded, or what the rules make of nothing being recorded."""
    return str(event.state) if event is not None else _UNRECORDED[doses.unrecorded(due_at)]


def _cell(
    record: Any,
    doses: DosesDue,
    day: date,
    position: int,
    slot: Any,
    event: Any,
    newest: Mapping[Any, Any],
    may_log: bool,
) -> DoseCell:
    zone = doses.intake.zone
    due_at = event.due_at if event is not None else instant(day, slot.at, zone)
    state = _state(doses, due_at, event)
    at = event.slot_at if event is not None else slot.at
    url = reverse("doses:record", args=[record.patient.pk, day.isoformat(), position]) if may_log else ""
    recorded = newest.get((day, position)) is not None
    return DoseCell(
        state=state,
        shape=_SHAPES[state],
        words=_absent_words(state, slot, doses.silence_at(due_at)) if event is None else event_words(event),
        detail=""
        if event is None
        else f"{SaidBy(event.said_by).label} said so; recorded by {event.author_name or event.job}",
        url=url,
        verb="Correct" if recorded else "Record",
        which=f"the dose of {format_date(day)} at {format_time(at)}",
    )


def event_words(event: Any) -> str:
    """What is recorded of a dose: ``Taken 08:05, 10 mg (due 08:00)``."""
    due, whole = format_time(event.slot_at), format_dose(Mg(event.amount_mg))
    if event.state == UNDONE:
        return f"The record of the dose due at {due} was taken back"
    if event.state == DoseState.SKIPPED:
        return f"Skipped (due {due}): {SkipReason(event.reason_code).label.lower()}"
    if event.state == DoseState.HELD:
        return f"Held (due {due})"
    if event.state == DoseState.PARTLY:
        return f"Partly taken: {format_number(event.taken_mg)} mg of {whole} (due {due})"
    taken = format_time(event.taken_at.astimezone(ZoneInfo(event.time_zone)).time()) if event.taken_at else ""
    return f"Taken {taken}, {whole} (due {due})" if taken else f"Taken, hour not known, {whole} (due {due})"


def _absent_words(state: str, slot: Any, silence: Silence | None) -> str:
    due = format_time(slot.at)
    if state == "due":
        return f"Due {due}, {format_dose(slot.amount)}"
    if state == "not_ticked":
        return f"Not ticked (due {due}, no record)"
    if silence is not None:
        return f"Not expected: {_REASONS[silence.reason].lower()} (due {due})"
    return f"Nothing recorded (due {due})"


def _tracking(intake: Intake) -> str:
    if intake.tracking is Tracking.TICKED and intake.since is not None:
        return f"Each dose is ticked, since {format_when(intake.since, intake.zone)}."
    return "Doses are not tracked: nothing follows from silence. Reports and supply still count."


def _last(record: Any, intake: Intake) -> str:
    newest = intake.last_confirmed
    if newest is None:
        return "No dose is confirmed."
    at = newest.at
    known = "" if newest.taken_at else ", the hour as planned"
    return f"Last confirmed dose: {format_when(at, intake.zone)}{known} ({duration_words(at, record.as_of)} ago)."


def _counts(record: Any, intake: Intake) -> str:
    """``84 of 90 ticked, 6 not ticked, 0 skipped in 28 days``; empty while doses are not tracked and none is recorded."""
    doses, known = _doses(record, intake), {(event.day, event.slot): event for event in intake.events}
    states: dict[str, int] = {}
    for back in range(DAYS_READ):
        day = record.today - timedelta(days=back)
        for position, slot in enumerate(_slots(record, day)):
            event = known.get((day, position))
            due_at = event.due_at if event is not None else instant(day, slot.at, intake.zone)
            state = _state(doses, due_at, event)
            states[state] = states.get(state, 0) + 1
    ticked = states.get("taken", 0) + states.get("partly", 0)
    judged = ticked + states.get("not_ticked", 0) + states.get("skipped", 0)
    if not judged:
        return ""
    held = sum(states.get(one, 0) for one in ("held", "explained"))
    partly = f" ({states['partly']} in part)" if states.get("partly") else ""
    return (
        f"Doses: {ticked} of {judged} ticked{partly}, {states.get('not_ticked', 0)} not ticked, "
        f"{states.get('skipped', 0)} skipped{f', {held} held or not expected' if held else ''} in {DAYS_READ} days."
    )


def _silence(one: Any, record: Any, may_log: bool) -> Entry:
    zone, never = record.plan.time_zone, one.ends_at == one.starts_at
    when = f"{format_when(one.starts_at, zone)} to {format_when(one.ends_at, zone)}"
    return Entry(
        what=_REASONS[SilenceReason(one.reason)],
        when=f"from {format_when(one.starts_at, zone)}, taken back" if never else when,
        detail=one.note,
        by=one.author_name or one.job,
        withdraw=reverse("doses:silence_end", args=[one.patient_id, one.pk]) if may_log and not never else "",
        lasts=one.starts_at <= record.as_of < one.ends_at,
    )


def _issue(one: Any, may_log: bool) -> Entry:
    more = f"More is expected on {format_date(one.repeat_on)}." if one.repeat_on else "No repeat is ordered."
    return Entry(
        what=f"{format_number(one.units)} \u00d7 {one.product_name} ({format_total(Mg(one.total_mg))} in all)",
        when=format_day(one.on_date),
        detail=more,
        by=one.author_name or one.job,
        withdraw=reverse("doses:issue_withdraw", args=[one.patient_id, one.pk]) if may_log else "",
    )
