"""What already happened can always be written down, as it was, and never as an order for today."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from titration.dosing.doses import Mg
from titration.models import Step
from titration.selectors import records
from titration.services import plans

TODAY = w.NOW.date()


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def record_of(world: Any) -> records.PatientRecord:
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        return records.load(seen, as_of=w.NOW)


def past(world: Any, slots: Any, *, ago: int, **fields: Any) -> Step:
    seen = world.seen_by(world.ann, world.alder)
    order = w.past_order(day(ago), slots, reason="Told us today", **fields)
    with as_actor(world.ann, world.alder):
        version = records.load(seen, as_of=w.NOW).plan.version
        return plans.record_past_change(patient=seen, order=order, expected_version=version, by=world.ann, as_of=w.NOW)


def periods(world: Any) -> list[tuple[Decimal, date, date | None]]:
    return [(one.daily_mg, one.first_day, one.end_day) for one in record_of(world).in_force]


@pytest.fixture
def begun(world: Any) -> Any:
    """15 mg a day since 30 days."""
    w.start(world, world.alder, by=world.ann, days_ago=30)
    return world


def test_days_without_baclofen_are_written_down_and_the_plan_goes_on(begun: Any) -> None:
    step = past(begun, (), ago=6, until=day(3), product="")
    assert (step.kind, step.product_id, step.daily_mg) == ("stop", None, 0)
    assert periods(begun) == [(15, day(30), day(6)), (0, day(6), day(3)), (15, day(3), None)]
    record = record_of(begun)
    assert record.is_on_plan
    assert record.current_step.daily_mg == 15
    taken = record.rule_facts().therapy
    assert [(one.daily.value, one.starts_on) for one in taken.steps] == [(15, day(30)), (0, day(6)), (15, day(3))]


@pytest.mark.parametrize(
    ("mg", "product", "tablets", "ml"),
    [("3.3", "tablet_10", Decimal("0.33"), None), ("0.37", "liquid_1", None, Decimal("0.370")), ("150", "tablet_10", 15, None)],
)  # fmt: skip
@pytest.mark.ui("UI-29")
def test_what_cannot_be_made_or_ordered_was_taken_all_the_same(
    begun: Any, mg: str, product: str, tablets: Decimal | None, ml: Decimal | None
) -> None:
    past(begun, w.three_times(mg), ago=3, product=product)
    row = record_of(begun).step_on(day(2)).slot_rows[0]
    assert (row.amount, row.tablets, row.volume_ml) == (Mg(Decimal(mg)), tablets, ml)


def test_a_past_change_of_the_very_day_of_a_step_is_compared_with_the_day_before(begun: Any) -> None:
    w.change(begun, begun.alder, by=begun.ann, mg="10", days_ago=10)
    order = w.past_order(day(10), w.three_times("7.5"), reason="Told us")
    seen = begun.seen_by(begun.ann, begun.alder)
    with as_actor(begun.ann, begun.alder):
        review = plans.assess_order(records.load(seen, as_of=w.NOW), order)
    assert review.previous_daily == Mg(Decimal(15))
    assert review.kind == "increase"


def test_the_past_of_a_plan_that_ended_can_still_be_corrected(begun: Any) -> None:
    w.change(begun, begun.alder, by=begun.ann, mg="2.5", days_ago=12)
    w.stop(begun, begun.alder, by=begun.ann, days_ago=5)
    past(begun, w.three_times("5"), ago=10, until=day(8))
    assert periods(begun) == [
        (15, day(30), day(12)), (Decimal("7.5"), day(12), day(10)), (15, day(10), day(8)),
        (Decimal("7.5"), day(8), day(5)), (0, day(5), None),
    ]  # fmt: skip
    assert not record_of(begun).is_on_plan
    with pytest.raises(plans.NotPossible, match="This plan ended"):
        past(begun, w.three_times("5"), ago=4)
    past(begun, w.three_times("5"), ago=6)  # without a last day it ends with the plan
    assert periods(begun)[-2:] == [(15, day(6), day(5)), (0, day(5), None)]


def test_no_step_is_signed_behind_a_planned_stop(begun: Any) -> None:
    w.stop(begun, begun.alder, by=begun.ann, days_ago=-10)
    seen = begun.seen_by(begun.ann, begun.alder)

    def change(on: date) -> None:
        with as_actor(begun.ann, begun.alder):
            plans.change_dose(
                patient=seen, order=w.order(on, w.three_times("5")), decision=w.GO_ON,
                expected_version=records.load(seen, as_of=w.NOW).plan.version, by=begun.ann, as_of=w.NOW,
            )  # fmt: skip

    with pytest.raises(plans.NotPossible, match="Baclofen is stopped in this plan: 02-Dec-2026"):
        change(day(-12))
    assert len(periods(begun)) == 2
    change(day(-10))
    assert record_of(begun).in_force[-1].kind != "stop"


def test_a_planned_step_is_checked_again_when_more_is_known(begun: Any) -> None:
    seen = begun.seen_by(begun.ann, begun.alder)
    with as_actor(begun.ann, begun.alder):
        plans.change_dose(
            patient=seen, order=w.order(day(-7), w.three_times("10")), decision=w.GO_ON,
            expected_version=records.load(seen, as_of=w.NOW).plan.version, by=begun.ann, as_of=w.NOW - timedelta(hours=6),
        )  # fmt: skip
    assert record_of(begun).planned_stops == ()
    w.creatinine(begun, begun.alder, by=begun.ann, mg_dl="3.4", days_ago=0)
    flag = next(one for one in record_of(begun).flags if one.rule_id == "STEP-PLANNED")
    assert "30\u00a0mg a day is signed from 29-Nov-2026" in flag.because
    assert flag.urgency == 1
    change = w.change(begun, begun.alder, by=begun.ann, mg="2.5")  # replaces the planned step
    assert change.kind == "decrease"
    assert not [one for one in record_of(begun).flags if one.rule_id == "STEP-PLANNED" and one.status == "open"]
