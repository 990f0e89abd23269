"""Whom to invite: the patient, or a carer by name and with a scope."""

from typing import Any, ClassVar

from django import forms

from titration.forms.base import KeyedForm
from titration.models import RelationKind, Scope


class InviteForm(KeyedForm):
    """The answers for a carer count only when a carer is invited."""

    conditional: ClassVar[frozenset[str]] = frozenset({"name", "scope"})
    kind = forms.ChoiceField(
        label="Who is invited?",
        choices=(
            (RelationKind.SELF.value, RelationKind.SELF.label),
            (RelationKind.PROXY.value, RelationKind.PROXY.label),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who is invited."},
    )
    name = forms.CharField(
        label="Name of the carer or parent",
        required=False,
        max_length=120,
        help_text="Needed when you invite a carer or parent.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    scope = forms.ChoiceField(
        label="What the carer or parent may do",
        required=False,
        choices=Scope.choices,
        help_text="Needed when you invite a carer or parent.",
        widget=forms.RadioSelect,
    )
    checked = forms.BooleanField(
        label="I have checked who this person is",
        error_messages={"required": "Check who this person is, and tick the box."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") != RelationKind.PROXY:
            return cleaned | {"name": "", "scope": ""}
        if not self.has_error("name") and not cleaned.get("name"):
            self.add_error("name", "Write the name of the carer or parent.")
        if not self.has_error("scope") and not cleaned.get("scope"):
            self.add_error("scope", "Choose what the carer or parent may do.")
        return cleaned
