"""Everything that patients read is easy to read: grade 6 at most, names of the medicine aside (decisions 42)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import world as w
from tests.titration.views.joining import BORN, account, address, invited
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.own.test_schedule import change_url, planned
from tests.titration.views.reading import assert_easy_to_read
from tests.trust.passkeys import ADD, WAYS, by_password

TODAY = "2026-11-22"
PAGES = ("own:today", "own:schedule", "own:my_dose", "own:me", "own:feel", "own:call_me", "own:looked", "own:access")


def body(client: Any, where: str) -> str:
    page = client.get(where)
    assert page.status_code == 200
    return str(page.text.partition('<main id="main"')[2].partition("</main>")[0])


def test_the_pages_of_patients_are_easy_to_read(alma: Any, alder: Any, ticking: Any) -> None:
    planned(ticking)
    addresses = [
        *(url(name, alder) for name in PAGES),
        change_url(ticking),
        url("own:dose", alder, day=TODAY, position=0),
    ]
    assert_easy_to_read("".join(body(alma, where) for where in addresses))


@pytest.mark.parametrize("name", ["own:today", "own:looked", "own:my_dose"])
def test_a_page_is_easy_to_read_by_itself(alma: Any, alder: Any, name: str) -> None:
    assert_easy_to_read(body(alma, url(name, alder)))


def test_what_leads_the_page_when_doses_are_missing_is_easy_to_read(alder: Any, ticking: Any) -> None:
    with time_machine.travel(w.NOW + timedelta(days=2), tick=False):
        signed_in(ticking.ann).get(url("patients:chart", alder))  # the flags are raised
        page = body(signed_in(ticking.alma), url("own:today", alder))
        assert "care-card" in page
        assert_easy_to_read(page)


@pytest.mark.parametrize("name", ["help", "app:offline"])
def test_what_anybody_may_read_is_easy_to_read(alma: Any, name: str) -> None:
    assert_easy_to_read(body(alma, reverse(name)))


def test_how_one_signs_in_is_easy_to_read(world: Any, alma: Any) -> None:
    link = invited(world, world.alder)
    first = account() | {"password": "", "way": "passkey"}
    pages = [body(by_password("alma"), where) for where in (WAYS, ADD)] + [body(alma, WAYS)]
    pages += [Client().post(address(link), one).text for one in (BORN, first)]
    pages += [alma.get(ADD).text]
    assert_easy_to_read("".join(pages))
