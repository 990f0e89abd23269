"""What the check page asks before an increase is signed while the next step is not open."""

from typing import Any, ClassVar

from django import forms

from titration.dosing.gate_lines import OTHER
from titration.forms.base import PortalForm

# The coded reasons as they are asked; an override keeps the code, and GATE_REASON_WORDS says it afterwards.
GATE_REASONS = (
    ("asked_otherwise", "asked, and told otherwise than is recorded"),
    ("observed_inpatient", "in hospital, under observation"),
    ("specialist_advice", "specialist advice"),
    (OTHER, "other, say why"),
)
GATE_REASON_WORDS = {code: words.removesuffix(", say why") for code, words in GATE_REASONS}


class GateForm(PortalForm):
    """The coded reason to go on, in words when the code alone says nothing."""

    conditional: ClassVar[frozenset[str]] = frozenset({"text"})
    code = forms.ChoiceField(
        label="Why go on although the next step is not open?",
        widget=forms.RadioSelect,
        choices=GATE_REASONS,
        error_messages={"required": "Choose why to go on although the next step is not open."},
    )
    text = forms.CharField(
        label="Say why to go on",
        help_text="Needed when you choose “other”.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        required=False,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix="gate", **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("code") == OTHER and not self.has_error("text") and not cleaned.get("text"):
            self.add_error("text", "Say why to go on although the next step is not open.")
        return cleaned

    def answers(self) -> dict[str, str]:
        """The answers by the names that the services know."""
        return {"gate_code": self.cleaned_data["code"], "gate_text": self.cleaned_data["text"]}
