"""The form of a dose that was already taken."""

import uuid
from datetime import date, timedelta
from typing import Any, ClassVar

from titration.dosing.doses import LEAST_READ, MOST_READ, Mg, format_total
from titration.forms.fields import DateParts
from titration.forms.slots import Slots
from titration.forms.steps import StepForm, date_parts

NONE = "none"


class PastForm(StepForm):
    """A dose that was already taken, or that none was. Only a missing or unreadable value stops it."""

    purpose: ClassVar[str] = "past"

    starts_on = DateParts(thing="First day", label="First day of this dose")
    last_day = DateParts(
        thing="Last day",
        label="Last day of this dose",
        help_text="Leave this empty when it went on until the next recorded change, or until today. "
        "What is taken from today on is signed as a dose step.",
        required=False,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["frequency"].choices = [*self.fields["frequency"].choices, (NONE, "no baclofen was taken")]
        self.fields["product"].required = False
        self.conditional |= {"product"}
        self.fields["reason"].label = "Why this is recorded late"
        self.fields["reason"].error_messages["required"] = "Fill in “Why this is recorded late”."
        self.order_fields(["product", "dose", "frequency", "volume_ml", "starts_on", "last_day"])

    def dose_limits(self) -> tuple[Mg, Mg]:
        """Whatever can be read and kept: somebody may have taken far too much."""
        return LEAST_READ, MOST_READ

    def limit_dates(self) -> None:
        born, yesterday = self.record.patient.birth_date, self.record.today - timedelta(days=1)
        self.fields["starts_on"].limits(born, yesterday)
        self.fields["last_day"].limits(born, yesterday)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("last_day")
        if first is not None and last is not None and last < first:
            self.add_error("last_day", "The last day lies before the first day. Correct one of the two.")
        if not self.took_none and not cleaned.get("product") and not self.has_error("product"):
            self.add_error("product", self.fields["product"].error_messages["required"])
        return cleaned

    @property
    def took_none(self) -> bool:
        """The answer is that no baclofen was taken."""
        return self.cleaned_data.get("frequency") == NONE

    def read_slots(self, frequency: str) -> Slots:
        if frequency != NONE:
            return super().read_slots(frequency)
        self.drop_row_errors()
        for name in ("dose", "volume_ml"):
            self.errors.pop(name, None)
        return ()

    def refuse_what_cannot_be(self) -> None:
        """A day of more than a record can hold is a slip; what cannot be made of a product was taken all the same."""
        if self.daily > MOST_READ:
            self.add_error(
                "frequency",
                f"The doses of a day must be at most {format_total(MOST_READ)} together, "
                f"and they add up to {format_total(self.daily)}.",
            )
            self.slots = ()

    @property
    def makes_an_order(self) -> bool:
        if not self.is_bound or not self.took_none:
            return super().makes_an_order
        return not self.has_error("starts_on") and not self.has_error("last_day")

    def order_values(self, key: uuid.UUID) -> dict[str, Any]:
        return {
            **super().order_values(key),
            "product_code": "" if self.took_none else self.cleaned_data["product"],
            "until": self._until,
        }

    @property
    def _until(self) -> date | None:
        """The first day on which this dose was not taken any more."""
        last = self.cleaned_data.get("last_day")
        return None if last is None else last + timedelta(days=1)

    def as_text(self) -> dict[str, str]:
        text = {**super().as_text(), **date_parts("last_day", self.cleaned_data["last_day"])}
        return {**text, "frequency": NONE, "product": ""} if self.took_none else text
