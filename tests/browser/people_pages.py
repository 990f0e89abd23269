"""The pages of getting in and of who can sign in, and how each of their states comes about."""

from playwright.sync_api import Page as Tab

from tests.browser.building import Builder, PortalPage, State, at, full, sent_empty
from tests.browser.passkeys import PASSKEY_PAGES, PASSKEY_REFUSALS, offered, way_by_passkey
from tests.browser.server import Portal

BORN = {"day": "4", "month": "3", "year": "1981"}  # of every patient of tests/world.py


def link(name: str) -> Builder:
    """Open one of the links of filling_people."""
    return lambda tab, site: tab.goto(site.url("join", token=site.patients["alder"][name]))


def birth_date(tab: Tab, button: str = "Continue", **parts: str) -> None:
    """Answer the first question of a link."""
    for part, value in {**BORN, **parts}.items():
        tab.locator(f"[name=born_{part}]").fill(value)
    tab.get_by_role("button", name=button).click()


def to_account(tab: Tab, site: Portal) -> None:
    """The second page of a link, behind the right birth date."""
    link("carer_link")(tab, site)
    birth_date(tab)
    tab.locator("[name=email]").wait_for()


def account_refused(tab: Tab, site: Portal) -> None:
    to_account(tab, site)
    tab.locator("[name=email]").fill("grace")
    tab.locator("[name=password]").fill("short")
    tab.get_by_role("button", name="Make my account").click()
    tab.locator("[data-error-summary]").wait_for()


def nothing_typed(tab: Tab, site: Portal) -> None:
    link("link")(tab, site)
    tab.get_by_role("button", name="Continue").click()
    tab.locator("[data-error-summary]").wait_for()


def shown_once(tab: Tab, site: Portal) -> None:
    """The page that has the link, after a form about a patient whom nobody else looks at."""
    tab.goto(site.url("patients:invite", "privet"))
    tab.locator("[name=kind][value=self]").check()
    tab.locator("[name=checked]").check()
    tab.get_by_role("button", name="Make the link").click()
    tab.locator("#link").wait_for()


PEOPLE_PAGES: dict[str, PortalPage] = {
    "join": PortalPage(
        person="",
        single=False,
        states={
            "full": full(link("link")),
            "carer": State(build=link("carer_link")),
            "account": State(build=to_account),
            "offer": State(build=lambda tab, site: offered(tab, lambda: to_account(tab, site))),
            "passkey": State(build=lambda tab, site: way_by_passkey(tab, lambda: to_account(tab, site))),
            "signed in": State(build=link("carer_link"), person="pol"),
            "error": State(build=nothing_typed),
            "account error": State(build=account_refused),
        },
    ),
    "patients:access": PortalPage(
        states={
            "full": full(at("patients:access", "alder")),
            "empty": State(build=at("patients:access", "aspen")),
            "no birth date": State(build=at("patients:access", "unknown")),
            "reader": State(build=at("patients:access", "alder"), person="bea"),
        },
    ),
    "patients:invite": PortalPage(
        states={
            "full": full(at("patients:invite", "alder")),
            "shown once": State(build=shown_once),
            "empty": State(build=at("patients:invite", "unknown")),
            "error": State(build=sent_empty("patients:invite", "alder", button="Make the link")),
        },
    ),
    "own:access": PortalPage(
        person="alma",
        states={
            "full": full(at("own:access", "alder")),
            "empty": State(build=at("own:access", "elder"), person="elma"),
            "carer": State(build=at("own:access", "alder"), person="pru"),
        },
    ),
}
# Check pages that ask once more: their forms have no field, so nothing in them can be wrong.
ENDING = {
    "patients:invite_end": (at("patients:invite_end", "alder", invitation_id="invitation"), "ann"),
    "patients:access_end": (at("patients:access_end", "alder", relation_id="relation"), "ann"),
    "own:access_end": (at("own:access_end", "alder", relation_id="relation"), "alma"),
}
PEOPLE_PAGES |= PASSKEY_PAGES | {
    name: PortalPage(person=person, states={"full": full(build)}) for name, (build, person) in ENDING.items()
}

LINK_REFUSALS: dict[str, State] = {
    **PASSKEY_REFUSALS,
    "link is over": State(build=link("used_link"), person=""),
    "link is locked": State(build=link("locked_link"), person=""),
    "link and staff": State(build=link("link"), person="ann"),
}
