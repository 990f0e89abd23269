"""A box in which a name of a coded list is found by typing; what no list has may be kept, and is not checked."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django import forms

from titration.dosing.unlisted import code_for, typed_name
from titration.forms.widgets import SearchInput

_LIKE_IT = 5
KEEP = "keep_text"


class CodedField(forms.CharField):
    """A name of a list, typed or chosen. Its value is the code, or for any other name the code of what was typed.

    ``codes`` have a ``code`` and a ``label``. Whether a name that is not on the list may be kept is for the form to ask.
    """

    widget = SearchInput

    def __init__(self, *, codes: Iterable[Any], **kwargs: Any) -> None:
        self.labels = {one.code: one.label for one in sorted(codes, key=lambda one: one.label.lower())}
        self._by_name = {
            name.casefold(): code
            for code, label in self.labels.items()
            for name in (code, label.replace("\u00a0", " "))
        }
        super().__init__(max_length=100, **kwargs)
        self.widget.options = tuple(self.labels.values())

    def prepare_value(self, value: Any) -> Any:
        """A code is shown by its name."""
        return self.labels.get(value, typed_name(value)) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text = " ".join(str(super().clean(value)).split())
        return self._by_name.get(text.casefold()) or (code_for(text) if text else "")

    def is_listed(self, code: str) -> bool:
        return code in self.labels

    def like(self, text: str) -> list[str]:
        """The names on the list that may have been meant, at most five."""
        by_fold = {label.casefold(): label for label in self.labels.values()}
        within = [name for name in by_fold if text.casefold() in name]
        near = get_close_matches(text.casefold(), by_fold, n=_LIKE_IT)
        return [by_fold[name] for name in dict.fromkeys([*within, *near])][:_LIKE_IT]


class CodedFormMixin:
    """A form with a ``code`` box: a name that is not on the list is stored when the sender says so, and not before."""

    data: Any
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    order_fields: Any

    def ask_about_unlisted(self) -> None:
        """An error of the box, and the tick box that settles it, while a name that no list has is not confirmed."""
        field, code = self.fields.get("code"), self.cleaned_data.get("code", "")
        if not isinstance(field, CodedField) or not code or field.is_listed(code):
            return
        text = typed_name(code)
        self.fields[KEEP] = forms.BooleanField(
            label=f"Keep “{text}” as it is typed. It is not checked beside baclofen.", required=False
        )
        self.order_fields(["code", KEEP])
        if self.data.get(KEEP):
            return
        like = field.like(text)
        meant = f" Did you mean {_either(like)}?" if like else ""
        self.add_error(  # type: ignore[attr-defined]
            "code",
            f"“{text}” is not on the list.{meant} Choose a name of the list, or tick that it is kept as it is typed.",
        )


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
