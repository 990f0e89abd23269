"""What these pages ask of the rest of the house, which they do not know: numbers of rules, numbers to call, countries, who reads.

The setting ``EDUCATION_FACTS`` names the module that answers. It has:

``COUNTRIES``: the countries there are, by code. ``country_name(country)``: as people read it.
``emergency(country)``: the number to call in an emergency, and that for advice (empty: there is none).
``rule_value(country, rule_id, name)``: a number of a rule, written for people; None when there is no such number.
``rule_sources(country, rule_id)``: the ids, in the clinical reference, of the sources in which the numbers of a rule were read;
empty: there is no such rule, or its numbers are a proposal that no source states.
``rule_digest(country, rule_id)``: text that is another one as soon as a number of the rule is; empty: there is no such rule.
``date_words(day)``: a date as patients read it.

The setting ``EDUCATION_READERS`` names the module that knows who reads: its function ``around(request)`` answers with what
stands around the page (``Around``). The editors' process, which has no readers, does not ask it.
"""

from datetime import date
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings


class Facts(Protocol):
    COUNTRIES: tuple[str, ...]

    def country_name(self, country: str) -> str: ...

    def emergency(self, country: str) -> tuple[str, str]: ...

    def rule_value(self, country: str, rule_id: str, name: str) -> str | None: ...

    def rule_sources(self, country: str, rule_id: str) -> tuple[str, ...]: ...

    def rule_digest(self, country: str, rule_id: str) -> str: ...

    def date_words(self, day: date) -> str: ...


class Clinic(Protocol):
    """Whom the reader can call. Each text may be empty."""

    name: str
    phone: str
    hours: str
    out_of_hours_phone: str


class Around(Protocol):
    """What a page shows that is not its own. Everything that costs a statement is looked up when it is first asked for.

    ``is_staff``: the reader works here. ``country``: that of the reader's clinic, empty when nobody knows. ``back_words``: what ``home_url`` leads back to,
    empty for who is not signed in.
    """

    private_name: str
    home_url: str
    help_url: str
    back_words: str
    is_demo: bool
    is_staff: bool
    country: str

    def clinic_in(self, country: str) -> Clinic | None:
        """The reader's clinic if it is in this country: no other country's number is shown."""


def facts() -> Facts:
    """The module of the setting."""
    return cast(Facts, import_module(settings.EDUCATION_FACTS))


def around(request: Any) -> Around:
    """What stands around the page that this request asks for."""
    return cast(Around, import_module(settings.EDUCATION_READERS).around(request))
