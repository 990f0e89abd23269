"""Asking again about a value that is unusual in its unit: the answer counts for exactly what was asked, and no other."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing

from titration.dosing.doses import NBSP, format_number
from titration.dosing.facts import LabUnit

UNIT_WORDS = {LabUnit.MG_DL: "mg/dL", LabUnit.UMOL_L: "µmol/L", LabUnit.MG_L: "mg/L"}
SALT = "titration.unit-question"
MAX_AGE = timedelta(hours=1)


class UnitQuestionMixin:
    """A form with a value and a unit that may have to be confirmed; put it before the form class.

    The page writes ``question`` into a hidden box. It is signed for one patient, one person, and the value and unit
    that were typed: after a change of any of them the box that was ticked counts for nothing.
    """

    question = ""
    data: Any
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def confirms(self, *, patient: Any, user: Any) -> bool:
        """Whether the sender has looked again at exactly this value in this unit."""
        if not self.data.get("confirm"):
            return False
        try:
            asked = signing.loads(self.data.get("question", ""), salt=SALT, max_age=MAX_AGE)
        except signing.BadSignature:
            return False
        return asked == self._asked(patient, user)

    def ask(self, because: str, *, patient: Any, user: Any) -> None:
        """Turn the form into the question; nothing is stored until it comes back with the box ticked."""
        self.question = signing.dumps(self._asked(patient, user), salt=SALT)
        was_asked = self.data.get("question", "") != ""
        self.data = self.data.copy()
        self.data.pop("confirm", None)
        typed = value_words(self.cleaned_data["value"], self.cleaned_data["unit"])
        self.fields["confirm"] = forms.BooleanField(
            label=f"I have looked at the report again, and it says {typed}", required=False
        )
        self.add_error("value", because)  # type: ignore[attr-defined]
        if was_asked:
            again = f"Tick the box if the report says {typed}, or correct the value or the unit."
            self.add_error("confirm", again)  # type: ignore[attr-defined]

    def _asked(self, patient: Any, user: Any) -> list[str]:
        value, unit = self.cleaned_data["value"], self.cleaned_data["unit"]
        return [str(patient.pk), str(user.pk), f"{value.normalize():f}", str(unit)]


def value_words(value: Any, unit: LabUnit) -> str:
    """``105 µmol/L``: a laboratory value with its unit, joined so that they stay on one line."""
    return f"{format_number(value)}{NBSP}{UNIT_WORDS[unit]}"
