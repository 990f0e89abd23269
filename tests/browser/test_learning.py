"""Pages to read, as somebody without scripts goes through them, and as they come out of a printer."""

from typing import Any

import pytest

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
