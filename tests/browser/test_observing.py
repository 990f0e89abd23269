"""The eyes of the sweep: each fault that is put into a page is seen, so that a clean page means something."""

from typing import Any

import pytest

from tests.browser.focus import FOCUS
from tests.browser.server import Portal
from tests.browser.sweeping import AXE_OPTIONS, OBSERVE, unlike
from tests.browser.visitors import AXE, PHONE, Visitors, foreign

SVG = """<svg xmlns="http://www.w3.org/2000/svg" class="chart-drawing" viewBox="0 0 288 420" data-chart-svg>
<path class="chart-dose" d="M0,0L9,9"/><path class="chart-egfr" d="M0,0L9,9"/><path class="chart-flag" d="M5,5"/>
<text x="10" y="20">one</text><text x="12" y="21">two</text></svg>"""
# What is put into the page, and the key of the report that must then be filled.
FAULTS = {
    "h1": "<h1>Another</h1>",
    "mains": "<main></main>",
    "primary": '<button class="button button--primary">A</button><button class="button button--primary">B</button>',
    "axe": '<img src="/static/portal/icon.svg">',
    "violations": '<p style="color: red">red</p>',
    "styles": '<p style="color: red">red</p>',
    "small": '<p><button class="tiny">x</button></p>',
    "duplicateIds": '<p id="main"></p>',
    "slashed": "<p>On 1/2/2026</p>",
    "broken": '<p>' + "word " * 9 + '<span class="date">22 November 2026 22 November 2026 22 November 2026</span></p>',
    "cutDrugs": '<p class="drug cut">baclofen</p>',
    "emptyCells": "<table><tr><td></td></tr></table>",
    "noCaption": "<table><tr><td>1</td></tr></table>",
    "nothings": "<p>None</p>",
    "leaks": "<p>{{ patient }}</p>",
    "numberInputs": '<input type="number" aria-label="A">',
    "doseModes": '<input name="dose" inputmode="decimal" aria-label="A">',
    "wholeModes": '<input name="on_day" aria-label="A">',
    "stars": "<label>Dose *</label>",
    "hintsAfter": '<input aria-label="A" aria-describedby="late-hint"><p id="late-hint">hint</p>',
    "lostDescriptions": '<input aria-label="A" aria-describedby="nowhere">',
    "priority": "<p>High priority</p>",
    "banners": '<div class="patient-banner">X</div>',
    "chartFaults": SVG,
    "slopes": SVG,
    "mixedSeries": SVG,
    "flatMarks": SVG,
    "svgFaults": SVG.replace("<path", '<image href="https://example.test/x.png"/><path', 1),
}  # fmt: skip
_PUT = """([html]) => {
  const place = document.createElement("div");
  document.querySelector("main").append(place);
  place.innerHTML = html;
  for (const one of place.querySelectorAll(".tiny")) Object.assign(one.style, { width: "10px", height: "10px", padding: "0", minHeight: "0" });
  for (const one of place.querySelectorAll(".cut")) Object.assign(one.style, { width: "20px", display: "block", overflow: "hidden", textOverflow: "ellipsis" });
  for (const one of place.querySelectorAll(".date")) one.style.whiteSpace = "normal";
}"""
_LESS = {"h1": 1, "mains": 1, "primary": 1}


def bad(key: str, value: Any) -> bool:
    return (value if isinstance(value, int) else len(value)) > _LESS.get(key, 0)


@pytest.mark.parametrize("key", FAULTS)
def test_a_fault_is_seen(visitors: Visitors, site: Portal, key: str) -> None:
    with visitors.page(viewport=PHONE) as page:
        page.goto(site.url("account_login"))
        options = AXE_OPTIONS if key == "axe" else None
        if options:
            page.evaluate(AXE.read_text())
        assert not bad(key, page.evaluate(OBSERVE, options)[key])
        page.evaluate(_PUT, [FAULTS[key]])
        assert bad(key, page.evaluate(OBSERVE, options)[key])


def test_a_page_that_is_too_wide_is_seen(visitors: Visitors, site: Portal) -> None:
    with visitors.page(viewport=PHONE) as page:
        page.goto(site.url("help"))
        assert page.evaluate(OBSERVE, None)["overflow"] == 0
        page.evaluate("() => { document.querySelector('main').style.width = '400px'; }")
        report = page.evaluate(OBSERVE, None)
        assert report["overflow"] > 0
        assert report["wider"]


def test_an_address_elsewhere_is_seen(visitors: Visitors, site: Portal) -> None:
    with visitors.page() as page:
        page.goto(site.url("help"))
        assert foreign(page) == []
        page.asked.append("https://example.test/x.js")  # type: ignore[attr-defined]
        assert foreign(page) == ["https://example.test/x.js"]


def test_a_text_that_fits_no_pattern_is_named() -> None:
    assert unlike(r"\d\d", ["12", "1"]) == ["1"]


def test_a_covered_focus_and_a_missing_ring_are_seen(visitors: Visitors, site: Portal) -> None:
    with visitors.page() as page:
        page.goto(site.url("help"))
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)["covered"] == ""
        page.evaluate(
            """() => {
              const cover = document.body.appendChild(document.createElement("div"));
              Object.assign(cover.style, { position: "fixed", inset: "0", background: "white", zIndex: "9999" });
              Object.assign(document.activeElement.style, { outline: "none", boxShadow: "none" });
            }"""
        )
        found = page.evaluate(FOCUS)
        assert found["covered"].startswith("DIV")
        assert not found["ring"]
