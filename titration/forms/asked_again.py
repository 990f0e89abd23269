"""Asking again about a number that may be a slip: the answer counts for exactly what was asked, and no other."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.core import signing

from titration.dosing.doses import NBSP, format_number
from titration.dosing.facts import LabUnit

UNIT_WORDS = {LabUnit.MG_DL: "mg/dL", LabUnit.UMOL_L: "µmol/L", LabUnit.MG_L: "mg/L"}
SALT = "titration.unit-question"
MAX_AGE = timedelta(hours=1)


class AskedAgainMixin:
    """A form with a number that may have to be confirmed; put it before the form class.

    The page writes ``question`` into a hidden box. It is signed for one patient, one person, and what was typed: after
    a change of any of them the box that was ticked counts for nothing.
    """

    asked_field: ClassVar[str]
    looked_at: ClassVar[str] = "I have looked at the report again, and it says"
    if_so: ClassVar[str] = "Tick the box if the report says"
    question = ""
    data: Any
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def typed_words(self) -> str:
        """The number with its unit, as it was read."""
        raise NotImplementedError

    def typed_values(self) -> list[str]:
        """All that the answer counts for."""
        raise NotImplementedError

    def confirms(self, *, patient: Any, user: Any) -> bool:
        """Whether the sender has looked again at exactly this number."""
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
        typed = self.typed_words()
        self.fields["confirm"] = forms.BooleanField(label=f"{self.looked_at} {typed}", required=False)
        self.add_error(self.asked_field, because)  # type: ignore[attr-defined]
        if was_asked:
            again = f"{self.if_so} {typed}, or correct the number or the unit."
            self.add_error("confirm", again)  # type: ignore[attr-defined]

    def _asked(self, patient: Any, user: Any) -> list[str]:
        return [str(patient.pk), str(user.pk), *self.typed_values()]


class UnitQuestionMixin(AskedAgainMixin):
    """A laboratory value and its unit."""

    asked_field = "value"

    def typed_words(self) -> str:
        return value_words(self.cleaned_data["value"], self.cleaned_data["unit"])

    def typed_values(self) -> list[str]:
        return [f"{self.cleaned_data['value'].normalize():f}", str(self.cleaned_data["unit"])]


def value_words(value: Any, unit: LabUnit) -> str:
    """``105 µmol/L``: a laboratory value with its unit, joined so that they stay on one line."""
    return f"{format_number(value)}{NBSP}{UNIT_WORDS[unit]}"
