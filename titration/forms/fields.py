"""Fields that read what a person typed strictly, and say in a whole sentence what was read and what is allowed.

None of them is an ``<input type="number">``: scrolling over one changes a dose, and browsers drop what they cannot
read. None sets ``maxlength``: text that is cut off is text that nobody meant.
"""

import calendar
import re
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from titration.dosing.doses import Mg, format_dose, format_number, parse_dose
from titration.dosing.errors import DoseTextError
from titration.dosing.wording import format_date
from titration.forms.widgets import DatePartsInput, MeasureInput, MgInput

_BLANKS = " \t\u00a0"
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_WITH_COMMA = re.compile(r"(?=.*,)[0-9.,]+")
_SHORT = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


def _shown(typed: str) -> str:
    """What was typed, short enough for a message; the box itself keeps all of it."""
    short = typed if len(typed) <= 40 else typed[:40] + "\u2026"
    return f"\u201c{short}\u201d"


class DoseField(forms.CharField):
    """One oral dose in mg as ``Mg``, read by ``parse_dose``; zero and amounts outside the entry limits are refused.

    The entry limits come from the protocol: pass ``lowest`` and ``highest``, or call ``limits`` before cleaning.
    """

    widget = MgInput
    unit = "mg"
    default_error_messages: ClassVar[dict[str, str]] = {
        "required": "Enter the dose each time, in mg",
        "zero": "Dose must be more than 0. To stop baclofen, build a taper",
    }

    def __init__(self, *, lowest: Mg | None = None, highest: Mg | None = None, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.lowest, self.highest = lowest, highest

    def limits(self, lowest: Mg, highest: Mg) -> None:
        """Set the lowest and the highest dose that this form takes."""
        self.lowest, self.highest = lowest, highest

    def to_python(self, value: Any) -> Mg | None:
        if self.lowest is None or self.highest is None:
            raise TypeError("A DoseField needs the entry limits of the protocol before it can read a dose.")
        if value is None or isinstance(value, Mg):
            return value
        if not value.strip(_BLANKS):
            return None
        try:
            dose = parse_dose(value)
        except DoseTextError as refused:
            code = getattr(refused, "code", "not_a_number")
            text = self._range_message() if code == "range" else str(refused)
            raise ValidationError(text, code=code) from None
        if dose == Mg(Decimal(0)):
            raise ValidationError(self.error_messages["zero"], code="zero")
        if not self.lowest <= dose <= self.highest:
            raise ValidationError(self._range_message(), code="range")
        return dose

    def _range_message(self) -> str:
        assert self.lowest is not None
        assert self.highest is not None
        return f"Dose must be between {format_dose(self.lowest)} and {format_dose(self.highest)}"

    def prepare_value(self, value: Any) -> Any:
        return format_number(value.value) if isinstance(value, Mg) else value


class TotalField(DoseField):
    """The total of one day in mg, typed as a second check; zero is an answer here: it is the total of a stop."""

    default_error_messages: ClassVar[dict[str, str]] = {"required": "Type the new total a day, in mg"}

    def to_python(self, value: Any) -> Mg | None:
        if isinstance(value, str) and value.strip(_BLANKS):
            try:
                if parse_dose(value) == Mg(Decimal(0)):
                    return Mg(Decimal(0))
            except DoseTextError:
                return super().to_python(value)
        return super().to_python(value)


class MeasuredField(forms.CharField):
    """A measured number of more than 0 as the ``Decimal`` exactly as typed (``72.50`` keeps its zero).

    ``thing`` names it in messages ("Weight"); ``unit`` is shown beside the box and may be typed as well.
    ``lowest`` and ``highest`` come from the protocol, by argument or by ``limits``; without them none apply.
    """

    widget = MeasureInput
    decimals = 3

    def __init__(
        self,
        *,
        thing: str,
        unit: str = "",
        lowest: Decimal | None = None,
        highest: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("error_messages", {}).setdefault("required", f"{thing} is missing. Enter a number.")
        super().__init__(strip=False, **kwargs)
        self.thing, self.unit, self.lowest, self.highest = thing, unit, lowest, highest

    def limits(self, lowest: Decimal, highest: Decimal) -> None:
        """Set the lowest and the highest value that this form takes."""
        self.lowest, self.highest = lowest, highest

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        typed = value.strip(_BLANKS)
        if not typed:
            return None
        number = typed.removesuffix(self.unit).rstrip(_BLANKS) if self.unit else typed
        self._refuse_unless_number(typed, number)
        measured = Decimal(number)
        if measured == 0:
            raise ValidationError(f"{self.thing} must be more than 0, and {_shown(typed)} was read.", code="zero")
        if (self.lowest is not None and measured < self.lowest) or (
            self.highest is not None and measured > self.highest
        ):
            raise ValidationError(f"{self.thing} must be {self._range()}, and {_shown(typed)} was read.", code="range")
        return measured

    def _refuse_unless_number(self, typed: str, number: str) -> None:
        read = f"{_shown(typed)} was read."
        if _DECIMAL.fullmatch(number):
            whole, _, decimals = number.partition(".")
            if len(decimals) > self.decimals:
                text = f"{self.thing} can have at most {self.decimals} decimals, and {read}"
                raise ValidationError(text, code="too_many_decimals")
            if len(whole) > 6:
                text = f"{self.thing} can have at most 6 digits before the full stop, and {read}"
                raise ValidationError(text, code="range")
            return
        if _WITH_COMMA.fullmatch(number):
            raise ValidationError(f"Use a full stop, not a comma: {read}", code="comma")
        if _SHORT.fullmatch(number):
            raise ValidationError(f"Write the number in full, like 15 or 0.5: {read}", code="written_short")
        raise ValidationError(self._not_a_number(read), code="not_a_number")

    def _not_a_number(self, read: str) -> str:
        return f"{self.thing} must be a number in digits, like 15 or 7.5, and {read}"

    def _range(self) -> str:
        unit = f"\u00a0{self.unit}" if self.unit else ""
        if self.lowest is None:
            return f"at most {format_number(self.highest or Decimal(0))}{unit}"
        if self.highest is None:
            return f"at least {format_number(self.lowest)}{unit}"
        return f"between {format_number(self.lowest)}{unit} and {format_number(self.highest)}{unit}"

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else value


class LabValueField(MeasuredField):
    """A laboratory number without its unit: the unit is always an own answer, so a unit typed here is refused."""

    def _not_a_number(self, read: str) -> str:
        return f"{self.thing} must be the number alone, like 1.2 or 105; give the unit in its own question. {read}"


class DateParts(forms.Field):
    """A real date as ``date`` from three boxes. ``thing`` names it in messages ("Start date")."""

    widget = DatePartsInput

    def __init__(self, *, thing: str, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {}).setdefault(
            "required", f"{thing} is missing. Enter the day, month and year."
        )
        super().__init__(**kwargs)
        self.thing, self.earliest, self.latest = thing, earliest, latest

    def limits(self, earliest: date | None, latest: date | None) -> None:
        """Set the first and the last date that this form takes; None leaves that side open."""
        self.earliest, self.latest = earliest, latest

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        typed = [(part or "").strip(_BLANKS) for part in value]
        if not any(typed):
            return None
        missing = [name for name, part in zip(("day", "month", "year"), typed, strict=True) if not part]
        if missing:
            raise ValidationError(f"{self.thing} must include a {' and a '.join(missing)}.", code="incomplete")
        day, month, year = self._numbers(*typed)
        last = calendar.monthrange(year, month)[1]
        if day > last:
            name = f"{calendar.month_name[month]} {year}"
            raise ValidationError(f"{self.thing} must be a real date: {name} has {last} days.", code="not_real")
        read = date(year, month, day)
        self._refuse_outside(read)
        return read

    def _numbers(self, day: str, month: str, year: str) -> tuple[int, int, int]:
        if not re.fullmatch(r"0?[1-9]|[12][0-9]|3[01]", day):
            text = f"{self.thing}: day must be a number between 1 and 31, and {_shown(day)} was read."
            raise ValidationError(text, code="day")
        if not re.fullmatch(r"0?[1-9]|1[0-2]", month):
            text = f"{self.thing}: month must be a number between 1 and 12, and {_shown(month)} was read."
            raise ValidationError(text, code="month")
        if not re.fullmatch(r"[1-9][0-9]{3}", year):
            text = f"{self.thing}: year must be 4 digits, like 2026, and {_shown(year)} was read."
            raise ValidationError(text, code="year")
        return int(day), int(month), int(year)

    def _refuse_outside(self, read: date) -> None:
        early = self.earliest is not None and read < self.earliest
        late = self.latest is not None and read > self.latest
        if not (early or late):
            return
        if self.earliest is not None and self.latest is not None:
            allowed = f"between {format_date(self.earliest)} and {format_date(self.latest)}"
        elif self.earliest is not None:
            allowed = f"{format_date(self.earliest)} or later"
        else:
            assert self.latest is not None
            allowed = f"{format_date(self.latest)} or earlier"
        raise ValidationError(f"{self.thing} must be {allowed}, and {format_date(read)} was read.", code="range")
