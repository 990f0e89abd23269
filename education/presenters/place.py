"""Where a page stands: its country, the addresses around it, and the clinic to call."""

from dataclasses import dataclass

from education.addresses import choose_path, hub_path, search_path
from education.ports import Around, Clinic, facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``elsewhere``: the reader's own country, when these pages are for another one; its hub is at ``own_hub_url``.

    ``clinic``: None when nobody knows it, or when it is in another country: its number is no help to readers here.
    """

    country: str
    country_name: str
    hub_url: str
    search_url: str
    choose_url: str
    elsewhere: str
    own_hub_url: str
    clinic: Clinic | None


def place_of(country: str, around: Around | None) -> Place:
    """``around`` None: a preview of the editors, who have no clinic."""
    known = facts()
    own = around.country if around is not None else ""
    away = own if own in known.COUNTRIES and own != country else ""
    return Place(
        country=country,
        country_name=known.country_name(country),
        hub_url=hub_path(country),
        search_url=search_path(country),
        choose_url=choose_path(),
        elsewhere=known.country_name(away) if away else "",
        own_hub_url=hub_path(away) if away else "",
        clinic=around.clinic_in(country) if around is not None else None,
    )
