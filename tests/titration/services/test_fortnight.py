"""The watch with a moving clock: whoever stops ticking is flagged at the instants of the rules, and nobody else is.

Times are those of the wall in New York. Nothing but the clock moves: each look happens when the one before it said.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from tests.database import as_owner
from tests.ticking import FOUR, ONCE, THREE, TWICE, signed_step, tiers, watched
from tests.titration.services.lab_files import as_job
from titration.dosing.schedule import instant
from titration.models import Flag, Plan, Silence, Step
from titration.services.intake import of_plan
from titration.services.reassessment import reassess

NEW_YORK = "America/New_York"
QUIET_WEEK, CLOCKS_GO_BACK = date(2026, 6, 10), date(2026, 10, 31)  # the night after the second has 25 hours


def at(day: date, hour: int, days: int = 0) -> datetime:
    return instant(day + timedelta(days=days), time(hour), NEW_YORK)


def opened(plan: Plan, until: datetime) -> list[tuple[str, datetime]]:
    """Which flags about doses are raised and when, while the clock moves from look to look."""
    for _ in range(200):
        with as_owner():
            due = Plan.objects.get(pk=plan.pk).reassess_at
        if due is None or due > until:
            break
        with time_machine.travel(due, tick=False), as_job("reassess"):
            reassess(clock=lambda due=due: due)
    else:
        raise AssertionError("The plan is looked at again and again.")
    with as_owner():
        flags = (
            Flag.objects.filter(plan=plan, rule_id__startswith="MISS")
            .exclude(urgency=3)
            .order_by("opened_at", "rule_id")
        )
        return [(flag.rule_id, flag.opened_at) for flag in flags]


# Schedule, and hours after midnight of the day after the last dose: tier 1, tier 2, tier 3 and tier 4.
TIERS = [
    (ONCE, 24, 30, 34, 46),
    (TWICE, 10, 16, 20, 44),
    (THREE, None, 16, 22, 46),
    (FOUR, 14, 16, 22, 46),
]


@pytest.mark.hazard("H05")
@pytest.mark.parametrize(("times", "first", "second", "third", "fourth"), TIERS)
def test_who_stops_ticking_is_flagged_at_the_instants_of_the_rules(
    world: Any, times: tuple[time, ...], first: int | None, second: int, third: int, fourth: int
) -> None:
    plan = watched(world, times, QUIET_WEEK, mg=60 // len(times))
    midnight = at(QUIET_WEEK, 0, 1)
    expected = [("MISS-4", first), ("MISS-5", second), ("MISS-8", third), ("MISS-9", fourth)]
    wanted = [(rule, midnight + timedelta(hours=hours)) for rule, hours in expected if hours is not None]
    assert opened(plan, at(QUIET_WEEK, 0, 4)) == wanted


@pytest.mark.hazard("H21")
@pytest.mark.parametrize("times", [ONCE, TWICE, THREE, FOUR])
def test_a_night_of_25_hours_counts_as_long_as_it_is(world: Any, times: tuple[time, ...]) -> None:
    """Doses are missed by the wall; a gap is as long as it was: with the longer night in both, each tier moves its own way."""
    plan = watched(world, times, CLOCKS_GO_BACK, mg=60 // len(times))
    assert dict(opened(plan, at(CLOCKS_GO_BACK, 0, 4))) == tiers(times, CLOCKS_GO_BACK, NEW_YORK)


@pytest.mark.parametrize("times", [ONCE, TWICE, THREE, FOUR])
def test_the_gap_of_the_schedule_itself_raises_nothing(world: Any, times: tuple[time, ...]) -> None:
    plan = watched(world, times, QUIET_WEEK, mg=60 // len(times))
    before_the_next_counts = instant(QUIET_WEEK + timedelta(days=1), times[0], NEW_YORK) + timedelta(minutes=119)
    assert opened(plan, before_the_next_counts) == []


def test_a_planned_taper_to_none_raises_nothing_once_it_is_over(world: Any) -> None:
    plan = watched(world, THREE, QUIET_WEEK, mg=10, steps=((1, 0),))
    assert opened(plan, at(QUIET_WEEK, 0, 14)) == []


def test_while_a_silence_is_explained_nothing_is_raised_and_then_it_counts_again(world: Any) -> None:
    plan = watched(world, THREE, QUIET_WEEK)
    ends = at(QUIET_WEEK, 12, 6)
    with as_owner():
        Silence.objects.create(
            reason="admission",
            starts_at=at(QUIET_WEEK, 23),
            ends_at=ends,
            **of_plan(plan, by=world.ann, as_of=at(QUIET_WEEK, 23)),
        )
    found = opened(plan, at(QUIET_WEEK, 0, 14))
    assert found[0][1] > ends
    assert ("MISS-9", ends + timedelta(hours=48)) in found


@pytest.mark.hazard("H21")
def test_a_slot_that_moves_turns_no_past_day_into_missed(world: Any) -> None:
    """From the next day on the doses are taken an hour later; those that were ticked stay ticked."""
    plan = watched(world, THREE, QUIET_WEEK)
    with as_owner():
        step = Step.objects.get(plan=plan)
        moved = tuple(time(slot.hour + 1) for slot in THREE)
        Step.objects.filter(pk=step.pk).update(voided_at=at(QUIET_WEEK, 23), voided_by=world.ann)
        signed_step(world, plan, QUIET_WEEK - timedelta(days=100), QUIET_WEEK + timedelta(days=1), THREE, 20)
        signed_step(world, plan, QUIET_WEEK + timedelta(days=1), None, moved, 20)
    assert opened(plan, at(QUIET_WEEK, 8, 1)) == []
