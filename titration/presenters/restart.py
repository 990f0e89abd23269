"""What stands on the restart form: the last dose, the gap, the dose of the plan, the kidneys and signs of toxicity."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from titration.dosing.doses import Mg, format_total
from titration.dosing.wording import NOT_RECORDED, format_date, format_when
from titration.presenters.entries import Figure

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartFacts:
    """What is shown, and what the decision keeps of it. ``gap_hours`` is None when no dose is confirmed."""

    rows: tuple[Figure, ...]
    last_dose_at: datetime | None
    gap_hours: int | None
    daily: Mg
    kidneys: str


def restart_facts(record: Any) -> RestartFacts:
    """The facts of a decision. The dose is that of the plan: no dose is worked out from the gap."""
    newest = record.intake.last_confirmed
    last = None if newest is None else newest.at
    step = record.current_step or record.last_taken
    daily = Mg(step.daily_mg) if step is not None else Mg(0)
    hours = None if last is None else (record.as_of - last) // _HOUR
    shown = "No dose is confirmed" if last is None else f"{format_when(last, record.plan.time_zone)} ({hours} h ago)"
    kidneys = _kidneys(record)
    toxicity = record.rule_facts().person.toxicity_on
    return RestartFacts(
        rows=(
            Figure(label="Last confirmed dose", value=shown),
            Figure(label="Dose of the plan", value=f"{format_total(daily)} a day" if step else NOT_RECORDED),
            Figure(label="Kidneys", value=kidneys),
            Figure(label="Newest sign of toxicity", value=NOT_RECORDED if toxicity is None else format_date(toxicity)),
        ),
        last_dose_at=last,
        gap_hours=hours,
        daily=daily,
        kidneys=kidneys,
    )


def _kidneys(record: Any) -> str:
    """The newest indexed eGFR with its date, and whether the kidneys are injured or falling."""
    panel = record.assessment.panel
    newest = panel.indexed
    if newest is None:
        return "No estimate of kidney function"
    on = "" if newest.taken_on is None else f" on {format_date(newest.taken_on)}"
    course = "; acute kidney injury" if panel.course.has_aki else ""
    return f"eGFR {newest.printed} {newest.unit}{on}{course}"
