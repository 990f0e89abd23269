"""What the patient will read about a new dose, shown to the clinician before it is signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from titration.dosing.doses import Mg, format_dose, format_ml, format_total
from titration.dosing.products import Quantity, quantity_words
from titration.dosing.wording import patient_date, patient_time

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOON = time(12)
# The first hour of each part of the day; what is earlier than the first belongs to the night before.
_PARTS = ((4, "morning"), (12, "afternoon"), (17, "evening"), (21, "bedtime"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPreview:
    """The day in full, sentences, and one line for each dose when they differ."""

    starts: str
    lines: tuple[str, ...]
    doses: tuple[str, ...]


def patient_preview(
    *, starts_on: date, slots: Sequence[tuple[time, Mg]], quantities: Sequence[Quantity], previous: Mg | None
) -> PatientPreview:
    """The new doses in the patient's words; no slots mean that baclofen ends on that day."""
    was = f" It was {format_total(previous)} a day." if previous is not None and previous.value else ""
    starts = f"From {WEEKDAYS[starts_on.weekday()]} {patient_date(starts_on)}"
    if not slots:
        return PatientPreview(starts=starts, lines=(f"You do not take baclofen any more.{was}",), doses=())
    total = Mg(sum((amount.value for _, amount in slots), start=Decimal(0)))
    equal = len({amount for _, amount in slots}) == 1
    if not equal:
        lines = ("Take these doses by mouth every day:",)
        doses = tuple(
            f"{day_part(at).capitalize()}: {each_words(quantity)}"
            for (at, _), quantity in zip(slots, quantities, strict=True)
        )
        return PatientPreview(starts=starts, lines=(*lines, f"That is {format_total(total)} a day.{was}"), doses=doses)
    often = "once a day" if len(slots) == 1 else f"{len(slots)}\u00a0times a day"
    parts = _listed([day_part(at) for at, _ in slots])
    each = "" if len(slots) == 1 else f" ({format_dose(slots[0][1])} each time)"
    quantity = quantities[0]
    if quantity.ml is None:
        take = (f"Take {quantity_words(quantity)} by mouth {often}: {parts}.",)
    else:
        take = (
            f"Take {format_dose(quantity.amount)} by mouth {often}: {parts}.",
            f"Each time, that is {_volume(quantity)}.",
        )
    return PatientPreview(starts=starts, lines=(*take, f"That is {format_total(total)} a day{each}.{was}"), doses=())


def day_part(at: time) -> str:
    """The part of the day with its time: ``morning (8am)``; 12:00 is ``midday``."""
    part = part_of_day(at)
    return f"{part} ({patient_time(at)})" if part else patient_time(at)


def part_of_day(at: time) -> str:
    """``morning``, ``afternoon``, ``evening`` or ``bedtime``; empty at noon, whose time has a name of its own."""
    if at == _NOON:
        return ""
    return next((name for hour, name in reversed(_PARTS) if at.hour >= hour), _PARTS[-1][1])


def each_words(quantity: Quantity) -> str:
    """One dose in the patient's words, with its mg: ``one 10 mg tablet (10 mg)``."""
    if quantity.ml is None:
        return f"{quantity_words(quantity)} ({format_dose(quantity.amount)})"
    return f"{format_dose(quantity.amount)}, that is {_volume(quantity)}"


def _volume(quantity: Quantity) -> str:
    strength = quantity.product.strength_words.replace(" mg", "\u00a0mg").replace(" mL", "\u00a0mL")
    assert quantity.ml is not None
    return f"{format_ml(quantity.ml)} of the {strength} liquid"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
