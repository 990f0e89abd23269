"""Text boxes of the portal. None is ``type="number"``: scrolling over such a box changes a dose without a word."""

from datetime import date
from typing import Any

from django import forms


class MgInput(forms.TextInput):
    """A plain text box for a dose: some numeric keypads have no full stop, so no ``inputmode`` is asked for."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", "size": "8", **(attrs or {})})


class MeasureInput(MgInput):
    """The same box for any other number with decimals."""


class WholeNumberInput(forms.TextInput):
    """A plain text box that asks phones for the digits keypad."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"autocomplete": "off", "spellcheck": "false", "size": "8", "inputmode": "numeric", **(attrs or {})}
        )


class DatePartsInput(forms.MultiWidget):
    """Three labelled boxes: Day, Month, Year; ``NAME_day``, ``NAME_month`` and ``NAME_year`` are posted."""

    template_name = "bootstrap5/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes = {
            "day": WholeNumberInput({"size": "2"}),
            "month": WholeNumberInput({"size": "2"}),
            "year": WholeNumberInput({"size": "4"}),
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[str]:
        return ["", "", ""] if value is None else [f"{value.day}", f"{value.month}", f"{value.year:04d}"]
