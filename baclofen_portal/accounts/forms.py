"""The forms of sign-in and of an invitation: text fields that take paste and password managers."""

import uuid
from datetime import date
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from baclofen_portal.accounts import passkeys
from titration.forms.base import KeyedForm, PortalForm
from titration.forms.fields import DateParts
from titration.forms.widgets import HiddenDateParts
from titration.services.joining import NewAccount

_EMAIL = {"type": "email", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
_NEW_PASSWORD = {"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false"}
_SHORTEST, _LONGEST = 12, 128  # characters; the shortest is checked by AUTH_PASSWORD_VALIDATORS


class SignInForm(LoginForm):
    """Email and password. The error never says which of the two was wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "Email address"
        self.fields["login"].widget = forms.TextInput(attrs=dict(_EMAIL))
        self.fields["password"].label = "Password"
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = "Enter your email address."
        self.fields["password"].error_messages["required"] = "Enter your password."


class BirthDateForm(PortalForm):
    """The question that a link asks before anything else. ``of_another``: a carer is asked, who has a birth date too."""

    born = DateParts(thing="Birth date", help_text="For example 27 3 1985.")

    def __init__(self, *args: Any, of_another: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["born"].label = "Birth date of the person you care for" if of_another else "Your birth date"

    @property
    def born_on(self) -> date:
        return self.cleaned_data["born"]  # type: ignore[no-any-return]

    def wrong_birth_date(self, left: int) -> None:
        """Say that this is not the one, and how often another may be tried."""
        more = "You can try once more." if left == 1 else f"You can try {left} more times."
        self.add_error("born", f"That is not the birth date that we have. {more}")


class AccountForm(KeyedForm):
    """An email address and a password, for a carer a name as well; the birth date that was right travels with them.

    ``by_passkey``: a passkey will open the account, and no password is asked for.
    """

    born = DateParts(thing="Birth date", widget=HiddenDateParts)
    name = forms.CharField(
        label="Your own name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Write your own name."},
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        help_text="You sign in with it.",
        widget=forms.TextInput(attrs=dict(_EMAIL)),
        error_messages={
            "required": "Write your email address.",
            "invalid": "Write the whole email address, like name@example.com.",
        },
    )
    password = forms.CharField(
        label="Choose a password",
        strip=False,
        max_length=_LONGEST,
        help_text=f"At least {_SHORTEST} characters. Three or four words are good. You can paste it.",
        widget=forms.PasswordInput(attrs=dict(_NEW_PASSWORD)),
        error_messages={
            "required": "Choose a password.",
            "max_length": f"The password can have at most {_LONGEST} characters.",
        },
    )

    def __init__(self, *args: Any, asks_name: bool, by_passkey: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_name:
            del self.fields["name"]
        if by_passkey:
            self.fields["password"].required = False
            self.fields["password"].disabled = True  # whatever was typed into the box that is not used

    def full_clean(self) -> None:
        """After which the page may come back, on which a password can be chosen as before."""
        super().full_clean()
        self.fields["password"].required, self.fields["password"].disabled = True, False

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            person = get_user_model()(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                validate_password(password, person)
            except ValidationError as refused:
                self.add_error("password", refused)
        return cleaned

    @property
    def account(self) -> NewAccount:
        cleaned = self.cleaned_data
        key: uuid.UUID = cleaned["key"]
        password: str | None = cleaned["password"] or None
        return NewAccount(key=key, email=cleaned["email"], password=password, name=cleaned.get("name", ""))

    def email_taken(self) -> None:
        self.add_error(
            "email",
            "This email address cannot be used for a new account. If you have an account, sign in first. Then open the "
            "link again.",
        )


class PasskeyForm(PortalForm):
    """What a device answered, which a script writes into a hidden box, and for a new passkey what to call it."""

    name = forms.CharField(
        label="What to call it",
        max_length=passkeys.LONGEST_NAME,
        help_text="So that you know it again, for example My phone.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write what to call it."},
    )
    answer = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
