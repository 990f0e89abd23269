"""Passkeys in a real browser with a device that has a lock: from an invitation to the day it is removed."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.getting_in import PHONE, invite
from tests.browser.passkeys import Lock, just_signed_in, way_by_passkey, with_passkey
from tests.browser.people_pages import birth_date, to_account
from tests.browser.server import Portal
from tests.browser.visitors import Visitors

pytestmark = [pytest.mark.bar("B-55"), pytest.mark.hazard("H38")]


def sign_out(tab: Any, site: Portal) -> None:
    tab.goto(site.url("account_logout"))
    tab.locator("main").get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/accounts/login/")


def test_a_patient_joins_by_passkey_comes_back_by_it_and_removes_it(ann: Any, site: Portal, visitors: Visitors) -> None:
    address = invite(ann, site, "privet")
    with visitors.page(viewport=PHONE, has_touch=True, is_mobile=True) as tab:
        lock = Lock(tab)
        tab.goto(address)
        birth_date(tab)
        tab.locator("[name=email]").fill("passkey@example.test")
        tab.get_by_role("button", name="Use fingerprint, face or PIN").click()
        tab.get_by_role("button", name="Make my account").click()
        expect(tab.locator("#today")).to_be_visible()
        [first] = lock.passkeys()
        assert (first["rpId"], first["isResidentCredential"]) == ("localhost", True)
        sign_out(tab, site)
        with_passkey(tab)
        expect(tab.locator("#today")).to_be_visible()

        tab.goto(site.url("ways"))
        expect(tab.locator("main")).to_contain_text("You have no password.")
        expect(tab.locator("main")).to_contain_text("This is your only way in")
        tab.get_by_role("link", name="Add a passkey").click()
        tab.get_by_role("button", name="Add a passkey").click()
        # This device has one of this account, and makes no second.
        expect(tab.locator("[data-passkey-said]")).to_contain_text("has a passkey for you already")
        with visitors.page(viewport=PHONE) as other:
            spare = Lock(other)
            spare.take(first)
            other.goto(site.url("account_login"))
            with_passkey(other)
            expect(other.locator("#today")).to_be_visible()
        assert tab.evaluate("window.violations") == []


def test_staff_add_a_passkey_use_it_and_remove_it(site: Portal, visitors: Visitors) -> None:
    with visitors.page() as tab:
        lock = Lock(tab)
        just_signed_in(tab, site, "bea")
        tab.get_by_role("link", name="Add a passkey").click()
        tab.get_by_label("What to call it").fill("Ward computer 3")
        tab.get_by_role("button", name="Add a passkey").click()
        expect(tab.locator(".notice--done")).to_contain_text("You can sign in with it now")
        expect(tab.locator(".passkeys")).to_contain_text("Ward computer 3")
        sign_out(tab, site)
        with_passkey(tab)
        tab.wait_for_url("**/worklist/")
        tab.get_by_role("link", name="How you sign in").click()
        tab.get_by_role("link", name="Remove Ward computer 3").click()
        tab.get_by_role("button", name="Yes, remove it").click()
        expect(tab.locator("main")).to_contain_text("You have none yet")
        sign_out(tab, site)
        assert len(lock.passkeys()) == 1
        with_passkey(tab)
        expect(tab.get_by_role("alert")).to_contain_text("This passkey did not work here")
        expect(tab.get_by_label("Password")).to_be_visible()
        assert tab.evaluate("window.violations") == []


def test_a_wrong_finger_opens_nothing(site: Portal, visitors: Visitors) -> None:
    with visitors.page() as tab:
        lock = Lock(tab)
        just_signed_in(tab, site, "cora", "ways_add")
        tab.get_by_role("button", name="Add a passkey").click()
        expect(tab.locator(".notice--done")).to_be_visible()
        sign_out(tab, site)
        lock.refuse()
        with_passkey(tab)
        expect(tab.locator("[data-passkey-said]")).to_contain_text("Nothing was done")
        expect(tab).to_have_url(f"{site.address}{site.url('account_login')}")


def test_an_answer_that_is_sent_again_opens_nothing(site: Portal, visitors: Visitors) -> None:
    """What the browser sent is kept and sent from another one, in its session and in that of the first."""
    with visitors.page() as tab:
        Lock(tab)
        just_signed_in(tab, site, "dan", "ways_add")
        tab.get_by_role("button", name="Add a passkey").click()
        expect(tab.locator(".notice--done")).to_be_visible()
        sign_out(tab, site)
        sent: list[str] = []
        tab.on(
            "request", lambda one: sent.append(one.post_data or "") if one.url.endswith("/accounts/passkey/") else None
        )
        with_passkey(tab)
        tab.wait_for_url("**/worklist/")
        [form] = sent
        sign_out(tab, site)
        answer = tab.evaluate(
            """async (form) => {
              const sent = new URLSearchParams(form);
              sent.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
              const said = await fetch("/accounts/passkey/", { method: "POST", body: sent });
              return [said.status, await said.text()];
            }""",
            form,
        )
        assert answer[0] == 422
        assert "This passkey did not work here" in answer[1]
        tab.goto("/worklist/")
        expect(tab).to_have_url(f"{site.address}/accounts/login/?next=/worklist/")


def test_who_would_rather_have_a_password_keeps_what_was_typed(site: Portal, visitors: Visitors) -> None:
    with visitors.page() as tab:
        way_by_passkey(tab, lambda: to_account(tab, site))
        tab.get_by_role("button", name="Choose a password instead").click()
        expect(tab.get_by_label("Your email address")).to_have_value("finger@example.test")
        expect(tab.get_by_label("Choose a password")).to_be_visible()


def test_where_there_is_no_lock_nobody_is_offered_one(ann: Any, site: Portal, visitors: Visitors) -> None:
    address = invite(ann, site, "privet")
    for options in ({}, {"java_script_enabled": False}):
        with visitors.page(viewport=PHONE, **options) as tab:
            tab.goto(address)
            birth_date(tab)
            expect(tab.get_by_label("Choose a password")).to_be_visible()
            expect(tab.locator("[data-passkey-offer]")).to_be_hidden()
    with visitors.page(java_script_enabled=False) as tab:
        tab.goto(site.url("account_login"))
        expect(tab.get_by_role("button", name="Use a passkey")).to_be_hidden()
