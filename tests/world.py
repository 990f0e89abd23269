"""The people of the tests, once: who works where, and who may see whom.

Northern Clinic (US)                               Southern Clinic (UK)
  team Oak                     team Elm              team Fir
    ann    all rights            dan  all rights       finn  all rights
    bea    read, log
    cora   read, log, cosign
    lena   left the team
    omar   switched off
    patients: alder, aspen       patient: elder        patient: furze
no team: edith (editor), ada (administrator)
patients: alma is Alder, elma is Elder; carers of Alder: pia sees, pol ticks, pru does all that Alder may, pex did once

The watch has looked and, as no worker runs beside the tests, is not silent for the next day.
"""

import itertools
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models.functions import Now

from baclofen_portal.accounts.models import Role, User
from tests.database import as_actor, as_owner
from titration.dosing.doses import Mg
from titration.dosing.facts import Analyte, LabUnit, StopReason
from titration.models import (
    CareRelation,
    Organisation,
    Patient,
    PatientIdentifier,
    Right,
    Scope,
    Step,
    Team,
    TeamMembership,
    Watchbeat,
)
from titration.models.relations import RIGHTS_OF_PATIENT, RIGHTS_OF_SCOPE
from titration.selectors import patients as reading
from titration.services import kidneys, patient_facts, plans

PASSWORD = "a long and plain password"
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ALL = [right.value for right in Right]
_numbers = itertools.count(1000)

DAY_PARTS = (time(8), time(14), time(20), time(22))


@dataclass
class World:
    north: Organisation
    south: Organisation
    people: dict[str, User] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for shelf in ("people", "patients"):
            found = self.__dict__.get(shelf, {})
            if name in found:
                return found[name]
        raise AttributeError(name)

    def seen_by(self, person: User, patient: Patient) -> Patient:
        """The patient as a view gets it: with rights and record number."""
        with as_actor(person):
            found = reading.with_rights(patient.pk, person)
        assert found is not None
        return found


def make_person(name: str, role: str = Role.CLINICIAN, **fields: Any) -> User:
    return User.objects.create_user(
        email=f"{name}@example.test", password=PASSWORD, name=name.capitalize(), role=role, **fields
    )


def make_patient(organisation: Organisation, team: Team, family: str, **fields: Any) -> Patient:
    """A patient of a team, with a record number, a man of 45 unless said otherwise."""
    values = {
        "given_name": "Test",
        "birth_date": date(1981, 3, 4),
        "sex": "M",
        "time_zone": organisation.time_zone,
        "recorded_at": LONG_AGO,
        **fields,
    }
    patient = Patient.objects.create(organisation=organisation, family_name=family, **values)
    PatientIdentifier.objects.create(
        patient=patient, system="urn:test", value=f"TEST {next(_numbers)}", is_record_number=True
    )
    CareRelation.objects.create(
        team=team, patient=patient, kind="team", rights=ALL, valid_from=LONG_AGO, reason="Cared for by the team"
    )
    return patient


def the_watch_looked(ago: timedelta) -> None:
    """The last look of the watch was that long ago by the clock of the database; the owner of the tables writes it."""
    Watchbeat.objects.update_or_create(id=1, defaults={"finished_at": Now() - ago})


def make_world() -> World:
    with as_owner():
        the_watch_looked(timedelta(days=-1))
        north, south = (
            Organisation.objects.create(
                name=name, phone=phone, out_of_hours_phone="555 0199", hours="Monday to Friday, 9am to 5pm",
                jurisdiction=jurisdiction, time_zone=zone,
            )
            for name, phone, jurisdiction, zone in (
                ("Northern Clinic", "555 0100", "US", "America/New_York"),
                ("Southern Clinic", "020 7946 0000", "UK", "Europe/London"),
            )
        )  # fmt: skip
        world = World(north=north, south=south)
        oak, elm = (Team.objects.create(organisation=north, name=name) for name in ("Oak", "Elm"))
        fir = Team.objects.create(organisation=south, name="Fir")
        for name, team, rights, ended in (
            ("ann", oak, ALL, None),
            ("bea", oak, ["read", "log"], None),
            ("cora", oak, ["read", "log", "cosign"], None),
            ("lena", oak, ALL, datetime(2026, 1, 1, tzinfo=UTC)),
            ("omar", oak, ALL, None),
            ("dan", elm, ALL, None),
            ("finn", fir, ALL, None),
        ):
            world.people[name] = make_person(name, is_active=name != "omar")
            TeamMembership.objects.create(
                team=team, person=world.people[name], rights=rights, valid_from=LONG_AGO, valid_to=ended
            )
        world.people["edith"] = make_person("edith", Role.EDITOR)
        world.people["ada"] = make_person("ada", Role.ADMIN)
        for name, organisation, team in (
            ("alder", north, oak),
            ("aspen", north, oak),
            ("elder", north, elm),
            ("furze", south, fir),
        ):
            world.patients[name] = make_patient(organisation, team, name.capitalize())
        for name, patient, kind, rights, ended in (
            ("alma", "alder", "self", RIGHTS_OF_PATIENT, None),
            ("elma", "elder", "self", RIGHTS_OF_PATIENT, None),
            ("pia", "alder", "proxy", RIGHTS_OF_SCOPE[Scope.VIEW], None),
            ("pol", "alder", "proxy", RIGHTS_OF_SCOPE[Scope.LOG], None),
            ("pru", "alder", "proxy", RIGHTS_OF_SCOPE[Scope.FULL], None),
            ("pex", "alder", "proxy", RIGHTS_OF_SCOPE[Scope.FULL], datetime(2026, 1, 1, tzinfo=UTC)),
        ):
            make_own(world, name, world.patients[patient], kind, rights, valid_to=ended)
    return world


def make_own(world: World, name: str, patient: Patient, kind: str, rights: Any, **fields: Any) -> User:
    """The account of a patient, or of somebody who cares for one; the caller is the owner of the tables."""
    person = world.people[name] = make_person(name, Role.PATIENT)
    CareRelation.objects.create(
        person=person, patient=patient, kind=kind, rights=list(rights), valid_from=LONG_AGO, reason="Invited", **fields
    )
    return person


def three_times(mg: str) -> tuple[tuple[time, Mg], ...]:
    return tuple((at, Mg(Decimal(mg))) for at in DAY_PARTS[:3])


def order(
    on: date,
    slots: tuple[tuple[time, Mg], ...],
    *,
    product: str | None = None,
    reason: str = "Spasms at night",
    kind: type[plans.DoseOrder] = plans.DoseOrder,
    **fields: Any,
) -> Any:
    code = TABLET_10 if product is None else product
    return kind(key=uuid.uuid4(), starts_on=on, product_code=code, slots=slots, reason=reason, **fields)


def past_order(on: date, slots: tuple[tuple[time, Mg], ...], **fields: Any) -> plans.PastOrder:
    """A dose that was already taken."""
    return order(on, slots, kind=plans.PastOrder, **fields)


TABLET_10 = "tablet_10"

# Nothing is answered but why to go on while the next step is not open, as in most stories of the tests.
GO_ON = plans.Decision(gate_code="asked_otherwise")


def start(
    world: World,
    patient: Patient,
    *,
    by: User,
    mg: str = "5",
    days_ago: int = 0,
    as_of: datetime = NOW,
    mg_dl: str | None = "0.9",
    **fields: Any,
) -> Step:
    """A signed start, three times a day, made on the day it began, after a creatinine (None: no result at all)."""
    if mg_dl is not None:
        creatinine(world, patient, by=by, mg_dl=mg_dl, days_ago=days_ago, as_of=as_of, hours_ago=2)
    then = as_of - timedelta(days=days_ago)
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        return plans.start_plan(
            patient=seen,
            order=order(then.date(), three_times(mg), **fields),
            decision=plans.Decision.none(),
            by=by,
            as_of=then,
        )


def change(
    world: World, patient: Patient, *, by: User, mg: str, days_ago: int = 0, as_of: datetime = NOW,
    decision: plans.Decision | None = None,
) -> Step:  # fmt: skip
    """A signed change to three equal doses, made on the day it began."""
    then = as_of - timedelta(days=days_ago)
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        version = seen.plans.get(status="active").version
        return plans.change_dose(
            patient=seen,
            order=order(then.date(), three_times(mg)),
            decision=replace(decision or GO_ON, gate_code=GO_ON.gate_code),
            expected_version=version,
            by=by,
            as_of=then,
        )


def stop(world: World, patient: Patient, *, by: User, days_ago: int = 0, as_of: datetime = NOW) -> Step:
    """A signed stop because it did not help, made on its day; a negative ``days_ago`` is planned today."""
    seen, then = world.seen_by(by, patient), as_of - timedelta(days=max(days_ago, 0))
    with as_actor(by, patient):
        return plans.stop_plan(
            patient=seen,
            order=plans.StopOrder(
                key=uuid.uuid4(),
                stops_on=(as_of - timedelta(days=days_ago)).date(),
                stop_reason=StopReason.NO_BENEFIT,
                reason="",
                monitoring_plan="",
            ),
            decision=plans.Decision(typed_total=Mg(Decimal(0)), reason_code="other", reason_text="Agreed"),
            expected_version=seen.plans.get(status="active").version,
            by=by,
            as_of=then,
        )


def creatinine(
    world: World,
    patient: Patient,
    *,
    by: User,
    mg_dl: str,
    days_ago: int = 0,
    as_of: datetime = NOW,
    hours_ago: int = 0,
) -> Any:
    """A creatinine taken that long ago and recorded at once."""
    then = as_of - timedelta(days=days_ago, hours=hours_ago)
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        return kidneys.add_result(
            patient=seen, analyte=Analyte.CREATININE, value=Decimal(mg_dl), unit=LabUnit.MG_DL, comparator="",
            taken_at=then, time_known=True, confirmed=False, by=by, as_of=then,
        )  # fmt: skip


def fact(
    world: World, patient: Patient, *, by: User, kind: str, as_of: datetime = NOW, on: date | None = None, **fields: Any
) -> Any:
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        return patient_facts.add_fact(patient=seen, kind=kind, on_date=on or as_of.date(), by=by, as_of=as_of, **fields)
