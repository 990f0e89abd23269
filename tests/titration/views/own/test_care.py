"""What leads Today when something has to be done at once: made of the flags that stand, in words for patients."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.template.loader import render_to_string

from titration.presenters.emergency import emergency_numbers
from titration.presenters.own.today import Care, care


@dataclass
class AFlag:
    """What a flag says of itself."""

    rule_id: str
    urgency: int = 1
    protocol_id: str = "us"
    protocol_version: int = 1


@pytest.mark.parametrize(
    ("rules", "card"),
    [
        ("", None),
        ("KID-19 MAX-1 STOP-2 CALL-ASKED", None),  # for clinicians alone
        ("MISS-4", Care(level="urgent", about="doses")),
        ("MISS-6", Care(level="urgent", about="supply")),
        ("MISS-4 MISS-6", Care(level="urgent", about="doses")),
        ("DOSES-STOPPED MISS-6", Care(level="urgent", about="stopped")),
        ("MISS-7", Care(level="emergency", about="signs")),
        ("MISS-8", Care(level="emergency", about="doses")),
        ("MISS-8 CAU-2", Care(level="emergency", about="doses")),
        ("SIGN-TOLD MISS-6", Care(level="emergency", about="signs")),
    ],
)
def test_what_asks_for_help_at_once_leads_the_page(rules: str, card: Care | None) -> None:
    assert care([AFlag(one) for one in rules.split()]) == card
    assert care([AFlag(one, urgency=2) for one in rules.split()]) is None


@pytest.mark.usefixtures("ticking")
def test_every_card_has_its_words(alder: Any) -> None:
    context = {"clinic": alder.organisation, "numbers": emergency_numbers("US")}
    said = set()
    for level in ("emergency", "urgent"):
        for about in ("signs", "stopped", "doses", "supply"):
            if (level, about) == ("emergency", "supply"):
                continue
            text = render_to_string("titration/own/_care.html", {"care": Care(level=level, about=about), **context})
            assert "555 0100" in text
            assert ("911" in text) is (level == "emergency")
            said.add(text)
    assert len(said) == 7
