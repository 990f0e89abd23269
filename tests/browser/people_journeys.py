"""Invitations in a browser without scripts: made, used, ended, and what came of one ended as well."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.dose_journeys import saved
from tests.browser.getting_in import PASSWORD, invite
from tests.browser.people_pages import birth_date
from tests.browser.server import Portal


def invited(page: Any, site: Portal) -> None:
    """Ann invites a carer, who joins; the patient, who ends the carer; and Ann ends the patient's access and a link."""
    links = [_carer(page, site), invite(page, site, "osier"), invite(page, site, "osier")]
    others = [
        page.context.browser.new_context(base_url=site.address, java_script_enabled=False).new_page() for _ in range(2)
    ]
    try:
        for tab, link, email in zip(others, links[:2], ("grace", "osier"), strict=True):
            tab.goto(link)
            birth_date(tab)
            tab.locator("[name=email]").fill(f"{email}@example.test")
            tab.locator("[name=password]").fill(PASSWORD)
            tab.get_by_role("button", name="Make my account").click()
            expect(tab.locator("#today")).to_be_visible()
        carer, patient = others
        patient.goto(site.url("own:access", "osier"))
        patient.get_by_role("link", name="Stop this").click()
        patient.get_by_role("button", name="Yes, stop it").click()
        saved(patient, "can no longer see your plan")
        carer.reload()
        expect(carer.locator("h1")).not_to_contain_text("22")
        page.goto(site.url("patients:access", "osier"))
        page.get_by_role("link", name="End invitation").click()
        page.get_by_role("button", name="End invitation").click()
        saved(page, "The invitation is ended")
        page.get_by_role("link", name="End access").click()
        page.get_by_role("button", name="End access").click()
        saved(page, "The access is ended")
        patient.reload()
        expect(patient.locator("main")).not_to_contain_text("Team Oak")
    finally:
        for tab in others:
            tab.context.close()


def _carer(page: Any, site: Portal) -> str:
    page.goto(site.url("patients:invite", "osier"))
    page.locator("[name=kind][value=proxy]").check()
    page.locator("[name=name]").fill("Grace")
    page.locator("[name=scope][value=log]").check()
    page.locator("[name=checked]").check()
    page.get_by_role("button", name="Make the link").click()
    return str(page.locator("#link").input_value())
