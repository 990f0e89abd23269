"""The pages on which patients tell the clinic something, and read who looked, in every state that they can have."""

from playwright.sync_api import Page as Tab

from tests.browser.building import Builder, PortalPage, State, at, full, sent_empty
from tests.browser.server import Portal


def told(patient: str, name: str, value: str) -> Builder:
    """A report with one box ticked, and the answer to it."""

    def build(tab: Tab, site: Portal) -> None:
        tab.goto(site.url("own:feel", patient))
        tab.locator(f"[name={name}][value={value}]").check()
        tab.get_by_role("button", name="Save").click()
        tab.locator(".care-card").wait_for()

    return build


TOLD_PAGES: dict[str, PortalPage] = {
    "own:feel": PortalPage(
        person="lynx",
        states={
            "full": full(at("own:feel", "lynx")),
            "empty": State(build=at("own:feel", "linnet"), person="linnet"),
            "no plan": State(build=at("own:feel", "orca"), person="orca"),
            "error": State(build=sent_empty("own:feel", "lynx", button="Save")),
            "urgent": State(build=told("lark", "supply", "run_out"), person="lark"),
            "emergency": State(build=told("lark", "urgent", "hallucination"), person="lark"),
            "carer": State(build=at("own:feel", "lynx"), person="lana"),
            "may only look": State(build=at("own:feel", "alder"), person="pia"),
        },
    ),
    "own:call_me": PortalPage(
        person="lynx",
        states={
            "full": full(at("own:call_me", "lynx")),
            "empty": State(build=at("own:call_me", "linnet"), person="linnet"),
            "no plan": State(build=at("own:call_me", "orca"), person="orca"),
            "error": State(build=sent_empty("own:call_me", "lynx", button="Ask for a call")),
            "may only look": State(build=at("own:call_me", "alder"), person="pia"),
        },
    ),
    "own:looked": PortalPage(
        person="lynx",
        states={
            "full": full(at("own:looked", "lynx")),
            "empty": State(build=at("own:looked", "orca"), person="orca"),
        },
    ),
}
