"""What the patient takes now, since when and by whose decision, and what is planned next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from titration.dosing.doses import Mg, format_total
from titration.dosing.protocol import Protocol
from titration.dosing.wording import STOP_REASON_WORDS, format_date, format_time, frequency_words
from titration.models import SaidBy
from titration.selectors.own import Reached, changes_of

# A form that the protocol does not list any more is still named by the product's own name.
_FORM_WORDS = {"tablet": "tablet", "liquid": "oral liquid"}
ROUTE_WORDS = "oral"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLine:
    """The parts of the medication line, and the facts under it. ``amounts`` is one dose, or doses with their times."""

    amounts: Mg | tuple[tuple[Mg, str], ...]
    strength: str
    form: str
    route: str
    frequency: str
    daily: Mg
    since: date
    days: int
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The next signed change; ``daily`` is None when baclofen is stopped on that day."""

    on: date
    daily: Mg | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Medication:
    """The dose in force or, without one, the sentence that says why there is none.

    ``ladder`` holds the daily doses of the plan in time order, if there is more than one; those after place
    ``ladder_at`` lie ahead. ``seen_words`` says whether the patient has confirmed the next change; empty where nobody can.
    """

    line: DoseLine | None
    none_words: str
    next_planned: Planned | None
    seen_words: str
    ladder: tuple[Mg, ...]
    ladder_at: int


def same_pattern(one: Any, other: Any) -> bool:
    """Two rows of steps ask for the same doses at the same times from the same product."""
    return (
        one.kind != "stop"
        and other.kind != "stop"
        and one.product_id == other.product_id
        and [(slot.at, slot.amount) for slot in one.slot_rows] == [(slot.at, slot.amount) for slot in other.slot_rows]
    )


def decision_behind(step: Any, steps: Sequence[Any]) -> Any:
    """The row that a person wrote: a copy that was only moved or shortened names it as its origin."""
    if step.origin_id is None:
        return step
    return next((row for row in steps if row.pk == step.origin_id), step)


def reason_words(step: Any) -> str:
    """Why a step was signed: for a stop the reason that was chosen, then what was written; empty when nothing was."""
    return ": ".join(part for part in (STOP_REASON_WORDS.get(step.reason_code), step.reason) if part)


def product_words(step: Any, protocol: Protocol) -> tuple[str, str]:
    """Strength and form of the product of a step: ``("10 mg", "tablet")``."""
    product = next((one for one in protocol.products if one.code == step.product_id), None)
    if product is None:
        return step.product_name or "", ""
    return product.strength_words.replace(" mg", "\u00a0mg").replace(" mL", "\u00a0mL"), _FORM_WORDS[product.form]


def dose_line(step: Any, *, steps: Sequence[Any], in_force: Sequence[Any], today: date, protocol: Protocol) -> DoseLine:
    """The medication line of one signed step that is in force today."""
    slots = step.slot_rows
    same = len({slot.amount for slot in slots}) == 1
    since = _since(step, in_force)
    strength, form = product_words(step, protocol)
    return DoseLine(
        amounts=slots[0].amount if same else tuple((slot.amount, f"at {format_time(slot.at)}") for slot in slots),
        strength=strength,
        form=form,
        route=ROUTE_WORDS,
        frequency=frequency_words(len(slots)),
        daily=Mg(step.daily_mg),
        since=since,
        days=(today - since).days,
        author=decision_behind(step, steps).author_name or "",
    )


def medication(record: Any, reached: Reached | None = None) -> Medication:
    """The dose in force of a record, or why there is none. ``reached``: who of the patient's side has seen what, where that is
    told."""
    step = record.current_step
    has_dose = step is not None and step.kind != "stop"
    planned = _next_planned(record)
    rungs = [
        row
        for place, row in enumerate(record.in_force)
        if not place or row.daily_mg != record.in_force[place - 1].daily_mg
    ]
    return Medication(
        line=(
            dose_line(step, steps=record.steps, in_force=record.in_force, today=record.today, protocol=record.protocol)
            if has_dose
            else None
        ),
        none_words="" if has_dose else _none_words(record),
        next_planned=planned,
        seen_words="" if planned is None or reached is None else _seen_words(record, planned, reached),
        ladder=tuple(Mg(row.daily_mg) for row in rungs) if len(rungs) > 1 else (),
        ladder_at=sum(row.first_day <= record.today for row in rungs) - 1,
    )


def _since(step: Any, in_force: Sequence[Any]) -> date:
    """First day of the unbroken run of steps with this pattern."""
    since = step.first_day
    ends = {row.end_day: row for row in in_force if row.end_day is not None}
    while (before := ends.get(since)) is not None and same_pattern(before, step):
        since = before.first_day
    return since


def _next_planned(record: Any) -> Planned | None:
    for step in record.planned_steps:
        if record.current_step is not None and same_pattern(step, record.current_step):
            continue
        return Planned(on=step.first_day, daily=None if step.kind == "stop" else Mg(step.daily_mg))
    return None


def _seen_words(record: Any, planned: Planned, reached: Reached) -> str:
    """Whether what the patient is shown of the next change was confirmed as seen."""
    if not reached.by_portal:
        return ""
    change = next((one for one in changes_of(record.in_force) if one.on == planned.on), None)
    by = {said_by for digest, said_by in reached.seen if change is not None and digest == change.digest}
    if SaidBy.PATIENT in by:
        return "Seen by the patient."
    return "Seen by a carer, not yet by the patient." if by else "Not yet seen by the patient."


def _stopped_words(stop: Any, record: Any) -> str:
    """When baclofen ended, by whom and why, and what the last dose was: what a restart is judged by."""
    author = decision_behind(stop, record.steps).author_name
    by = f", by {author}" if author else ""
    said = [f"No current dose. Baclofen was stopped: {format_date(stop.first_day)} was the first day without it{by}."]
    if why := reason_words(stop):
        said.append(f"Reason: {why.rstrip('.')}.")
    if last := record.last_taken:
        said.append(f"The last dose was {format_total(Mg(last.daily_mg))} a day.")
    return " ".join(said)


def _none_words(record: Any) -> str:
    if record.plan is None:
        return "No baclofen plan. No dose is recorded here."
    stop = next((step for step in reversed(record.in_force) if step.kind == "stop"), None)
    if stop is not None and stop.first_day <= record.today:
        return _stopped_words(stop, record)
    ahead = next(iter(record.planned_steps), None)
    taken = [step for step in record.in_force if step.first_day <= record.today]
    if ahead is not None and not taken and ahead.slot_rows:
        at = format_time(ahead.slot_rows[0].at)
        return f"No doses recorded yet. First dose due {format_date(ahead.first_day)} {at}."
    if taken and taken[-1].end_day is not None:
        last = taken[-1].end_day - timedelta(days=1)
        return f"No current dose. The last recorded dose was {format_total(Mg(taken[-1].daily_mg))} a day until {format_date(last)}."
    return "No current dose. No dose is recorded for this plan."
