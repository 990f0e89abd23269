"""Amounts of baclofen: two units that never mix, one strict reader and the one writer."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from titration.dosing.errors import DoseTextError, DosingError

NBSP = "\u00a0"

# The only blanks that are taken off a typed dose. str.strip() would also take line ends and 20 other characters.
_BLANKS = " \t\u00a0"
_MG = frozenset({"mg", "Mg", "mG", "MG"})

# Never \d (it takes the digits of every script) and never $ (it takes a line end).
_DOSE = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,2})?")
_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_SHORT = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_WITH_COMMA = re.compile(r"(?=.*[0-9])(?=.*,)[0-9.,]+")
_OTHER_UNIT = re.compile(
    r"[0-9][0-9., \t\u00a0]*"
    r"(?:mcg|ug|\u00b5g|\u03bcg|micrograms?|ng|nanograms?|g|grams?|kg|ml|millilit(?:er|re)s?|cc|l|lit(?:er|re)s?|"
    r"milligrams?|milligrammes?|u|iu|units?|tabs?|tablets?|drops?|%|mg[ ]?/.*)\.?",
    re.IGNORECASE,
)


class DoseRefused(DoseTextError):
    """A typed dose that ``parse_dose`` does not take: ``message`` for the person, ``code`` for the field."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class _Amount:
    """A finite amount of zero or more in one unit."""

    value: Decimal

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError(f"{type(self).__name__} takes a Decimal, not {type(self.value).__name__}.")
        if not self.value.is_finite() or self.value.is_signed():
            raise DosingError(f"{self.value} is not an amount: it must be a number of 0 or more.")

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(self.value + other.value)

    def __sub__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(self.value - other.value)

    def __mul__(self, times: int) -> Self:
        if not isinstance(times, int) or isinstance(times, bool):
            return NotImplemented
        return type(self)(self.value * times)

    __rmul__ = __mul__


@dataclass(frozen=True, slots=True, order=True)
class Mg(_Amount):
    """An oral amount in milligrams; anything but a Decimal raises TypeError, a negative one DosingError."""


@dataclass(frozen=True, slots=True, order=True)
class Micrograms(_Amount):
    """An intrathecal amount in micrograms; it never adds to, subtracts from or equals a ``Mg``."""


# The smallest and the largest amount above zero that ``parse_dose`` reads.
LEAST_READ, MOST_READ = Mg(Decimal("0.01")), Mg(Decimal("999.99"))


def parse_dose(text: str) -> Mg:
    """Read one typed dose in mg exactly, or raise ``DoseRefused`` with a message and a code; nothing is repaired.

    Codes: ``empty``, ``not_a_number``, ``comma``, ``written_short``, ``unit``, ``too_many_decimals``, ``range``.
    Zero is read as ``Mg(0)``; the lowest and highest dose of a form belong to the field.
    """
    typed = text.strip(_BLANKS)
    if not typed:
        raise DoseRefused("Enter the dose each time, in mg", "empty")
    number = typed[:-2].rstrip(_BLANKS) if typed[-2:] in _MG else typed
    if _DOSE.fullmatch(number):
        return Mg(Decimal(number))
    raise _refusal(number)


def _refusal(number: str) -> DoseRefused:
    if _OTHER_UNIT.fullmatch(number):
        return DoseRefused("Enter the dose in mg", "unit")
    if _WITH_COMMA.fullmatch(number):
        return DoseRefused("Use a full stop, not a comma", "comma")
    if _PLAIN.fullmatch(number):
        whole, _, decimals = number.partition(".")
        if len(decimals) > 2:
            return DoseRefused("At most 2 decimals", "too_many_decimals")
        return DoseRefused(f"Dose must be less than 1,000{NBSP}mg, and {len(whole)} digits were read", "range")
    if _SHORT.fullmatch(number):
        return DoseRefused("Write the number in full, like 15 or 0.5", "written_short")
    return DoseRefused("Dose must be a number, like 15 or 7.5", "not_a_number")


def format_number(value: Decimal) -> str:
    """The number without exponent or trailing zeros, with a comma between thousands: ``7.5``, ``1,155``."""
    if not isinstance(value, Decimal):
        raise TypeError(f"format_number takes a Decimal, not {type(value).__name__}.")
    if not value.is_finite():
        raise DosingError(f"{value} is not a number that can be shown.")
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def format_dose(amount: Mg | Micrograms) -> str:
    """A dose with its unit behind a non-breaking space; the amount is never rounded."""
    match amount:
        case Mg():
            return f"{format_number(amount.value)}{NBSP}mg"
        case Micrograms():
            return f"{format_number(amount.value)}{NBSP}micrograms"
        case _:
            raise TypeError(f"format_dose takes Mg or Micrograms, not {type(amount).__name__}.")


def format_total(total: Mg) -> str:
    """The milligrams of one day or one course together, with a comma between thousands."""
    if not isinstance(total, Mg):
        raise TypeError(f"format_total takes Mg, not {type(total).__name__}.")
    return format_dose(total)


def format_ml(volume: Decimal) -> str:
    """A volume in mL behind a non-breaking space; it is never rounded."""
    return f"{format_number(volume)}{NBSP}mL"
