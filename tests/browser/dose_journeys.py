"""What was taken, recorded in a browser: one dose, a call, why nothing is ticked, an issue, how baclofen goes on."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.server import Portal


def saved(page: Any, words: str) -> None:
    expect(page.locator(".notice--done")).to_contain_text(words)


def date(page: Any, name: str, day: str) -> None:
    for part, value in (("day", day), ("month", "11"), ("year", "2026")):
        page.locator(f"[name={name}_{part}]").fill(value)


def doses(page: Any, site: Portal) -> None:
    """A clinician writes down what a patient says on the telephone."""
    page.goto(site.url("doses:list", "medlar"))
    page.get_by_role("link", name="Change how doses are known").click()
    page.locator("[name=mode][value=ticked]").check()
    page.get_by_role("button", name="Save").click()
    saved(page, "How doses are known is recorded")
    page.get_by_role("link", name="Record a call").click()
    page.locator("[name=state][value=taken]").check()
    date(page, "until_on", "21")
    page.locator("[name=until_time]").fill("12:00")
    page.locator("[name=said_by][value=patient]").check()
    page.get_by_role("button", name="Save doses").click()
    saved(page, "doses are recorded")
    page.get_by_role("link", name="Record the dose of 21-Nov-2026 at 14:00").click()
    page.locator("[name=state][value=partly]").check()
    page.locator("[name=taken]").fill("2.5")
    page.locator("[name=taken_time]").fill("14:20")
    page.locator("[name=said_by][value=carer]").check()
    page.get_by_role("button", name="Save dose").click()
    saved(page, "is recorded")
    expect(page.locator(".dose-days")).to_contain_text("Partly taken: 2.5\u00a0mg of 5\u00a0mg")


def around(page: Any, site: Portal) -> None:
    """A stay in hospital, an issue that was typed for the wrong patient, and a decision to go on."""
    page.goto(site.url("doses:silence", "medlar"))
    page.locator("[name=reason][value=admission]").check()
    date(page, "starts_on", "16")
    date(page, "ends_on", "18")
    page.get_by_role("button", name="Save").click()
    saved(page, "It ends by itself")
    page.get_by_role("button", name="It never was (In hospital)").click()
    saved(page, "The entry is taken back")
    page.get_by_role("link", name="Record an issue").click()
    date(page, "on_date", "20")
    page.locator("[name=product]").select_option("tablet_10")
    page.locator("[name=units]").fill("84")
    page.get_by_role("button", name="Save issue").click()
    saved(page, "The issue is recorded")
    page.get_by_role("button", name="Take back the issue of Fri 20-Nov-2026").click()
    saved(page, "The issue is taken back")
    page.goto(site.url("plans:restart", "medlar"))
    page.locator("[name=choice][value=resume]").check()
    page.locator("[name=reason]").fill("Well, and nothing was missed")
    page.get_by_role("button", name="Save decision").click()
    saved(page, "The decision is recorded")
