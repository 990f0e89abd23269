"""What was said of doses: of one, of all up to a moment, how they are known, why nothing is ticked, what was handed out."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.db import models

from titration.dosing.doses import Mg, format_dose
from titration.dosing.intake import DoseState, SilenceReason, Tracking
from titration.dosing.schedule import instant
from titration.forms.base import KeyedForm
from titration.forms.fields import DateParts, DoseField, MeasuredField
from titration.forms.slots import TimeOfDayField
from titration.models import SaidBy, SkipReason

_MIDNIGHT = time(0)


def _note(hint: str) -> forms.CharField:
    return forms.CharField(label="Note", required=False, max_length=300, help_text=hint)


def _radios(label: str, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)


def _one_of(label: str, choices: type[models.TextChoices], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "Choose one"), *choices.choices], **kwargs)


class DoseEventForm(KeyedForm):
    """One dose of one day. ``amount`` is the whole dose; ``replaces`` the record that the page showed (empty: none)."""

    conditional: ClassVar[frozenset[str]] = frozenset({"taken", "taken_time", "reason_code"})
    state = _radios(
        "What is known of this dose",
        [
            (DoseState.TAKEN, "Taken, all of it"),
            (DoseState.PARTLY, "Taken in part"),
            (DoseState.SKIPPED, "Not taken"),
            (DoseState.HELD, "Held: the team asked to leave it out"),
        ],
        error_messages={"required": "Choose what is known of this dose."},
    )
    taken = DoseField(label="If in part: how much was taken, in mg", required=False)
    taken_time = TimeOfDayField(
        label="If taken: at what time",
        required=False,
        help_text="On 24 hours, like 08:30, in the patient's own time zone. Leave it empty when it is not known.",
    )
    reason_code = _one_of("If not taken: why", SkipReason, required=False)
    said_by = _radios("Who said so", SaidBy.choices, error_messages={"required": "Choose who said what was taken."})
    note = _note("For example what the patient said.")
    replaces = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order: ClassVar[tuple[str, ...]] = ("state", "taken", "taken_time", "reason_code", "said_by", "note")

    def __init__(self, *args: Any, record: Any, day: date, at: time, amount: Mg, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record, self.day, self.at, self.amount = record, day, at, amount
        self.fields["taken"].limits(record.protocol.entry.lowest_slot, amount)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        state, taken = cleaned.get("state"), cleaned.get("taken")
        if state == DoseState.PARTLY and not self.has_error("taken"):
            if taken is None:
                self.add_error("taken", f"Enter how much of {format_dose(self.amount)} was taken, in mg.")
            elif taken == self.amount:
                self.add_error("taken", f"{format_dose(taken)} is all of it. Choose “Taken, all of it”.")
        if state == DoseState.SKIPPED and not cleaned.get("reason_code"):
            self.add_error("reason_code", "Choose why it was not taken; “Another reason” will do.")
        if state and state != DoseState.SKIPPED:
            cleaned["reason_code"] = ""
        return cleaned

    def said(self) -> dict[str, Any]:
        """What the form says, as the service takes it."""
        cleaned = self.cleaned_data
        return {
            "state": cleaned["state"],
            "taken": cleaned.get("taken"),
            "taken_at": self._taken_at(cleaned.get("taken_time")),
            "reason_code": cleaned["reason_code"],
            "said_by": cleaned["said_by"],
            "note": cleaned["note"],
        }

    def _taken_at(self, at: time | None) -> datetime | None:
        """The time nearest to the dose: 00:20 of a dose at 23:30 is that of the next day."""
        return None if at is None else nearest(at, self.day, self.at, self.record.plan.time_zone)


def nearest(at: time, day: date, due: time, zone: str) -> datetime:
    """The instant of a time of day that lies nearest to a dose due at ``due`` on a local date."""
    due_at = instant(day, due, zone)
    near = (instant(day + timedelta(days=days), at, zone) for days in (-1, 0, 1))
    return min(near, key=lambda one: abs(one - due_at))


def local_time(event: Any) -> time | None:
    """The hour at which a dose was taken, on the clock of its own zone; None when it is not known."""
    if event.taken_at is None:
        return None
    at: time = event.taken_at.astimezone(ZoneInfo(event.time_zone)).time()
    return at


class UndoForm(KeyedForm):
    """Taking back what was recorded of a dose, so that nothing is recorded of it."""

    prefix = "withdraw"
    replaces = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Why it is taken back",
        max_length=300,
        help_text="The record stays in the history. Nothing is recorded of the dose then.",
        error_messages={"required": "Write down why it is taken back."},
    )


class CallForm(KeyedForm):
    """The same of every dose up to a moment: "took everything until Tuesday noon"."""

    conditional: ClassVar[frozenset[str]] = frozenset({"reason_code"})
    state = _radios(
        "Every dose up to then was",
        [(DoseState.TAKEN, "taken"), (DoseState.SKIPPED, "not taken")],
        error_messages={"required": "Choose whether the doses were taken."},
    )
    reason_code = _one_of("If not taken: why", SkipReason, required=False)
    until_on = DateParts(thing="The last day", label="Up to and including this day")
    until_time = TimeOfDayField(
        label="and this time", help_text="On 24 hours, like 12:00, in the patient's own time zone."
    )
    said_by = _radios("Who said so", SaidBy.choices, error_messages={"required": "Choose who said what was taken."})
    note = _note("For example what the patient said.")

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        self.fields["until_on"].limits(None, record.today)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("state") == DoseState.SKIPPED and not cleaned.get("reason_code"):
            self.add_error("reason_code", "Choose why they were not taken; “Another reason” will do.")
        if cleaned.get("state") == DoseState.TAKEN:
            cleaned["reason_code"] = ""
        return cleaned

    @property
    def until(self) -> datetime:
        return instant(self.cleaned_data["until_on"], self.cleaned_data["until_time"], self.record.plan.time_zone)


class OfRecord(KeyedForm):
    """A form about the active plan of a record."""

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record


class TrackingForm(OfRecord):
    """How the doses of a plan are known from now on."""

    mode = _radios(
        "How are doses known?",
        [
            (Tracking.TICKED, "Each dose is ticked, by the patient or a carer. Doses that are not ticked raise flags."),
            (
                Tracking.NOT_TRACKED,
                "They are not tracked. Nothing follows from silence; reports and supply still count.",
            ),
        ],
        error_messages={"required": "Choose how doses are known."},
    )


class SilenceForm(OfRecord):
    """Why nothing is ticked for a time, with both ends."""

    reason = _radios(
        "Why nothing is ticked",
        [
            (SilenceReason.ADMISSION, "In hospital: doses are given and recorded there"),
            (SilenceReason.LOST_PHONE, "The phone is lost or broken: doses are taken, nobody can tick them"),
            (SilenceReason.HOLD, "Doses are held: the team asked to leave them out"),
            (SilenceReason.OTHER, "Another reason: doses are taken"),
        ],
        error_messages={"required": "Choose why nothing is ticked."},
    )
    starts_on = DateParts(thing="The first day", label="First day")
    starts_time = TimeOfDayField(label="from", required=False, help_text="Empty: from the start of that day.")
    ends_on = DateParts(
        thing="The end", label="Until this day", help_text="After that, silence counts again by itself."
    )
    ends_time = TimeOfDayField(label="at", required=False, help_text="Empty: at the start of that day.")
    note = _note("For example the ward, or who was spoken to.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and self.ends_at <= self.starts_at:
            self.add_error("ends_on", "The end must come after the beginning.")
        return cleaned

    @property
    def starts_at(self) -> datetime:
        return self._instant("starts")

    @property
    def ends_at(self) -> datetime:
        return self._instant("ends")

    def _instant(self, which: str) -> datetime:
        at = self.cleaned_data.get(f"{which}_time") or _MIDNIGHT
        return instant(self.cleaned_data[f"{which}_on"], at, self.record.plan.time_zone)


class SupplyForm(OfRecord):
    """What was handed out, and when more is coming."""

    conditional: ClassVar[frozenset[str]] = frozenset({"repeat_on"})
    on_date = DateParts(thing="The day of the issue", label="Handed out on")
    product = forms.ChoiceField(
        label="What was handed out", error_messages={"required": "Choose what was handed out from the list."}
    )
    units = MeasuredField(thing="How much", label="How much", help_text="Tablets, or mL of a liquid.")
    repeat_on = DateParts(
        thing="The day of the next issue",
        label="More is expected on (optional)",
        required=False,
        help_text="Empty: no repeat is ordered yet.",
    )

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        self.products = {one.code: one for one in record.protocol.products}
        offered = [("", "Choose one"), *((code, one.name) for code, one in self.products.items())]
        self.fields["product"].choices = offered  # type: ignore[attr-defined]
        self.fields["on_date"].limits(None, record.today)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        on, repeat = cleaned.get("on_date"), cleaned.get("repeat_on")
        if on and repeat and repeat <= on:
            self.add_error("repeat_on", "The next issue must come after this one.")
        return cleaned
