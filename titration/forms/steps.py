"""The form of a dose step, and of the start of a plan."""

import uuid
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from titration.dosing.doses import Mg, format_number, format_total
from titration.dosing.products import LIQUID, CannotBeMade, Product, make
from titration.dosing.wording import format_time
from titration.forms.base import PortalForm
from titration.forms.fields import DateParts, DoseField, MeasuredField
from titration.forms.slots import (
    DIFFERENT,
    Slots,
    add_rows,
    frequency_choices,
    read_rows,
    read_times,
    row_names,
    slots_as_text,
    times_for,
    times_words,
)
from titration.models import TakenBefore

# How far ahead a step can be signed: a start date further on is read as a slip in the year.
_AHEAD = timedelta(days=366)


def date_parts(name: str, day: date | None) -> dict[str, str]:
    """A date as the three boxes of a form."""
    if day is None:
        return {}
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": f"{day.year:04}"}


class StepForm(PortalForm):
    """One new daily pattern from a day on. ``slots`` holds the doses of a day once they could be read."""

    purpose: ClassVar[str] = "change"

    product = forms.ChoiceField(label="Product", widget=forms.RadioSelect)
    dose = DoseField(label="Dose each time, in mg", required=False)
    frequency = forms.ChoiceField(
        label="How often",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how often the dose is taken."},
    )
    volume_ml = MeasuredField(
        thing="Volume",
        unit="mL",
        label="Volume each time, in mL",
        help_text="Leave this empty and the portal works it out. A volume that you type must agree with every dose in mg.",
        required=False,
    )
    starts_on = DateParts(thing="Start date", label="Start date")
    reason = forms.CharField(
        label="Reason for change",
        help_text="Do not repeat the dose in this box.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, record: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.record = record
        entry = record.protocol.entry
        self.rows_count = entry.doses_per_day_at_most
        self.products = {one.code: one for one in record.protocol.products}
        self.current_times = self._times(record.current_step)
        self.fields["product"].choices = [(one.code, product_choice(one)) for one in record.protocol.products]
        self.fields["product"].error_messages["required"] = "Choose the product."
        self.fields["frequency"].choices = frequency_choices()
        self.fields["frequency"].help_text = times_words(self.current_times)
        lowest, highest = self.dose_limits()
        self.fields["dose"].limits(lowest, highest)
        add_rows(self, self.rows_count, lowest, highest)
        names = (name for pair in row_names(self.rows_count) for name in pair)
        self.conditional = frozenset({"dose", *names})
        self.slots: Slots = ()
        self.limit_dates()

    def _times(self, current: Any) -> tuple[time, ...]:
        """The times of equal doses: those that a signed order came with, otherwise those of the dose in force."""
        typed = isinstance(self.data, QueryDict)  # what a browser sent, not what was read from a signed order
        if self.is_bound and not typed and self.data.get("times"):
            return read_times(self.data["times"])
        return tuple(slot.at for slot in current.slot_rows) if current else ()

    def dose_limits(self) -> tuple[Mg, Mg]:
        """The smallest and the largest single dose that this form takes."""
        return self.record.protocol.entry.lowest_slot, self.record.protocol.entry.highest_slot

    def limit_dates(self) -> None:
        """The first and last day this form takes."""
        today = self.record.today
        self.fields["starts_on"].limits(today, today + _AHEAD)

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The boxes of each row: time, dose."""
        return [(self[at], self[amount]) for at, amount in row_names(self.rows_count)]

    @property
    def chosen_product(self) -> Product | None:
        return self.products.get(self.cleaned_data.get("product", ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.slots = self.read_slots(cleaned.get("frequency", ""))
        if self.slots:
            self.refuse_what_cannot_be()
        return cleaned

    def read_slots(self, frequency: str) -> Slots:
        """The doses of a day for an answer to "How often"; none when they could not be read."""
        if frequency == DIFFERENT:
            self.errors.pop("dose", None)
            return read_rows(self, self.rows_count)
        if frequency:
            return self._equal_slots(int(frequency))
        self.drop_row_errors()
        return ()

    def _equal_slots(self, count: int) -> Slots:
        self.drop_row_errors()
        if self.has_error("dose"):
            return ()
        amount = self.cleaned_data.get("dose")
        if amount is None:
            self.add_error("dose", self.fields["dose"].error_messages["required"])
            return ()
        return tuple((at, amount) for at in times_for(count, self.current_times))

    def drop_row_errors(self) -> None:
        """Rows belong to the answer "different doses" alone: what stands in them does not matter to another answer."""
        for pair in row_names(self.rows_count):
            for name in pair:
                self.errors.pop(name, None)

    def refuse_what_cannot_be(self) -> None:
        """Errors for what the product cannot make and for a day that is more than the protocol takes; then no slots."""
        entry = self.record.protocol.entry
        equal = self.cleaned_data["frequency"] != DIFFERENT
        product, refused = self.chosen_product, False
        for at, amount in self.slots if product else ():
            try:
                make(amount, product, entry.volume_step_ml)
            except CannotBeMade as cannot:
                refused = True
                self.add_error("dose" if equal else self._row_of(at), cannot.message)
                if equal:
                    break
        if self.daily > entry.highest_daily:
            refused = True
            self.add_error(
                "frequency",
                f"The doses of a day must be at most {format_total(entry.highest_daily)} together, "
                f"and they add up to {format_total(self.daily)}.",
            )
        if refused:
            self.slots = ()

    def _row_of(self, at: time) -> str:
        return next(amount for at_name, amount in row_names(self.rows_count) if self.cleaned_data.get(at_name) == at)

    @property
    def daily(self) -> Mg:
        """The total of one day as typed."""
        return Mg(sum((amount.value for _, amount in self.slots), Decimal(0)))

    @property
    def typed_ml(self) -> Decimal | None:
        """The volume of each dose as typed; different doses that it does not agree with are refused by UNIT-4."""
        product = self.chosen_product
        if product is None or product.form != LIQUID:
            return None
        return self.cleaned_data.get("volume_ml")

    @property
    def makes_an_order(self) -> bool:
        """The dose, product and date could be read, whatever else is still missing."""
        names = ("product", "frequency", "volume_ml", "starts_on")
        return self.is_bound and bool(self.slots) and not any(self.has_error(name) for name in names)

    def order_values(self, key: uuid.UUID) -> dict[str, Any]:
        """The order that was typed, by the names that the services know."""
        return {
            "key": key,
            "starts_on": self.cleaned_data["starts_on"],
            "product_code": self.cleaned_data["product"],
            "slots": self.slots,
            "reason": self.cleaned_data.get("reason", ""),
            "typed_ml": self.typed_ml,
        }

    def as_text(self) -> dict[str, str]:
        """What was typed, and nothing that does not matter to it, as the fields of a form of this kind."""
        volume = self.typed_ml
        return {
            "product": self.cleaned_data["product"],
            **slots_as_text(self.slots, self.current_times),
            "times": " ".join(format_time(at) for at, _ in self.slots),
            **({} if volume is None else {"volume_ml": format_number(volume).replace(",", "")}),
            **date_parts("starts_on", self.cleaned_data["starts_on"]),
            "reason": self.cleaned_data["reason"],
        }


class StartForm(StepForm):
    """The first dose of a plan, and whether baclofen was taken before (STEP-1, KID-26)."""

    purpose: ClassVar[str] = "start"

    taken_before = forms.ChoiceField(
        label="Has taken baclofen before", widget=forms.RadioSelect, choices=TakenBefore.choices
    )
    draft_ladder = forms.BooleanField(
        label="Draft the next steps on the ladder of the label",
        help_text="Drafts are not signed. Each is opened, checked and signed on its own day.",
        required=False,
    )
    field_order: ClassVar[list[str]] = ["taken_before"]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.recorded = self.record.last_taken is not None
        if self.recorded:  # what the portal knows is not asked, and cannot be answered otherwise
            del self.fields["taken_before"]
        self.fields["reason"].label = "Reason for starting"
        self.fields["reason"].error_messages["required"] = "Fill in “Reason for starting”."

    def order_values(self, key: uuid.UUID) -> dict[str, Any]:
        return {**super().order_values(key), "taken_before": self.taken_before_answer}

    def as_text(self) -> dict[str, str]:
        ladder = {"draft_ladder": "on"} if self.cleaned_data["draft_ladder"] else {}
        return {**super().as_text(), "taken_before": self.taken_before_answer, **ladder}

    @property
    def taken_before_answer(self) -> str:
        """The answer that was given, or the one that follows from an earlier plan; empty while there is none."""
        return TakenBefore.YES.value if self.recorded else self.cleaned_data.get("taken_before", "")


def product_choice(product: Product) -> str:
    """How a product is offered: ``10 mg tablets``, ``oral liquid 5 mg in 5 mL``."""
    strength = product.strength_words.replace(" mg", "\u00a0mg").replace(" mL", "\u00a0mL")
    return f"oral liquid {strength}" if product.form == LIQUID else f"{strength} tablets"
