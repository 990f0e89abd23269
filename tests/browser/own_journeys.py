"""What patients do on their pages, in a browser of their own."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.moment import TODAY
from tests.browser.server import Portal
from tests.world import PASSWORD


def sign_in(page: Any, site: Portal, person: str) -> None:
    page.context.clear_cookies()
    page.goto(site.url("account_login"))
    page.get_by_label("Email address").fill(site.people[person])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def tick(page: Any, site: Portal) -> None:
    """Sign in, tick the morning dose, say that only a part was taken, and take that back."""
    sign_in(page, site, "onyx")
    page.get_by_role("button", name="I took it").click()
    morning = page.get_by_role("region", name="Morning, 8am")
    expect(morning).to_contain_text("Taken at 9:")
    morning.get_by_role("link", name="Change this").click()
    page.locator("[name=state][value=partly]").check()
    page.locator("[name=part][value='2.5']").check()
    page.get_by_role("button", name="Save").click()
    expect(morning).to_contain_text("You told us you took 2.5\u00a0mg of this")
    page.goto(site.url("own:dose", "onyx", day=str(TODAY), position="0"))
    page.locator("[name=state][value=undone]").check()
    page.get_by_role("button", name="Save").click()
    expect(morning).to_contain_text("Due now")
    morning.get_by_role("link", name="I did not take this dose").click()
    page.locator("[name=state][value=skipped]").check()
    page.locator("[name=reason_code][value=forgot]").check()
    page.get_by_role("button", name="Save").click()
    expect(morning).to_contain_text("You told us you did not take this")


def see_change(page: Any, site: Portal) -> None:
    """From the line on Today to the card of the change, which is confirmed."""
    sign_in(page, site, "obsidian")
    page.get_by_role("link", name="See what changes on Wednesday 25 November 2026").click()
    page.get_by_role("button", name="I have seen this").click()
    expect(page.locator("main")).to_contain_text("You have seen this. Your team knows.")


def read_page(page: Any, site: Portal) -> None:
    """From the list to a page, whose question is answered before it is confirmed; the clinic sees that."""
    sign_in(page, site, "lapwing")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Learn").click()
    expect(page.locator("main")).to_contain_text("Not read yet")
    page.get_by_role("link", name="Never stop suddenly").click()
    page.locator("[name=answer][value='2']").check()
    page.get_by_role("button", name="Check answer").click()
    expect(page.locator("#check")).to_contain_text("Yes, that is right")
    page.get_by_role("button", name="I have read this page").click()
    expect(page.locator("#read")).to_contain_text("You read this on 22 November 2026. Your team can see that.")
    lapwing = site.patients["lapwing"]["id"]
    assert site.count("SELECT count(*) FROM titration_pageread WHERE patient_id = %s", lapwing) == 1
    sign_in(page, site, "ann")
    page.goto(site.url("patients:chart", "lapwing"))
    expect(page.get_by_role("region", name="Pages about baclofen")).to_contain_text("Never stop suddenly (today)")
