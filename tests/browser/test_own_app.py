"""The app on a phone: a neutral name, Help without a network, and nothing of a patient kept in the browser."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.server import Portal
from tests.browser.visitors import PHONE, Visitors

CLINICAL = ("baclofen", "dose", "spastic", "medicine", "otter")
_KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    const shelf = await caches.open(name);
    for (const request of await shelf.keys()) kept.push(new URL(request.url).pathname);
  }
  return kept;
}"""


def ready(page: Any) -> None:
    """Wait until the worker keeps what it keeps."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


@pytest.mark.ui("UI-90")
def test_the_app_has_a_neutral_name(visitors: Visitors, site: Portal) -> None:
    with visitors.page("otter", viewport=PHONE) as page:
        page.goto(site.url("own:today", "otter"))
        address = page.locator("link[rel=manifest]").get_attribute("href")
        manifest = json.loads(page.request.get(address).text())
        assert manifest["name"] == manifest["short_name"] == "Care portal"
        assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/", "/")
        told = [json.dumps(manifest)]
        for name in ("own:today", "own:schedule", "own:me", "own:my_dose"):
            page.goto(site.url(name, "otter"))
            told += [page.title(), page.url.split("/me/")[-1].split("/", 1)[-1]]
        for word in CLINICAL[:1] + CLINICAL[2:]:
            assert not [one for one in told if word in one.lower()], word


@pytest.mark.ui("UI-51")
@pytest.mark.ui("UI-89")
def test_help_opens_without_a_network_and_nothing_of_a_patient_is_kept(visitors: Visitors, site: Portal) -> None:
    with visitors.page("otter", viewport=PHONE, service_workers="allow") as page:
        page.goto(site.url("own:today", "otter"))
        ready(page)
        page.goto(site.url("own:schedule", "otter"))
        kept = page.evaluate(_KEPT)
        assert {one for one in kept if not one.startswith("/static/")} == {"/help/", "/offline/"}
        assert page.evaluate("localStorage.length") == 0
        # The address of the page that is open, which names nobody.
        stored = page.evaluate("Object.fromEntries(Object.entries(sessionStorage))")
        assert set(stored) <= {"htmx-current-path-for-history"}
        assert not [one for one in stored.values() if "otter" in one.lower() or "mg" in one]
        assert page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
        page.context.set_offline(True)
        page.goto(site.url("help"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Help")
        expect(page.locator("body")).not_to_contain_text("Otter")
        page.goto(site.url("own:today", "otter"))
        expect(page.get_by_role("heading", level=1)).to_have_text("You have no internet")
        expect(page.locator("body")).not_to_contain_text("Otter")
