"""How templates write doses, dates and times: each filter hands over to the one formatter of the dosing core.

A value of None is written in words, never as a blank. Every result is a ``<span>`` that does not break.
"""

import re
from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from datetime import time as Time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from titration.dosing import wording
from titration.dosing.doses import Mg, Micrograms, format_dose, format_ml, format_number, format_total

register = template.Library()


_DATE_IN_TEXT = re.compile(r"\b((?:[A-Z][a-z]{2} )?[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4})(?: ([0-9]{2}:[0-9]{2}))?\b")


def _span(kind: str, text: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', kind, text)


def _missing() -> SafeString:
    return _span("missing", wording.NOT_RECORDED)


@register.filter
def dose(amount: Mg | Micrograms | None) -> SafeString:
    """``15 mg`` or ``250 micrograms``."""
    return _missing() if amount is None else _span("dose", format_dose(amount))


@register.filter
def total(amount: Mg | None) -> SafeString:
    """``1,155 mg``: the milligrams of a day or a course together."""
    return _missing() if amount is None else _span("dose", format_total(amount))


@register.filter
def ml(volume: Decimal | None) -> SafeString:
    """``7.5 mL``."""
    return _missing() if volume is None else _span("dose", format_ml(volume))


@register.filter
def measure(value: Decimal | int | None, unit: str) -> SafeString:
    """Any other number with its unit, as in ``41 mL/min`` or ``72.5 kg``."""
    if value is None:
        return _missing()
    return _span("measure", f"{format_number(Decimal(value))}\u00a0{unit}")


@register.filter
def date(value: Date | None) -> SafeString:
    """``22-Nov-2026``; a datetime is refused, because its date depends on a zone: use ``when``."""
    if isinstance(value, datetime):
        raise TypeError("The date filter takes a date. Write a datetime with the when filter and a zone.")
    return _missing() if value is None else _span("date", wording.format_date(value))


@register.filter
def day(value: Date | None) -> SafeString:
    """``Mon 23-Nov-2026``."""
    if isinstance(value, datetime):
        raise TypeError("The day filter takes a date. Write a datetime with the when filter and a zone.")
    return _missing() if value is None else _span("date", wording.format_day(value))


@register.filter
def time(value: Time | None) -> SafeString:
    """``14:05``, local time."""
    return _missing() if value is None else _span("time", wording.format_time(value))


@register.filter
def own_date(value: Date | None) -> SafeString:
    """``22 November 2026``, as patients read it; a datetime is refused, because its date depends on a zone."""
    if isinstance(value, datetime):
        raise TypeError("The own_date filter takes a date.")
    return _missing() if value is None else _span("date", wording.patient_date(value))


@register.filter
def own_time(value: Time | None) -> SafeString:
    """``2:05pm``, as patients read it."""
    return _missing() if value is None else _span("time", wording.patient_time(value))


@register.filter
def when(value: datetime | None, zone: str) -> SafeString:
    """``22-Nov-2026 14:05`` on the clock of the IANA zone given."""
    return _missing() if value is None else prose(wording.format_when(value, zone))


@register.filter
def days_ago(days: int | None) -> str:
    """``today``, ``1 day ago``, ``19 days ago``."""
    return wording.NOT_KNOWN if days is None else wording.days_ago(days)


@register.filter
def prose(text: str) -> SafeString:
    """A sentence in which each date and its time stay on one line; the text is escaped, its words are not changed."""

    def held(found: re.Match[str]) -> str:
        clock = f' <span class="time">{found[2]}</span>' if found[2] else ""
        return f'<span class="date">{found[1]}</span>{clock}'

    if isinstance(text, SafeString):
        return text
    # Escaping first: what is put around a date is the only markup that this adds.
    return mark_safe(_DATE_IN_TEXT.sub(held, conditional_escape(text)))  # nosec B308, B703


@register.filter
def recorded(value: Any) -> Any:
    """The value, or ``Not recorded`` for None and an empty text."""
    return wording.NOT_RECORDED if value is None or value == "" else value


@register.simple_tag
@lru_cache(maxsize=8)
def severity_marker(severity: str) -> SafeString:
    """The mark of "Act now", "This week" or "For information"; every row of a list has one, so each is drawn once."""
    return render_to_string("_components/severity-marker.html", {"severity": severity})


@register.inclusion_tag("_components/medication-line.html")
def medication_line(
    *,
    dose: Mg | Micrograms | Sequence[tuple[Mg, str]],
    route: str,
    frequency: str,
    strength: str = "",
    form: str = "",
    brand: str = "",
    duration: str = "",
    drug: str = "baclofen",
) -> dict[str, Any]:
    """Drug, brand, strength, form, DOSE, route, frequency, duration, in this order; parts that are empty are left out.

    ``dose`` is one amount, or pairs of an amount and its time of day in words for a day of different doses.
    """
    amounts = [(dose, "")] if isinstance(dose, Mg | Micrograms) else list(dose)
    return {
        "drug": drug,
        "before": [part for part in (brand, strength, form) if part],
        "amounts": amounts,
        "after": [part for part in (route, frequency, duration) if part],
    }


@register.inclusion_tag("_components/dose-ladder.html")
def dose_ladder(amounts: Sequence[Mg], current: int | None = None) -> dict[str, Any]:
    """A small staircase of daily totals, oldest first; those after index ``current`` are drawn as planned.

    It is a picture beside the words: screen readers get the first, the highest and the last total.
    """
    highest = max((amount.value for amount in amounts), default=Decimal(0))
    if not highest:
        return {"steps": []}
    width = Decimal(120) / len(amounts)
    steps = []
    for index, amount in enumerate(amounts):
        height = (amount.value / highest * 36).quantize(Decimal("0.1"))
        steps.append(
            {
                "x": (width * index).quantize(Decimal("0.1")),
                "y": Decimal(40) - height,
                "w": width.quantize(Decimal("0.1")),
                "h": height,
                "planned": current is not None and index > current,
            }
        )
    return {"steps": steps, "first": amounts[0], "highest": max(amounts), "last": amounts[-1]}
