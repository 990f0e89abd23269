"""The days that are left of a supply, on the chart and beside what was handed out, and whether a taper is still possible."""

from typing import Any

import pytest

from tests import world as w
from tests.titration.services.test_tapers import row
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.test_calendar import sign
from tests.titration.views.test_doses import issue, page, words_of
from tests.titration.views.test_tapers import PACE, sent

pytestmark = [pytest.mark.hazard("H05")]


@pytest.fixture
def used(frozen: Any) -> Any:
    """Alder takes 15 mg a day since 20 days. An issue of the day before yesterday has lost two days of it."""
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=20)
    return frozen


def both_pages(world: Any) -> list[str]:
    ann = signed_in(world.ann)
    return [page(ann, world.alder), words_of(ann.get(url("patients:chart", world.alder)))]


def test_without_an_issue_nothing_is_said_of_days(used):
    seen, chart = both_pages(used)
    assert "the days that are left are not known" in seen
    assert "Supply:" not in seen + chart


@pytest.mark.parametrize(
    ("tablets", "days", "first", "warned"),
    [
        ("84", 54, "15-Jan-2027 08:00", False),
        ("24", 14, "06-Dec-2026 08:00", False),
        ("23", 13, "05-Dec-2026 14:00", True),
    ],
)
def test_the_days_left_and_the_taper_that_they_have_to_last_for(used, tablets, days, first, warned):
    issue(signed_in(used.ann), used.alder, units=tablets)
    for seen in both_pages(used):
        assert f"Supply: {days} days left under the plan as signed; the dose of {first} is the first" in seen
        assert ("less than the 14 days of a taper that is not quick (TAPER-2)" in seen) is warned


@pytest.mark.parametrize(("tablets", "warned"), [("11.5", False), ("11", True)])
def test_a_planned_end_is_what_the_supply_has_to_reach(used, tablets, warned):
    """From tomorrow 10 mg a day for a week, then none: 70 mg, 15 mg of today and 30 mg of the two days before."""
    sign(used, row(1, "5", "5"), row(8))
    issue(signed_in(used.ann), used.alder, units=tablets)
    for seen in both_pages(used):
        assert ("Order more now" in seen) is warned
        assert ("lasts until the plan ends on 30-Nov-2026" in seen) is not warned


def test_the_builder_says_whether_the_supply_lasts_for_the_plan(used):
    ann, builder = signed_in(used.ann), url("plans:taper", used.alder)
    issue(ann, used.alder, units="14")
    made = sent(ann.post(builder, {"version": "1", "do": "build", **PACE}))
    seen = words_of(ann.post(builder, {**made, "do": "look"}))
    assert "What was handed out lasts 13 days under this plan: order more in time." in seen
    issue(ann, used.alder, units="100")
    assert "What was handed out lasts for this plan." in words_of(ann.post(builder, {**made, "do": "look"}))
