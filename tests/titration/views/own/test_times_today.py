"""A dose of today that is on record keeps its place: other times begin tomorrow, other amounts today."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.views.own.test_today import form_of, tap, today
from titration.dosing.doses import Mg
from titration.services import plans
from titration.services.orders import NotPossible

TODAY = date(2026, 11, 22)


def change(world: Any, times: str, mg: str = "5", on: date = TODAY) -> None:
    seen = world.seen_by(world.ann, world.alder)
    slots = tuple((time.fromisoformat(at), Mg(Decimal(mg))) for at in times.split())
    with as_actor(world.ann, world.alder):
        plans.change_dose(
            patient=seen, order=w.order(on, slots), decision=w.GO_ON,
            expected_version=seen.plans.get(status="active").version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip


@pytest.fixture
def morning(alma: Any, alder: Any) -> None:
    """The dose of eight o'clock is ticked."""
    assert tap(alma, form_of(alma, alder)).status_code == 302


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize("times", ["06:00 08:00 20:00", "09:00 15:00 21:00"])
def test_other_times_do_not_begin_on_a_day_with_a_record(ticking: Any, times: str) -> None:
    with pytest.raises(NotPossible, match="A dose of today is on record already"):
        change(ticking, times)
    change(ticking, times, on=TODAY + timedelta(days=1))


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize("times", ["08:00 14:00 20:00", "08:00 20:00", "08:00 12:00 16:00 20:00"])
def test_what_was_taken_keeps_its_place_where_its_time_stays(alma: Any, alder: Any, ticking: Any, times: str) -> None:
    change(ticking, times, mg="2.5")
    page = today(alma, alder)
    assert page.count("Taken at 9:05am") == 1
    assert "Morning, 8am" in page.partition("Taken at 9:05am")[0]


def test_without_a_record_of_today_the_times_may_change_at_once(ticking: Any) -> None:
    change(ticking, "09:00 15:00 21:00")
