"""Call me back: what about, when, and on which number."""

import re
from typing import Any

from django import forms

from titration.forms.base import KeyedForm
from titration.models.calls import CallAbout, CallWhen

_PHONE = re.compile(r"[0-9+()\- ]*")


def _radios(label: str, choices: Any, missing: str, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": missing}, **kwargs
    )


class CallMeForm(KeyedForm):
    """``known``: the number on record (empty: none), which is called unless another is given."""

    about = _radios("What is it about?", CallAbout.choices, "Choose what it is about.")
    best_time = _radios("When can we call?", CallWhen.choices, "Choose when we can call.")
    phone = forms.RegexField(
        label="Call this number", regex=rf"^{_PHONE.pattern}$", max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"invalid": "Write a phone number, like 555 0123."},
    )  # fmt: skip
    note = forms.CharField(
        label="What should we know before we call?",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, known: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = f"Leave it empty and we call {known}." if known else ""
        self.fields["phone"].required = not known
        self.fields["phone"].error_messages["required"] = "Write the number that we should call."
