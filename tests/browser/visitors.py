"""Chromium, and the people who sit before it."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.browser.server import Portal
from tests.world import PASSWORD

FLAGS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
# Before any script of a page: what the policy of the page forbade.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that PORTAL_CHROMIUM names."""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium"), args=list(FLAGS)
        )
        try:
            yield chromium
        finally:
            chromium.close()


@dataclass
class Visitors:
    """Opens pages for people. ``asked`` and ``errors`` collect what the open page asked for and complained about."""

    site: Portal
    chromium: Browser
    _signed_in: dict[str, StorageState] = field(default_factory=dict)

    @contextlib.contextmanager
    def page(
        self, person: str = "", *, viewport: Any = WIDE, fault: str = "", service_workers: Any = "block", **options: Any
    ) -> Iterator[Page]:
        """A fresh page for a person (none: signed out). ``fault`` is what breaks on the server for this page. What a page keeps for
        a time without network stays out of the way of other tests unless one asks for it."""
        context = self.chromium.new_context(
            base_url=self.site.address,
            viewport=viewport,
            storage_state=self.state_of(person) if person else None,
            extra_http_headers={"X-Fault": fault} if fault else {},
            reduced_motion="reduce",
            service_workers=service_workers,
            **options,
        )
        context.set_default_timeout(30_000)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.asked = []  # type: ignore[attr-defined]
        page.on("request", lambda request: page.asked.append(request.url))  # type: ignore[attr-defined]
        try:
            yield page
        finally:
            context.close()

    def state_of(self, person: str) -> StorageState:
        """The cookies of someone who has signed in through the form."""
        if person not in self._signed_in:
            with self.page() as page:
                page.goto("/accounts/login/")
                page.get_by_label("Email").fill(self.site.people[person])
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_url(lambda url: "/accounts/login/" not in url)
                self._signed_in[person] = page.context.storage_state()
        return self._signed_in[person]


def foreign(page: Any) -> list[str]:
    """Addresses that the page asked for outside its own origin."""
    own = urlsplit(page.url).netloc
    return [url for url in page.asked if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != own]
