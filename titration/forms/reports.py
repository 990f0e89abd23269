"""The form of a report: one question about side effects, and each sign of the protocol as present, absent or not asked."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django import forms

from titration.dosing.code_lists import TOXIC, UNWANTED, WITHDRAWAL
from titration.dosing.gate_lines import Effects
from titration.forms.doses import KeyedForm
from titration.forms.facts import EFFECTS
from titration.forms.fields import DateParts
from titration.models import ReportedHow, Reporter

YES, NO, NOT_ASKED = "yes", "no", "not_asked"
# What a patient sent is written by the patient.
HOW_STAFF_HEARD = [(value, label) for value, label in ReportedHow.choices if value != ReportedHow.PORTAL]
_ANSWERS = ((YES, "Yes"), (NO, "No"), (NOT_ASKED, "Not asked"))
# Heading of a group of signs, and the list of the protocol that it shows; a sign stands in the first group that has it.
_GROUPS = (
    ("Signs of possible toxicity", TOXIC),
    ("Signs of withdrawal", WITHDRAWAL),
    ("Other unwanted effects", UNWANTED),
)


def _radios(label: str, choices: Iterable[Any], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)


class ReportForm(KeyedForm):
    """What was said about side effects and symptoms. Nothing is asked twice: a sign that is left stays "not asked"."""

    effects = _radios(
        "Side effects since the last step?",
        EFFECTS,
        error_messages={"required": "Choose whether there were side effects since the last step."},
    )
    reported_by = _radios("Who said so", Reporter.choices, error_messages={"required": "Choose who said so."})
    reported_how = _radios("How", HOW_STAFF_HEARD, error_messages={"required": "Choose how it was said."})
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=300,
        help_text="For example what the patient said.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    groups: ClassVar[tuple[tuple[str, str], ...]] = _GROUPS

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        self.codes = record.protocol.signs
        on_date = DateParts(
            thing="Date of the report",
            label="Date of the report",
            earliest=record.patient.birth_date,
            latest=record.today,
        )
        signs = {_name(code.code): _sign(code.label) for code in self.codes.values()}
        first = {name: self.base_fields[name] for name in ("key", "effects")}
        self.base_fields = {**first, **signs, "on_date": on_date, **self.base_fields}
        super().__init__(*args, **kwargs)

    @property
    def sign_groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Each heading with the questions beneath it, in the order of the protocol."""
        left = dict(self.codes)
        for title, listed in self.groups:
            found = [code for code, one in left.items() if listed in one.lists]
            yield title, [self[_name(code)] for code in found]
            left = {code: one for code, one in left.items() if code not in found}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        effects, signs = cleaned.get("effects"), self.signs
        unwanted = [one.label for one in self.codes.values() if UNWANTED in one.lists and signs.get(one.code)]
        if effects in (Effects.NONE, Effects.NOT_ASKED) and unwanted:
            self.add_error(
                "effects",
                f"{unwanted[0]} is answered with yes below. Choose “Some side effects”, or change that answer.",
            )
        if effects == Effects.SOME and not any(signs.values()) and not cleaned.get("note"):
            self.add_error("effects", "Say which side effects: answer yes below, or write them in the note.")
        return cleaned

    @property
    def signs(self) -> dict[str, bool]:
        """The signs that were asked about, by code."""
        answers = {code: self.cleaned_data.get(_name(code)) for code in self.codes}
        return {code: answer == YES for code, answer in answers.items() if answer in (YES, NO)}


def _sign(label: str) -> forms.ChoiceField:
    missing = {"required": f"{label}: choose yes, no or not asked."}
    return _radios(label, _ANSWERS, initial=NOT_ASKED, error_messages=missing)


def _name(code: str) -> str:
    return f"sign_{code}"
