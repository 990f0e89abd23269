"""The days of a printed sheet: each signed dose at its time, in tablets or mL first, and what is different on a day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from titration.dosing.doses import Mg, format_ml, format_number, format_total
from titration.dosing.products import TABLET, Product, Quantity, quantity_words
from titration.dosing.schedule import comes_twice, longer_by, on_the_clock
from titration.dosing.wording import patient_date, patient_time
from titration.presenters.dose_line import same_pattern
from titration.presenters.preview import WEEKDAYS, day_part
from titration.presenters.sheet_head import held
from titration.selectors.rows import SlotRow, covers

A_DAY = timedelta(days=1)
_NIGHT_ENDS = 4  # the hour


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCell:
    """One dose of one day under the name of its column; ``dose`` is None when none is taken at that time.

    ``amount`` is that dose in tablets or mL, in words.
    """

    column: str
    amount: str
    dose: Mg | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDay:
    """One day. ``notes`` say what is different on it; ``changes`` when that is the dose.

    ``cells`` are empty on a day without any dose, and ``none`` says why.
    """

    words: str
    notes: tuple[str, ...]
    changes: bool
    cells: tuple[SheetCell, ...]
    total: Mg | None
    none: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """Days that stand together on one page. ``width`` counts the columns under which doses stand."""

    title: str
    columns: tuple[str, ...]
    days: tuple[SheetDay, ...]

    @property
    def width(self) -> int:
        return len(self.columns)


class Writer:
    """Writes the days of signed steps. ``steps`` are in force and in time order, days before the sheet included.

    ``zone`` is the IANA zone whose clock the doses follow.
    """

    def __init__(self, steps: Sequence[Any], products: Mapping[str, Product], zone: str) -> None:
        self._steps, self._products, self._zone = steps, products, zone

    def used(self, first: date, last: date) -> tuple[Product | None, ...]:
        """The products of the days, each once; None stands for one that is not listed any more."""
        days = (self._on(day) for day in days_between(first, last))
        codes = dict.fromkeys(step.product_id for step in days if step is not None and step.slot_rows)
        return tuple(self._products.get(code) for code in codes)

    def table(self, days: Sequence[date], *, one_product: bool) -> SheetTable:
        """Days as a table, with a column for each time at which a dose is taken on one of them."""
        on = {day: self._on(day) for day in days}
        times = sorted({row.at for step in on.values() if step is not None for row in step.slot_rows})
        return SheetTable(
            title=full_words(days[0]) if len(days) == 1 else f"{short_words(days[0])} to {full_words(days[-1])}",
            columns=tuple(column_words(at) for at in times),
            days=tuple(self._day(day, on[day], times, one_product) for day in days),
        )

    def _on(self, day: date) -> Any:
        return next((step for step in self._steps if covers(step, day)), None)

    def _day(self, day: date, step: Any, times: Sequence[time], one_product: bool) -> SheetDay:
        rows = {} if step is None else {row.at: row for row in step.slot_rows}
        change = self._change(step, self._on(day - A_DAY), day)
        cells = [self._cell(at, rows.get(at), step, one_product) for at in times] if rows else []
        return SheetDay(
            words=short_words(day),
            notes=(*([change] if change else []), *self._clock(day, rows)),
            changes=bool(change),
            cells=tuple(cells),
            total=Mg(step.daily_mg) if rows else None,
            none="" if rows else _none_words(step),
        )

    def _cell(self, at: time, row: SlotRow | None, step: Any, one_product: bool) -> SheetCell:
        column = column_words(at)
        if row is None:
            return SheetCell(column=column, amount="", dose=None)
        product = self._products.get(step.product_id)
        if product is None:
            return SheetCell(column=column, amount=step.product_name or "", dose=row.amount)
        quantity = Quantity(product=product, tablets=row.tablets, ml=row.volume_ml)
        amount = short_quantity(quantity) if one_product else quantity_words(quantity)
        return SheetCell(column=column, amount=amount, dose=row.amount)

    def _change(self, step: Any, before: Any, day: date) -> str:
        """What changes on a day, against what the day before was; empty when nothing does."""
        if step is None:
            return "" if before is None else "No dose is planned from today on. Call your clinic before this day."
        if not step.slot_rows:
            return "" if before is None or not before.slot_rows else "From today you do not take baclofen."
        total = format_total(Mg(step.daily_mg))
        if before is None or not before.slot_rows:
            return f"Your plan starts today: {total} in total."
        if same_pattern(step, before):
            return ""
        said = []
        if step.daily_mg != before.daily_mg:
            said.append(f"Your dose changes today: {total} in total.")
        if step.product_id != before.product_id:
            said.append(f"From today, use the {_product_name(self._products.get(step.product_id), step)}.")
        if not said:
            said.append(f"Your doses move today. It is still {total} in total.")
        return " ".join(said)

    def _clock(self, day: date, rows: Mapping[time, SlotRow]) -> Iterator[str]:
        longer = longer_by(day, self._zone)
        if not longer:
            return
        yield f"The clocks go {'back' if longer > timedelta() else 'forward'} today. Take each dose by the new time."
        for at in rows:
            shown = on_the_clock(day, at, self._zone)
            if shown != at:
                yield f"There is no {patient_time(at)} today: take that dose at {patient_time(shown)}."
            elif comes_twice(day, at, self._zone):
                yield f"It is {patient_time(at)} twice today: take that dose the first time only."


def product_words(product: Product) -> str:
    """What every tablet or mL of the sheet is, said once: ``Tablets are 10 mg.``"""
    if product.form == TABLET:
        return f"Tablets are {_strength(product)}."
    return f"The liquid is {_strength(product)}."


def short_quantity(quantity: Quantity) -> str:
    """One dose without the strength, for where that is said once: ``one and a half tablets``, ``7.5 mL``."""
    if quantity.ml is not None:
        return format_ml(quantity.ml)
    return quantity_words(quantity).replace(f"{format_number(quantity.product.mg_per_tablet)}\u00a0mg tablet", "tablet")


def column_words(at: time) -> str:
    """The name of a column: ``Morning (8am)``. What is taken before the night is over belongs to the day that begins."""
    if at == time():
        return "Midnight (as the day begins)"
    part = f"early morning ({patient_time(at)})" if at.hour < _NIGHT_ENDS else day_part(at)
    return part[:1].upper() + part[1:]


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + A_DAY * ahead for ahead in range((last - first).days + 1)]


def short_words(day: date) -> str:
    """``Tuesday 24 November``, where the number and the month stay together."""
    return f"{WEEKDAYS[day.weekday()]} {held(patient_date(day).rsplit(' ', 1)[0])}"


def full_words(day: date) -> str:
    """``Tuesday 24 November 2026``, where the date stays on one line."""
    return f"{WEEKDAYS[day.weekday()]} {held(patient_date(day))}"


def _none_words(step: Any) -> str:
    return "No dose is planned. Call your clinic before this day." if step is None else "No baclofen on this day."


def _product_name(product: Product | None, step: Any) -> str:
    if product is None:
        return step.product_name or "new product"
    return f"{_strength(product)} {'tablets' if product.form == TABLET else 'liquid'}"


def _strength(product: Product) -> str:
    return product.strength_words.replace(" mg", "\u00a0mg").replace(" mL", "\u00a0mL")
