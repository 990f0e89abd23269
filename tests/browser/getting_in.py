"""From an invitation in one browser to the first tick on a phone, counted: ``python -m tests.browser.getting_in DIRECTORY`` keeps a
picture of each step there.
"""

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import Page as Tab

EMAIL, PASSWORD = "privet@example.test", "three plain words here"
PHONE = {"width": 390, "height": 844}


@dataclass
class Phone:
    """A tab of a phone whose taps are counted. Text goes in as a keyboard types it; moving to the next box is a tap."""

    tab: Tab
    folder: Path | None = None
    taps: int = 0
    steps: int = 0
    began: float = field(default_factory=time.monotonic)

    def tap(self, what: Any) -> None:
        what.tap()
        self.taps += 1

    def write(self, name: str, text: str) -> None:
        box = self.tab.locator(f"[name={name}]")
        self.tap(box)
        box.press_sequentially(text)

    def shot(self, name: str) -> None:
        self.steps += 1
        if self.folder is not None:
            self.tab.screenshot(path=self.folder / f"{self.steps:02}-{name}.png", full_page=True, animations="disabled")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def invite(tab: Tab, site: Any, patient: str, folder: Path | None = None) -> str:
    """What the clinician does, from the chart on; the link as it is shown."""
    tab.goto(site.url("patients:chart", patient))
    tab.get_by_role("link", name="Who can sign in").click()
    tab.get_by_role("link", name="Invite somebody").click()
    tab.locator("[name=kind][value=self]").check()
    tab.locator("[name=checked]").check()
    if folder is not None:
        tab.screenshot(path=folder / "00-clinic-invites.png", full_page=True)
    tab.get_by_role("button", name="Make the link").click()
    link = tab.locator("#link").input_value()
    if folder is not None:
        tab.screenshot(path=folder / "00-clinic-link.png", full_page=True)
    return link


def get_in(phone: Phone, link: str, *, email: str = EMAIL) -> None:
    """What the patient does, from the link to Today."""
    tab = phone.tab
    tab.goto(link)
    phone.shot("link")
    for part, text in (("day", "4"), ("month", "3"), ("year", "1981")):
        phone.write(f"born_{part}", text)
    phone.shot("birth-date")
    phone.tap(tab.get_by_role("button", name="Continue"))
    tab.locator("[name=email]").wait_for()
    phone.shot("account")
    phone.write("email", email)
    phone.write("password", PASSWORD)
    phone.shot("account-filled-in")
    phone.tap(tab.get_by_role("button", name="Make my account"))
    tab.locator("#today").wait_for()
    phone.shot("today")


def tick(phone: Phone) -> None:
    """The first dose."""
    phone.tap(phone.tab.get_by_role("button", name="I took it"))
    phone.tab.get_by_text("Taken at").wait_for()
    phone.shot("ticked")


def main() -> int:
    """Take the pictures and print the count."""
    if len(sys.argv) != 2:
        print("tests.browser.getting_in needs the directory that the pictures go to.", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baclofen_portal.settings")
    django.setup()
    from tests.browser.server import portal
    from tests.browser.visitors import Visitors, browser

    with portal() as site, browser() as chromium:
        visitors = Visitors(site, chromium)
        with visitors.page("ann") as clinic:
            link = invite(clinic, site, "privet", folder)
        with visitors.page(viewport=PHONE, has_touch=True, is_mobile=True) as tab:
            phone = Phone(tab, folder)
            get_in(phone, link)
            tick(phone)
            print(f"From the link to the first tick: {phone.taps} taps, {phone.seconds:.1f} s; pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
