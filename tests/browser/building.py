"""How a page and each of its states comes about in a browser."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page as Tab

from tests.browser.server import Portal

Builder = Callable[[Tab, Portal], Any]
CONTINUE = "Continue to check"


@dataclass(frozen=True, kw_only=True)
class State:
    """How to get there; ``person`` and ``fault`` are those of the page unless this state needs others."""

    build: Builder
    person: str | None = None
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class PortalPage:
    """``person`` "" is somebody who is not signed in. ``single`` pages are about one patient and show the banner."""

    states: dict[str, State]
    person: str = "ann"
    single: bool = True
    printed: bool = False
    more: dict[str, Any] = field(default_factory=dict)


def at(name: str, patient: str = "", query: str = "", **parts: str) -> Builder:
    """Open the address."""
    return lambda tab, site: tab.goto(site.url(name, patient, **parts) + query)


def sent_empty(name: str, patient: str = "", *, button: str, **parts: str) -> Builder:
    """Open a form and send it as it is, so that it comes back with its errors."""

    def build(tab: Tab, site: Portal) -> None:
        tab.goto(site.url(name, patient, **parts))
        tab.get_by_role("button", name=button, exact=True).click()
        tab.locator("[data-error-summary]").wait_for()

    return build


def typed_order(tab: Tab, site: Portal, patient: str, **order: str) -> None:
    """Fill in the form of a dose step; it is not sent."""
    tab.goto(site.url(order.pop("page", "steps:add"), patient))
    fill_order(tab, **order)


def fill_order(tab: Tab, *, dose: str = "10", times: str = "3", product: str = "tablet_10", day: str = "22") -> None:
    tab.locator(f"[name=product][value={product}]").check()
    tab.locator("[name=dose]").fill(dose)
    tab.locator(f"[name=frequency][value='{times}']").check()
    if not tab.locator("[name=starts_on_day]").input_value():
        for part, value in (("day", day), ("month", "11"), ("year", "2026")):
            tab.locator(f"[name=starts_on_{part}]").fill(value)
    tab.locator("[name=reason]").fill("Spasms at night")


def checked(patient: str, **order: str) -> Builder:
    """The check page of an order, or the interruption when the rules interrupt it."""

    def build(tab: Tab, site: Portal) -> None:
        typed_order(tab, site, patient, **order)
        tab.locator("[data-safety-panel][data-state=fresh]").wait_for()  # the button stands still from here on
        tab.get_by_role("button", name=CONTINUE).click()
        tab.locator("[name=token]").first.wait_for(state="attached")

    return build


def answered(patient: str, **order: str) -> Builder:
    """The interruption, sent without any of its answers."""

    def build(tab: Tab, site: Portal) -> None:
        checked(patient, **order)(tab, site)
        tab.get_by_role("button", name="Continue anyway").click()
        tab.locator("[data-error-summary]").wait_for()

    return build


def live_panel(tab: Tab, site: Portal) -> None:
    typed_order(tab, site, "alder", dose="20")
    tab.locator("[data-safety-panel][data-state=fresh] .finding").first.wait_for()


def live_panel_down(tab: Tab, site: Portal) -> None:
    typed_order(tab, site, "alder", dose="20")
    tab.locator("[data-safety-panel][data-state=failed]").wait_for()


def no_such_day(tab: Tab, site: Portal) -> None:
    tab.goto(site.url("plans:next_decision", "alder"))
    tab.locator("[name=on_day]").fill("31")
    tab.locator("[name=on_month]").fill("11")
    tab.get_by_role("button", name="Save the date").click()
    tab.locator("[data-error-summary]").wait_for()


def full(build: Builder, **options: Any) -> State:
    return State(build=build, **options)


def page_of(name: str, patient: str = "alder", *, empty: str = "aspen", button: str = "", **parts: str) -> PortalPage:
    """A page about one patient: full, without anything to show, and with the errors of an empty submit."""
    states = {"full": full(at(name, patient, **parts))}
    if empty:
        states["empty"] = State(build=at(name, empty))
    if button:
        states["error"] = State(build=sent_empty(name, patient, button=button, **parts))
    return PortalPage(states=states)
