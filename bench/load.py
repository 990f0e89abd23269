"""Filling a scratch database with clinics of many patients: the rows that the portal's own services would have written."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from bench.journeys import PASSWORD
from titration.dosing.protocol import load_protocol
from titration.models import (
    CareRelation,
    Flag,
    KidneyResult,
    Organisation,
    Patient,
    PatientFact,
    PatientIdentifier,
    Plan,
    ReportedEstimate,
    Right,
    Slot,
    Step,
    Team,
    TeamMembership,
    Watchbeat,
)

TEAMS = 20
TIMES = (time(8), time(14), time(20))
FAMILIES = (
    "Anders",
    "Baker",
    "Carter",
    "Dixon",
    "Ellis",
    "Foster",
    "Grant",
    "Hughes",
    "Irving",
    "Jones",
    "Keller",
    "Lowe",
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
RUNGS = (15, 30, 45, 60)


@dataclass
class Clinic:
    """Who signs in for the measurement."""

    email: str
    team: Team


def fill(patients: int) -> Clinic:
    """Write the clinics; to be called as the owner of the tables, in one transaction. Returns one clinician's team."""
    dice = random.Random(20261122)
    # Nobody watches while pages are measured; they look as they do while somebody does.
    Watchbeat.objects.create(finished_at=timezone.now() + timedelta(days=1))
    organisation = Organisation.objects.create(
        name="Measured Clinic", phone="555 0100", out_of_hours_phone="555 0199", hours="9am to 5pm",
        jurisdiction="US", time_zone="America/New_York",
    )  # fmt: skip
    rights = [right.value for right in Right]
    people, teams = [], []
    for number in range(TEAMS):
        team = Team.objects.create(organisation=organisation, name=f"Team {number + 1:02}")
        person = get_user_model().objects.create_user(
            email=f"clinician{number}@bench.test", password=PASSWORD, name=f"Dr {FAMILIES[number % 12]} {number}",
            role="clinician",
        )  # fmt: skip
        TeamMembership.objects.create(team=team, person=person, rights=rights, valid_from=LONG_AGO)
        teams.append(team)
        people.append(person)
    numbers = iter(range(patients))
    while chunk := list(islice(numbers, 1000)):
        _write(_rows(chunk, organisation, teams, people, dice))
    return Clinic(email=people[0].email, team=teams[0])


def _write(rows: Iterator[Any]) -> None:
    """Insert rows model by model, in the order in which they point to each other."""
    shelves: dict[type, list[Any]] = {}
    for row in rows:
        shelves.setdefault(type(row), []).append(row)
    order = (
        Patient,
        PatientIdentifier,
        CareRelation,
        Plan,
        Step,
        Slot,
        KidneyResult,
        ReportedEstimate,
        PatientFact,
        Flag,
    )
    for model in order:
        model.objects.bulk_create(shelves.get(model, []), batch_size=500)


def _rows(
    chunk: list[int], organisation: Organisation, teams: list[Team], people: list[Any], dice: random.Random
) -> Iterator[Any]:
    protocol = load_protocol("US")
    now = timezone.now()
    today = now.date()
    for number in chunk:
        team, person = teams[number % TEAMS], people[number % TEAMS]
        patient = Patient(
            organisation=organisation, family_name=f"{FAMILIES[number % 12]}{number}", given_name=f"Test{number % 97}",
            birth_date=date(1950 + number % 45, 1 + number % 12, 1 + number % 28), sex="FM"[number % 2],
            time_zone="America/New_York", recorded_at=LONG_AGO,
        )  # fmt: skip
        yield patient
        yield PatientIdentifier(patient=patient, system="urn:bench", value=f"B{number:06}", is_record_number=True)
        yield CareRelation(
            team=team,
            patient=patient,
            kind="team",
            rights=[right.value for right in Right],
            valid_from=LONG_AGO,
            reason="Load",
        )
        plan = Plan(
            organisation=organisation, patient=patient, protocol_id=protocol.id, protocol_version=protocol.version,
            taken_before="no", time_zone="America/New_York", created_at=LONG_AGO, created_by=person, prescriber=person,
            reassess_at=now + timedelta(days=1), next_decision_on=today + timedelta(days=dice.randrange(1, 30)),
        )  # fmt: skip
        yield plan
        yield from _steps(plan, person, today, dice)
        yield from _kidneys(patient, person, now, dice)
        for kind, value in (("weight_kg", 55 + number % 40), ("height_cm", 150 + number % 40)):
            yield PatientFact(
                patient=patient,
                kind=kind,
                number=Decimal(value),
                on_date=date(2026, 1, 5),
                recorded_at=LONG_AGO,
                recorded_by=person,
            )
        if number % 3 == 0:
            yield Flag(
                plan=plan, plan_number=plan.number, patient=patient, rule_id="KID-30", urgency=1 + number % 3,
                because="The regular test is due.", evidence={"values": []}, protocol_id=protocol.id, protocol_version=1,
                next_action="log_result", opened_at=now - timedelta(hours=dice.randrange(1, 400)), owner=person if number % 2 else None,
            )  # fmt: skip


def _steps(plan: Plan, person: Any, today: date, dice: random.Random) -> Iterator[Any]:
    """A ladder of four steps, a week or more apart, the last one in force."""
    days = sorted(dice.sample(range(10, 300), len(RUNGS)), reverse=True)
    starts = [today - timedelta(days=day) for day in days]
    for index, (rung, first_day) in enumerate(zip(RUNGS, starts, strict=True)):
        signed = datetime.combine(first_day, time(15), tzinfo=UTC)
        step = Step(
            plan=plan, plan_number=plan.number, patient_id=plan.patient_id, kind="start" if index == 0 else "increase",
            state="signed", period=DateRange(first_day, starts[index + 1] if index + 1 < len(starts) else None),
            daily_mg=Decimal(rung), product_id="tablet_10", reason="Spasms at night", signed_at=signed,
            protocol_version=1, recorded_at=signed, recorded_by=person,
        )  # fmt: skip
        yield step
        for position, at in enumerate(TIMES, start=1):
            amount = Decimal(rung) / len(TIMES)
            yield Slot(
                step=step, plan=plan, plan_number=plan.number, patient_id=plan.patient_id, position=position, at=at,
                amount_mg=amount, tablets=amount / 10, recorded_at=signed, recorded_by=person,
            )  # fmt: skip


def _kidneys(patient: Patient, person: Any, now: datetime, dice: random.Random) -> Iterator[Any]:
    for _ in range(6):
        taken = now - timedelta(days=dice.randrange(5, 700), hours=dice.randrange(20))
        yield KidneyResult(
            patient=patient, analyte="creatinine", value=Decimal(dice.randrange(70, 100)) / 100, unit="mg/dL",
            taken_at=taken, taken_on=taken.date(), source="typed", recorded_at=taken + timedelta(hours=2), recorded_by=person,
        )  # fmt: skip
    for number in range(2):
        taken = now - timedelta(days=dice.randrange(100, 900))
        yield ReportedEstimate(
            patient=patient, value=Decimal(dice.randrange(50, 120)), unit="mL/min/{1.73_m2}", code="33914-3", taken_at=taken,
            taken_on=taken.date(), source_system="bench", source_key=f"{patient.pk}-{number}", recorded_at=taken, job="bench",
        )  # fmt: skip
