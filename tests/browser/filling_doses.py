"""A patient whose doses are ticked, with every state that a dose can have, a time without ticks and an issue of tablets."""

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from .moment import NOW, TODAY

# Days ago, place in the day, state, mg taken, reason.
_DOSES = (
    (3, 0, "taken", None, ""),
    (3, 1, "partly", "2.5", ""),
    (3, 2, "skipped", None, "forgot"),
    (2, 0, "held", None, ""),
    (2, 1, "taken", None, ""),
    (2, 2, "taken", None, ""),
    (1, 1, "taken", None, ""),
    (1, 2, "taken", None, ""),
    (0, 0, "taken", None, ""),
)


def doses(world: Any, patient: Any) -> None:
    """Write them as Ann would, on a plan that has been ticked for four days."""
    from tests.database import as_actor
    from titration.dosing.doses import Mg
    from titration.dosing.intake import SilenceReason, Tracking
    from titration.dosing.protocol import load_protocol
    from titration.dosing.schedule import instant
    from titration.selectors.dose_day import dose_day
    from titration.services import intake, supply

    ann, seen = world.ann, world.seen_by(world.ann, patient)
    tablet = next(one for one in load_protocol("us").products if one.code == "tablet_10")
    with as_actor(ann, patient):
        plan = seen.plans.get(status="active")
        intake.set_tracking(key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=ann, as_of=NOW - timedelta(days=4))
        for days, position, state, taken, reason in _DOSES:
            said = intake.Said(
                state=state, taken=None if taken is None else Mg(Decimal(taken)), taken_at=None, reason_code=reason,
                said_by="patient", note="",
            )  # fmt: skip
            doses = dose_day(seen, TODAY - timedelta(days=days), as_of=NOW)
            intake.record_dose(key=uuid.uuid4(), doses=doses, position=position, said=said, replaces=None, by=ann)

        def midnight(days: int) -> datetime:
            return instant(TODAY - timedelta(days=days), time(0), plan.time_zone)

        intake.record_silence(
            key=uuid.uuid4(), plan=plan, reason=SilenceReason.LOST_PHONE, starts_at=midnight(4), ends_at=midnight(3),
            note="Told the nurse by telephone", by=ann, as_of=NOW,
        )  # fmt: skip
        supply.record_issue(
            key=uuid.uuid4(), plan=plan, on=TODAY - timedelta(days=6), product=tablet, units=Decimal(84),
            repeat_on=TODAY + timedelta(days=20), by=ann, as_of=NOW,
        )  # fmt: skip
