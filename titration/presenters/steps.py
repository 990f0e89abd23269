"""An order before it is signed, both versions of a plan that moved on, and one step afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from titration.dosing.doses import Mg, format_dose, format_total
from titration.dosing.gate_lines import GATE
from titration.dosing.products import Quantity, quantity_words
from titration.dosing.wording import NOT_RECORDED, format_date, format_day, format_time, format_when, frequency_words
from titration.presenters.dose_line import decision_behind
from titration.presenters.review import panel_words

NO_DOSE = "No current dose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a summary: what it is, what it says, what it was, and where it is changed."""

    label: str
    value: str
    was: str = ""
    change_url: str = ""


def dose_before(record: Any, day: date) -> Mg | None:
    """The daily dose of that step; None without one."""
    step = record.step_before(day)
    return None if step is None else Mg(step.daily_mg)


def pattern_words(slots: Sequence[tuple[time, Mg]]) -> str:
    """``20 mg by mouth three times a day: 08:00, 14:00, 22:00``, or each dose with its time."""
    often = frequency_words(len(slots))
    if len({amount for _, amount in slots}) == 1:
        return f"{format_dose(slots[0][1])} by mouth {often}: {', '.join(format_time(at) for at, _ in slots)}"
    doses = ", ".join(f"{format_dose(amount)} at {format_time(at)}" for at, amount in slots)
    return f"{doses}, by mouth {often}"


def step_words(step: Any) -> str:
    """The total and the pattern of a step that is stored."""
    if step is None:
        return NO_DOSE
    if step.kind == "stop":
        return "No baclofen"
    return (
        f"{format_total(Mg(step.daily_mg))} a day\n{pattern_words([(slot.at, slot.amount) for slot in step.slot_rows])}"
    )


def made_of(quantities: Sequence[Quantity]) -> str:
    """What each dose is made of, said once when it is always the same."""
    said = dict.fromkeys(
        quantity_words(one) if one.ml is None else f"{quantity_words(one)} ({format_dose(one.amount)})"
        for one in quantities
    )
    return ", ".join(said)


def dose_order_rows(order: Any, *, review: Any, record: Any, change_url: str) -> list[Row]:
    """What is about to be signed. ``review`` is None when the check is not working."""
    product = next(one for one in record.protocol.products if one.code == order.product_code)
    new = f"{format_total(order.daily)} a day\n{pattern_words(order.slots)}"
    rows = [
        Row(label="Dose until then", value=step_words(record.step_before(order.starts_on))),
        Row(label="New dose", value=new, change_url=f"{change_url}#id_dose"),
        Row(label="Product", value=product.name, change_url=f"{change_url}#id_product_0"),
    ]
    if review is not None:
        rows.append(Row(label="Each time", value=made_of(review.quantities)))
    rows.append(Row(label="Start date", value=format_day(order.starts_on), change_url=f"{change_url}#id_starts_on_0"))
    if review is not None and review.replaced:
        rows.append(Row(label="Replaces", value=replaced_words(review.replaced)))
    rows.append(Row(label="Reason", value=order.reason, change_url=f"{change_url}#id_reason"))
    return rows


def stop_order_rows(order: Any, *, record: Any, reason_words: str, change_url: str) -> list[Row]:
    """The ending that is about to be signed."""
    return [
        Row(label="Dose until then", value=step_words(record.step_before(order.stops_on))),
        Row(label="New dose", value="0\u00a0mg a day: baclofen is stopped"),
        Row(
            label="First day without baclofen",
            value=format_day(order.stops_on),
            change_url=f"{change_url}#id_stops_on_0",
        ),
        Row(label="Why", value=reason_words, change_url=f"{change_url}#id_stop_reason_0"),
        Row(label="Notes", value=order.reason or NOT_RECORDED, change_url=f"{change_url}#id_reason"),
        Row(
            label="Watched for withdrawal by",
            value=order.monitoring_plan or NOT_RECORDED,
            change_url=f"{change_url}#id_monitoring_plan",
        ),
    ]


def interruption_fact(review: Any, record: Any) -> str:
    """The fact about this patient that weighs most, with the patient's name."""
    person = record.patient
    return f"{person.given_name} {person.family_name}: {review.asked.interrupting[0].because}"


def interruption_rows(order: Any, *, review: Any, record: Any) -> list[Row]:
    """Old and new total, the day, and the kidney function, side by side with the fact."""
    stopping = not review.new_daily.value
    starts_on = order.stops_on if stopping else order.starts_on
    new = f"{format_total(review.new_daily)} a day"
    if not stopping:
        new += f" ({pattern_words(order.slots)})"
    before = dose_before(record, starts_on)
    now = NO_DOSE if before is None else f"{format_total(before)} a day"
    return [
        Row(label="You are about to set", value=new),
        Row(label="Dose until then", value=now),
        Row(label="Start date", value=format_day(starts_on)),
        Row(label="Kidney function", value=panel_words(review.assessment.panel, record.today, record.protocol.splits)),
    ]


def plan_rows(record: Any) -> list[Row]:
    """The plan as it is now, for the page that shows two versions."""
    rows = [Row(label="Dose now", value=step_words(record.current_step))]
    rows += [Row(label=f"From {format_day(step.first_day)}", value=step_words(step)) for step in record.planned_steps]
    if not record.is_on_plan and record.plan is not None:
        rows.append(Row(label="Plan", value=f"Ended on {format_date(record.plan.ended_on)}"))
    return rows


def latest_change(record: Any) -> tuple[str, str]:
    """Who changed the plan last, and when on the patient's clock; two empty texts when nobody did."""
    newest = max(record.steps, key=lambda step: step.recorded_at, default=None)
    if newest is None:
        return "", ""
    return newest.author_name or "", format_when(newest.recorded_at, record.patient.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDetail:
    """One signed step: what it says, who signed it, and whether it still holds."""

    title: str
    pattern: str
    rows: tuple[Row, ...]
    is_voided: bool
    voided_words: str
    recorded_late: bool
    checked: bool
    overrides: tuple[tuple[Row, ...], ...]


def step_detail(step: Any, *, record: Any, overrides: Sequence[Any], reason_words: Mapping[str, str]) -> StepDetail:
    """A step as its page shows it; ``reason_words`` turns the coded reasons into words."""
    zone = record.patient.time_zone
    origin = decision_behind(step, record.written)
    last = None if step.end_day is None else step.end_day - timedelta(days=1)
    rows = [
        Row(label="Product", value=step.product_name or "None"),
        Row(label="First day", value=format_day(step.first_day)),
        Row(label="Last day", value="Until changed" if last is None else format_day(last)),
        Row(label="Changed from", value=step_words(_changed_from(step, record.written))),
        Row(label="Reason", value=_reason(step, reason_words)),
        *([Row(label="If symptoms come back", value=step.advice)] if step.advice else []),
        Row(label="Signed by", value=f"{origin.author_name or NOT_RECORDED}, {format_when(origin.recorded_at, zone)}"),
    ]
    if origin.cosigner_name:
        rows.append(Row(label="Second clinician", value=origin.cosigner_name))
    if origin is not step:
        rows.append(
            Row(
                label="Dates adjusted by",
                value=f"{step.author_name or NOT_RECORDED}, {format_when(step.recorded_at, zone)}",
            )
        )
    voided = step.voided_at is not None
    return StepDetail(
        title=f"{'Stop' if step.kind == 'stop' else 'Dose step'} from {format_date(step.first_day)}",
        pattern=step_words(step),
        rows=tuple(rows),
        is_voided=voided,
        voided_words=(
            f"Replaced by {step.voider_name or 'the portal'} on {format_when(step.voided_at, zone)}. "
            "It is kept as it was written and no longer holds."
            if voided
            else ""
        ),
        recorded_late=step.recorded_late,
        checked=step.checked,
        overrides=tuple(_override_rows(one, reason_words) for one in overrides),
    )


def _rule(rule_id: str) -> str:
    return "Step gate" if rule_id == GATE else rule_id


def _override_rows(override: Any, words: Mapping[str, str]) -> tuple[Row, ...]:
    rows = [
        Row(label="Rule", value=f"{_rule(override.rule_id)} (protocol version {override.protocol_version})"),
        Row(label="What was shown", value=str(override.values_shown.get("because", NOT_RECORDED))),
        Row(label="Reason chosen", value=words.get(override.reason_code, override.reason_code)),
    ]
    if override.reason_text:
        rows.append(Row(label="Why", value=override.reason_text))
    if override.monitoring_plan:
        rows.append(Row(label="Monitoring", value=override.monitoring_plan))
    if override.specialist_name:
        on = NOT_RECORDED if override.specialist_on is None else format_date(override.specialist_on)
        rows.append(Row(label="Specialist", value=f"{override.specialist_name}, {on}"))
    if override.second_clinician is not None:
        rows.append(Row(label="Second clinician", value=override.second_clinician.name))
    return tuple(rows)


def _reason(step: Any, words: Mapping[str, str]) -> str:
    said = [words.get(step.reason_code, step.reason_code), step.reason]
    return "\n".join(one for one in said if one) or NOT_RECORDED


def _covering(steps: Sequence[Any], day: date) -> Any:
    return next(
        (one for one in reversed(steps) if one.first_day <= day and (one.end_day is None or day < one.end_day)), None
    )


def _changed_from(step: Any, steps: Sequence[Any]) -> Any:
    """The dose of the day before, as it stood when this step was signed."""
    known = [
        one
        for one in steps
        if one.pk != step.pk
        and one.state == "signed"
        and one.recorded_at <= step.recorded_at
        and (one.voided_at is None or one.voided_at >= step.recorded_at)
    ]
    return _covering(known, step.first_day - timedelta(days=1))


def replaced_words(steps: Sequence[Any]) -> str:
    """The planned steps that an order takes the place of, each on its line."""
    return "\n".join(
        f"the {'stop' if step.kind == 'stop' else f'step of {format_total(Mg(step.daily_mg))} a day'} "
        f"from {format_date(step.first_day)}"
        for step in steps
    )
