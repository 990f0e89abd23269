"""What the check page asks before an order that meets an interruption is signed."""

from typing import Any

from django import forms

from titration.dosing.doses import Mg, format_total
from titration.forms.base import PortalForm
from titration.forms.fields import DateParts, TotalField

OTHER, WILL_MONITOR = "other", "will_monitor"

# The coded reasons as they are asked; an override keeps the code, and REASON_WORDS says it afterwards.
REASONS = (
    ("specialist_advice", "specialist advice"),
    ("result_now_better", "result is now better"),
    (WILL_MONITOR, "will monitor, say how"),
    ("taken_before_without_problems", "took this dose before without problems"),
    (OTHER, "other, say why"),
)
REASON_WORDS = {code: words.partition(",")[0] for code, words in REASONS}


class DecisionForm(PortalForm):
    """The typed total and the coded reason, and of the other answers those that the findings ask for."""

    typed_total = TotalField(label="Type the new total a day, in mg")
    reason_code = forms.ChoiceField(
        label="Why is this right for this patient?",
        widget=forms.RadioSelect,
        choices=REASONS,
        error_messages={"required": "Choose why this is right for this patient."},
    )
    reason_text = forms.CharField(
        label="Say why", widget=forms.Textarea(attrs={"rows": 2}), max_length=500, required=False
    )
    monitoring_plan = forms.CharField(
        label="How the patient will be monitored",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        required=False,
    )
    specialist_name = forms.CharField(label="Name of the specialist who advised this", max_length=120, required=False)
    specialist_on = DateParts(thing="Date of the advice", label="Date of the advice", required=False)
    second_email = forms.CharField(
        label="Email address of the second clinician",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        required=False,
    )
    second_password = forms.CharField(
        label="Password of the second clinician",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        strip=False,
        required=False,
    )

    def __init__(self, data: Any = None, *, asked: Any, new_daily: Mg, record: Any, **kwargs: Any) -> None:
        super().__init__(data, prefix="decision", **kwargs)
        self.asked, self.new_daily = asked, new_daily
        entry = record.protocol.entry
        self.fields["typed_total"].limits(entry.lowest_slot, entry.highest_daily)
        self.fields["specialist_on"].limits(None, record.today)
        if not asked.specialist:
            self._drop("specialist_name", "specialist_on")
        if not asked.second:
            self._drop("second_email", "second_password")
        if not asked.text:
            self.fields["reason_text"].help_text = "Needed when you choose “other”."
        if not asked.plan:
            self.fields["monitoring_plan"].help_text = "Needed when you choose “will monitor”."
        self.conditional = frozenset(self.fields)

    def _drop(self, *names: str) -> None:
        for name in names:
            del self.fields[name]

    def clean_typed_total(self) -> Mg:
        typed = self.cleaned_data["typed_total"]
        if typed != self.new_daily:
            raise forms.ValidationError(
                f"{format_total(typed)} was typed, and the order adds up to {format_total(self.new_daily)} a day. "
                "Type the total of the order, or change the dose."
            )
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        reason = cleaned.get("reason_code")
        self._need("reason_text", self.asked.text or reason == OTHER, "Say why this is right for this patient.")
        self._need(
            "monitoring_plan",
            self.asked.plan or reason == WILL_MONITOR,
            "Say how the patient will be monitored.",
        )
        self._need("specialist_name", True, "Write the name of the specialist who advised this.")
        self._need("specialist_on", True, "Enter the date of the specialist's advice.")
        self._need("second_email", True, "The second clinician writes their email address here.")
        self._need("second_password", True, "The second clinician types their password here.")
        return cleaned

    def _need(self, name: str, is_asked: bool, message: str) -> None:
        if is_asked and name in self.fields and not self.has_error(name) and not self.cleaned_data.get(name):
            self.add_error(name, message)

    def answers(self) -> dict[str, Any]:
        """The answers by the names that the services know, without the second clinician."""
        read = self.cleaned_data
        return {
            "typed_total": read["typed_total"],
            "reason_code": read["reason_code"],
            "reason_text": read["reason_text"],
            "monitoring_plan": read["monitoring_plan"],
            "specialist_name": read.get("specialist_name", ""),
            "specialist_on": read.get("specialist_on"),
        }
