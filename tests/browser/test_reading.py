"""The focus on each page, the chart, forced colours and paper."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.focus import FOCUS
from tests.browser.pages import PAGES
from tests.browser.server import Portal
from tests.browser.visitors import PHONE, WIDE, Visitors


@pytest.mark.ui("UI-71")
@pytest.mark.parametrize("name", [name for name in PAGES if name != "account_inactive"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_focus_can_be_seen_wherever_it_goes(
    visitors: Visitors, site: Portal, name: str, viewport: dict[str, int]
) -> None:
    page = PAGES[name]
    state = page.states["full"]
    with visitors.page(page.person if state.person is None else state.person, viewport=viewport) as tab:
        state.build(tab, site)
        wrong = []
        for key in ("Tab", "Shift+Tab"):
            for _ in range(26):
                tab.keyboard.press(key)
                found = tab.evaluate(FOCUS)
                if found is None:
                    break
                if found["covered"]:
                    wrong.append(f"{key} {found['what']}: covered by {found['covered']}")
                if not found["ring"]:
                    wrong.append(f"{key} {found['what']}: no ring")
        assert "\n".join(dict.fromkeys(wrong)) == ""


@pytest.mark.ui("UI-73")
def test_the_skip_link_leads_to_the_page(ann: Any, site: Portal) -> None:
    ann.goto(site.url("patients:chart", "alder"))
    ann.keyboard.press("Tab")
    skip = ann.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    ann.keyboard.press("Enter")
    expect(ann.locator("main")).to_be_focused()


@pytest.mark.ui("UI-54")
def test_the_banner_is_tabbed_in_the_order_it_is_read(ann: Any, site: Portal) -> None:
    ann.goto(site.url("kidney:list", "alder"))
    stops = ann.locator(".patient-banner a, .patient-banner button").all_inner_texts()
    assert len(stops) == 1
    assert "ALDER" in stops[0]
    ann.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(ann.locator(".patient-banner__name")).to_be_in_viewport()


@pytest.mark.ui("UI-63")
def test_the_date_line_speaks_to_the_keyboard_and_shows_nothing_that_is_not_in_the_page(ann: Any, site: Portal) -> None:
    ann.goto(site.url("patients:chart", "alder"))
    line, now = ann.locator("[data-chart-dateline]"), ann.locator("[data-chart-now]")
    expect(now).to_have_attribute("aria-live", "polite")
    line.focus()
    said = [now.inner_text()]
    for key in ("Home", "ArrowRight", "End", "ArrowLeft"):
        ann.keyboard.press(key)
        said.append(now.inner_text())
    assert len(set(said)) >= 4, said
    events = [re.sub(r"\s+", " ", text).strip() for text in ann.locator(".chart-events > li").all_text_contents()]
    assert all(re.sub(r"\s+", " ", text).strip() in events for text in said[1:])
    assert ann.locator("[title]").count() == 0


@pytest.mark.ui("UI-65")
def test_the_range_is_in_the_address_and_stays_with_its_patient(ann: Any, site: Portal) -> None:
    ann.goto(site.url("patients:chart", "alder"))
    ann.locator("[data-chart-drawing=wide]").get_by_role("link", name="1 year").click()
    expect(ann).to_have_url(re.compile(r"\?range="))
    expect(ann.locator("[data-chart-drawing=wide] [aria-current]")).to_have_text("1 year")
    ann.goto(site.url("patients:chart", "olive"))
    expect(ann.locator("[data-chart-drawing=wide] [aria-current]")).to_have_text("12 weeks")


@pytest.mark.ui("UI-60")
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_newest_point_and_today_lie_in_the_drawing(
    visitors: Visitors, site: Portal, viewport: dict[str, int]
) -> None:
    with visitors.page("ann", viewport=viewport) as page:
        page.goto(site.url("patients:chart", "alder"))
        drawing = page.locator("svg[data-chart-svg]:visible")
        expect(drawing).to_have_count(1)
        frame = drawing.bounding_box()
        assert frame is not None
        today = drawing.locator("text", has_text="Today").bounding_box()
        assert today is not None
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= viewport["width"]
        assert frame["x"] <= today["x"]
        assert today["x"] + today["width"] <= frame["x"] + frame["width"]
        for circle in drawing.locator("circle").all():
            box = circle.bounding_box()
            assert box is not None
            assert frame["x"] <= box["x"] <= frame["x"] + frame["width"]


@pytest.mark.ui("UI-55")
@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_the_printed_summary_is_one_page_with_banner_time_and_number(
    ann: Any, site: Portal, tmp_path: Path, size: str
) -> None:
    ann.goto(site.url("patients:summary", "alder"))
    paper = tmp_path / "summary.pdf"
    ann.pdf(path=paper, format=size, prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, check=True, text=True).stdout
    pages = [one for one in text.split("\f") if one.strip()]
    for number, one in enumerate(pages, start=1):
        assert f"age {number} of {len(pages)}" in one, one
        assert "TEST " in one, f"Page {number} does not carry the ID of the patient."
    assert "ALDER" in pages[0]
    assert "Printed 22-Nov-2026 09:" in re.sub(r"\s", " ", pages[0])  # the clock of the patient
    assert len(pages) == 1, "The summary is one page."


@pytest.mark.ui("UI-55")
def test_the_printed_chart_shows_its_tables_and_no_buttons(ann: Any, site: Portal) -> None:
    ann.goto(site.url("patients:chart", "alder"))
    ann.emulate_media(media="print")
    expect(ann.locator(".chart-tables table").first).to_be_visible()
    expect(ann.locator(".patient-banner")).to_be_visible()
    expect(ann.locator(".chart-actions")).to_be_hidden()


@pytest.mark.ui("UI-62")
@pytest.mark.parametrize("name", ["patients:chart", "worklist", "steps:check"])
def test_forced_colours_leave_the_page_readable(visitors: Visitors, site: Portal, name: str) -> None:
    with visitors.page("ann", forced_colors="active") as page:
        PAGES[name].states["full"].build(page, site)
        page.screenshot(full_page=True)
        colours = page.evaluate(
            """() => [...document.querySelectorAll("svg path, svg circle, svg line")].filter((one) => one.checkVisibility())
            .map((one) => [getComputedStyle(one).stroke, getComputedStyle(one).fill]).filter(([stroke, fill]) =>
              stroke === "none" && ["none", "rgb(255, 255, 255)"].includes(fill)).length"""
        )
        assert colours == 0, f"{colours} shapes have neither line nor fill in forced colours."
