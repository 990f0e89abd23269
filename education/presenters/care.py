"""Care cards: what to do, how urgent it is, and the number of the reader's country."""

from dataclasses import dataclass
from typing import Any

from education.blocks import EMERGENCY, ROUTINE, URGENT
from education.ports import facts
from education.presenters.rich import held

_SPOKEN = {EMERGENCY: "Emergency advice:", URGENT: "Urgent advice:", ROUTINE: "Non-urgent advice:"}
# Where one can also go, by country: the number alone is not all that people there are told.
_OR_GO = {"UK": " or go to A&E"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CareCard:
    """``spoken`` names the level to who cannot see the colour. ``ring``: the number to call, empty but for an emergency."""

    template: str = "education/blocks/care_card.html"
    level: str
    spoken: str
    heading: str
    items: tuple[str, ...]
    ring: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return (self.heading, *self.items)


def care_card(value: Any, country: str) -> CareCard:
    """The card of a block, for readers in ``country``."""
    level = value["level"]
    return CareCard(
        level=level,
        spoken=_SPOKEN[level],
        heading=heading(level, country),
        items=tuple(held(one) for one in value["items"]),
        ring=facts().emergency(country)[0] if level == EMERGENCY else "",
    )


def heading(level: str, country: str) -> str:
    """What the items of a card go on from."""
    ring, advice = facts().emergency(country)
    if level == EMERGENCY:
        return f"Call {ring or 'the emergency number'}{_OR_GO.get(country, '')} now if:"
    if level == URGENT:
        return f"Call your team{f' or {advice}' if advice else ''} today if:"
    return "Call your team soon, before your next visit, if:"
