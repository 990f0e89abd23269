"""Side effects and symptoms in a browser: what was said is recorded, and the option that follows opens its form."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.dose_journeys import date, saved
from tests.browser.server import Portal


def go_on(page: Any) -> None:
    """Say why to go on although the next step is not open, where a check page asks it."""
    page.locator("[name=gate-code][value=asked_otherwise]").check()


def report(page: Any, site: Portal) -> None:
    """A carer calls: drowsy, no falls. The chart leads to the form, and the page that follows to a filled-in step."""
    page.goto(site.url("patients:chart", "sloe"))
    page.get_by_role("link", name="Record side effects and symptoms").first.click()
    page.locator("[name=effects][value=some]").check()
    page.locator("[name=sign_ongoing_drowsiness][value=yes]").check()
    page.locator("[name=sign_new_falls][value=no]").check()
    date(page, "on_date", "22")
    page.locator("[name=reported_by][value=carer]").check()
    page.locator("[name=reported_how][value=phone]").check()
    page.get_by_role("button", name="Save report").click()
    saved(page, "The report is recorded")
    page.get_by_role("link", name="Move the larger dose to bedtime").click()
    expect(page.locator("main")).to_contain_text("Nothing is signed")
    expect(page.locator("[name=row_3_dose]")).to_have_value("7.5")
