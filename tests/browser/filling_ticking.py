"""Patients who ticked every dose until the evening before the clocks go back, and what explains the silence of some of them."""

from datetime import date, time, timedelta
from typing import Any

LAST_DAY = date(2026, 10, 31)  # the night after it has 25 hours in New York
ZONE = "America/New_York"
HOLD_ENDS = time(20)  # on the next day
# Who stops ticking, by doses a day; and three whose silence has its reason.
SILENT = {1: "fennel", 2: "ginger", 3: "laurel", 4: "mallow"}
TAPERED, HELD, MOVED = "nettle", "orache", "parsley"
TICKING = (*SILENT.values(), TAPERED, HELD, MOVED)


def ticking(world: Any) -> None:
    from tests import world as w
    from tests.database import as_owner
    from tests.ticking import FOUR, ONCE, THREE, TWICE, signed_step, watched
    from titration.dosing.schedule import instant
    from titration.models import Silence, Step
    from titration.services.intake import of_plan

    for name in TICKING:  # nothing but their doses is to be flagged
        checked = instant(LAST_DAY - timedelta(days=2), time(12), ZONE)
        w.creatinine(world, world.patients[name], by=world.vera, mg_dl="0.9", as_of=checked)
    for name, times in zip(SILENT.values(), (ONCE, TWICE, THREE, FOUR), strict=True):
        watched(world, times, LAST_DAY, mg=60 // len(times), patient=world.patients[name])
    tomorrow, evening = LAST_DAY + timedelta(days=1), instant(LAST_DAY, time(23), ZONE)
    watched(world, THREE, LAST_DAY, mg=5, steps=((1, 0),), patient=world.patients[TAPERED])
    held = watched(world, THREE, LAST_DAY, patient=world.patients[HELD])
    moved = watched(world, THREE, LAST_DAY, patient=world.patients[MOVED])
    with as_owner():
        Silence.objects.create(
            reason="hold", starts_at=evening, ends_at=instant(tomorrow, HOLD_ENDS, ZONE),
            **of_plan(held, by=world.vera, as_of=evening),
        )  # fmt: skip
        later = tuple(time(slot.hour + 1) for slot in THREE)
        Step.objects.filter(plan=moved).update(voided_at=evening, voided_by=world.ann)
        signed_step(world, moved, LAST_DAY - timedelta(days=100), tomorrow, THREE, 20)
        signed_step(world, moved, tomorrow, None, later, 20)
