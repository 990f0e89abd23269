"""The live safety panel while a dose is typed."""

import contextlib
import re
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.browser.building import CONTINUE, fill_order, typed_order
from tests.browser.server import Portal
from tests.browser.visitors import Visitors

FAILED = "The safety check is not working. You cannot save."
FRESH = "[data-safety-panel][data-state=fresh]"
# How often the live region changed since it was watched.
_WATCH = """() => {
  window.spoken = [];
  const region = document.querySelector("[data-safety-status]");
  new MutationObserver(() => window.spoken.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
}"""


def replies(page: Any) -> Any:
    """The next answer of the live check."""
    return page.expect_response(re.compile("/steps/live/"))


@pytest.mark.ui("UI-37")
def test_the_panel_says_the_change_in_words_and_what_was_checked(ann: Any, site: Portal) -> None:
    typed_order(ann, site, "alder", dose="20")
    panel = ann.locator(FRESH)
    expect(panel.locator(".safety-panel__change")).to_have_text(re.compile(r"UP 15\u00a0mg a day .*60\u00a0mg a day"))
    expect(panel.locator(".safety-panel__quiet")).to_contain_text("Checked, nothing found:")
    expect(panel.locator(".safety-panel__time")).to_have_text(re.compile(r"Checked \d\d:\d\d:\d\d"))
    with replies(ann):
        ann.locator("[name=dose]").fill("10")
    expect(panel.locator(".safety-panel__change")).to_have_text(re.compile(r"DOWN 15\u00a0mg a day .*30\u00a0mg a day"))


@pytest.mark.ui("UI-35")
def test_the_panel_speaks_only_when_the_findings_change(ann: Any, site: Portal) -> None:
    typed_order(ann, site, "alder", dose="20")
    expect(ann.locator(f"{FRESH} .finding").first).to_be_visible()
    ann.evaluate(_WATCH)
    for letter in "slow start":
        with replies(ann):
            ann.locator("[name=reason]").press_sequentially(letter)
        expect(ann.locator(FRESH)).to_be_visible()
    assert ann.evaluate("window.spoken") == []
    with replies(ann):
        ann.locator("[name=dose]").fill("30")
    expect(ann.locator(FRESH)).to_contain_text("MAX-1")
    assert len(ann.evaluate("window.spoken")) == 1


@pytest.mark.ui("UI-36")
def test_an_older_answer_never_replaces_a_newer_one(ann: Any, site: Portal) -> None:
    held: list[Any] = []
    typed_order(ann, site, "alder", dose="20")
    expect(ann.locator(FRESH)).to_contain_text("60\u00a0mg a day")
    ann.route("**/steps/live/", lambda route: held.append(route) if not held else route.continue_())
    with ann.expect_request("**/steps/live/"):
        ann.locator("[name=dose]").fill("10")
    expect(ann.locator("[data-safety-panel]")).to_have_attribute("data-state", "checking")
    expect(ann.locator(".safety-panel__checking")).to_be_visible()
    with replies(ann):
        ann.locator("[name=dose]").fill("12.5")
    expect(ann.locator(FRESH)).to_contain_text("37.5\u00a0mg a day")
    with contextlib.suppress(Error):  # the page has already given the older request up
        held[0].continue_()
    expect(ann.locator(FRESH)).to_contain_text("37.5\u00a0mg a day")


@pytest.mark.ui("UI-36")
def test_without_an_answer_in_five_seconds_the_panel_says_that_nothing_can_be_saved(ann: Any, site: Portal) -> None:
    ann.clock.install()
    typed_order(ann, site, "alder", dose="20")
    ann.clock.run_for(1000)
    expect(ann.locator(FRESH)).to_be_visible()
    ann.route("**/steps/live/", lambda route: None)
    ann.locator("[name=dose]").fill("10")
    ann.clock.run_for(1000)
    expect(ann.locator("[data-safety-panel]")).to_have_attribute("data-state", "checking")
    ann.clock.run_for(5000)
    expect(ann.locator("[data-safety-panel]")).to_have_attribute("data-state", "failed")
    expect(ann.locator(".safety-panel__failed")).to_be_visible()
    expect(ann.locator("[data-safety-status]")).to_have_text(FAILED)


@pytest.mark.ui("UI-28")
def test_with_the_check_down_a_step_is_not_saved_and_the_button_still_answers(visitors: Visitors, site: Portal) -> None:
    with visitors.page("ann", fault="check") as page:
        page.goto(site.url("steps:add", "maple"))
        fill_order(page)
        expect(page.locator("[data-safety-panel]")).to_have_attribute("data-state", "failed")
        expect(page.locator(".safety-panel__failed")).to_have_text(FAILED)
        button = page.get_by_role("button", name=CONTINUE)
        button.focus()
        expect(button).to_be_focused()
        expect(button).to_be_enabled()
        with page.expect_navigation() as answer:
            button.press("Enter")
        assert answer.value.status == 422
        expect(page.locator("[data-error-summary]")).to_contain_text("The safety check is not working")
    maple = site.patients["maple"]["id"]
    assert site.count("SELECT count(*) FROM titration_step WHERE patient_id = %s", maple) == 1


@pytest.mark.ui("UI-29")
def test_with_the_check_down_a_past_change_is_kept_and_marked(visitors: Visitors, site: Portal) -> None:
    with visitors.page("ann", fault="check") as page:
        page.goto(site.url("steps:past", "myrtle"))
        fill_order(page, day="18")
        page.get_by_role("button", name=CONTINUE).click()
        expect(page.get_by_text("Not safety-checked").first).to_be_visible()
        page.get_by_role("button", name="Record past change").click()
        page.wait_for_url(f"**{site.url('patients:chart', 'myrtle')}")
        expect(page.locator(".history")).to_contain_text("Recorded late")
        expect(page.locator(".history")).to_contain_text("Not safety-checked")


@pytest.mark.ui("UI-7")
def test_another_strength_of_a_liquid_keeps_the_dose_and_works_out_the_volume_again(ann: Any, site: Portal) -> None:
    typed_order(ann, site, "liquid", dose="7.5", product="liquid_1")
    preview = ann.locator("#patient-preview")
    expect(preview).to_contain_text("7.5\u00a0mL")
    with replies(ann):
        ann.locator("[name=product][value=liquid_5]").check()
    expect(preview).to_contain_text("1.5\u00a0mL")
    expect(preview).not_to_contain_text("7.5\u00a0mL")
    expect(ann.locator("[name=dose]")).to_have_value("7.5")


@pytest.mark.ui("UI-35")
def test_the_panel_is_a_polite_region(ann: Any, site: Portal) -> None:
    ann.goto(site.url("steps:add", "alder"))
    region = ann.locator("[data-safety-panel] [role=status]")
    expect(region).to_have_count(1)
    expect(region).to_have_text("")
