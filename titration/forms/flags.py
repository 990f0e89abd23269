"""What is written about a flag."""

from django import forms

from titration.forms.base import PortalForm


class CallForm(PortalForm):
    """A call to the patient; an empty text means that nobody answered."""

    text = forms.CharField(
        label="What came of the call",
        required=False,
        max_length=500,
        help_text="Leave it empty when nobody answered.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Write at most %(limit_value)d characters. You wrote %(show_value)d."},
    )
