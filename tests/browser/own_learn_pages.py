"""The pages to read among those of a patient, and how each of their states comes about."""

from playwright.sync_api import Page as Tab

from tests.browser.building import PortalPage, State, at, full
from tests.browser.server import Portal


def changed_meanwhile(tab: Tab, site: Portal) -> None:
    """A page that is confirmed from a window that showed another version of it."""
    tab.goto(site.url("own:learn_page", "otter", slug="stopping"))
    tab.locator("[name=revision]").evaluate("(box) => { box.value = '999999'; }")
    tab.get_by_role("button", name="I have read this page").click()
    tab.locator("[data-error-summary]").wait_for()


OWN_LEARN_PAGES: dict[str, PortalPage] = {
    "own:learn": PortalPage(
        person="lynx",
        states={"full": full(at("own:learn", "lynx")), "empty": State(build=at("own:learn", "orca"), person="orca")},
    ),
    "own:learn_page": PortalPage(
        person="lynx",
        states={
            "full": State(build=at("own:learn_page", "otter", slug="stopping"), person="otter"),
            "read": full(at("own:learn_page", "lynx", slug="stopping")),
            "changed": full(at("own:learn_page", "lynx", slug="alcohol")),
            "overdue": full(at("own:learn_page", "lynx", slug="kidneys")),
            "right": full(at("own:learn_page", "lynx", "?check=1&answer=2#check", slug="what-it-is")),
            "error": State(build=changed_meanwhile, person="otter"),
            "may only look": State(build=at("own:learn_page", "alder", slug="stopping"), person="pia"),
        },
    ),
}
