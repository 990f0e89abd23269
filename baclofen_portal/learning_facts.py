"""What the education pages are told of the rest of the house: numbers of rules, numbers to call (``education/ports.py``)."""

from datetime import date
from decimal import Decimal

from titration.dosing.doses import Mg, format_dose, format_number
from titration.dosing.protocol import JURISDICTIONS, Protocol, load_protocol
from titration.dosing.wording import patient_date
from titration.presenters.emergency import emergency_numbers

COUNTRIES: tuple[str, ...] = tuple(JURISDICTIONS)

# The last word of a number's name is its unit; what is not here is not told to patients.
_UNITS = {"hours": "hour", "days": "day", "weeks": "week", "months": "month", "years": "year", "minutes": "minute"}


def country_name(country: str) -> str:
    return _protocol(country).name


def emergency(country: str) -> tuple[str, str]:
    numbers = emergency_numbers(country)
    return numbers.ring, numbers.advice


def rule_value(country: str, rule_id: str, name: str) -> str | None:
    """The number with its unit, as in “80 mg” or “3 days”; None when the rule is switched off or has no such number."""
    row = _protocol(country).rules.get(rule_id)
    if row is None:
        return None
    unit = name.rsplit("_", 1)[-1]
    if unit == "mg" and name in row.limits.decimals:
        return format_dose(Mg(row.limits.decimals[name]))
    if unit in _UNITS and name in row.limits.counts:
        count = row.limits.counts[name]
        return f"{format_number(Decimal(count))} {_UNITS[unit]}{'' if count == 1 else 's'}"
    return None


def rule_sources(country: str, rule_id: str) -> tuple[str, ...]:
    """The ids of the sources in which the numbers were read, such as “S-01”; none for a proposal, or for what is only known
    in general."""
    row = _protocol(country).rules.get(rule_id)
    return () if row is None or row.proposed or row.from_general_knowledge else row.sources


def rule_digest(country: str, rule_id: str) -> str:
    """All numbers of a rule, in one line; empty when there is no such rule."""
    row = _protocol(country).rules.get(rule_id)
    if row is None:
        return ""
    numbers = {**row.limits.decimals, **row.limits.counts, **row.limits.lists}
    return f"{row.number}; " + ", ".join(f"{name}={numbers[name]}" for name in sorted(numbers))


def date_words(day: date) -> str:
    return patient_date(day)


def _protocol(country: str) -> Protocol:
    return load_protocol(country)
