"""The history of all plans: every decision, newest first, with what it changed and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from titration.dosing.doses import Mg, format_total
from titration.dosing.gate_lines import GATE
from titration.dosing.rules import About, Override
from titration.dosing.signing import ALWAYS_TYPED
from titration.dosing.wording import NOT_RECORDED, format_date, format_when
from titration.presenters.dose_line import decision_behind, reason_words, same_pattern
from titration.selectors.rows import overlaps

_ORDERED = (About.ORDER, About.ENTRY)
_KIND_WORDS = {"start": "Started", "restart": "Restarted", "hold": "Held", "stop": "Stopped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision. ``replaced`` rows are struck through, and ``replaced_words`` says by whom and when."""

    at: str
    what: str
    was: str
    instead_of: str
    by: str
    reason: str
    url: str
    replaced: bool
    replaced_words: str
    late: bool
    unchecked: bool


def history(steps: Sequence[Any], *, patient: Any) -> tuple[Entry, ...]:
    """The signed rows of plans as decisions. Copies that only moved or shortened a row belong to their decision."""
    signed = [step for step in steps if step.state == "signed"]
    decisions = {row.pk: row for row in (decision_behind(step, signed) for step in signed)}
    ordered = sorted(decisions.values(), key=lambda step: (step.recorded_at, step.first_day), reverse=True)
    return tuple(_entry(step, signed, patient) for step in ordered)


def _instead_of(step: Any, signed: Sequence[Any]) -> str:
    """The daily doses that stood for the days of a past change until it was written down; empty for any other row."""
    if not step.recorded_late:
        return ""
    stood = [
        row
        for row in signed
        if row.voided_at == step.recorded_at and row.pk != step.pk and overlaps(row, step.first_day, step.end_day)
    ]
    doses = dict.fromkeys(
        "no baclofen" if row.kind == "stop" else f"{format_total(Mg(row.daily_mg))} a day" for row in stood
    )
    return ", then ".join(doses)


def _entry(step: Any, signed: Sequence[Any], patient: Any) -> Entry:
    stands = any(
        row.voided_at is None and decision_behind(row, signed).pk == step.pk for row in signed if row.pk != step.pk
    )
    replaced = step.voided_at is not None and not stands
    return Entry(
        at=format_when(step.recorded_at, patient.time_zone),
        what=_what(step),
        was=_was(step, signed),
        instead_of=_instead_of(step, signed),
        by=_by(step),
        reason=_reason(step),
        url=reverse("steps:detail", args=[patient.pk, step.pk]),
        replaced=replaced,
        replaced_words=_replaced_words(step, patient) if replaced else "",
        late=step.recorded_late,
        unchecked=not step.checked,
    )


def _what(step: Any) -> str:
    on = format_date(step.first_day)
    if step.recorded_late and step.end_day is not None:
        on = f"{on} to {format_date(step.end_day - timedelta(days=1))}"
    if step.kind == "stop":
        return f"{'No baclofen was taken' if step.recorded_late else 'Stopped: no baclofen'} from {on}"
    kind = _KIND_WORDS.get(step.kind)
    amount = f"{format_total(Mg(step.daily_mg))} a day from {on}"
    return f"{kind}: {amount}" if kind else amount


def _was(step: Any, signed: Sequence[Any]) -> str:
    """The daily dose of the day before, as it stood when the decision was written down; empty for a first dose."""
    before = None
    for row in signed:
        if row.pk == step.pk or row.recorded_at > step.recorded_at:
            continue
        if row.voided_at is not None and row.voided_at < step.recorded_at:
            continue
        if row.first_day < step.first_day and (row.end_day is None or row.end_day >= step.first_day):
            # The newest row about that day is the one that was believed then.
            before = row if before is None or row.recorded_at >= before.recorded_at else before
    if before is None or before.kind == "stop" or same_pattern(before, step):
        return ""
    return f"{format_total(Mg(before.daily_mg))} a day"


def _by(step: Any) -> str:
    author = step.author_name or step.job or NOT_RECORDED
    return f"{author}, with {step.cosigner_name}" if step.cosigner_name else author


def _reason(step: Any) -> str:
    reason = reason_words(step) or NOT_RECORDED
    passed = ["a step that was not open" if rule == GATE else rule for rule in _passed(step)]
    over = f" Signed in spite of {', '.join(passed)}." if passed else ""
    text = reason if reason.endswith((".", "?", "!")) else f"{reason}."
    return f"{text}{over}"


def _passed(step: Any) -> list[str]:
    """The rules whose findings on the order asked for more than an acknowledgement, and were given it."""
    if step.recorded_late:  # what happened before it was written down was never asked for
        return []
    return [
        one["rule"]
        for one in step.findings
        if one["about"] in _ORDERED and (one["override"] != Override.NONE or one["rule"] in ALWAYS_TYPED)
    ]


def _replaced_words(step: Any, patient: Any) -> str:
    local = step.voided_at.astimezone(ZoneInfo(patient.time_zone))
    by = f" by {step.voider_name}" if step.voider_name else ""
    return f"Replaced on {format_date(local.date())}{by}. It is kept here as it was written."
