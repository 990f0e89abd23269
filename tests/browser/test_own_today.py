"""Today on a phone when something goes wrong: a dose is never shown as ticked before it is, and never ticked twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.building import checked
from tests.browser.server import Portal
from tests.browser.visitors import PHONE, Visitors

DOSES = "SELECT count(*) FROM titration_doseevent WHERE patient_id = %s AND local_date = '2026-11-22'"
NOT_TICKED = "This dose is NOT ticked."
MORNING = "Morning, 8am"
# A page that is open asks again so often, and a tap waits so long for its answer.
ASKS_EVERY_MS, WAITS_MS, RENEWS_EVERY_MS = 20_000, 10_000, 55_000


@pytest.fixture
def opal(visitors: Visitors, site: Portal) -> Iterator[Any]:
    """Opal's phone with today open; its clock stands until a test turns it."""
    with visitors.page("opal", viewport=PHONE) as page:
        page.clock.install()
        page.goto(site.url("own:today", "opal"))
        yield page


def recorded(site: Portal, patient: str) -> int:
    return site.count(DOSES, site.patients[patient]["id"])


@pytest.mark.ui("UI-47")
@pytest.mark.parametrize("failure", ["cut", "500", "no answer", "a page that is none of ours"])
def test_a_tap_that_was_not_saved_says_so(opal: Any, site: Portal, failure: str) -> None:
    waiting = []

    def fail(route: Any) -> None:
        if failure == "no answer":
            waiting.append(route)
        elif failure == "cut":
            route.abort()
        elif failure == "500":
            route.fulfill(status=500, body="<h1>Broken</h1>")
        else:
            route.fulfill(status=200, body="<h1>Sign in to this network</h1>")

    opal.route("**/tick/", fail)
    opal.get_by_role("button", name="I took it").click()
    if failure == "no answer":
        opal.clock.fast_forward(WAITS_MS + 1000)
    card = opal.get_by_role("region", name=MORNING)
    expect(card.get_by_text(NOT_TICKED)).to_be_visible()
    expect(card).to_contain_text("If you took it, do not take it again.")
    expect(card).to_contain_text("Due now")
    assert recorded(site, "opal") == 0
    for route in waiting:
        route.abort()
    opal.unroute("**/tick/")


@pytest.mark.ui("UI-21")
@pytest.mark.ui("UI-48")
def test_taps_of_shaky_hands_and_of_a_second_phone_write_one_row(visitors: Visitors, site: Portal) -> None:
    with visitors.page("olivine", viewport=PHONE) as first, visitors.page("olivine", viewport=PHONE) as second:
        for page in (first, second):
            page.goto(site.url("own:today", "olivine"))
        first.get_by_role("button", name="I took it").dblclick()
        card = first.get_by_role("region", name=MORNING)
        expect(card).to_contain_text("Taken at 9:")
        second.get_by_role("button", name="I took it").click()
        expect(second.get_by_role("alert").filter(has_text="Do not take it again.")).to_contain_text(
            "You already ticked this dose at 9:"
        )
        first.goto(site.url("own:schedule", "olivine"))
        first.go_back()
        expect(card).to_contain_text("Taken at 9:")
        first.reload()
        expect(first.get_by_role("button", name="I took it")).to_have_count(0)
        assert recorded(site, "olivine") == 1


def test_a_tap_is_made_by_keyboard_alone(visitors: Visitors, site: Portal) -> None:
    with visitors.page("otter") as page:
        page.goto(site.url("own:today", "otter"))
        button = page.get_by_role("button", name="I took it")
        for _ in range(12):
            page.keyboard.press("Tab")
            if button.evaluate("one => one === document.activeElement"):
                break
        expect(button).to_be_focused()


@pytest.mark.bar("B-44")
def test_an_open_page_shows_the_new_plan_within_a_minute(visitors: Visitors, site: Portal) -> None:
    with visitors.page("ochre", viewport=PHONE) as page, visitors.page("ivy") as clinic:
        page.clock.install()
        page.goto(site.url("own:today", "ochre"))
        expect(page.get_by_role("region", name=MORNING)).to_contain_text("Half a 10\u00a0mg tablet")
        checked("ochre", dose="7.5")(clinic, site)
        if clinic.locator("[name=gate-code]").count():
            clinic.locator("[name=gate-code][value=asked_otherwise]").check()
        clinic.get_by_role("button", name="Save dose step").click()
        clinic.wait_for_url("**/patients/**")
        page.clock.fast_forward(ASKS_EVERY_MS + 1000)
        expect(page.get_by_role("region", name=MORNING)).to_contain_text("Three quarters of a 10\u00a0mg tablet")


@pytest.mark.bar("B-44")
@pytest.mark.parametrize("name", ["own:schedule", "own:my_dose"])
def test_every_other_page_with_doses_loads_itself_anew(visitors: Visitors, site: Portal, name: str) -> None:
    with visitors.page("okapi", viewport=PHONE) as page:
        page.clock.install()
        page.goto(site.url(name, "okapi"))
        with page.expect_navigation(url=f"**{site.url(name, 'okapi')}"):
            page.clock.fast_forward(RENEWS_EVERY_MS + 1000)
        page.context.set_offline(True)
        page.clock.fast_forward(RENEWS_EVERY_MS + 1000)
        expect(page.get_by_text("This page has lost contact.")).to_be_visible()


@pytest.mark.bar("B-44")
def test_a_page_without_contact_says_so_until_it_is_back(opal: Any) -> None:
    lost = opal.locator("#lost-contact")
    expect(lost).to_be_hidden()
    opal.context.set_offline(True)
    opal.clock.fast_forward(ASKS_EVERY_MS + 1000)
    expect(lost).to_be_visible()
    opal.context.set_offline(False)
    opal.clock.fast_forward(ASKS_EVERY_MS + 1000)
    expect(lost).to_be_hidden()


def test_a_page_that_is_signed_out_hides_the_doses(opal: Any) -> None:
    opal.context.clear_cookies()
    opal.clock.fast_forward(ASKS_EVERY_MS + 1000)
    expect(opal.locator("#signed-out")).to_be_visible()
    expect(opal.get_by_role("region", name=MORNING)).to_have_count(0)


@pytest.mark.ui("UI-50")
def test_at_most_one_line_leads_the_page_and_it_cannot_be_closed(visitors: Visitors, site: Portal) -> None:
    for person in ("ouzel", "ocelot", "osprey", "oyster"):
        with visitors.page(person, viewport=PHONE) as page:
            page.goto(site.url("own:today", person))
            lines = page.locator(".critical-line, .care-card")
            assert lines.count() <= 1, person
            assert lines.locator("button").count() == 0
