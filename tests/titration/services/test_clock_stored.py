"""A dose is stored at its instant also on the day on which the clocks of its zone change."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from tests.dosing.clock_grid import around
from titration.dosing.doses import Mg
from titration.dosing.intake import DoseState
from titration.dosing.schedule import local_date
from titration.models import DoseEvent, Team
from titration.services import intake, plans

# Zones whose clocks go forward and back by an hour, by half an hour, at midnight, and by two hours.
CHANGES = [
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 10, 25, 1, tzinfo=UTC)),
]


@pytest.mark.bar("B-33")
@pytest.mark.hazard("H21")
@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_doses_around_a_change_are_stored_at_their_instants(world: Any, zone: str, change: datetime) -> None:
    """Three doses a day: a quarter before and after the change, and an hour later, as the clock on the wall shows them."""
    found = around(ZoneInfo(zone), change)
    cases = [found[12 + quarters] for quarters in (-1, 1, 5)]
    as_of = change + timedelta(days=2)
    with as_owner():
        team = Team.objects.get(name="Oak")
        far = w.make_patient(world.north, team, "Far", time_zone=zone)
    w.creatinine(world, far, by=world.ann, mg_dl="0.9", days_ago=12, as_of=as_of)
    then, seen = as_of - timedelta(days=10), world.seen_by(world.ann, far)
    slots = tuple((at, Mg(Decimal(5))) for at in sorted(case.wall.time() for case in cases))
    with as_actor(world.ann, far):
        plans.start_plan(
            patient=seen, order=w.order(local_date(then, zone), slots), decision=plans.Decision.none(), by=world.ann,
            as_of=then,
        )  # fmt: skip
        intake.record_call(
            key=uuid.uuid4(), plan=seen.plans.get(), until=as_of, state=DoseState.TAKEN, reason_code="",
            said_by="patient", note="", by=world.ann, as_of=as_of,
        )  # fmt: skip
        stored = {(one.local_date, one.slot_at): one.due_at for one in DoseEvent.objects.all()}
    assert [stored[case.wall.date(), case.wall.time()] for case in cases] == [case.meant for case in cases]
