"""The doses of one day as they are typed: the same dose at the usual times, or rows of a time and a dose."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from titration.dosing.doses import Mg, format_dose, format_number
from titration.dosing.wording import format_time, frequency_words
from titration.forms.fields import DoseField
from titration.forms.widgets import MeasureInput

Slots = tuple[tuple[time, Mg], ...]

DIFFERENT = "different"
_BLANKS = " \t\u00a0"
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

# The usual times of day when a plan has none of its own yet: morning, noon or afternoon, evening, bedtime.
_USUAL_TIMES = {
    1: (time(8),),
    2: (time(8), time(20)),
    3: (time(8), time(14), time(22)),
    4: (time(8), time(12), time(17), time(22)),
}


class TimeOfDayField(forms.CharField):
    """A time of day on 24 hours as ``time``: ``08:00``, ``8:00`` or ``14:30``."""

    widget = MeasureInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.widget.attrs.update({"size": "5"})

    def to_python(self, value: Any) -> time | None:
        if value is None or isinstance(value, time):
            return value
        typed = value.strip(_BLANKS)
        if not typed:
            return None
        read = _TIME.fullmatch(typed)
        if not read:
            shown = typed if len(typed) <= 40 else f"{typed[:40]}…"
            raise ValidationError(
                f"Time must be on 24 hours, like 08:00 or 14:30, and “{shown}” was read.", code="time"
            )
        return time(int(read[1]), int(read[2]))

    def prepare_value(self, value: Any) -> Any:
        return format_time(value) if isinstance(value, time) else value


def frequency_choices() -> list[tuple[str, str]]:
    """How often a day, in words, and the choice that opens the rows."""
    equal = [(str(count), frequency_words(count)) for count in _USUAL_TIMES]
    return [*equal, (DIFFERENT, "different doses through the day")]


def times_for(count: int, current: Sequence[time]) -> tuple[time, ...]:
    """The times of ``count`` equal doses: those of the dose in force when it has as many, else the usual ones."""
    return tuple(current) if len(current) == count else _USUAL_TIMES[count]


def times_words(current: Sequence[time]) -> str:
    """The times that each answer to "How often" stands for, so that nobody has to guess them."""
    said = []
    for count in _USUAL_TIMES:
        listed = ", ".join(format_time(at) for at in times_for(count, current))
        said.append(f"{frequency_words(count).capitalize()}: {listed}.")
    return " ".join(said)


def read_times(text: str) -> tuple[time, ...]:
    """The times that a signed order was shown with: midnight may change the usual ones, never those of an order."""
    field = TimeOfDayField(required=False)
    return tuple(at for part in text.split() if (at := field.to_python(part)) is not None)


def row_names(count: int) -> tuple[tuple[str, str], ...]:
    """The names of the time and the dose of each row."""
    return tuple((f"row_{number}_time", f"row_{number}_dose") for number in range(1, count + 1))


def add_rows(form: Any, count: int, lowest: Mg, highest: Mg) -> None:
    """Give a form its rows of a time and a dose; empty rows are not used."""
    for number, (at, amount) in enumerate(row_names(count), start=1):
        form.fields[at] = TimeOfDayField(label=f"Time {number}", required=False)
        form.fields[amount] = DoseField(label=f"Dose {number}, in mg", required=False, lowest=lowest, highest=highest)


def read_rows(form: Any, count: int) -> Slots:
    """The rows in order of time. What is missing or said twice becomes an error of its row, and no slots are read."""
    found: dict[time, Mg] = {}
    whole = True
    for at_name, amount_name in row_names(count):
        if form.has_error(at_name) or form.has_error(amount_name):
            whole = False
            continue
        at, amount = form.cleaned_data.get(at_name), form.cleaned_data.get(amount_name)
        if at is None and amount is None:
            continue
        whole = whole and at is not None and amount is not None and at not in found
        if at is None:
            form.add_error(at_name, f"Enter the time of the dose of {format_dose(amount)}.")
        elif amount is None:
            form.add_error(amount_name, f"Enter the dose at {format_time(at)}, in mg.")
        elif at in found:
            form.add_error(at_name, f"Two doses are at {format_time(at)}. Give each dose its own time.")
        else:
            found[at] = amount
    if whole and not found:
        form.add_error(row_names(count)[0][0], "Enter at least one time and its dose.")
    return tuple(sorted(found.items())) if whole else ()


def slots_as_text(slots: Slots, current: Sequence[time]) -> dict[str, str]:
    """The slots as the fields of a form: equal doses at the times the portal prints, everything else as rows."""
    amounts = {amount for _, amount in slots}
    times = tuple(at for at, _ in slots)
    if len(amounts) == 1 and len(slots) in _USUAL_TIMES and times == times_for(len(slots), current):
        return {"frequency": str(len(slots)), "dose": format_number(slots[0][1].value)}
    fields = {"frequency": DIFFERENT}
    for (at_name, amount_name), (at, amount) in zip(row_names(len(slots)), slots, strict=True):
        fields |= {at_name: format_time(at), amount_name: format_number(amount.value)}
    return fields
