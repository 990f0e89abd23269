"""The signed plan ahead as a sheet for the patient: a table for each week, every dose in tablets or mL with its mg."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from titration.dosing.doses import Mg, format_dose, format_total
from titration.dosing.products import Product, Quantity
from titration.dosing.wording import patient_date
from titration.presenters.preview import WEEKDAYS, day_part, each_words
from titration.selectors.rows import SlotRow

_A_DAY = timedelta(days=1)
_AT_LEAST = 14  # days on a sheet when no change is planned
_AT_MOST = 26 * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day: a dose for each column of its week, beside the name of the column, empty when none is taken. ``change`` says that the dose changes on it; empty on other days."""

    words: str
    change: str
    doses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    title: str
    columns: tuple[str, ...]
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """``after`` says how the plan goes on behind the last day of the sheet."""

    starts: str
    version: int
    weeks: tuple[Week, ...]
    after: str
    advice: str


def calendar_page(record: Any) -> CalendarPage | None:
    """From today on; None when nothing is to be taken then."""
    if not record.is_on_plan:
        return None
    ahead = [step for step in record.in_force if step.end_day is None or step.end_day > record.today]
    if not any(step.slot_rows for step in ahead):
        return None
    first = max(record.today, ahead[0].first_day)
    last = _last_day(ahead, first)
    products = {one.code: one for one in record.protocol.products}
    return CalendarPage(
        starts=_full(first),
        version=record.plan.version,
        weeks=tuple(_week(days, ahead, products, first) for days in _weeks(first, last)),
        after=_after(ahead, last),
        advice=next((step.advice for step in reversed(ahead) if step.advice), ""),
    )


def _last_day(ahead: Sequence[Any], first: date) -> date:
    """The end of the week of the last change; the day of a stop, and not further than half a year."""
    newest = ahead[-1]
    if not newest.slot_rows:
        last = newest.first_day
    elif newest.first_day > first:
        last = newest.first_day + _A_DAY * (6 - newest.first_day.weekday())
    else:
        last = first + _A_DAY * (_AT_LEAST - 1)
        if newest.end_day is not None:
            last = min(last, newest.end_day - _A_DAY)
    return min(last, first + _A_DAY * (_AT_MOST - 1))


def _weeks(first: date, last: date) -> Iterator[list[date]]:
    """The days in weeks that begin on a Monday; the first and the last may be shorter."""
    week: list[date] = []
    for ahead in range((last - first).days + 1):
        day = first + _A_DAY * ahead
        if week and not day.weekday():
            yield week
            week = []
        week.append(day)
    yield week


def _week(days: Sequence[date], steps: Sequence[Any], products: dict[str, Product], first: date) -> Week:
    on = {day: _on(steps, day) for day in days}
    times = sorted({row.at for step in on.values() if step is not None for row in step.slot_rows})
    columns = tuple(_capital(day_part(at)) for at in times)
    return Week(
        title=f"{_short(days[0])} to {_full(days[-1])}" if len(days) > 1 else _full(days[0]),
        columns=columns,
        days=tuple(
            Day(
                words=_short(day),
                change=_change(on[day], day, first),
                doses=tuple((column, _dose(on[day], at, products)) for column, at in zip(columns, times, strict=True)),
            )
            for day in days
        ),
    )


def _on(steps: Sequence[Any], day: date) -> Any:
    covering = (one for one in steps if one.first_day <= day and (one.end_day is None or day < one.end_day))
    return next(covering, None)


def _change(step: Any, day: date, first: date) -> str:
    if step is None or step.first_day != day or day == first:
        return ""
    if not step.slot_rows:
        return "From today you do not take baclofen any more."
    return f"Your dose changes today: {format_total(Mg(step.daily_mg))} in total."


def _dose(step: Any, at: time, products: dict[str, Product]) -> str:
    rows = () if step is None else step.slot_rows
    found: SlotRow | None = next((row for row in rows if row.at == at), None)
    if found is None:
        return ""
    product = products.get(step.product_id)
    if product is None:
        return format_dose(found.amount)
    return each_words(Quantity(product=product, tablets=found.tablets, ml=found.volume_ml))


def _after(steps: Sequence[Any], last: date) -> str:
    if not steps[-1].slot_rows and steps[-1].first_day <= last:
        return "The plan ends here. Take no baclofen after this day unless your team tells you to."
    if any(step.first_day > last for step in steps):
        return "Your dose goes on changing after this sheet. Ask your team for the next one in time."
    return "Go on with the last dose on this sheet until your team gives you a new sheet."


def _short(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {patient_date(day).rsplit(' ', 1)[0]}"


def _full(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {patient_date(day)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
