"""Who the page is about: the line of text that stands on every page of one patient, and in every row of a list."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from titration.dosing.schedule import completed_years
from titration.dosing.wording import NOT_KNOWN, NOT_RECORDED, format_date

SEX_WORDS = {"F": "Female", "M": "Male"}

# Below this many years an age in years says too little about a child.
_MONTHS_BELOW_YEARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Name, birth date, sex and ID, in this order; ``dead_words`` is empty for the living."""

    name: str
    born: date | None
    age_words: str
    sex_words: str
    identifier: str
    is_demo: bool
    dead_words: str
    chart_url: str


def banner(patient: Any, *, today: date, record_number: str | None = None) -> Banner:
    """The banner of a patient; ``record_number`` is read from the patient when it is not given."""
    number = patient.record_number if record_number is None else record_number
    return Banner(
        name=full_name(patient),
        born=patient.birth_date,
        age_words=age_words(patient, today),
        sex_words=SEX_WORDS.get(patient.sex, NOT_KNOWN),
        identifier=number or NOT_RECORDED,
        is_demo=patient.is_demo,
        dead_words=dead_words(patient),
        chart_url=reverse("patients:chart", args=[patient.pk]),
    )


def full_name(patient: Any) -> str:
    """``SAMPLE, Alex (Mx)``: the family name in capitals, the title in brackets when one is recorded."""
    return f"{patient}{f' ({patient.title})' if patient.title else ''}"


def age_words(patient: Any, today: date) -> str:
    """``57y``, ``14 months``, or the age at death; empty when the birth date is not known or lies ahead."""
    until = patient.deceased_on if patient.is_deceased else today
    born = patient.birth_date
    if born is None or until is None or born > until:
        return ""
    years = completed_years(born, until)
    if years >= _MONTHS_BELOW_YEARS:
        return f"{years}y"
    months = (until.year - born.year) * 12 + until.month - born.month - (1 if until.day < born.day else 0)
    return "1 month" if months == 1 else f"{months} months"


def dead_words(patient: Any) -> str:
    """``Died 03-Mar-2025``; empty for the living."""
    if not patient.is_deceased:
        return ""
    return f"Died {format_date(patient.deceased_on)}" if patient.deceased_on else "Died, date not recorded"
