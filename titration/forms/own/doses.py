"""What a patient says of one dose: that it was taken, in part or not, or that it was ticked by mistake."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from titration.dosing.doses import Mg
from titration.dosing.intake import DoseState
from titration.dosing.products import TABLET, Product, Quantity, as_taken
from titration.dosing.schedule import instant
from titration.forms.base import KeyedForm
from titration.forms.doses import nearest
from titration.forms.slots import TimeOfDayField
from titration.models import SkipReason
from titration.models.intake import UNDONE

# What patients are asked, in their words; the codes are those that clinicians choose from.
REASONS = (
    (SkipReason.FORGOT, "I forgot"),
    (SkipReason.UNWELL, "It made me feel unwell"),
    (SkipReason.NO_SUPPLY, "I have run out"),
    (SkipReason.TOLD, "I was told to leave it out"),
    (SkipReason.VOMITING, "I was being sick"),
    (SkipReason.DIARRHOEA, "I had bad diarrhoea"),
    (SkipReason.NIL_BY_MOUTH, "I was not allowed to eat or drink"),
    (SkipReason.OWN_DECISION, "I decided to stop"),
    (SkipReason.OTHER, "Another reason"),
)
_LIQUID_PARTS = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))


class TickForm(forms.Form):
    """One tap: the key of the row, and the version of the plan that the page was shown for."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)


def parts_of(amount: Mg, product: Product | None) -> Sequence[tuple[str, Quantity | None]]:
    """The parts of a dose that somebody may have taken: whole steps of the tablet, or quarters of a liquid; as mg in text."""
    if product is None:
        return ()
    if product.form == TABLET:
        grid = product.mg_per_tablet / product.splits
        amounts = [grid * count for count in range(1, int(amount.value / grid) + 1) if grid * count < amount.value]
    else:
        amounts = [amount.value * part for part in _LIQUID_PARTS]
    return [(format(one.normalize(), "f"), as_taken(Mg(one), product)) for one in amounts]


class OwnDoseForm(KeyedForm):
    """``offers_undo``: something is recorded, so that it can be taken back. ``parts``: mg in text and their words."""

    conditional: ClassVar[frozenset[str]] = frozenset({"part", "reason_code", "taken_time"})
    version = forms.IntegerField(widget=forms.HiddenInput)
    replaces = forms.UUIDField(widget=forms.HiddenInput, required=False)
    state = forms.ChoiceField(
        label="What happened with this dose?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happened with this dose."},
    )
    taken_time = TimeOfDayField(
        label="If you took it: at what time?",
        required=False,
        help_text="Leave it empty if you do not know.",
    )
    part = forms.ChoiceField(label="If you took a part: how much?", widget=forms.RadioSelect, required=False)
    reason_code = forms.ChoiceField(
        label="If you did not take it: why?", choices=REASONS, widget=forms.RadioSelect, required=False
    )
    field_order: ClassVar[tuple[str, ...]] = ("state", "taken_time", "part", "reason_code")

    def __init__(
        self,
        *args: Any,
        own: Any,
        day: date,
        at: time,
        amount: Mg,
        parts: Sequence[tuple[str, str]],
        offers_undo: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own, self.day, self.at, self.amount = own, day, at, amount
        choices = [(DoseState.TAKEN, "I took all of it")]
        if parts:
            choices.append((DoseState.PARTLY, "I took a part of it"))
        choices.append((DoseState.SKIPPED, "I did not take it"))
        if offers_undo:
            choices.append((UNDONE, "I said something by mistake. Take it back."))
        self.fields["state"].choices = choices  # type: ignore[attr-defined]
        self.fields["part"].choices = parts  # type: ignore[attr-defined]
        self.fields["taken_time"].widget.input_type = "time"  # the phone's own clock; a plain box where it has none
        if not parts:
            del self.fields["part"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        state = cleaned.get("state")
        if state == DoseState.PARTLY and not cleaned.get("part"):
            self.add_error("part", "Choose how much of it you took.")
        if state == DoseState.SKIPPED and not cleaned.get("reason_code"):
            self.add_error("reason_code", "Choose why you did not take it. “Another reason” will do.")
        if state and state != DoseState.SKIPPED:
            cleaned["reason_code"] = ""
        taken_at = self._taken_at(cleaned.get("taken_time"))
        if state in (DoseState.TAKEN, DoseState.PARTLY) and taken_at is not None and taken_at > self.own.as_of:
            self.add_error("taken_time", "This time has not come yet. Enter when you took it, or leave it empty.")
        return cleaned

    def said(self, *, said_by: str) -> dict[str, Any]:
        """What the form says, as the service takes it."""
        cleaned = self.cleaned_data
        state = cleaned["state"]
        taken = state in (DoseState.TAKEN, DoseState.PARTLY)
        return {
            "state": state,
            "taken": Mg(Decimal(cleaned["part"])) if state == DoseState.PARTLY else None,
            "taken_at": self._taken_at(cleaned.get("taken_time")) if taken else None,
            "reason_code": cleaned["reason_code"] if state == DoseState.SKIPPED else "",
            "said_by": said_by,
            "note": "",
        }

    def _taken_at(self, at: time | None) -> datetime | None:
        """The time that was told, on a day on which the dose could have been taken; the nearest one where there is none."""
        if at is None:
            return None
        zone, protocol = self.own.plan.time_zone, self.own.protocol
        opens = instant(self.day, self.at, zone) - timedelta(hours=protocol.entry.dose_opens_before_hours)
        told = (instant(self.day + timedelta(days=days), at, zone) for days in (0, 1))
        possible = [one for one in told if opens <= one <= self.own.as_of]
        return possible[0] if possible else nearest(at, self.day, self.at, zone)
