"""Typing a kidney result, correcting it, taking it back, and deciding on one that a laboratory file left open."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms

from titration.dosing.facts import Analyte, LabUnit
from titration.dosing.schedule import instant, without_time
from titration.dosing.wording import format_date
from titration.forms.asked_again import UNIT_WORDS, UnitQuestionMixin
from titration.forms.base import PortalForm
from titration.forms.fields import DateParts, LabValueField
from titration.forms.slots import TimeOfDayField

ANALYTE_WORDS = {Analyte.CREATININE: "Creatinine", Analyte.CYSTATIN_C: "Cystatin C"}
UNITS_OF = {Analyte.CREATININE: (LabUnit.MG_DL, LabUnit.UMOL_L), Analyte.CYSTATIN_C: (LabUnit.MG_L,)}
_MEASURED_IN = {LabUnit.MG_DL: "creatinine", LabUnit.UMOL_L: "creatinine", LabUnit.MG_L: "cystatin C"}
COMPARATORS = (
    ("", "Exactly this value"),
    ("<", "Less than (<)"),
    ("<=", "At most (≤)"),
    (">", "More than (>)"),
    (">=", "At least (≥)"),
)


class ExactValueField(LabValueField):
    """A laboratory value with as many decimals as the records keep: some laboratories send sixteen."""

    decimals = 18


def reason_field(question: str, hint: str) -> forms.CharField:
    """A reason in the writer's own words, which the records keep for ever."""
    return forms.CharField(
        label=question,
        help_text=hint,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": f"Write down an answer to “{question}”."},
    )


def unit_field(units: Any) -> forms.TypedChoiceField:
    """The unit as radios; nothing is chosen for the person."""
    choices = [(unit.value, f"{UNIT_WORDS[unit]} ({_MEASURED_IN[unit]})") for unit in units]
    return forms.TypedChoiceField(
        label="Unit",
        choices=choices,
        coerce=LabUnit,
        widget=forms.RadioSelect,
        help_text="The unit that is printed beside the value on the report.",
        error_messages={"required": "Choose the unit that is printed beside the value."},
    )


class ValueForm(UnitQuestionMixin, PortalForm):
    """A value with its unit. ``analyte`` is what it measures, or None while the person has yet to say."""

    conditional: ClassVar[frozenset[str]] = frozenset({"confirm"})
    value = ExactValueField(thing="Value", label="Value", help_text="The number alone, as it stands on the report.")
    unit = unit_field(LabUnit)

    def __init__(self, *args: Any, record: Any, analyte: Analyte | None, **kwargs: Any) -> None:
        self.record, self.analyte = record, analyte
        if analyte is not None:
            self.base_fields = {**self.base_fields, "unit": unit_field(UNITS_OF[analyte])}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        analyte, unit, value = self.analyte or cleaned.get("analyte"), cleaned.get("unit"), cleaned.get("value")
        if analyte is None:
            return cleaned
        if unit is not None and unit not in UNITS_OF[analyte]:
            allowed = " or ".join(UNIT_WORDS[one] for one in UNITS_OF[analyte])
            name = ANALYTE_WORDS[analyte]
            self.add_error("unit", f"{name} is recorded in {allowed}, and {UNIT_WORDS[unit]} was chosen.")
        entry = self.record.protocol.entry
        if analyte is Analyte.CYSTATIN_C and value is not None:
            low, high = entry.lowest_cystatin_c_mg_l, entry.highest_cystatin_c_mg_l
            if not low <= value <= high:
                self.add_error("value", f"Cystatin C must be between {low} and {high} mg/L, and {value:f} was read.")
        return cleaned


class ResultForm(ValueForm):
    """A result from a report. The date must not lie ahead, nor before the patient was born."""

    analyte = forms.TypedChoiceField(
        label="What was measured",
        choices=[(one.value, words) for one, words in ANALYTE_WORDS.items()],
        coerce=Analyte,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose creatinine or cystatin C."},
    )
    comparator = forms.ChoiceField(
        label="How the report gives the value",
        choices=COMPARATORS,
        required=False,
        help_text="A value that is only a limit is kept and counts as a check, but gives no estimate.",
    )
    taken_on = DateParts(thing="Date of the sample", label="Date of the sample", help_text="For example 22 11 2026.")
    taken_time = TimeOfDayField(
        label="Time of the sample",
        required=False,
        help_text="On 24 hours, like 08:30, in the patient's own time zone. Leave it empty when it is not known.",
    )
    field_order: ClassVar[tuple[str, ...]] = ("analyte", "comparator", "value", "unit", "taken_on", "taken_time")

    def __init__(self, *args: Any, record: Any, analyte: Analyte | None = None, **kwargs: Any) -> None:
        super().__init__(*args, record=record, analyte=analyte, **kwargs)
        if analyte is not None:
            del self.fields["analyte"]
        self.fields["taken_on"].limits(record.patient.birth_date, record.today)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("taken_on") and not self.has_error("taken_time") and self.taken_at() > self.record.as_of:
            self.add_error("taken_time", f"This time on {format_date(cleaned['taken_on'])} is still to come.")
        return cleaned

    @property
    def time_known(self) -> bool:
        return self.cleaned_data["taken_time"] is not None

    def taken_at(self) -> datetime:
        """The instant of the sample. Without a time it is noon of that day, or now while noon is still to come."""
        day, at, zone = self.cleaned_data["taken_on"], self.cleaned_data["taken_time"], self.record.patient.time_zone
        if at is None:
            return without_time(day, zone, self.record.as_of)
        return instant(day, at, zone)

    def as_written(self) -> dict[str, Any]:
        """What was typed, by the names that the services use."""
        return {
            "value": self.cleaned_data["value"],
            "unit": self.cleaned_data["unit"],
            "comparator": self.cleaned_data["comparator"],
            "taken_at": self.taken_at(),
            "time_known": self.time_known,
        }


class CorrectForm(ResultForm):
    """The same result as it should have been, with what was wrong; at least one thing must differ."""

    reason = reason_field("What was wrong", "The earlier entry stays in the record, struck through, with this reason.")

    def __init__(self, *args: Any, result: Any, **kwargs: Any) -> None:
        self.result = result
        super().__init__(*args, analyte=Analyte(result.analyte), **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self._differs():
            self.add_error(
                None, "Nothing was changed. Correct the value, the unit or the date, or withdraw the result."
            )
        return cleaned

    def taken_at(self) -> datetime:
        """As typed; where neither day nor minute was changed, the instant as it was sent, with its seconds."""
        typed, old = super().taken_at(), self.result
        same_day = self.cleaned_data["taken_on"] == old.taken_on
        if same_day and not old.time_known and not self.time_known:
            return old.taken_at
        if old.time_known and self.time_known and typed == old.taken_at.replace(second=0, microsecond=0):
            return old.taken_at
        return typed

    def _differs(self) -> bool:
        return any(value != getattr(self.result, name) for name, value in self.as_written().items())


class WithdrawForm(PortalForm):
    """Taking back a result that never was this patient's, or never was at all."""

    prefix = "withdraw"
    reason = reason_field("Why it is withdrawn", "The entry stays in the record, struck through, and counts no more.")


class HeldForm(ValueForm):
    """What a held-back record should have said."""

    reason = reason_field("How you know", "For example: the laboratory was called and confirmed the unit.")
    field_order: ClassVar[tuple[str, ...]] = ("value", "unit", "reason")


class DiscardForm(PortalForm):
    """Deciding that a held-back record is not a result."""

    prefix = "discard"
    reason = reason_field("Why it is not a result", "The record stays with what was read and this reason.")
