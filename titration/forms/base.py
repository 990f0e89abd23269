"""What every form of the portal has in common: required unless marked, messages in whole sentences, one summary."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

_CHOOSES = (forms.ChoiceField, forms.ModelChoiceField)
_DJANGO_REQUIRED = str(forms.Field.default_error_messages["required"])


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """One line of the error summary: the message, and the id of the control that it leads to ("": none)."""

    message: str
    target: str


class PortalFormMixin:
    """Behaviour of ``ux.md`` 6.1 for a form; put it before ``forms.Form`` or ``forms.ModelForm``.

    ``conditional``: names of fields that are needed in some cases only; they are not required by themselves,
    and do not say "(optional)".
    """

    conditional: ClassVar[frozenset[str]] = frozenset()
    fields: dict[str, forms.Field]
    use_required_attribute = False  # the server answers with a summary; the browser's bubbles would hide it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _never_cut(field)
            _speak_in_sentences(field)

    @property
    def helper(self) -> FormHelper:
        """Fields only: the page writes the form tag, the CSRF token and the buttons."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    @property
    def error_summary(self) -> tuple[SummaryItem, ...]:
        """Every error of the form in page order, those of the whole form first."""
        return tuple(_summary(self))


class PortalForm(PortalFormMixin, forms.Form):
    """A plain form of the portal."""


class KeyedForm(PortalForm):
    """A form whose key becomes the key of what it writes, so that sending it twice writes it once."""

    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "The page was sent without its key. Open the form again.",
                        "invalid": "The key of this page cannot be read. Open the form again."},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


def _summary(form: Any) -> Iterator[SummaryItem]:
    for message in form.non_field_errors():
        yield SummaryItem(str(message), "")
    for bound in form.visible_fields():
        # A group of boxes has no id of its own; its first box has.
        target = bound.id_for_label or f"{bound.auto_id}_0"
        for message in bound.errors:
            yield SummaryItem(str(message), target)
    for bound in form.hidden_fields():
        for message in bound.errors:
            yield SummaryItem(str(message), "")


def _never_cut(field: forms.Field) -> None:
    """A length limit is a message after the fact, never text that is cut off while someone types."""
    for widget in [field.widget, *getattr(field.widget, "widgets", [])]:
        widget.attrs.pop("maxlength", None)
        widget.attrs.pop("minlength", None)


def _speak_in_sentences(field: forms.Field) -> None:
    named = f"\u201c{field.label}\u201d" if field.label else "this question"
    if str(field.error_messages.get("required", "")) == _DJANGO_REQUIRED:
        verb = "Choose an answer to" if isinstance(field, _CHOOSES) else "Fill in"
        verb = "Tick" if isinstance(field, forms.BooleanField) else verb
        field.error_messages["required"] = f"{verb} {named}."
    if isinstance(field, _CHOOSES):
        field.error_messages["invalid_choice"] = f"Choose one of the answers listed for {named}."
    if isinstance(field, forms.CharField):
        field.error_messages.setdefault(
            "max_length", "Write at most %(limit_value)d characters. You wrote %(show_value)d."
        )
