"""Filling in the forms of a flag."""

from playwright.sync_api import Page as Tab

from tests.browser.server import Portal


def to_closing(tab: Tab, site: Portal, patient: str) -> None:
    """The check page before a flag that says act now is closed."""
    tab.goto(site.url("flags:detail", patient, flag_id="flag"))
    tab.locator("[name=code][value=not_applicable]").check()
    tab.locator("#close-text").fill("Dialysis began, and the dose is agreed with the renal team")
    tab.get_by_role("button", name="Continue to check").click()
    tab.locator("[name=token]").wait_for(state="attached")
