"""Orders for a liquid: every dose of the day has its volume, and each is compared with the dose that it replaces."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import send, signed_in, text_of, typed
from titration.dosing.doses import Mg
from titration.services import plans


@pytest.fixture
def on_liquid(frozen):
    """Alder takes 10 mL at 08:00 and 5 mL at 20:00 of the liquid of 1 mg in 1 mL."""
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=12)
    then = w.NOW - timedelta(days=10)
    seen = frozen.seen_by(frozen.ann, frozen.alder)
    slots = ((time(8), Mg(Decimal(10))), (time(20), Mg(Decimal(5))))
    with as_actor(frozen.ann, frozen.alder):
        plans.start_plan(
            patient=seen, order=w.order(then.date(), slots, product="liquid_1"), decision=plans.Decision.none(),
            by=frozen.ann, as_of=then,
        )  # fmt: skip
    return frozen


def ordered(world, *rows, product="liquid_2", **fields):
    """The answer to an order of different doses, as (time, mg)."""
    named = {
        name: value
        for number, (at, mg) in enumerate(rows, start=1)
        for name, value in ((f"row_{number}_time", at), (f"row_{number}_dose", mg))
    }
    order = typed(frequency="different", product=product, dose="", **named, **fields)
    return send(signed_in(world.ann), "steps:add", world.alder, order)


@pytest.mark.parametrize(
    "rows",
    [
        (("08:00", "12"), ("20:00", "10")),  # the second dose keeps its 5 mL
        (("09:00", "12"), ("21:00", "10")),  # at other times, the dose at its place is the one replaced
        (("08:00", "2"), ("14:00", "2"), ("20:00", "10")),
        (("07:00", "12"), ("13:30", "12"), ("22:00", "10")),  # at other times and another count, the nearest one
        (("06:00", "12"), ("12:00", "12"), ("01:30", "10")),  # past midnight, 20:00 is nearer than 08:00
    ],
)
def test_a_later_dose_that_keeps_its_volume_in_another_strength_is_refused(on_liquid, rows):
    answer = ordered(on_liquid, *rows)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "5\u00a0mL gave 5\u00a0mg and gives 10\u00a0mg in the new strength" in page
    assert "UNIT-6" in page
    assert "gave 10\u00a0mg" not in page


@pytest.mark.parametrize(
    "rows",
    [
        (("08:00", "10"), ("20:00", "5")),
        (("08:00", "5"), ("14:00", "10"), ("20:00", "5")),  # 14:00 replaces no dose
    ],
)
def test_doses_whose_volumes_change_with_the_strength_pass(on_liquid, rows):
    assert ordered(on_liquid, *rows).status_code == 200


def test_fewer_doses_at_other_times_are_compared_with_the_nearest(on_liquid):
    """5, 5 and 10 mL of 1 mg in 1 mL become 5 and 10 mL of 2 mg in 1 mL: twice the dose, though only the count changed."""
    old = ((time(8), Mg(Decimal(5))), (time(14), Mg(Decimal(5))), (time(20), Mg(Decimal(10))))
    seen = on_liquid.seen_by(on_liquid.ann, on_liquid.aspen)
    with as_actor(on_liquid.ann, on_liquid.aspen):
        plans.start_plan(
            patient=seen,
            order=w.order(w.NOW.date() - timedelta(days=10), old, product="liquid_1"), decision=plans.Decision.none(),
            by=on_liquid.ann, as_of=w.NOW - timedelta(days=10),
        )  # fmt: skip
    rows = {"row_1_time": "09:00", "row_1_dose": "10", "row_2_time": "21:00", "row_2_dose": "20"}
    order = typed(frequency="different", product="liquid_2", dose="", **rows)
    page = text_of(send(signed_in(on_liquid.ann), "steps:add", on_liquid.aspen, order))
    assert "UNIT-6" in page
    assert "5\u00a0mL gave 5\u00a0mg and gives 10\u00a0mg in the new strength" in page
    assert "10\u00a0mL gave 10\u00a0mg and gives 20\u00a0mg in the new strength" in page


def test_one_volume_that_all_doses_had_is_compared_at_any_time(on_liquid):
    w.start(on_liquid, on_liquid.aspen, by=on_liquid.ann, mg="5", days_ago=10, product="liquid_1")
    order = typed(frequency="different", product="liquid_2", dose="", row_1_time="07:15", row_1_dose="10")
    answer = send(signed_in(on_liquid.ann), "steps:add", on_liquid.aspen, order)
    assert (answer.status_code, "UNIT-6" in text_of(answer)) == (422, True)


def test_a_typed_volume_counts_for_different_doses_too(on_liquid):
    answer = ordered(on_liquid, ("08:00", "10"), ("20:00", "5"), product="liquid_1", volume_ml="10")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "10\u00a0mL of 1 mg/mL gives 10\u00a0mg, not 5\u00a0mg" in page
    assert "UNIT-4" in page
    assert ordered(on_liquid, ("08:00", "8"), ("20:00", "8"), product="liquid_1", volume_ml="8").status_code == 200
