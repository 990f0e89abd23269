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


class HiddenDateParts(DatePartsInput):
    """A date that was answered on the page before: the same names, out of sight."""

    template_name = forms.MultiWidget.template_name
    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets = [forms.HiddenInput() for _ in self.widgets]


class SearchInput(forms.TextInput):
    """A box that offers the names of a list while somebody types; any other text can be typed too."""

    template_name = "bootstrap5/search_input.html"
    options: tuple[str, ...] = ()

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_names"
        context["widget"]["attrs"]["list"] = list_id
        context["widget"] |= {
            "list_id": list_id, "options": self.options, "box_template": forms.TextInput.template_name,
        }  # fmt: skip
        return context
