"""Goes through every page in every state at one size, once, and keeps what was seen for every rule to judge."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from tests.browser.building import PortalPage
from tests.browser.pages import cases
from tests.browser.visitors import AXE, PHONE, Visitors, foreign

OBSERVE = (Path(__file__).parent / "observe.js").read_text().split("\n", 1)[1]
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
# 1280 px at 400 %: the width of the phone, and a quarter of the height.
ZOOMED = {"width": 320, "height": 225}
SIDEWAYS = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One page in one state. ``report`` is that of observe.js; ``failure`` says why the state did not come about."""

    name: str
    state: str
    page: PortalPage
    report: dict[str, Any]
    status: int
    foreign: list[str]
    failure: str = ""

    @property
    def where(self) -> str:
        return f"{self.name} ({self.state})"


def sweep(visitors: Visitors, viewport: dict[str, int]) -> list[Seen]:
    """Every page in every state at one size of the window."""
    source = AXE.read_text()
    return [_see(visitors, viewport, source, *case) for case in cases()]


def _see(
    visitors: Visitors, viewport: dict[str, int], axe: str, name: str, state: str, how: Any, page: PortalPage
) -> Seen:
    person = page.person if how.person is None else how.person
    statuses: list[int] = []
    with visitors.page(person, viewport=viewport, fault=how.fault) as tab:
        tab.on("response", lambda one: statuses.append(one.status) if one.request.is_navigation_request() else None)
        tab.set_default_timeout(30_000)
        try:
            how.build(tab, visitors.site)
            tab.wait_for_load_state()
            tab.evaluate(axe)
            report = tab.evaluate(OBSERVE, AXE_OPTIONS)
            if viewport == PHONE:
                tab.set_viewport_size(ZOOMED)
                report["zoomed"] = tab.evaluate(SIDEWAYS)
                tab.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
                report["enlarged"] = tab.evaluate(SIDEWAYS)
        except Error as failed:
            return Seen(name=name, state=state, page=page, report={}, status=0, foreign=[], failure=str(failed)[:500])
        return Seen(name=name, state=state, page=page, report=report, status=statuses[-1], foreign=foreign(tab))


def nobody_complains(seen: Iterable[Seen], judge: Callable[[Seen], Any]) -> None:
    """Fails with one line for each thing that ``judge`` finds wrong with a page: a text, a list of texts, or nothing."""
    found = []
    for one in seen:
        if one.failure:
            continue
        wrong = judge(one)
        for text in [wrong] if isinstance(wrong, str) else wrong or []:
            found.append(f"{one.where}: {text}")
    assert not found, "\n".join(["", *found])


def unlike(pattern: str, texts: Iterable[str]) -> list[str]:
    """The texts that a pattern does not fit."""
    return [text for text in texts if not re.fullmatch(pattern, text)]
