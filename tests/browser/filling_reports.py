"""A patient with uneven doses who is drowsy and falls: reports of side effects, and a step whose gate can open."""

import uuid
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from .moment import NOW, TODAY


def reports(world: Any, patient: Any) -> None:
    """Write them as Ann would: a quiet report, and one of today that leads somewhere."""
    from tests import world as w
    from tests.database import as_actor
    from titration.dosing.doses import Mg
    from titration.services import plans
    from titration.services import reports as service

    ann, seen, then = world.ann, world.seen_by(world.ann, patient), NOW - timedelta(days=10)
    w.creatinine(world, patient, by=ann, mg_dl="0.9", days_ago=10, hours_ago=2)
    slots = tuple((time(hour), Mg(Decimal(mg))) for hour, mg in ((8, "7.5"), (14, "5"), (22, "2.5")))
    with as_actor(ann, patient):
        plans.start_plan(
            patient=seen, order=w.order(then.date(), slots), decision=plans.Decision.none(), by=ann, as_of=then
        )
        version = seen.plans.get(status="active").version
        plans.draft_ladder(patient=seen, expected_version=version, by=ann, as_of=NOW)
        for days, effects, signs, note in (
            (6, "none", {"seizure": False, "hallucination": False}, ""),
            (
                0,
                "some",
                {"ongoing_drowsiness": True, "new_falls": True, "dizziness": True, "nausea": False},
                "Fell on Friday",
            ),
        ):
            service.record_report(
                key=uuid.uuid4(),
                patient=seen,
                report=service.Report(
                    effects=effects, signs=signs, on=TODAY - timedelta(days=days), reported_by="patient",
                    reported_how="phone", note=note,
                ),
                by=ann,
                as_of=NOW - timedelta(days=days),
            )  # fmt: skip
