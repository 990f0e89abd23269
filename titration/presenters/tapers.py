"""A reducing plan: its table while it is being built, and what is about to be signed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_CEILING, Decimal
from typing import Any

from titration.dosing.doses import Mg, format_ml, format_number, format_total
from titration.dosing.open_days import ClosedDays
from titration.dosing.products import CannotBeMade, Product, Quantity, make
from titration.dosing.supply_left import SupplyLeft
from titration.dosing.taper import Needed, TaperRow, change_words, last_is_smaller, needed
from titration.dosing.wording import NOT_RECORDED, format_date, format_day, format_time, patient_date
from titration.presenters.preview import WEEKDAYS, PatientPreview, day_part, each_words
from titration.presenters.review import panel_words
from titration.presenters.steps import Row, pattern_words, replaced_words, step_words

_PARTS = {Decimal("0.5"): "half tablets", Decimal("0.25"): "quarter tablets", Decimal("0.75"): "quarter tablets"}
LARGE_CUT = "takes away more than half (TAPER-3)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row of the table: its boxes, and what the last check made of it (None and empty: it could not be read).

    ``refusals`` are what must be put right before the plan is signed. ``closed`` says why the clinic is closed on its first day, empty when it is open or the day was kept.
    """

    number: int
    on: Any
    keep: Any
    doses: tuple[Any, ...]
    day: date | None
    total: Mg | None
    is_stop: bool
    change: str
    marks: tuple[str, ...]
    refusals: tuple[str, ...]
    closed: str
    next_open: date | None
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperTable:
    """The table with its first line, the dose that the plan comes down from, and what follows from all rows."""

    times: tuple[time, ...]
    base_total: Mg | None
    base_doses: tuple[tuple[str, Mg | None], ...]
    product: str
    rows: tuple[RowView, ...]
    ladder: tuple[Mg, ...]
    needed_words: str
    supply_words: str
    smaller_words: str
    replaced: str
    lacks_advice: bool


def taper_table(
    form: Any, typed: Any, *, record: Any, review: Any, large_cuts: Iterable[date], left: SupplyLeft | None
) -> TaperTable | None:
    """The table of a form. ``typed`` is the form as it was read, ``review`` what the rules said (None: nothing yet)."""
    if not form.count or not form.at:
        return None
    begins = typed.read[0]
    base = None if begins is None else typed.base_on(begins.starts_on)
    product = typed.products.get(typed.cleaned_data.get("product") or "")
    rows = typed.rows
    first = None if base is None else Mg(base.daily_mg)
    closed, cuts = record.patient.organisation.closed_days, frozenset(large_cuts)
    before = first
    views = []
    for place in range(form.count):
        row = typed.read[place]
        views.append(_row_view(form, typed, place, row, before, product, closed, cuts))
        before = None if row is None else row.daily
    amounts = {} if base is None else {slot.at: slot.amount for slot in base.slot_rows}
    return TaperTable(
        times=form.at,
        base_total=first,
        base_doses=tuple((format_time(at), amounts.get(at)) for at in form.at),
        product="" if product is None else product.name,
        rows=tuple(views),
        ladder=(first, *(row.daily for row in rows)) if rows and first is not None else (),
        needed_words=_needed_words(rows, product, typed),
        supply_words=_supply_words(left, record.today),
        smaller_words="The last reduction is smaller than the one before it."
        if rows and first is not None and last_is_smaller(first, rows)
        else "",
        replaced=replaced_words(review.replaced) if review is not None and review.replaced else "",
        lacks_advice=not typed.cleaned_data.get("advice"),
    )


def _row_view(
    form: Any, typed: Any, place: int, row: TaperRow | None, before: Mg | None, product: Product | None,
    closed: ClosedDays, cuts: frozenset[date],
) -> RowView:  # fmt: skip
    number = place + 1
    day = row.starts_on if row is not None else typed.cleaned_data.get(typed.named(number, "on"))
    kept = day is not None and typed.cleaned_data.get(typed.named(number, "keep")) == day.isoformat()
    why = "" if day is None or kept else closed.why(day)
    marks = [] if row is None else [*_parts(row, product, typed.ml_step)]
    if day in cuts:
        marks.append(LARGE_CUT)
    if kept and day is not None and closed.why(day):
        marks.append("clinic closed, kept")
    names = [] if form.is_bound else [name for name in typed.errors if name.startswith(f"row_{number}_")]
    refusals = dict.fromkeys(str(message) for name in names for message in typed.errors[name])
    doses = tuple(form[typed.named(number, f"dose_{one}")] for one in range(1, len(form.at) + 1))
    return RowView(
        number=number,
        on=form[typed.named(number, "on")],
        keep=form[typed.named(number, "keep")],
        doses=doses,
        day=day,
        total=None if row is None else row.daily,
        is_stop=row is not None and not row.slots,
        change="" if row is None or before is None else change_words(before, row.daily),
        marks=tuple(dict.fromkeys(marks)),
        refusals=tuple(refusals),
        closed=why,
        next_open=closed.next_open(day) if why and day is not None else None,
        is_first=number == 1,
        is_last=number == form.count,
    )


def _parts(row: TaperRow, product: Product | None, ml_step: Decimal) -> Iterable[str]:
    """Which parts of tablets the doses of a row need."""
    for _, amount in row.slots if product is not None else ():
        try:
            tablets = make(amount, product, ml_step).tablets  # type: ignore[arg-type]
        except CannotBeMade:
            continue
        if tablets is not None and tablets % 1:
            yield _PARTS[tablets % 1]


def needed_words(used: Needed, product: Product) -> str:
    """``Needed for 42 days: 116 tablets of 10 mg (1,155 mg in all).``"""
    days = "1 day" if used.days == 1 else f"{used.days} days"
    if used.tablets is None:
        much = f"{format_ml(used.ml or Decimal(0))} of {product.name}"
    else:
        count = used.tablets.to_integral_value(ROUND_CEILING)
        of = f"{format_number(product.mg_per_tablet)}\u00a0mg"
        much = f"{format_number(count)} {'tablet' if count == 1 else 'tablets'} of {of}"
    return f"Needed for {days}: {much} ({format_total(used.total)} in all)."


def _needed_words(rows: Sequence[TaperRow], product: Product | None, typed: Any) -> str:
    if not rows or product is None:
        return ""
    words = needed_words(needed(rows, product, typed.ml_step, last_days=typed.last_days), product)
    return f"{words} The last dose goes on: its first {typed.last_days} days are counted." if rows[-1].slots else words


def _supply_words(left: SupplyLeft | None, today: date) -> str:
    if left is None:
        return ""
    if left.runs_out is None:
        return "What was handed out lasts for this plan."
    return f"What was handed out lasts {left.days} days under this plan: order more in time."


def taper_rows(order: Any, *, review: Any, record: Any, change_url: str, last_days: int) -> list[Row]:
    """What is about to be signed, every step of it."""
    product = next(one for one in record.protocol.products if one.code == order.product_code)
    table = f"{change_url}#taper-table"
    rows = [
        Row(label="Dose until then", value=step_words(record.step_before(order.starts_on))),
        *(
            Row(label=f"Step {number}, from {format_day(row.starts_on)}", value=_row_words(row), change_url=table)
            for number, row in enumerate(order.rows, start=1)
        ),
        Row(label="Product", value=product.name),
    ]
    if review is not None:
        used = needed(order.rows, product, record.protocol.entry.volume_step_ml, last_days=last_days)
        rows.append(Row(label="Tablets" if used.ml is None else "Liquid", value=needed_words(used, product)))
        if review.replaced:
            rows.append(Row(label="Replaces", value=replaced_words(review.replaced)))
    closed = record.patient.organisation.closed_days
    shut = [
        f"{format_day(row.starts_on)}, {closed.why(row.starts_on)}" for row in order.rows if closed.why(row.starts_on)
    ]
    if shut:
        rows.append(Row(label="Dose changes while the clinic is closed", value="\n".join(shut), change_url=table))
    rows.append(
        Row(label="If symptoms come back", value=order.advice or NOT_RECORDED, change_url=f"{change_url}#id_advice")
    )
    rows.append(Row(label="Reason", value=order.reason, change_url=f"{change_url}#id_reason"))
    return rows


def _row_words(row: TaperRow) -> str:
    if not row.slots:
        return "0\u00a0mg a day: baclofen is stopped"
    return f"{format_total(row.daily)} a day\n{pattern_words(row.slots)}"


def taper_interruption_rows(order: Any, *, review: Any, record: Any) -> list[Row]:
    """The whole way down in a few lines, and the kidney function, beside the fact that interrupts."""
    last = order.rows[-1]
    goes_on = f"{format_total(last.daily)} a day" if last.slots else "0\u00a0mg a day: baclofen is stopped"
    before = record.step_before(order.starts_on)
    return [
        Row(label="You are about to set", value=f"A reducing plan in {_count(order)}, to {goes_on}"),
        Row(label="Dose until then", value=step_words(before)),
        Row(label="First step", value=f"{format_day(order.starts_on)}: {_row_words(order.rows[0])}"),
        Row(label="Last step", value=f"{format_day(last.starts_on)}: {_row_words(last)}"),
        Row(label="Kidney function", value=panel_words(review.assessment.panel, record.today, record.protocol.splits)),
    ]


def _count(order: Any) -> str:
    return "1 step" if len(order.rows) == 1 else f"{len(order.rows)} steps"


def taper_preview(order: Any, *, quantities: Sequence[Quantity]) -> PatientPreview:
    """The plan in the patient's words: each step from its day on."""
    made = iter(quantities)
    steps = []
    for row in order.rows:
        day = f"From {WEEKDAYS[row.starts_on.weekday()]} {patient_date(row.starts_on)}"
        if not row.slots:
            steps.append(f"{day}: you do not take baclofen any more.")
            continue
        doses = "; ".join(f"{day_part(at)}: {each_words(next(made))}" for at, _ in row.slots)
        steps.append(f"{day}: {doses}. That is {format_total(row.daily)} a day.")
    first = order.starts_on
    return PatientPreview(
        starts=f"From {WEEKDAYS[first.weekday()]} {patient_date(first)}",
        lines=("Your dose of baclofen comes down step by step. Take it by mouth every day:",),
        doses=tuple(steps),
    )


def saved_words(order: Any) -> str:
    """What was saved, in one sentence."""
    last = order.rows[-1]
    if last.slots:
        return f"The reducing plan is saved: {_count(order)}, to {format_total(last.daily)} a day from {format_date(last.starts_on)}."
    return (
        f"The reducing plan is saved: {_count(order)}. {format_date(last.starts_on)} is the first day without baclofen."
    )
