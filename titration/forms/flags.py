"""What is written about a flag."""

from datetime import timedelta
from typing import Any

from django import forms

from titration.forms.base import PortalForm
from titration.models import ClosedCode, Urgency

_LENGTH = "Write at most %(limit_value)d characters. You wrote %(show_value)d."
# Days as they are offered; 0 ends a snooze. How long somebody wants to wait is no clinical number: the time to act runs on.
SNOOZES = (("1", "1 day"), ("3", "3 days"), ("7", "1 week"))
END_SNOOZE = "0"


class CallForm(PortalForm):
    """A call to the patient; an empty text means that nobody answered."""

    text = forms.CharField(
        label="What came of the call",
        required=False,
        max_length=500,
        help_text="Leave it empty when nobody answered.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _LENGTH},
    )


class ActForm(PortalForm):
    """What was done about the flag."""

    text = forms.CharField(
        label="What was done",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _LENGTH, "required": "Write what was done."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="act-%s", **kwargs)


class SnoozeForm(PortalForm):
    """One of the times offered, as a button sends it."""

    days = forms.TypedChoiceField(
        label="How long",
        choices=(*SNOOZES, (END_SNOOZE, "End the snooze")),
        coerce=lambda days: timedelta(days=int(days)),
    )


class CloseForm(PortalForm):
    """Why a person closes a flag. For one that says act now, and for another reason, the words are needed as well."""

    code = forms.ChoiceField(
        label="Why is this flag closed?",
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in ClosedCode if one != ClosedCode.BY_RULE],
        error_messages={"required": "Choose why this flag is closed."},
    )
    text = forms.CharField(
        label="In your words",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _LENGTH},
    )
    conditional = frozenset({"text"})

    def __init__(self, *args: Any, urgency: int, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="close-%s", **kwargs)
        self.urgency = urgency
        needed = urgency == Urgency.ACT_NOW
        self.fields["text"].help_text = "" if needed else "Needed when you choose “Another reason”."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        needed = self.urgency == Urgency.ACT_NOW or cleaned.get("code") == ClosedCode.OTHER
        if needed and not self.has_error("text") and not cleaned.get("text"):
            self.add_error("text", "Say in your words why this flag is closed.")
        return cleaned
