"""Days left under the plan, and whether they last for a taper."""

from datetime import date, timedelta

import pytest

from tests.dosing.intakes import moment, step, taking
from titration.dosing.protocol import load_protocol
from titration.dosing.supply import FAR
from titration.dosing.supply_left import supply_left, under

MAY = date(2026, 5, 1)


def left(*, jurisdiction="US", **plan):
    found = supply_left(taking(**{"now": "08 05:00", **plan}), load_protocol(jurisdiction))
    assert found is not None
    return found


@pytest.mark.parametrize("where", ["US", "UK"])
@pytest.mark.parametrize(
    ("issued", "days", "too_little"),
    [
        # 60 mg a day in three doses: what is issued on the morning of the 8th before the first dose.
        ("08 840", 14, False),
        ("08 839", 13, True),
        ("08 60", 1, True),
        ("08 59", 0, True),
    ],
)
def test_a_supply_lasts_for_a_taper_that_is_not_quick(where, issued, days, too_little):
    found = left(issues=[issued], jurisdiction=where)
    assert (found.days, found.taper_days, found.too_little) == (days, 14, too_little)


@pytest.mark.parametrize(
    ("daily", "began", "asked"),
    [("15", 14, 14), ("15", 13, None), ("14.7", 14, None), ("60", 13, None)],
)
def test_below_the_limits_of_the_taper_rules_nothing_is_asked_of_the_supply(daily, began, asked):
    day = MAY + timedelta(days=7)
    steps = (step("06:00 14:00 22:00", daily, on=day - timedelta(days=began)),)
    found = left(issues=["08 15"], steps=steps)
    assert found.taper_days == asked
    assert found.too_little is (asked is not None)


def test_a_planned_end_is_what_the_supply_has_to_reach():
    half, end = MAY + timedelta(days=9), MAY + timedelta(days=14)
    plan = (
        step("06:00 14:00 22:00", "60", until=half),
        step("06:00 14:00 22:00", "30", on=half, until=end, kind="taper"),
        step("", on=end),
    )
    enough, short = left(issues=["08 270"], steps=plan), left(issues=["08 269"], steps=plan)
    assert (enough.runs_out, enough.too_little, enough.ends_on) == (None, False, end)
    assert (short.days, short.taper_days, short.too_little) == (6, 7, True)


def test_a_rising_plan_uses_up_the_supply_sooner():
    plan = (
        step("06:00 14:00 22:00", "60", until=MAY + timedelta(days=9)),
        step("06:00 14:00 22:00", "90", on=MAY + timedelta(days=9), kind="increase"),
    )
    assert left(issues=["08 840"], steps=plan).days == 10
    assert left(issues=["08 840"]).days == 14


def test_nothing_is_said_without_an_issue_or_without_a_dose():
    protocol = load_protocol("US")
    assert supply_left(taking(now="08 05:00"), protocol) is None
    stopped = (step("06:00", "10", until=MAY), step("", on=MAY))
    assert supply_left(taking(now="08 05:00", steps=stopped, issues=["01 600"]), protocol) is None


def test_a_supply_without_an_end_in_sight_is_never_too_little():
    found = left(issues=["01 99999"])
    assert (found.runs_out, found.days, found.too_little) == (None, FAR, False)


def test_an_ordered_plan_takes_the_place_of_what_is_signed():
    facts = taking(now="08 05:00", issues=["08 120"])
    day = MAY + timedelta(days=8)
    ordered = under(
        facts,
        (
            step("06:00 14:00 22:00", "30", on=day, until=day + timedelta(days=7), kind="taper"),
            step("", on=day + timedelta(days=7)),
        ),
    )
    assert [one.ends_on for one in ordered.therapy.steps] == [day, day + timedelta(days=7), None]
    found = supply_left(ordered, load_protocol("US"))
    assert found is not None
    assert found.runs_out == moment("11 06:00")  # 60 mg on the 8th, then 30 mg a day on the 9th and the 10th
    assert (found.days, found.too_little) == (3, True)


def test_what_ended_before_an_ordered_plan_keeps_its_end():
    """A day without any step between two of them stays one."""
    plan = (step("06:00", "10", until=MAY), step("06:00", "20", on=MAY + timedelta(days=2)))
    day = MAY + timedelta(days=9)
    ordered = under(taking(now="08 05:00", steps=plan), (step("06:00", "10", on=day, kind="taper"),))
    assert [(one.starts_on, one.ends_on) for one in ordered.therapy.steps] == [
        (plan[0].starts_on, MAY), (plan[1].starts_on, day), (day, None),
    ]  # fmt: skip
