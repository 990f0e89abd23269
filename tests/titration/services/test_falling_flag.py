"""A flag says that confirmed doses fall away from the plan, in the transaction that records them, and closes by itself."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tests import world as w
from tests.database import as_actor
from titration.dosing.doses import Mg
from titration.models import Flag
from titration.selectors.dose_day import dose_day
from titration.services import intake

pytestmark = [pytest.mark.hazard("H05")]
FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)


@pytest.fixture
def alder(world: Any) -> Any:
    with time_machine.travel(w.NOW, tick=False):
        w.start(world, world.alder, by=world.ann, days_ago=30)
        yield world.alder


def record(world: Any, patient: Any, day: date, position: int, mg: str | None = None) -> None:
    """A whole dose, or so many mg of it."""
    said = intake.Said(
        state="taken" if mg is None else "partly", taken=None if mg is None else Mg(Decimal(mg)), taken_at=None,
        reason_code="", said_by="patient", note="",
    )  # fmt: skip
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        doses = dose_day(seen, day, as_of=w.NOW)
        intake.record_dose(key=uuid.uuid4(), doses=doses, position=position, said=said, replaces=None, by=world.ann)


def open_flags(world: Any, patient: Any) -> list[str]:
    with as_actor(world.ann, patient):
        return list(Flag.objects.open().filter(rule_id="DOSES-FALLING").values_list("because", flat=True))


def test_a_part_of_each_dose_raises_it_and_whole_doses_close_it(world: Any, alder: Any) -> None:
    for position in (0, 1):
        record(world, alder, FRIDAY, position, "1")
    assert open_flags(world, alder) == []  # the third dose of those hours is not known
    record(world, alder, FRIDAY, 2, "1")
    [because] = open_flags(world, alder)
    assert because.replace("\u00a0", " ") == "Confirmed doses fall away from the plan: 3 mg of 15 mg in 24 hours."
    record(world, alder, SATURDAY, 0)
    assert len(open_flags(world, alder)) == 1  # 7 of 15 mg
    record(world, alder, SATURDAY, 1)
    assert open_flags(world, alder) == []


def test_a_whole_dose_that_fills_the_hole_between_parts_raises_it(world: Any, alder: Any) -> None:
    record(world, alder, FRIDAY, 0, "1")
    record(world, alder, FRIDAY, 2, "1")
    assert open_flags(world, alder) == []
    record(world, alder, FRIDAY, 1)
    assert len(open_flags(world, alder)) == 1
