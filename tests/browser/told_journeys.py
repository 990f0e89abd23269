"""What patients tell the clinic, in a browser of their own, and what becomes of it there."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.server import Portal
from tests.world import PASSWORD


def _sign_in(page: Any, site: Portal, person: str) -> None:
    page.context.clear_cookies()
    page.goto(site.url("account_login"))
    page.get_by_label("Email address").fill(site.people[person])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def feel(page: Any, site: Portal) -> None:
    """Numbers are saved; a fit is answered with the emergency card, and reading it again writes nothing."""
    _sign_in(page, site, "loon")
    page.get_by_role("link", name="Me", exact=True).click()
    page.get_by_role("link", name="How I feel").click()
    page.locator("[name=sleepiness][value='7']").check()
    page.locator("[name=falls][value='0']").check()
    page.locator("[name=signs][value=nausea]").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".notice--done")).to_contain_text("Your clinic can see it")
    expect(page.locator("main")).to_contain_text("Sleepiness 7 of 10")
    page.locator("[name=urgent][value=seizure]").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text("Call 911 now")
    page.reload()
    expect(page.locator("h1")).to_contain_text("Call 911 now")
    loon = site.patients["loon"]["id"]
    assert site.count("SELECT count(*) FROM titration_feelingreport WHERE patient_id = %s", loon) == 2
    raised = "SELECT count(*) FROM titration_flag WHERE patient_id = %s AND rule_id = 'SIGN-TOLD' AND status = 'open'"
    assert site.count(raised, loon) == 1


def call_me(page: Any, site: Portal) -> None:
    """A call is asked for; the clinic writes it down, and the patient reads that."""
    _sign_in(page, site, "loon")
    page.goto(site.url("own:call_me", "loon"))
    page.locator("[name=about][value=supply]").check()
    page.locator("[name=best_time][value=any]").check()
    page.get_by_role("button", name="Ask for a call").click()
    expect(page.locator(".notice--done")).to_contain_text("We will call by the end of 23 November 2026.")
    expect(page.locator("main")).to_contain_text("You asked about: Getting more medicine.")
    _sign_in(page, site, "ann")
    page.goto(site.url("patients:chart", "loon"))
    flag = page.locator(".flag-row", has_text="The patient asks for a call")
    flag.get_by_role("link", name="Log call").click()
    page.locator("#log-call [name=text]").fill("Repeat ordered")
    page.get_by_role("button", name="Log call").click()
    _sign_in(page, site, "loon")
    page.goto(site.url("own:call_me", "loon"))
    expect(page.locator("main")).to_contain_text("We called on 22 November 2026.")
