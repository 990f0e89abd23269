"""Pages to read, as somebody without scripts goes through them, and as they come out of a printer."""

import io
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Page

from tests.browser.visitors import PHONE, Visitors

pytestmark = pytest.mark.browser

# Letters of the handout in CSS pixels, of which there are 96 to the 72 points of an inch.
LEAST, LEAST_LARGE = 14 * 96 / 72, 18 * 96 / 72
SEEN = """() => [...document.querySelectorAll(".leaflet *")]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden"))
  .map((one) => ({ text: one.textContent.trim().slice(0, 40), size: parseFloat(getComputedStyle(one).fontSize), color: getComputedStyle(one).color }))"""
FIRST_SHEET = """() => {
  const box = (one) => document.querySelector(one).getBoundingClientRect();
  return [box(".leaflet .stop-callout").bottom, box(".leaflet .care-card--emergency").bottom].map((y) => y - box(".leaflet").top);
}"""

# What stands above every page of a demonstration.
STRIP = """() => document.querySelector("header").insertAdjacentHTML("beforebegin", '<p class="demo-strip">Not for care.</p>')"""
COLOURS = "(all) => all.map((one) => getComputedStyle(one).color)"


@pytest.mark.ui("UI-20")
def test_a_reader_without_scripts_finds_reads_and_checks(visitors: Visitors) -> None:
    with visitors.page(viewport=PHONE, java_script_enabled=False) as tab:
        tab.goto("/learn/")
        tab.get_by_role("link", name="United Kingdom").click()
        tab.get_by_label("Search these pages").fill("travel")
        tab.get_by_role("button", name="Search").click()
        tab.get_by_role("link", name="Never stop suddenly").click()
        assert "/learn/uk/stopping/" in tab.url
        tab.get_by_role("button", name="Check answer").click()
        assert tab.get_by_text("Choose an answer").is_visible()
        tab.get_by_label("Wait until you are home.").check()
        tab.get_by_role("button", name="Check answer").click()
        assert tab.get_by_text("A gap of days can make you very ill.").is_visible()
        tab.get_by_label("Call your team or a pharmacist today.").check()
        tab.get_by_role("button", name="Check answer").click()
        assert tab.get_by_text("Yes, that is right").is_visible()
        tab.get_by_role("link", name="Print this page").click()
        assert tab.get_by_role("img", name="Code that opens this page on a phone").is_visible()
        tab.get_by_role("link", name="Back to the page").click()
        assert tab.get_by_role("heading", level=1).inner_text() == "Never stop suddenly"


@pytest.mark.ui("UI-83")
@pytest.mark.parametrize(
    ("address", "least"),
    [
        ("stopping/print/", LEAST),
        ("stopping/print/?large=1", LEAST_LARGE),
        ("side-effects/print/?large=1", LEAST_LARGE),
    ],
)
def test_the_handout_is_black_on_white_in_large_letters(visitors: Visitors, address: str, least: float) -> None:
    with visitors.page("otter") as tab:
        tab.goto(f"/learn/us/{address}")
        tab.emulate_media(media="print")
        seen: list[dict[str, Any]] = tab.evaluate(SEEN)
        assert len(seen) > 30
        assert [one for one in seen if one["size"] < least - 0.1] == []
        assert {one["color"] for one in seen} == {"rgb(0, 0, 0)"}
        assert not tab.locator(".leaflet-choices, .site-header, .learn-footer").filter(visible=True).count()
        # The width of Letter without its margins, and what of its height is left of them and of the foot.
        tab.set_viewport_size({"width": 703, "height": 965})
        assert max(tab.evaluate(FIRST_SHEET)) < 800


@pytest.mark.ui("UI-83")
@pytest.mark.parametrize(("country", "inches"), [("us", (8.5, 11)), ("uk", (8.27, 11.69))])
def test_the_handout_takes_the_paper_of_its_country_and_no_empty_sheet(
    visitors: Visitors, country: str, inches: tuple[float, float]
) -> None:
    with visitors.page() as tab:
        tab.goto(f"/learn/{country}/stopping/print/")
        before = sheets(tab)
        assert before == [pytest.approx(inches, abs=0.02)] * len(before)
        tab.evaluate(STRIP)
        assert len(sheets(tab)) == len(before)


@pytest.mark.parametrize("address", ["/learn/us/stopping/", "/learn/us/kidneys/", "/help/"])
def test_nothing_on_a_printed_page_is_white(visitors: Visitors, address: str) -> None:
    with visitors.page() as tab:
        tab.goto(address)
        tab.emulate_media(media="print")
        assert set(tab.locator(".care-card *:visible").evaluate_all(COLOURS)) == {"rgb(0, 0, 0)"}


def test_a_printed_page_says_where_its_sources_are(visitors: Visitors) -> None:
    with visitors.page() as tab:
        tab.goto("/learn/us/stopping/")
        link = tab.locator(".learn-sources a").first
        after = "(one) => getComputedStyle(one, '::after').content"
        assert link.evaluate(after) == "none"
        tab.emulate_media(media="print")
        assert str(link.get_attribute("href")) in link.evaluate(after)


def sheets(tab: Page) -> list[tuple[float, float]]:
    """The width and height in inches of each sheet that the printer would give."""
    with pikepdf.open(io.BytesIO(tab.pdf(prefer_css_page_size=True))) as paper:
        boxes = [one.mediabox.as_list() for one in paper.pages]
    return [(float(box[2]) / 72, float(box[3]) / 72) for box in boxes]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("address", ["/learn/us/side-effects/", "/learn/us/side-effects/print/"])
def test_a_picture_is_there_and_fits(visitors: Visitors, address: str, width: int) -> None:
    with visitors.page(viewport={"width": width, "height": 800}) as tab:
        tab.goto(address)
        image = tab.get_by_role("img", name="A kidney beside a hand, to show its size")
        assert image.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 1280
        box = image.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] == pytest.approx(box["width"] * 9 / 16, abs=1)
