"""Forms of a plan itself: ending it, and the day of the next decision."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django import forms

from titration.dosing.facts import StopReason
from titration.dosing.wording import STOP_REASON_WORDS
from titration.forms.base import PortalForm
from titration.forms.fields import DateParts
from titration.forms.steps import date_parts

_STOP_REASONS = [
    (code, f"{words}, say why" if code == StopReason.OTHER else words) for code, words in STOP_REASON_WORDS.items()
]
_AHEAD = timedelta(days=366)


class StopForm(PortalForm):
    """The end of baclofen: the first day without it, and why."""

    purpose: ClassVar[str] = "stop"

    stops_on = DateParts(thing="First day without baclofen", label="First day without baclofen")
    stop_reason = forms.ChoiceField(label="Why baclofen is stopped", widget=forms.RadioSelect, choices=_STOP_REASONS)
    reason = forms.CharField(
        label="Notes on the reason",
        help_text="Needed when you choose “Other”.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )
    monitoring_plan = forms.CharField(
        label="How the patient will be watched for withdrawal",
        help_text="Needed when baclofen is stopped for a serious adverse reaction or an overdose.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, record: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.record = record
        self.fields["stops_on"].limits(record.today, record.today + _AHEAD)
        self.conditional = frozenset({"reason", "monitoring_plan"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("stop_reason")
        if chosen == StopReason.OTHER and not cleaned.get("reason"):
            self.add_error("reason", "Write why baclofen is stopped.")
        if chosen in (StopReason.SERIOUS_ADVERSE_REACTION, StopReason.OVERDOSE) and not cleaned.get("monitoring_plan"):
            self.add_error("monitoring_plan", "Write how the patient will be watched for withdrawal.")
        return cleaned

    @property
    def makes_an_order(self) -> bool:
        """The day and the reason could be read, whatever else is still missing."""
        read = self.is_bound and not self.has_error("stops_on") and not self.has_error("stop_reason")
        return read and self.cleaned_data.get("stops_on") is not None

    def order_values(self, key: uuid.UUID) -> dict[str, Any]:
        """The order that was typed, by the names that the services know."""
        return {
            "key": key,
            "stops_on": self.cleaned_data["stops_on"],
            "stop_reason": StopReason(self.cleaned_data["stop_reason"]),
            "reason": self.cleaned_data.get("reason", ""),
            "monitoring_plan": self.cleaned_data.get("monitoring_plan", ""),
        }

    def as_text(self) -> dict[str, str]:
        """What was typed, as the fields of a form of this kind."""
        read = self.cleaned_data
        return {
            **date_parts("stops_on", read["stops_on"]),
            "stop_reason": read["stop_reason"],
            "reason": read["reason"],
            "monitoring_plan": read["monitoring_plan"],
        }


class NextDecisionForm(PortalForm):
    """The day on which the prescriber will decide again about the dose; empty takes the day away."""

    on = DateParts(
        thing="Date of the next decision",
        label="Next decision about the dose",
        help_text="Without a date, the worklist asks for a review when the dose has stood for longer than it should.",
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, record: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["on"].limits(record.today, record.today + _AHEAD)
