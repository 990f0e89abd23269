"""Editors at work in a real browser: a page from an edit to its readers, with everything that is refused on the way."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.server import ROOT, database, serving
from tests.browser.visitors import WIDE
from tests.cms_client import PASSWORD
from titration.models.database_roles import OWNER

SHOTS = os.environ.get("PORTAL_SHOTS")  # a directory: keep what the pages look like
NEW = "Never stop it suddenly"


@dataclass
class Office:
    """The editors' process, a browser, and who has signed in."""

    address: str
    chromium: Browser
    environment: dict[str, str]
    conninfo: str
    page_id: int
    people: dict[str, str]
    complaints: list[str] = field(default_factory=list)
    contexts: dict[str, Any] = field(default_factory=dict)

    @contextlib.contextmanager
    def at(self, name: str, path: str) -> Iterator[Page]:
        """A page that this person has opened."""
        if name not in self.contexts:
            self.contexts[name] = self.chromium.new_context(
                base_url=self.address, viewport={**WIDE, "height": 1700} if SHOTS else WIDE
            )
            page = self.contexts[name].new_page()
            page.goto("/cms/login/")
            page.fill("input[name=login]", self.people[name])
            page.fill("input[name=password]", PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_url("**/cms/")
            page.close()
        page = self.contexts[name].new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path)
        yield page
        page.close()

    @property
    def edit(self) -> str:
        return f"/cms/pages/{self.page_id}/edit/"

    @property
    def decision(self) -> str:
        return f"/cms/education/pages/{self.page_id}/decision/"

    def live(self) -> tuple[str, bool]:
        """The title that readers have, and whether they have it."""
        title, live, _ = self._row()
        return title, live

    def live_revision(self) -> int:
        return self._row()[2]

    def _row(self) -> tuple[str, bool, int]:
        with psycopg.connect(self.conninfo) as connection:
            connection.execute(f"SET ROLE {OWNER}")
            connection.execute("SELECT set_config('app.job', 'migrate', false)")
            query = "SELECT title, live, live_revision_id FROM wagtailcore_page WHERE id = %s"
            return connection.execute(query, [self.page_id]).fetchone()

    def wrong(self) -> list[str]:
        """What the browser complained of, but for refusals: a decision (422), and what the editor saved too late (400)."""
        return [one for one in self.complaints if "422" not in one and "400" not in one]

    def publisher(self, *, later: timedelta) -> None:
        """What the publisher does when that time has come."""
        work = (
            "import django; django.setup(); import time_machine; from django.utils import timezone; "
            "from baclofen_portal.cms.publishing import publish_due; "
            f"travel = time_machine.travel(timezone.now() + timezone.timedelta(seconds={later.total_seconds()})); "
            "travel.start(); publish_due(as_of=timezone.now())"
        )
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "baclofen_portal.cms.settings"}
        subprocess.run([sys.executable, "-c", work], cwd=ROOT, env=environment, check=True)


@pytest.fixture(scope="module")
def office(chromium: Any) -> Iterator[Office]:
    with database() as (url, conninfo), tempfile.TemporaryDirectory(prefix="portal-editors-") as var:
        environment = {
            **os.environ, "DATABASE_URL": url, "PORTAL_VAR": var, "DJANGO_SETTINGS_MODULE": "baclofen_portal.settings",
        }  # fmt: skip
        fill = [sys.executable, "-m", "tests.browser.filling_editors"]
        filled = subprocess.run(fill, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
        made = json.loads(filled.stdout.decode().splitlines()[-1])
        with serving(environment, "baclofen_portal.cms.wsgi:application") as port:
            yield Office(f"http://localhost:{port}", chromium, environment, conninfo, made["page"], made["people"])


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def press(page: Page, name: str) -> None:
    """A button of the editor's footer, which may be in its menu."""
    button = page.locator(f"button[name={name}]").first
    if not button.is_visible():
        page.locator(
            "footer [data-w-dropdown-target=toggle], .footer__container [aria-label='More options']"
        ).first.click()
    with page.expect_navigation():
        button.click()


def decide(page: Page, decision: str) -> None:
    if decision == "approve":
        page.check("input[name=first]")
        page.check("input[name=second]")
    with page.expect_navigation():
        page.click(f"button[value={decision}]")


def test_a_page_from_an_edit_to_its_readers(office):
    edit, decision = office.edit, office.decision
    with office.at("ann", edit) as page:
        shot(page, "1-editor")
        page.fill("#id_title", "Take 80 mg")
        press(page, "action-submit")
        text = page.inner_text("body")
        assert "“80 mg” is typed" in text
        assert page.input_value("#id_title") == "Take 80 mg", "what was typed is still there"
        shot(page, "2-refused")
        assert page.locator("button[name=action-publish]").count() == 0
        page.fill("#id_title", NEW)
        press(page, "action-submit")
        shot(page, "3-sent")
    assert office.live() == ("Never stop suddenly", True)

    with office.at("ann", decision) as page:
        assert "is for the group" in page.inner_text("body")
        assert page.locator("button[value=approve]").count() == 0
        shot(page, "4-author-cannot")
    with office.at("rae", decision) as page:
        assert page.locator("button[value=approve]").count() == 0, "the content check is not hers"
    with office.at("ed", "/cms/") as page:
        shot(page, "5-home")
        page.click("text=Read and decide")
        page.wait_for_load_state()
        assert NEW in page.inner_text("body")
        shot(page, "6-content-check")
        decide(page, "approve")
        assert page.locator("text=goes on to its clinical approval").count()
    assert office.live()[0] == "Never stop suddenly"
    with office.at("ed", decision) as page:
        assert page.locator("button[value=approve]").count() == 0
    with office.at("rae", decision) as page:
        assert page.locator(".comparison").count(), "she sees old and new"
        shot(page, "7-clinical-approval")
        decide(page, "changes")
        assert "Say what should change" in page.inner_text("body")
        decide(page, "approve")
        assert page.locator("text=is live").count()
    assert office.live() == (NEW, True)
    assert not office.wrong(), office.complaints


def test_a_page_goes_live_at_its_time_and_an_old_version_comes_back_as_a_draft(office):
    before, old = office.live()[0], office.live_revision()
    at = datetime.now().astimezone() + timedelta(hours=2)
    with office.at("ann", office.edit) as page:
        page.fill("#id_title", "Stop step by step")
        page.click("button[aria-label='Toggle status']")
        page.click("text=Set schedule")
        page.fill("#id_go_live_at", f"{at:%Y-%m-%dT%H:%M}")
        shot(page, "8-schedule")
        page.click("text=Save schedule")
        page.wait_for_load_state()
        press(page, "action-submit")
    for name in ("eva", "rob"):
        with office.at(name, office.decision) as page:
            assert "goes live at" in page.inner_text("body")
            decide(page, "approve")
    assert office.live()[0] == before
    with office.at("ed", "/cms/") as page:
        assert "Goes live" in page.inner_text("#panel-scheduled-content, [id*=scheduled]")
        shot(page, "9-scheduled")
    office.publisher(later=timedelta(hours=1))
    assert office.live()[0] == before
    office.publisher(later=timedelta(hours=3))
    assert office.live() == ("Stop step by step", True)

    with office.at("ann", f"/cms/pages/{office.page_id}/revisions/{old}/view/") as page:
        assert before in page.inner_text("body")
        shot(page, "10-old-version")
    with office.at("ann", f"/cms/pages/{office.page_id}/revisions/{old}/revert/") as page:
        assert page.input_value("#id_title") == before
        press(page, "action-save-draft") if page.locator("button[name=action-save-draft]").count() else page.click(
            "footer button[type=submit]"
        )
        page.wait_for_load_state()
    assert office.live()[0] == "Stop step by step"
    with office.at("ann", office.edit) as page:
        assert page.input_value("#id_title") == before
