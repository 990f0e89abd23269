"""Plans with weeks of doses as people record them: late, forgotten, skipped, corrected, taken back, and times without ticks."""

import random
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.range import DateRange

from tests import world as w
from tests.database import as_owner
from titration.dosing.schedule import instant
from titration.models import (
    DoseEvent,
    DoseTracking,
    PatientFact,
    Plan,
    RestartDecision,
    Silence,
    Slot,
    Step,
    SupplyIssue,
    Team,
)
from titration.services.intake import of_plan

ZONES = ("America/New_York", "Europe/London", "Australia/Lord_Howe", "UTC")
PATTERNS = (
    (time(22),),
    (time(8), time(20)),
    (time(6), time(14), time(22)),
    (time(1, 30), time(12), time(17), time(22)),
)
LAST_DAYS = (date(2026, 6, 10), date(2026, 10, 24), date(2026, 10, 31), date(2026, 3, 28), date(2026, 4, 4))


def random_plan(world: Any, dice: random.Random) -> tuple[Plan, datetime]:
    """A plan of a new patient, and an instant at which its last day is over."""
    zone, times, last_day = dice.choice(ZONES), dice.choice(PATTERNS), dice.choice(LAST_DAYS)
    now = instant(last_day, time(dice.randrange(20, 24), 1), zone)
    with as_owner():
        patient = w.make_patient(world.north, Team.objects.get(name="Oak"), f"Row{uuid.uuid4().hex[:6]}")
        patient.time_zone = zone
        patient.save(update_fields=["time_zone"])
        plan = patient.plans.create(
            organisation=world.north, protocol_id=dice.choice(("us", "uk")), protocol_version=1, taken_before="no",
            time_zone=zone, created_at=now - timedelta(days=200), created_by=world.ann, prescriber=world.ann,
            reassess_at=now,
        )  # fmt: skip
        mg = dice.choice((5, 15, 20))
        begins = last_day - timedelta(days=dice.choice((6, 20, 100)))
        _step(world, plan, begins, times, mg)
        written = of_plan(plan, by=world.ann, as_of=now)
        if dice.random() < 0.9:
            mode = "ticked" if dice.random() < 0.85 else "not_tracked"
            since = instant(last_day - timedelta(days=dice.choice((3, 12, 40))), time(0), zone)
            DoseTracking.objects.create(mode=mode, since=since, **written)
        _doses(plan, times, mg, max(begins, last_day - timedelta(days=20)), last_day, dice, written)
        _rest(plan, patient, last_day, zone, dice, written)
    return plan, now


def _step(world: Any, plan: Plan, first: date, times: tuple[time, ...], mg: int) -> None:
    signed = {"recorded_at": plan.created_at, "recorded_by": world.ann}
    half = first + timedelta(days=4)
    for index, (begins, ends) in enumerate(((first, half), (half, None))):
        step = Step.objects.create(
            plan=plan, plan_number=plan.number, patient_id=plan.patient_id, state="signed", signed_at=plan.created_at,
            kind="start" if not index else "increase", period=DateRange(begins, ends), product_id="tablet_10",
            daily_mg=Decimal((mg - 1 + index) * len(times)), protocol_version=1, **signed,
        )  # fmt: skip
        for place, slot in enumerate(times):
            Slot.objects.create(
                step=step, plan=plan, plan_number=plan.number, patient_id=plan.patient_id, position=place, at=slot,
                amount_mg=mg - 1 + index, tablets=Decimal(mg) / 10, **signed,
            )  # fmt: skip


def _doses(
    plan: Plan, times: tuple[time, ...], mg: int, first: date, last: date, dice: random.Random, written: dict[str, Any]
) -> None:
    missed, stops = dice.choice((0.02, 0.15, 0.5)), dice.choice((0, 0, 0, 1, 2, 4))
    rows: list[DoseEvent] = []
    for day in (first + timedelta(days=ahead) for ahead in range((last - first).days + 1 - stops)):
        for place, slot in enumerate(times):
            due = instant(day, slot, plan.time_zone)
            state = dice.choice(("skipped", "partly", "held", "")) if dice.random() < missed else "taken"
            event = _event(plan, day, place, slot, due, state, mg, dice, written)
            if event is None:
                continue
            rows.append(event)
            if dice.random() < 0.08:
                again = _event(
                    plan, day, place, slot, due, dice.choice(("taken", "skipped", "undone")), mg, dice, written
                )
                again.replaces = event
                rows.append(again)
    DoseEvent.objects.bulk_create(rows)


def _event(
    plan: Plan, day: date, place: int, slot: time, due: datetime, state: str, mg: int, dice: random.Random,
    written: dict[str, Any],
) -> Any:  # fmt: skip
    if not state:
        return None
    taken = {"taken": Decimal(mg), "partly": Decimal(mg) / 2}.get(state, Decimal(0))
    at = None if not taken or dice.random() < 0.2 else due + timedelta(seconds=dice.randrange(-1800, 5000))
    return DoseEvent(
        id=uuid.uuid4(), local_date=day, position=place, slot_at=slot, time_zone=plan.time_zone, due_at=due, state=state,
        amount_mg=mg, taken_mg=taken, taken_at=None if at is None else min(at, written["recorded_at"]), said_by="patient",
        reason_code=dice.choice(("forgot", "vomiting")) if state == "skipped" else "", **written,
    )  # fmt: skip


def _rest(
    plan: Plan, patient: Any, last_day: date, zone: str, dice: random.Random, written: dict[str, Any]
) -> None:  # fmt: skip
    author = {"recorded_at": written["recorded_at"], "recorded_by": written["recorded_by"]}
    if dice.random() < 0.3:
        starts = instant(last_day - timedelta(days=dice.randrange(3)), time(9), zone)
        Silence.objects.create(
            reason=dice.choice(("lost_phone", "hold")), starts_at=starts, ends_at=starts + timedelta(hours=dice.randrange(1, 90)),
            **written,
        )  # fmt: skip
    for _ in range(dice.choice((0, 0, 1, 2))):
        SupplyIssue.objects.create(
            on_date=last_day - timedelta(days=dice.randrange(20)), product_id="tablet_10", units=60, total_mg=600,
            repeat_on=dice.choice((None, last_day + timedelta(days=3))), **written,
        )  # fmt: skip
    if dice.random() < 0.2:
        PatientFact.objects.create(
            patient=patient, kind="sign", code="anxiety", answer="yes", on_date=last_day, **author
        )
    if dice.random() < 0.7:
        PatientFact.objects.create(
            patient=patient, kind="past_withdrawal", answer=dice.choice(("yes", "no")), on_date=last_day, **author
        )
    if dice.random() < 0.1:
        RestartDecision.objects.create(choice="resume", daily_mg=10, kidneys="None", reason="Asked for", **written)
