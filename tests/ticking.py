"""A patient who ticks: a signed plan written straight into the tables, with the last ten days of doses on record."""

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from psycopg.types.range import DateRange

from tests import world as w
from tests.database import as_owner
from titration.dosing.schedule import instant
from titration.models import DoseEvent, DoseTracking, Patient, Plan, Slot, Step
from titration.services.intake import of_plan

ONCE, TWICE = (time(22),), (time(8), time(20))
THREE, FOUR = (time(6), time(14), time(22)), (time(8), time(12), time(17), time(22))


def signed_plan(
    world: Any, patient: Patient, times: tuple[time, ...], turns: tuple[tuple[date, int], ...], *, look_at: datetime
) -> Plan:
    """A plan of so many mg at each time from each day on (0: a stop), signed long ago, to be looked at first at ``look_at``."""
    plan = patient.plans.create(
        organisation=world.north, protocol_id="us", protocol_version=1, taken_before="no", time_zone=patient.time_zone,
        created_at=w.NOW - timedelta(days=200), created_by=world.ann, prescriber=world.ann, reassess_at=look_at,
        next_decision_on=look_at.date() + timedelta(days=60),
    )  # fmt: skip
    for (first, mg), following in zip(turns, [*(day for day, _ in turns[1:]), None], strict=True):
        signed_step(world, plan, first, following, times, mg)
    return plan


def signed_step(world: Any, plan: Plan, first: date, following: date | None, times: tuple[time, ...], mg: int) -> None:
    signed = {"recorded_at": plan.created_at, "recorded_by": world.ann}
    step = Step.objects.create(
        plan=plan, plan_number=plan.number, patient_id=plan.patient_id, state="signed", signed_at=plan.created_at,
        kind="stop" if not mg else "start", period=DateRange(first, following), daily_mg=Decimal(mg * len(times)),
        product_id="tablet_20" if mg else None, protocol_version=1, **signed,
    )  # fmt: skip
    for place, slot in enumerate(times if mg else ()):
        Slot.objects.create(
            step=step, plan=plan, plan_number=plan.number, patient_id=plan.patient_id, position=place, at=slot,
            amount_mg=mg, tablets=Decimal(mg) / 20, **signed,
        )  # fmt: skip


def watched(
    world: Any,
    times: tuple[time, ...],
    last_day: date,
    *,
    mg: int = 20,
    steps: tuple[tuple[int, int], ...] = (),
    patient: Patient | None = None,
) -> Plan:
    """A plan of ``mg`` at each time since 100 days, ticked for ten days up to the last dose of ``last_day``.

    ``steps``: after so many days from then on the dose is so many mg at each time, signed already; 0 mg is a stop.
    """
    whose = patient or world.alder
    looked = instant(last_day, time(23), whose.time_zone)
    turns = [(last_day - timedelta(days=100), mg), *((last_day + timedelta(days=days), each) for days, each in steps)]
    with as_owner():
        plan = signed_plan(world, whose, times, tuple(turns), look_at=looked)
        written = of_plan(plan, by=world.ann, as_of=looked)
        since = instant(last_day - timedelta(days=10), time(0), whose.time_zone)
        DoseTracking.objects.create(mode="ticked", since=since, **written)
        for back in range(10, -1, -1):
            day = last_day - timedelta(days=back)
            for place, slot in enumerate(times):
                DoseEvent.objects.create(
                    id=uuid.uuid4(), local_date=day, position=place, slot_at=slot, time_zone=whose.time_zone,
                    due_at=instant(day, slot, whose.time_zone), state="taken", amount_mg=mg, taken_mg=mg,
                    said_by="patient", **written,
                )  # fmt: skip
    return plan


def tiers(times: tuple[time, ...], last_day: date, zone: str) -> dict[str, datetime]:
    """When a patient on a high dose who stops ticking after ``last_day`` is flagged, by the written rules.

    Doses are missed two hours after their time on the wall; a gap is as long as it was.
    """
    hours = timedelta(hours=1)
    last = instant(last_day, times[-1], zone)
    due = [instant(last_day + timedelta(days=day), slot, zone) for day in range(4) for slot in times]
    normal = max(later - sooner for sooner, later in pairwise(due[: 2 * len(times) + 1]))
    missed = [slot + 2 * hours for slot in due if slot > last]
    found = {
        "MISS-5": min(last + max(18 * hours, normal + 8 * hours), missed[2]),
        "MISS-8": last + max(24 * hours, normal + 12 * hours),
        "MISS-9": last + 48 * hours,
    }
    first = missed[0 if len(times) < 3 else 1]
    return {**({"MISS-4": first} if first < found["MISS-5"] else {}), **found}
