"""The form of a reducing plan: a pace from which the table is made, and the table, of which every row can be typed over."""

import uuid
from datetime import date, time, timedelta
from typing import Any, ClassVar

from django import forms

from titration.dosing.doses import Mg, format_total
from titration.dosing.products import CannotBeMade, Product, make
from titration.dosing.taper import Pace, TaperRefused, TaperRow, build, out_of_order
from titration.dosing.wording import format_time
from titration.forms.base import PortalForm
from titration.forms.fields import DateParts, DoseField, MeasuredField, TotalField
from titration.forms.slots import read_times
from titration.forms.taper_rows import count_of, row_name, rows_as_text

STOP, TO_A_DOSE = "stop", "dose"
PACE = ("to", "to_mg", "reduce_by", "every_days", "starts_on")
# How far ahead a plan is signed: a day further on is read as a slip in the year.
_AHEAD = timedelta(days=366)


class DaysField(MeasuredField):
    """A whole number of days."""

    decimals = 0


class RowDoseField(TotalField):
    """One dose of a row; empty or 0: no dose at that time."""

    default_error_messages: ClassVar[dict[str, str]] = {}


class TaperForm(PortalForm):
    """``building``: only the pace is read, to make the table. Otherwise the table is, and the pace does not matter any more.

    ``read`` holds each row of the table that could be read, ``rows`` all of them once none contradicts another.
    """

    purpose: ClassVar[str] = "taper"

    to = forms.ChoiceField(
        label="Come down to",
        widget=forms.RadioSelect,
        choices=[(STOP, "no baclofen: the plan ends with a stop"), (TO_A_DOSE, "a lower dose, which then goes on")],
        error_messages={"required": "Choose what the plan comes down to."},
    )
    to_mg = DoseField(
        label="The lower dose a day, in mg",
        help_text="Only when the plan ends at a dose.",
        required=False,
        error_messages={"zero": "Enter more than 0 mg. To end with no baclofen, choose the stop."},
    )
    reduce_by = DoseField(
        label="Reduce by so many mg a day",
        error_messages={
            "required": "Enter by how many mg a day each step reduces.",
            "zero": "Reduce by more than 0 mg a day.",
        },
    )
    every_days = DaysField(thing="Days between steps", unit="days", label="Every so many days")
    starts_on = DateParts(thing="First day", label="First day of the first step")
    product = forms.ChoiceField(widget=forms.HiddenInput, required=False)
    times = forms.CharField(widget=forms.HiddenInput, required=False)
    rows_count = forms.CharField(widget=forms.HiddenInput, required=False)
    advice = forms.CharField(
        label="What the patient does if symptoms come back",
        help_text="Printed on the patient's calendar, in words for the patient. The plan can be signed without it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )
    reason = forms.CharField(
        label="Reason for the plan",
        help_text="Do not repeat doses in this box.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, record: Any, building: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.record, self.building = record, building
        entry, today = record.protocol.entry, record.today
        self.products: dict[str, Product] = {one.code: one for one in record.protocol.products}
        self.fields["product"].choices = [(code, one.name) for code, one in self.products.items()]
        self.fields["starts_on"].limits(today, today + _AHEAD)
        for name in ("to_mg", "reduce_by"):
            self.fields[name].limits(entry.lowest_slot, entry.highest_daily)
        source = data if data is not None else self.initial
        self.at = read_times(str(source.get("times") or ""))[: entry.doses_per_day_at_most]
        self.count = 0 if building else count_of(source, entry.taper_rows_at_most)
        self._add_rows(entry, today)
        for name in ("reason",) if building else PACE:
            self.fields[name].required = False
        self.read: tuple[TaperRow | None, ...] = (None,) * self.count
        self.rows: tuple[TaperRow, ...] = ()
        self.built: tuple[TaperRow, ...] = ()

    def _add_rows(self, entry: Any, today: date) -> None:
        for number in range(1, self.count + 1):
            on = DateParts(thing=f"The first day of step {number}", label=f"Step {number}, first day")
            on.limits(today, today + _AHEAD)
            self.fields[row_name(number, "on")] = on
            self.fields[row_name(number, "keep")] = forms.CharField(widget=forms.HiddenInput, required=False)
            for place, at in enumerate(self.at, start=1):
                label = f"Step {number}, dose at {format_time(at)}"
                self.fields[row_name(number, f"dose_{place}")] = RowDoseField(
                    label=label, required=False, lowest=entry.lowest_slot, highest=entry.highest_slot
                )
        self.conditional = frozenset({*PACE, *(name for name in self.fields if name.startswith("row_"))})

    @staticmethod
    def named(number: int, part: str) -> str:
        """The name of a box of a row."""
        return row_name(number, part)

    def base_on(self, day: date | None) -> Any:
        """The step that the plan comes down from; None when no baclofen is taken then."""
        step = None if day is None else self.record.step_before(day)
        return step if step is not None and step.slot_rows else None

    @property
    def ml_step(self) -> Any:
        return self.record.protocol.entry.volume_step_ml

    @property
    def last_days(self) -> int:
        """For how many days a last row that goes on is counted."""
        days = self.cleaned_data.get("every_days")
        return 1 if days is None else int(days)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.building:
            self._build()
            return cleaned
        for name in PACE:  # what the table was made from does not matter to the table any more
            self.errors.pop(name, None)
        rows = self._read_rows()
        if rows and self._can_be(rows):
            self.rows = rows
        return cleaned

    # Making the table

    def _build(self) -> None:
        read = self.cleaned_data
        ends_at_dose = read.get("to") == TO_A_DOSE
        if ends_at_dose and read.get("to_mg") is None and not self.has_error("to_mg"):
            self.add_error("to_mg", "Enter the dose a day that the plan comes down to, in mg.")
        if self.errors:
            return
        base = self.base_on(read["starts_on"])
        product = None if base is None else self.products.get(base.product_id)
        if product is None:
            self.add_error("starts_on", "No dose of a known product is taken then, so there is nothing to reduce.")
            return
        pace = Pace(
            to=read["to_mg"] if ends_at_dose else Mg(read["reduce_by"].value * 0),
            reduce_by=read["reduce_by"],
            every_days=int(read["every_days"]),
            starts_on=read["starts_on"],
            latest=self.record.today + _AHEAD,
            rows_at_most=self.record.protocol.entry.taper_rows_at_most,
        )
        try:
            self.built = build(tuple((row.at, row.amount) for row in base.slot_rows), pace, product, self.ml_step)
        except TaperRefused as refused:
            about = "to_mg" if refused.about == "to" and ends_at_dose else refused.about
            self.add_error(about, refused.message)

    def table_as_text(self) -> dict[str, str]:
        """What was typed, with the table that was made from it in the place of an older one."""
        base = self.base_on(self.cleaned_data["starts_on"])
        times = tuple(row.at for row in base.slot_rows)
        kept = {name: text for name, text in self._typed().items() if not name.startswith("row_")}
        return {**kept, "product": base.product_id, **rows_as_text(self.built, times)}

    def _typed(self) -> dict[str, str]:
        return {name: str(self.data.get(name)) for name in self.data if self.data.get(name)}

    # Reading the table

    def _read_rows(self) -> tuple[TaperRow, ...]:
        if not self.count or not self.at:
            self.add_error(None, "Make the table first. Then check it and continue.")
            return ()
        self.read = tuple(self._row(number) for number in range(1, self.count + 1))
        return tuple(row for row in self.read if row is not None) if all(self.read) else ()

    def _row(self, number: int) -> TaperRow | None:
        """One row; None when something in it could not be read."""
        if any(self.has_error(name) for name in self.fields if name.startswith(row_name(number, ""))):
            return None
        return TaperRow(starts_on=self.cleaned_data[row_name(number, "on")], slots=self._slots(number))

    def _slots(self, number: int) -> tuple[tuple[time, Mg], ...]:
        read = [self.cleaned_data.get(row_name(number, f"dose_{place}")) for place in range(1, len(self.at) + 1)]
        return tuple(
            (at, amount) for at, amount in zip(self.at, read, strict=True) if amount is not None and amount.value
        )

    def _can_be(self, rows: tuple[TaperRow, ...]) -> bool:
        """Errors in the rows that cannot be signed as they are."""
        base = self.base_on(rows[0].starts_on)
        product = self.products.get(self.cleaned_data.get("product") or "")
        if base is None or product is None or product.code != base.product_id or self.has_error("product"):
            self.add_error(
                None, "The dose that is taken on that day is another one than the table was made from. Make it again."
            )
            return False
        daily, right = Mg(base.daily_mg), True
        for place, sentence in out_of_order(daily, rows):
            self.add_error(row_name(place + 1, "on"), sentence)
            right = False
        if not rows[0].slots:
            self.add_error(None, "This plan has no reduced step. To end baclofen at once, use “Stop baclofen”.")
            right = False
        elif rows[-1].daily >= daily:
            self.add_error(None, f"This plan does not come down from {format_total(daily)} a day.")
            right = False
        return self._can_be_made(rows, product) and right

    def _can_be_made(self, rows: tuple[TaperRow, ...], product: Product) -> bool:
        refused = False
        for number, row in enumerate(rows, start=1):
            for at, amount in row.slots:
                try:
                    make(amount, product, self.ml_step)
                except CannotBeMade as cannot:
                    refused = True
                    self.add_error(row_name(number, f"dose_{self.at.index(at) + 1}"), cannot.message)
        return not refused

    @property
    def makes_an_order(self) -> bool:
        """The whole table could be read, whatever else is still missing."""
        return self.is_bound and bool(self.rows)

    def order_values(self, key: uuid.UUID) -> dict[str, Any]:
        """The order that was typed, by the names that the services know."""
        return {
            "key": key,
            "product_code": self.cleaned_data["product"],
            "rows": self.rows,
            "reason": self.cleaned_data.get("reason", ""),
            "advice": self.cleaned_data.get("advice", ""),
        }

    def as_text(self) -> dict[str, str]:
        """What was typed, as the fields of a form of this kind."""
        names = {*self.fields} - {"version"}
        parts = {f"{name}_{part}" for name in names for part in ("day", "month", "year")}
        return {name: text for name, text in self._typed().items() if name in names | parts}
