"""How dated facts, their answers and their authors are written."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from titration.dosing.doses import NBSP, format_number
from titration.dosing.unlisted import typed_name
from titration.dosing.wording import NOT_RECORDED, format_date, format_when
from titration.models import FactKind

ANSWERS: Mapping[tuple[str, str], str] = {
    (FactKind.DIALYSIS, "yes"): "On dialysis",
    (FactKind.DIALYSIS, "no"): "Not on dialysis",
    (FactKind.PREGNANCY, "yes"): "Pregnant",
    (FactKind.PREGNANCY, "no"): "Not pregnant",
    (FactKind.BREASTFEEDING, "yes"): "Breastfeeding",
    (FactKind.BREASTFEEDING, "no"): "Not breastfeeding",
    (FactKind.SETTING, "outpatient"): "Outpatient",
    (FactKind.SETTING, "inpatient"): "Inpatient",
    (FactKind.PAST_WITHDRAWAL, "yes"): "Yes, in the past",
    (FactKind.PAST_WITHDRAWAL, "no"): "No, never",
    (FactKind.BENEFIT, "none"): "No benefit",
    (FactKind.BENEFIT, "some"): "Some benefit",
    (FactKind.BENEFIT, "good"): "Good benefit",
    (FactKind.SIDE_EFFECTS, "none"): "No side effects",
    (FactKind.SIDE_EFFECTS, "some"): "Some side effects",
    (FactKind.SIDE_EFFECTS, "not_asked"): "Not asked",
}
UNITS = {FactKind.HEIGHT: "cm", FactKind.WEIGHT: "kg"}


def correct_url(fact: Any) -> str:
    """The page that corrects or withdraws a fact."""
    return reverse("patients:fact_correct", args=[fact.patient_id, fact.pk])


def author(fact: Any) -> str:
    """Who recorded a fact, or which job did."""
    return fact.author_name or (f"job {fact.job}" if fact.job else NOT_RECORDED)


def value_words(fact: Any, protocol: Any) -> str:
    """What a fact says, by itself: ``72.5 kg``, ``Not on dialysis``, ``Diabetes: has ended or is not there``."""
    if fact.number is not None:
        return f"{format_number(fact.number)}{NBSP}{UNITS[FactKind(fact.kind)]}"
    if fact.code:
        label = code_label(fact, protocol)
        return label if fact.answer == "yes" else f"{label}: no, or ended"
    if fact.kind == FactKind.INFANT_BORN:
        return format_date(fact.on_date)
    return ANSWERS.get((fact.kind, fact.answer)) or fact.answer or NOT_RECORDED


def code_label(fact: Any, protocol: Any) -> str:
    """The name of a coded fact; one that no list has says that no rule checks it."""
    lists = {
        FactKind.CONDITION: protocol.conditions,
        FactKind.MEDICINE: protocol.medicines,
        FactKind.SIGN: protocol.signs,
        FactKind.EVENT: protocol.events,
    }
    found = lists[FactKind(fact.kind)].get(fact.code)
    return f"{typed_name(fact.code)} (not checked)" if found is None else str(found.label)


def became(after: Any, zone: str) -> str:
    """What became of an entry: ``Corrected by Ann, 22-Nov-2026 14:05: read from the wrong line``."""
    verb = "Withdrawn" if after.withdrawn else "Corrected"
    return f"{verb} by {author(after)}, {format_when(after.recorded_at, zone)}: {after.note or NOT_RECORDED}"
