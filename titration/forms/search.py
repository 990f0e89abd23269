"""The box above the list of patients: a name, a birth date or an identifier."""

import re
from datetime import date
from typing import Any

from django import forms

from titration.dosing.wording import format_date
from titration.forms.base import PortalForm

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_WRITTEN = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[ \-]+([a-z]+)\.?,?[ \-]+([0-9]{4})", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NUMBERS = re.compile(r"[0-9]{1,4}\s*([/.\-])\s*[0-9]{1,2}\s*\1\s*[0-9]{1,4}")
_HOW = "Write a birth date like 14-Jul-1969, 14 July 1969 or 1969-07-14."
_LONGEST = 200


class SearchForm(PortalForm):
    """``cleaned_data`` holds ``text`` as it was typed without outer blanks, and ``born`` when it is a date."""

    q = forms.CharField(
        label="Find a patient",
        required=False,
        help_text="Name, birth date (14-Jul-1969) or ID.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_q(self) -> str:
        typed: str = self.cleaned_data["q"]
        if "\x00" in typed or len(typed) > _LONGEST:
            raise forms.ValidationError(f"Search for at most {_LONGEST} characters of plain text.")
        return " ".join(typed.split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text = cleaned.get("q", "")
        cleaned["text"], cleaned["born"] = text, None
        try:
            cleaned["born"] = read_birth_date(text)
        except ValueError as unread:
            self.add_error("q", str(unread))
        return cleaned


def read_birth_date(text: str) -> date | None:
    """The date that a text writes without any doubt, or None when it is no date.

    ValueError, with a sentence for the person, for a date that can be read in two ways and for a day that does not exist.
    """
    if written := _WRITTEN.fullmatch(text):
        day, word, year = written.groups()
        month = _month(word)
        return None if month is None else _date(text, int(year), month, int(day))
    if iso := _ISO.fullmatch(text):
        return _date(text, *(int(part) for part in iso.groups()))
    if _NUMBERS.fullmatch(text):
        # What was typed stays in the box. No page of the portal writes a date like that, not even in a message.
        raise ValueError(f"This date can be read in two ways, because its month is a number. {_HOW}")
    return None


def _month(word: str) -> int | None:
    lower = word.lower()
    if lower in _FULL:
        return _FULL.index(lower) + 1
    short = lower if lower != "sept" else "sep"
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        example = format_date(date(1969, 7, 14))
        raise ValueError(f"“{text}” was read, and there is no such day. Write a birth date like {example}.") from None
