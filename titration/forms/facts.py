"""One small form for each kind of dated fact about a patient, and the two that take a wrong one back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from titration.dosing.doses import NBSP, format_number
from titration.dosing.facts import Albuminuria, Benefit, Setting
from titration.dosing.gate_lines import Effects
from titration.forms.asked_again import AskedAgainMixin
from titration.forms.base import PortalForm
from titration.forms.coded import KEEP, CodedField, CodedFormMixin
from titration.forms.fields import DateParts, MeasuredField
from titration.models import FactKind

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for one kind of fact: ``answers`` are pairs of a stored answer and its words, empty for measures."""

    title: str
    answer_label: str
    answers: tuple[tuple[str, str], ...]
    date_label: str
    date_hint: str


def _yes_no(title: str, label: str, yes: str, no: str) -> Question:
    return Question(
        title=title,
        answer_label=label,
        answers=((YES, yes), (NO, no)),
        date_label="Since",
        date_hint="The day from which this is so. The day you found out will do.",
    )


def _score(title: str, label: str, answers: tuple[tuple[str, str], ...]) -> Question:
    return Question(title=title, answer_label=label, answers=answers, date_label="Date of the visit", date_hint="")


EFFECTS = ((Effects.NONE, "No side effects"), (Effects.SOME, "Some side effects"), (Effects.NOT_ASKED, "Not asked"))
_ZERO_TO_TEN = ("0, none", *(str(step) for step in range(1, 10)), "10, the worst imaginable")


def _measure(title: str, label: str) -> Question:
    return Question(title=title, answer_label=label, answers=(), date_label="Date measured", date_hint="")


_HAS = ("Has it", "Does not have it, or it has ended")

QUESTIONS: Mapping[str, Question] = {
    FactKind.HEIGHT: _measure("Height", "Height, in cm"),
    FactKind.WEIGHT: _measure("Weight", "Weight, in kg"),
    FactKind.DIALYSIS: _yes_no("Dialysis", "Is the patient on dialysis?", "Yes, on dialysis", "No, not on dialysis"),
    FactKind.PREGNANCY: _yes_no("Pregnancy", "Is the patient pregnant?", "Yes, pregnant", "No, not pregnant"),
    FactKind.BREASTFEEDING: _yes_no(
        "Breastfeeding", "Is the patient breastfeeding?", "Yes, breastfeeding", "No, not breastfeeding"
    ),
    FactKind.INFANT_BORN: Question(
        title="Birth date of the infant",
        answer_label="",
        answers=(),
        date_label="Birth date of the infant",
        date_hint="",
    ),
    FactKind.SETTING: Question(
        title="Setting of care",
        answer_label="Where is the patient treated?",
        answers=((Setting.OUTPATIENT, "As an outpatient"), (Setting.INPATIENT, "As an inpatient")),
        date_label="Since",
        date_hint="",
    ),
    FactKind.ALBUMINURIA: Question(
        title="Albumin in the urine",
        answer_label="Which category does the report give?",
        answers=(
            (Albuminuria.A1, "A1, normal to mildly increased"),
            (Albuminuria.A2, "A2, moderately increased"),
            (Albuminuria.A3, "A3, severely increased"),
        ),
        date_label="Date of the sample",
        date_hint="",
    ),
    FactKind.PAST_WITHDRAWAL: _yes_no(
        "Withdrawal in the past",
        "Has the patient had a withdrawal reaction to baclofen before?",
        "Yes, in the past",
        "No, never",
    ),
    FactKind.BENEFIT: Question(
        title="Benefit of baclofen",
        answer_label="Does baclofen help, in your judgement?",
        answers=((Benefit.NONE, "No benefit"), (Benefit.SOME, "Some benefit"), (Benefit.GOOD, "Good benefit")),
        date_label="Date of the visit",
        date_hint="",
    ),
    FactKind.SPASTICITY: _score(
        "Spasticity, 0 to 10",
        "How strong was the spasticity over the last 24 hours, in the patient's own view?",
        tuple((str(step), words) for step, words in enumerate(_ZERO_TO_TEN)),
    ),
    FactKind.SPASMS: _score(
        "Spasm frequency (Penn)",
        "How often do spasms come?",
        (
            ("0", "0, no spasms"),
            ("1", "1, mild ones, only when something sets them off"),
            ("2", "2, less than one an hour"),
            ("3", "3, more than one an hour"),
            ("4", "4, more than ten an hour"),
        ),
    ),
    FactKind.TONE: _score(
        "Muscle tone (Modified Ashworth)",
        "How does the muscle group that is treated feel when it is moved?",
        (
            ("0", "0, no more tone than usual"),
            ("1", "1, a light catch, or a little resistance at the very end"),
            ("1+", "1+, a light catch, then some resistance through less than half of the way"),
            ("2", "2, clear resistance most of the way, and the part still moves easily"),
            ("3", "3, strong resistance, and moving the part is hard"),
            ("4", "4, the part is rigid"),
        ),
    ),
    FactKind.SIDE_EFFECTS: Question(
        title="Side effects",
        answer_label="Side effects since the last step?",
        answers=EFFECTS,
        date_label="Date of the answer",
        date_hint="",
    ),
    FactKind.CONDITION: _yes_no("Condition", "Does the patient have it?", *_HAS),
    FactKind.MEDICINE: _yes_no(
        "Other medicine", "Does the patient take it?", "Takes it", "Does not, or has stopped it"
    ),
    FactKind.SIGN: _yes_no("Sign or symptom", "Does the patient have it?", *_HAS),
    FactKind.EVENT: Question(
        title="Event that asks for a kidney check",
        answer_label="",
        answers=(),
        date_label="Date it happened",
        date_hint="",
    ),
}
_CODE_LABELS = {
    FactKind.CONDITION: "Which condition",
    FactKind.MEDICINE: "Which medicine",
    FactKind.SIGN: "Which sign or symptom",
    FactKind.EVENT: "What happened",
}
# Kinds of which there are more than any list has.
_SEARCHED = (FactKind.CONDITION, FactKind.MEDICINE)
# The unit of a measure, and the names of its two entry limits in the protocol.
_MEASURES = {
    FactKind.HEIGHT: ("cm", "lowest_height_cm", "highest_height_cm"),
    FactKind.WEIGHT: ("kg", "lowest_weight_kg", "highest_weight_kg"),
}


class BodyField(MeasuredField):
    """A height or a weight with at most two decimals, as the records keep them."""

    decimals = 2


def codes_of(protocol: Any, kind: str) -> Mapping[str, Any]:
    """The coded list of a kind; empty for kinds without codes."""
    lists = {
        FactKind.CONDITION: protocol.conditions,
        FactKind.MEDICINE: protocol.medicines,
        FactKind.SIGN: protocol.signs,
        FactKind.EVENT: protocol.events,
    }
    found: Mapping[str, Any] = lists.get(kind, {})  # type: ignore[call-overload]
    return found


class FactForm(AskedAgainMixin, CodedFormMixin, PortalForm):
    """A fact of one kind. The date must not lie ahead, nor before the patient was born."""

    conditional: ClassVar[frozenset[str]] = frozenset({"confirm", KEEP})
    asked_field = "number"
    looked_at = "I have looked again, and it is"
    if_so = "Tick the box if it is"
    note = forms.CharField(
        label="Note", required=False, max_length=300, help_text="For example where you know it from."
    )

    def __init__(self, *args: Any, kind: str, record: Any, **kwargs: Any) -> None:
        self.kind, self.about = kind, QUESTIONS[kind]
        self.base_fields = {**self._questions(record), **self.base_fields}
        super().__init__(*args, **kwargs)

    def _questions(self, record: Any) -> dict[str, forms.Field]:
        """The questions of this kind, in order."""
        asked = self.about
        found: dict[str, forms.Field] = {}
        codes = sorted(codes_of(record.protocol, self.kind).values(), key=lambda one: one.label.lower())
        if self.kind in _SEARCHED:
            label = _CODE_LABELS[FactKind(self.kind)]
            found["code"] = CodedField(
                label=label,
                codes=codes,
                help_text="Type a part of the name and choose from the list.",
                error_messages={"required": f"{label}: type its name, or choose one from the list."},
            )
        elif codes:
            label = _CODE_LABELS[FactKind(self.kind)]
            found["code"] = forms.ChoiceField(
                label=label,
                choices=[("", "Choose one"), *((one.code, one.label) for one in codes)],
                error_messages={"required": f"{label}: choose one from the list."},
            )
        if self.kind in _MEASURES:
            unit, low, high = _MEASURES[FactKind(self.kind)]
            entry = record.protocol.entry
            found["number"] = BodyField(
                thing=asked.title,
                unit=unit,
                label=asked.answer_label,
                lowest=getattr(entry, low),
                highest=getattr(entry, high),
            )
        if asked.answers:
            found["answer"] = forms.ChoiceField(
                label=asked.answer_label, choices=asked.answers, widget=forms.RadioSelect
            )
        found["on_date"] = DateParts(
            thing="The date since when it is so" if asked.date_label == "Since" else asked.date_label,
            label=asked.date_label,
            help_text=asked.date_hint,
            earliest=None if self.kind == FactKind.INFANT_BORN else record.patient.birth_date,
            latest=record.today,
        )
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        self.ask_about_unlisted()
        return cleaned

    @property
    def number(self) -> Decimal | None:
        return self.cleaned_data.get("number")

    def typed_words(self) -> str:
        return f"{format_number(self.cleaned_data['number'])}{NBSP}{_MEASURES[FactKind(self.kind)][0]}"

    def typed_values(self) -> list[str]:
        return [self.kind, "" if self.number is None else f"{self.number.normalize():f}"]

    @property
    def answer(self) -> str:
        """The coded answer. An event is recorded because it happened."""
        if self.kind == FactKind.EVENT:
            return YES
        return str(self.cleaned_data.get("answer", ""))


class CorrectFactForm(FactForm):
    """The same fact as it should have been; what it is about stays, and at least one thing must differ."""

    note = forms.CharField(
        label="What was wrong",
        max_length=300,
        help_text="The earlier entry stays in the record, struck through.",
        error_messages={"required": "Write down what was wrong."},
    )

    def __init__(self, *args: Any, fact: Any, **kwargs: Any) -> None:
        self.fact = fact
        super().__init__(*args, kind=fact.kind, **kwargs)
        self.fields.pop("code", None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        if not self.errors:
            old = self.fact
            if (self.number, self.answer, cleaned["on_date"]) == (old.number, old.answer, old.on_date):
                self.add_error(None, "Nothing was changed. Correct the entry, or withdraw it.")
        return cleaned


class WithdrawFactForm(PortalForm):
    """Taking back a fact that was never so."""

    prefix = "withdraw"
    note = forms.CharField(
        label="Why it is withdrawn",
        max_length=300,
        help_text="The entry stays in the record, struck through, and counts no more.",
        error_messages={"required": "Write down why it is withdrawn."},
    )
