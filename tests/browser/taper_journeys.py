"""A reducing plan in a browser: its table made and changed row by row, checked and signed."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.server import Portal


def to_table(page: Any, site: Portal, patient: str, *, to_mg: str = "15", by: str = "5", day: str = "23") -> None:
    """The table of a plan that comes down every week from a day of November 2026 on; empty ``to_mg`` ends with the stop."""
    page.goto(site.url("plans:taper", patient))
    page.locator(f"[name=to][value={'dose' if to_mg else 'stop'}]").check()
    page.locator("[name=to_mg]").fill(to_mg)
    page.locator("[name=reduce_by]").fill(by)
    page.locator("[name=every_days]").fill("7")
    for part, value in (("day", day), ("month", "11"), ("year", "2026")):
        page.locator(f"[name=starts_on_{part}]").fill(value)
    page.get_by_role("button", name="Make the table").click()
    page.locator("#taper-table").wait_for()


def full_table(page: Any, site: Portal) -> None:
    """Steps on closed days, one that the tablets cannot make, and one that is planned already and will be replaced."""
    to_table(page, site, "alder")
    page.locator("[name=row_2_dose_1]").fill("9")
    page.get_by_role("button", name="Check the rows again").click()
    expect(page.locator("#row-2")).to_contain_text("cannot be made")


def whole_table(page: Any, site: Portal) -> None:
    """A table that is complete, with what the rules say of it and what the patient will see."""
    to_table(page, site, "alder", day="22")


def not_complete(page: Any, site: Portal) -> None:
    full_table(page, site)
    page.get_by_role("button", name="Continue to check").click()
    page.locator("[data-error-summary]").wait_for()


def taper(page: Any, site: Portal) -> None:
    """Built, a row moved away from a closed day, one taken out, and signed."""
    to_table(page, site, "sycamore", to_mg="", day="22")
    page.get_by_role("button", name="Move to Mon 23-Nov-2026 step 1").click()
    expect(page.locator("[name=row_1_on_day]")).to_have_value("23")
    page.get_by_role("button", name="Keep this day for step 2").click()
    expect(page.locator("#row-2")).to_contain_text("clinic closed, kept")
    page.get_by_role("button", name="Down with the doses of step 1").click()
    expect(page.locator("#row-2")).to_contain_text("never goes up")
    page.get_by_role("button", name="Up with the doses of step 2").click()
    page.get_by_role("button", name="Add below step 1").click()
    page.get_by_role("button", name="Remove step 2").click()
    expect(page.locator("#taper-table tbody tr")).to_have_count(4)
    page.locator("[name=advice]").fill("Take the dose of the week before, and call us.")
    page.locator("[name=reason]").fill("No benefit")
    page.get_by_role("button", name="Continue to check").click()
    page.get_by_role("button", name="Save reducing plan").click()
    expect(page.locator(".notice--done")).to_contain_text("The reducing plan is saved: 3 steps.")
    page.get_by_role("link", name="Print calendar").click()
    expect(page.locator(".calendar-week").last).to_contain_text("you do not take baclofen any more")
