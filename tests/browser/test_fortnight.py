"""Who stops ticking comes onto the worklist at the minutes of the rules, also in the night of 25 hours; nobody else does."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.browser.filling_ticking import HELD, HOLD_ENDS, LAST_DAY, MOVED, SILENT, TAPERED, ZONE
from tests.browser.server import Portal
from tests.browser.visitors import Visitors
from tests.ticking import FOUR, ONCE, THREE, TWICE, tiers
from titration.dosing.schedule import instant

TIMES = dict(zip(SILENT, (ONCE, TWICE, THREE, FOUR), strict=True))
A_MINUTE = timedelta(minutes=1)
TOMORROW = LAST_DAY + timedelta(days=1)


class Watched:
    """A page of Vera whose clock is moved, and the worker that looks at her patients before she does."""

    def __init__(self, page: Any, site: Portal) -> None:
        self.page, self.site = page, site

    def at(self, now: datetime, *names: str) -> None:
        """Let the worker look at these patients at an instant, and open the worklist in the same minute."""
        self.page.context.set_extra_http_headers({"X-Clock": now.astimezone(UTC).isoformat()})
        asked = urlencode({"patient": [self.site.patients[name]["id"] for name in names]}, doseq=True)
        self.page.context.request.get(f"/look?{asked}", headers={"X-Clock": now.astimezone(UTC).isoformat()})
        self.page.goto("/worklist/")

    def rule(self, name: str) -> str:
        """The rule that the row of a patient names; empty: there is none."""
        row = self.page.locator(".worklist-row", has=self.page.get_by_text(self.site.patients[name]["name"]))
        found = row.locator(".worklist-row__title .rule-id")
        return found.first.inner_text() if found.count() else ""

    def more(self, name: str) -> int:
        """How many other flags the row says that there are."""
        row = self.page.locator(".worklist-row", has=self.page.get_by_text(self.site.patients[name]["name"]))
        found = row.locator(".worklist-row__more")
        return int(found.inner_text().split()[1]) if found.count() else 0


@pytest.fixture(scope="module")
def vera(visitors: Visitors, site: Portal) -> Any:
    with visitors.page("vera") as page:
        yield Watched(page, site)


@pytest.mark.hazard("H05")
@pytest.mark.hazard("H22")
@pytest.mark.parametrize("doses", SILENT)
def test_who_stops_ticking_is_on_the_worklist_at_the_minutes_of_the_rules(vera: Watched, doses: int) -> None:
    """A minute before each tier the row still says what it said, and at its minute it says the next one."""
    name, before = SILENT[doses], ""
    for rule, opens in tiers(TIMES[doses], LAST_DAY, ZONE).items():
        vera.at(opens - A_MINUTE, name)
        assert vera.rule(name) == before
        others = vera.more(name)
        vera.at(opens, name)
        if rule == "MISS-9":  # the restart form comes on top of the tier that stands, in the same row
            assert (vera.rule(name), vera.more(name)) == (before, others + 1)
        else:
            assert vera.rule(name) == rule
        before = vera.rule(name)


def test_a_taper_a_hold_and_a_slot_that_moved_raise_nothing(vera: Watched) -> None:
    in_the_morning = instant(TOMORROW, time(7, 59), ZONE)
    vera.at(in_the_morning, TAPERED, HELD, MOVED)
    assert [vera.rule(name) for name in (TAPERED, HELD, MOVED)] == ["", "", ""]
    vera.page.goto(vera.site.url("doses:list", MOVED))
    past = vera.page.locator(".dose-days").inner_text().partition("31-Oct-2026")[2]
    assert "Taken" in past
    assert "Not ticked" not in past
    hold_ends = instant(TOMORROW, HOLD_ENDS, ZONE)
    vera.at(hold_ends, TAPERED, HELD)
    assert [vera.rule(name) for name in (TAPERED, HELD)] == ["", ""]
    vera.at(hold_ends + timedelta(days=14), TAPERED)
    assert vera.rule(TAPERED) == ""
