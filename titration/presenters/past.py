"""A change that already happened, before it is written down: what it says, and what it takes the place of."""

from datetime import date, timedelta
from typing import Any

from titration.dosing.doses import Mg, format_total
from titration.dosing.products import as_taken
from titration.dosing.wording import format_date, format_day
from titration.presenters.steps import NO_DOSE, Row, made_of, pattern_words, step_words
from titration.selectors.rows import overlaps

NONE_TAKEN = "No baclofen was taken"


def past_order_rows(order: Any, *, end: date, record: Any, change_url: str) -> list[Row]:
    """``end`` is the first day that the change does not speak of any more."""
    last = end - timedelta(days=1)
    return [
        Row(label="Dose until then", value=step_words(record.step_before(order.starts_on))),
        *_dose_rows(order, record, change_url),
        Row(label="First day", value=format_day(order.starts_on), change_url=f"{change_url}#id_starts_on_0"),
        Row(label="Last day", value=format_day(last), change_url=f"{change_url}#id_last_day_0"),
        Row(label="Recorded for these days until now", value=_recorded_until_now(record, order.starts_on, end)),
        Row(label=f"From {format_date(end)} on, as recorded", value=step_words(record.step_on(end))),
        Row(label="Why this is recorded late", value=order.reason, change_url=f"{change_url}#id_reason"),
    ]


def _dose_rows(order: Any, record: Any, change_url: str) -> list[Row]:
    if not order.slots:
        return [Row(label="What was taken", value=NONE_TAKEN, change_url=f"{change_url}#id_frequency_0")]
    product = next(one for one in record.protocol.products if one.code == order.product_code)
    taken = f"{format_total(order.daily)} a day\n{pattern_words(order.slots)}"
    return [
        Row(label="What was taken", value=taken, change_url=f"{change_url}#id_dose"),
        Row(label="Product", value=product.name, change_url=f"{change_url}#id_product_0"),
        Row(label="Each time", value=made_of([as_taken(amount, product) for _, amount in order.slots])),
    ]


def _recorded_until_now(record: Any, first: date, end: date) -> str:
    """What the plan says of the days that the change is about, part by part."""
    parts = []
    for step in record.in_force:
        if overlaps(step, first, end):
            since = max(first, step.first_day)
            until = (end if step.end_day is None else min(end, step.end_day)) - timedelta(days=1)
            days = format_date(since) if since == until else f"{format_date(since)} to {format_date(until)}"
            dose = "No baclofen" if step.kind == "stop" else f"{format_total(Mg(step.daily_mg))} a day"
            parts.append(f"{dose}, {days}")
    return "\n".join(parts) or NO_DOSE
