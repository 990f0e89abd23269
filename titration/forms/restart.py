"""The decision how baclofen goes on after a long gap or after toxicity. Nothing is preselected, and no dose is proposed."""

from django import forms

from titration.forms.base import KeyedForm
from titration.models import RestartChoice

_HINTS = {
    RestartChoice.RESUME: "Go on with the same dose",
    RestartChoice.LOWER: "Go on with a lower dose, which you order next",
    RestartChoice.RETITRATE: "Start low again and build up, with a dose that you order next",
    RestartChoice.NOT_RESUMED: "Do not take baclofen again for now, and order the stop next",
}


class RestartForm(KeyedForm):
    """What the prescriber chooses, and why."""

    choice = forms.ChoiceField(
        label="How does baclofen go on?",
        choices=[(choice.value, words) for choice, words in _HINTS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how baclofen goes on."},
    )
    reason = forms.CharField(
        label="Why",
        help_text="For example how the patient is, and what was agreed.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write down why."},
    )
