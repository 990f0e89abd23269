"""A change that is recorded late, or a restart, opens no way around a check that stands before a signature."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.services.test_past_changes import TODAY, begun, day, past, periods, record_of  # noqa: F401
from titration.dosing.doses import Mg
from titration.dosing.facts import StopReason
from titration.services import plans

pytestmark = pytest.mark.hazard("H05")


@pytest.fixture
def long_used(world: Any) -> Any:
    """60 mg a day since 40 days, 90 days of use in all."""
    w.start(world, world.alder, by=world.ann, mg="10", days_ago=90, reason="Taken over", taken_before="yes")
    for mg, ago in (("15", 60), ("20", 40)):
        w.change(world, world.alder, by=world.ann, mg=mg, days_ago=ago)
    return world


def review(world: Any, order: Any) -> plans.OrderReview:
    return plans.assess_order(record_of(world), order)


def stop_today() -> plans.StopOrder:
    return plans.StopOrder(
        key=w.uuid.uuid4(), stops_on=TODAY, stop_reason=StopReason.OTHER, reason="Asked", monitoring_plan=""
    )


def rules(found: plans.OrderReview) -> set[str]:
    return {one.rule for one in found.assessment.findings}


def asked(found: plans.OrderReview) -> set[str]:
    return {one.rule for one in found.asked.interrupting}


@pytest.mark.parametrize(("ago", "until"), [(1, 0), (6, 5), (13, 0)])
def test_missed_days_do_not_make_a_long_use_short(long_used: Any, ago: int, until: int) -> None:
    assert asked(review(long_used, stop_today())) == {"STOP-1"}
    past(long_used, (), ago=ago, until=day(until), product="")
    assert asked(review(long_used, stop_today())) == {"STOP-1"}
    cut = review(long_used, w.order(TODAY, w.three_times("2.5")))
    assert "TAPER-3" in rules(cut)


def test_a_low_dose_recorded_for_yesterday_does_not_soften_a_cut(long_used: Any) -> None:
    past(long_used, w.three_times("2.5"), ago=1)
    assert asked(review(long_used, stop_today())) == {"TAPER-1", "TAPER-3"}
    assert "TAPER-3" in rules(review(long_used, w.order(TODAY, w.three_times("2.5"))))


@pytest.mark.hazard("H14")
def test_a_high_dose_recorded_for_yesterday_does_not_make_an_increase_a_decrease(begun: Any) -> None:  # noqa: F811
    w.fact(begun, begun.alder, by=begun.ann, kind="dialysis", answer="yes")
    order = w.order(TODAY, w.three_times("10"))
    plain = review(begun, order)
    assert "KID-17" in asked(plain)
    past(begun, w.three_times("20"), ago=1)
    after = review(begun, order)
    assert asked(after) >= asked(plain)
    assert after.asked.second


def test_a_dose_that_goes_on_after_days_without_is_flagged_and_judged_as_a_rise(long_used: Any) -> None:
    past(long_used, (), ago=20, product="")
    (flag,) = [one for one in record_of(long_used).flags if one.rule_id == "STEP-RESUMED"]
    assert flag.urgency == 1
    assert "60\u00a0mg a day goes on from 22-Nov-2026 although no baclofen was taken from 02-Nov-2026" in flag.because
    same = review(long_used, w.order(TODAY, w.three_times("20")))
    assert same.previous_daily == Mg(Decimal(0))
    assert "STEP-2" in rules(same)
    assert "STEP-2" not in rules(review(long_used, w.order(TODAY, w.three_times("5"))))
    w.change(long_used, long_used.alder, by=long_used.ann, mg="5")
    assert not [one for one in record_of(long_used).flags if one.rule_id == "STEP-RESUMED" and one.status == "open"]


@pytest.mark.parametrize(("mg", "urgency"), [("5", 2), ("20", None), ("25", None)])
def test_going_back_to_more_is_flagged_and_going_back_to_less_is_not(long_used: Any, mg: str, urgency: Any) -> None:
    past(long_used, w.three_times(mg), ago=3)
    found = [one.urgency for one in record_of(long_used).flags if one.rule_id == "STEP-RESUMED"]
    assert found == ([] if urgency is None else [urgency])


@pytest.mark.parametrize(("mg", "found"), [("5", False), ("20", True)])
def test_the_size_of_a_restart_is_judged_from_none(long_used: Any, mg: str, found: bool) -> None:
    w.change(long_used, long_used.alder, by=long_used.ann, mg="2.5", days_ago=30)
    w.stop(long_used, long_used.alder, by=long_used.ann, days_ago=20)
    again = review(long_used, w.order(TODAY, w.three_times(mg)))
    assert again.kind == "restart"
    assert ("STEP-2" in rules(again)) == found
    assert not any("STEP-2" in one.rules for one in again.assessment.not_judged)


def test_days_of_an_earlier_plan_stay_as_they_are(long_used: Any) -> None:
    w.change(long_used, long_used.alder, by=long_used.ann, mg="2.5", days_ago=30)
    w.stop(long_used, long_used.alder, by=long_used.ann, days_ago=20)
    w.start(long_used, long_used.alder, by=long_used.ann, days_ago=2)
    with pytest.raises(plans.NotPossible, match="belong to an earlier plan"):
        past(long_used, w.three_times("5"), ago=50, until=day(45))
    assert len(periods(long_used)) == 1
    past(long_used, w.three_times("2.5"), ago=1)
    assert len(periods(long_used)) == 3


def test_a_last_day_behind_the_end_of_the_plan_is_refused_and_never_moved(begun: Any) -> None:  # noqa: F811
    w.change(begun, begun.alder, by=begun.ann, mg="2.5", days_ago=12)
    w.stop(begun, begun.alder, by=begun.ann, days_ago=5)
    with pytest.raises(plans.NotPossible, match="17-Nov-2026 was the first day without baclofen"):
        past(begun, w.three_times("5"), ago=9, until=day(2))


def test_a_dose_that_contradicts_its_volume_is_not_written_down(begun: Any) -> None:  # noqa: F811
    with pytest.raises(plans.Refused):
        past(begun, w.three_times("5"), ago=3, product="liquid_2", typed_ml=Decimal(10))
    assert len(periods(begun)) == 1


@pytest.mark.hazard("H14")
def test_a_planned_step_is_flagged_again_when_the_number_behind_its_rule_changes(begun: Any) -> None:  # noqa: F811
    w.creatinine(begun, begun.alder, by=begun.ann, mg_dl="3.0", days_ago=3)
    seen, version = begun.seen_by(begun.ann, begun.alder), record_of(begun).plan.version
    with as_actor(begun.ann, begun.alder):
        plans.change_dose(
            patient=seen,
            order=w.order(day(-7), w.three_times("10")),
            decision=plans.Decision(
                typed_total=Mg(Decimal(30)), reason_code="other", reason_text="Agreed", monitoring_plan="Calls",
                specialist_name="Dr Sato", specialist_on=TODAY, gate_code="specialist_advice",
            ),
            expected_version=version,
            by=begun.ann,
            as_of=w.NOW - timedelta(hours=6),
        )  # fmt: skip
    assert record_of(begun).planned_stops == ()
    w.creatinine(begun, begun.alder, by=begun.ann, mg_dl="3.2")
    assert record_of(begun).planned_stops != ()
