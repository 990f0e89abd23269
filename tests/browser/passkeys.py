"""A phone with a lock: Chromium's own virtual authenticator, which makes and uses passkeys as a device does."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page as Tab

from tests.browser.building import PortalPage, State, at, full
from tests.browser.server import Portal
from tests.world import PASSWORD


class Lock:
    """The device of one tab. ``opens``: the finger on it is the right one."""

    def __init__(self, tab: Tab, *, opens: bool = True) -> None:
        self._session = tab.context.new_cdp_session(tab)
        self._session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": opens, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self._id = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def passkeys(self) -> list[dict[str, Any]]:
        return list(self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})["credentials"])

    def take(self, passkey: dict[str, Any]) -> None:
        """Put a passkey into the device, as one that was made elsewhere."""
        known = ("credentialId", "isResidentCredential", "rpId", "privateKey", "userHandle", "signCount")
        sent = {name: passkey[name] for name in known if name in passkey}
        self._session.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": sent})

    def refuse(self) -> None:
        """From here on the finger is a wrong one."""
        self._session.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": False})


def offered(tab: Tab, to_account: Callable[[], None]) -> None:
    """Behind the right birth date, on a device with a lock."""
    Lock(tab)
    to_account()
    tab.get_by_role("button", name="Use fingerprint, face or PIN").wait_for()


def way_by_passkey(tab: Tab, to_account: Callable[[], None], email: str = "finger@example.test") -> None:
    """Behind the right birth date: the address, and no password; the page that asks for the finger."""
    offered(tab, to_account)
    tab.locator("[name=email]").fill(email)
    tab.get_by_role("button", name="Use fingerprint, face or PIN").click()
    tab.get_by_role("button", name="Make my account").wait_for()


def just_signed_in(tab: Tab, site: Portal, person: str, name: str = "ways") -> None:
    """A page that wants to know again who it is, opened by who has just said so."""
    tab.goto(f"{site.url('account_login')}?next={site.url(name)}")
    tab.get_by_label("Email").fill(site.people[person])
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.locator("h1").wait_for()


def with_passkey(tab: Tab) -> None:
    tab.get_by_role("button", name="Use a passkey").click()


def to_adding(tab: Tab, site: Portal) -> None:
    """The page on which a device with a lock adds a passkey."""
    Lock(tab)
    just_signed_in(tab, site, "elma", "ways_add")
    tab.get_by_role("button", name="Add a passkey").wait_for()


def nameless(tab: Tab, site: Portal) -> None:
    to_adding(tab, site)
    tab.get_by_label("What to call it").fill("")
    tab.get_by_role("button", name="Add a passkey").click()
    tab.locator("[data-error-summary]").wait_for()


def to_removing(tab: Tab, site: Portal) -> None:
    just_signed_in(tab, site, "alma")
    tab.get_by_role("link", name="Remove My old phone").click()
    tab.get_by_role("button", name="Yes, remove it").wait_for()


def refused(tab: Tab, site: Portal) -> None:
    """The page to sign in, after a passkey that is none of this portal."""
    Lock(tab)
    tab.goto(site.url("account_login"))
    tab.evaluate("""() => {
      const form = document.querySelector("form[data-passkey]");
      form.elements.answer.value = "{}";
      form.submit();
    }""")
    tab.get_by_role("alert").wait_for()


PASSKEY_PAGES: dict[str, PortalPage] = {
    "ways": PortalPage(
        person="alma",
        single=False,
        states={
            "full": full(at("ways")),
            "empty": State(build=at("ways"), person="pol"),
            "staff": State(build=at("ways"), person="ann"),
        },
    ),
    "ways_add": PortalPage(
        person="",
        single=False,
        states={
            "full": full(to_adding),
            "empty": State(build=lambda tab, site: just_signed_in(tab, site, "elma", "ways_add")),
            "error": State(build=nameless),
        },
    ),
    "ways_remove": PortalPage(person="", single=False, states={"full": full(to_removing)}),
}
PASSKEY_REFUSALS: dict[str, State] = {
    "sign in again": State(build=at("ways_add"), person="ann", fault="long ago"),
    "sign in again patient": State(build=at("ways_add"), person="alma", fault="long ago"),
}
