"""How I feel: what happened, the emergencies first, then four numbers and a note."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from titration.forms.base import KeyedForm
from titration.models import OwnSign
from titration.models.feelings import EMERGENCIES, HIGHEST, LOWEST, SCALES

RUN_OUT, STOPPED = "run_out", "stopped"
_SUPPLY = {
    "patient": ((RUN_OUT, "I have run out"), (STOPPED, "I stopped taking it")),
    "carer": ((RUN_OUT, "There is none left"), (STOPPED, "They stopped taking it")),
}
NO_ANSWER = "No answer"
_NUMBERS = [("", NO_ANSWER), *((str(number), str(number)) for number in range(LOWEST, HIGHEST + 1))]


def _scale(label: str, lowest: str, highest: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=_NUMBERS, required=False, initial="", widget=forms.RadioSelect,
        help_text=f"{LOWEST} is {lowest}. {HIGHEST} is {highest}.",
    )  # fmt: skip


def _boxes(label: str, choices: Iterable[Any] = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list."},
    )  # fmt: skip


class FeelForm(KeyedForm):
    """Nothing has to be answered, but not nothing at all: what is left out stays not known."""

    conditional: ClassVar[frozenset[str]] = frozenset({"urgent", "supply", "signs", *SCALES})
    urgent = _boxes("Is any of this happening?")
    supply = _boxes("Do you still take baclofen?")
    sleepiness = _scale("How sleepy?", "wide awake", "too sleepy to do anything")
    spasms = _scale("How bad are the spasms?", "no spasms", "the worst spasms")
    falls = _scale("How many falls?", "no falls", "falls all the time")
    mood = _scale("How low is the mood?", "not low at all", "as low as can be")
    signs = _boxes("Did any of this happen?")
    note = forms.CharField(
        label="Anything else", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example when it began.",
    )  # fmt: skip
    scales: ClassVar[tuple[str, ...]] = SCALES

    def __init__(self, *args: Any, codes: Iterable[str], speaks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [(sign.value, sign.label) for sign in OwnSign if sign.value in set(codes)]
        self._choices("urgent", [one for one in asked if one[0] in EMERGENCIES])
        self._choices("signs", [one for one in asked if one[0] not in EMERGENCIES])
        self._choices("supply", _SUPPLY[speaks])
        if speaks != "patient":
            self.fields["supply"].label = "Do they still take baclofen?"

    def _choices(self, name: str, choices: Iterable[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(value for name, value in cleaned.items() if name != "key"):
            self.add_error("urgent", "Nothing is answered yet. Answer at least one question.")
        return cleaned

    @property
    def scores(self) -> dict[str, int]:
        """The numbers that were answered, by scale."""
        return {scale: int(self.cleaned_data[scale]) for scale in SCALES if self.cleaned_data[scale]}

    @property
    def happened(self) -> frozenset[str]:
        """The codes of the signs that were ticked."""
        return frozenset((*self.cleaned_data["urgent"], *self.cleaned_data["signs"]))

    def says(self, what: str) -> bool:
        """``what``: RUN_OUT or STOPPED."""
        return what in self.cleaned_data["supply"]
