"""Two weeks of dose records for the plans of a scratch database, as people tick: late, with gaps, some not at all."""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from titration.dosing.schedule import instant, local_date
from titration.models import DoseEvent, DoseTracking, Plan, Silence, Step, SupplyIssue

DAYS = 14
TRACKED = 0.85  # of the plans; on the others nobody ticks
# Of the patients who tick: their share, how many doses of a hundred they leave out, and skip with a reason.
HABITS = ((0.80, 1, 0), (0.12, 8, 3), (0.05, 25, 5), (0.03, 60, 5))
CORRECTED = 0.02  # of the records
AWAY = 0.03  # of the plans: a recorded time without ticks
SUPPLIED = 0.5


def fill() -> int:
    """Write the records of every active plan, as the owner of the tables; returns how many doses."""
    dice, now = random.Random(20261122), timezone.now()
    written = 0
    for plan in Plan.objects.active().order_by("pk"):
        step = plan.steps.filter(voided_at__isnull=True).order_by("period").last()
        own = {
            "plan": plan,
            "plan_number": plan.number,
            "patient_id": plan.patient_id,
            "recorded_by_id": plan.prescriber_id,
        }
        if dice.random() < SUPPLIED:
            on = local_date(now, plan.time_zone) - timedelta(days=dice.randrange(1, 20))
            SupplyIssue.objects.create(
                on_date=on, product_id="tablet_10", units=280, total_mg=2800, recorded_at=now, repeat_on=None, **own
            )
        if dice.random() > TRACKED:
            continue
        DoseTracking.objects.create(mode="ticked", since=now - timedelta(days=DAYS), recorded_at=now, **own)
        if dice.random() < AWAY:
            Silence.objects.create(
                reason="lost_phone", starts_at=now - timedelta(days=2), ends_at=now + timedelta(days=2), recorded_at=now,
                **own,
            )  # fmt: skip
        rows = list(_events(plan, step, now, dice, own))
        DoseEvent.objects.bulk_create(rows)
        written += len(rows)
    return written


def _events(plan: Plan, step: Step, now: datetime, dice: random.Random, own: dict[str, Any]) -> Iterator[DoseEvent]:
    habits = [share for share, _, _ in HABITS]
    _, missed, skipped = dice.choices(HABITS, habits)[0]
    slots = list(step.slots.order_by("position"))
    for back in range(DAYS, -1, -1):
        day = local_date(now, plan.time_zone) - timedelta(days=back)
        for place, slot in enumerate(slots):
            due = instant(day, slot.at, plan.time_zone)
            luck = dice.randrange(100)
            if due > now - timedelta(hours=3) or luck < missed:
                continue
            taken = luck >= missed + skipped
            at = due + timedelta(seconds=dice.randrange(-900, 5400)) if taken else None
            what = {
                "local_date": day, "position": place, "slot_at": slot.at, "time_zone": plan.time_zone, "due_at": due,
                "state": "taken" if taken else "skipped", "amount_mg": slot.amount_mg,
                "taken_mg": slot.amount_mg if taken else Decimal(0), "taken_at": at, "said_by": "patient",
                "reason_code": "" if taken else "forgot", "recorded_at": at or due, **own,
            }  # fmt: skip
            first = DoseEvent(id=uuid.uuid4(), **what)
            yield first
            if dice.random() < CORRECTED:
                yield DoseEvent(id=uuid.uuid4(), replaces=first, **what)
