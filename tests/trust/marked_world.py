"""The world of tests/world.py, with a row in every clinical table for five patients, and marks that betray a leak.

Every patient carries texts and numbers that stand nowhere else. An answer that holds a mark of a patient whom
the reader may not see is a leak, wherever it stands: in the page, a header, a cookie or an error.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any

import time_machine
from django.db import connection, transaction
from django.test import override_settings

from baclofen_portal.accounts.models import EditorSession
from education.selectors.pictures import images_of, made_of
from tests import world as w
from tests.database import as_actor, as_owner
from tests.education.learn_pages import FULL, learn_page
from tests.education.pictures import a_picture, image_block
from tests.trust.marked_doses import record_doses
from tests.trust.marked_invitations import invite
from titration.models import (
    AuditEvent,
    CareRelation,
    Flag,
    Installation,
    KidneyResult,
    Override,
    Patient,
    PatientIdentifier,
    QuarantinedResult,
    ReportedEstimate,
    Step,
    Team,
)
from titration.services import flag_life, kidneys, patient_facts, plans

NOW = w.NOW
OAK, ELM, FIR = ("alder", "aspen", "ash"), ("elder", "elm"), ("furze", "fig")
MARKED = (*OAK, *ELM, *FIR)
FORMER = {"ash", "elm", "fig"}  # their relation to the team has ended
NEVER_STARTED = {"aspen"}


@dataclass(frozen=True)
class Marks:
    """What betrays one patient. ``numbers`` are as the pages write them."""

    name: str
    place: int

    @property
    def family(self) -> str:
        return f"Zq{self.name}wood"

    def text(self, what: str) -> str:
        return f"zq{self.name}{what}"

    @property
    def born(self) -> date:
        return date(1961 + self.place, 3, 17)

    @property
    def creatinine(self) -> str:
        return f"0.9{self.place}37"

    @property
    def weight(self) -> str:
        return f"71.{self.place}9"

    @property
    def record_number(self) -> str:
        return f"ZQ {7310 + self.place}"

    @property
    def all(self) -> tuple[str, ...]:
        return (f"zq{self.name}", self.record_number, f"17-Mar-{self.born.year}", f"17 March {self.born.year}",
                self.creatinine, self.weight)  # fmt: skip

    def found_in(self, text: str) -> list[str]:
        """The marks that stand in the text, in any case, also with no-break spaces for spaces."""
        plain = text.replace("\u00a0", " ").replace("&nbsp;", " ").lower()
        return [mark for mark in self.all if re.search(rf"(?<![0-9]){re.escape(mark.lower())}", plain)]


MARKS = {name: Marks(name, place) for place, name in enumerate(MARKED, 1)}


@dataclass
class Marked:
    """The world and, by name of the patient, the keys of the rows that URLs can name."""

    world: w.World
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)


@contextmanager
def marked_world() -> Iterator[Marked]:
    """Build it in one transaction that is undone at the end; clock and password hashing are those of tests."""
    with (
        TemporaryDirectory() as media,
        override_settings(MEDIA_ROOT=media, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        yield _build()
        transaction.set_rollback(True)


def _build() -> Marked:
    world = w.make_world()
    marked = Marked(world)
    doctors = {**dict.fromkeys(OAK, "ann"), **dict.fromkeys(ELM, "dan"), **dict.fromkeys(FIR, "finn")}
    _people(world)
    for name in MARKED:
        marked.keys[name] = _history(world, MARKS[name], by=world.people[doctors[name]])
    with as_owner():
        CareRelation.objects.filter(patient__in=[world.patients[name].pk for name in FORMER]).update(
            valid_to=NOW - timedelta(days=1)
        )
        CareRelation.objects.create(
            person=world.ann, patient=world.alder, kind="treating", rights=["read"], valid_from=w.LONG_AGO,
            granted_by=world.ada, reason="Asked by the team",
        )  # fmt: skip
        _settle_one(world.fig)
        EditorSession.objects.create(session_key="marked", session_data="", expire_date=NOW)
        page = learn_page("stopping", "Never stop suddenly", [*FULL, image_block(a_picture())])
        (picture,) = made_of(images_of(page.body))
        Installation.objects.get_or_create(id=1, defaults={"is_demo": False, "stamped_at": NOW})
    for keys in marked.keys.values():
        keys["picture"] = picture.pk
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return marked


def _people(world: w.World) -> None:
    with as_owner():
        for name, organisation, team in (
            ("ash", world.north, "Oak"),
            ("elm", world.north, "Elm"),
            ("fig", world.south, "Fir"),
        ):
            world.patients[name] = w.make_patient(
                organisation, Team.objects.get(organisation=organisation, name=team), name.capitalize()
            )
        for name in MARKED:
            marks, patient = MARKS[name], world.patients[name]
            Patient.objects.filter(pk=patient.pk).update(
                family_name=marks.family,
                given_name=marks.text("given"),
                phone=marks.text("phone"),
                birth_date=marks.born,
            )
            PatientIdentifier.objects.create(
                patient=patient, system="urn:a", value=marks.record_number, is_record_number=True
            )


def _history(world: w.World, marks: Marks, *, by: Any) -> dict[str, Any]:
    """Results, facts, a plan with a changed step, flags with notes, and what a laboratory sent; each with a mark."""
    patient = world.patients[marks.name]
    wrong = w.creatinine(world, patient, by=by, mg_dl="1.4", days_ago=33)
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        kidneys.withdraw_result(result=wrong, reason=marks.text("withdrawn"), by=by, as_of=NOW - timedelta(days=32))
        weight = patient_facts.add_fact(
            patient=seen, kind="weight_kg", number=Decimal(marks.weight), on_date=date(2026, 10, 1),
            note=marks.text("factnote"), by=by, as_of=NOW - timedelta(days=32),
        )  # fmt: skip
        height = patient_facts.add_fact(
            patient=seen, kind="height_cm", number=Decimal(170), on_date=date(2026, 10, 1), by=by,
            as_of=NOW - timedelta(days=32),
        )  # fmt: skip
        patient_facts.withdraw_fact(fact=height, note=marks.text("factgone"), by=by, as_of=NOW - timedelta(days=31))
        patient_facts.add_fact(
            patient=seen, kind="side_effects", answer="some", on_date=date(2026, 10, 22), note=marks.text("report"), by=by,
            as_of=NOW - timedelta(days=31),
        )  # fmt: skip
    steps = [] if marks.name in NEVER_STARTED else _steps(world, patient, marks, by=by)
    result = w.creatinine(world, patient, by=by, mg_dl=marks.creatinine, days_ago=2)
    keys = {
        "patient": patient.pk,
        "result": result.pk,
        "wrong_result": wrong.pk,
        "fact": weight.pk,
        "gone_fact": height.pk,
    }
    keys["held"] = _from_laboratory(patient, marks)
    keys |= invite(world, patient, marks, by=by)
    if steps:
        with as_owner():
            plan = patient.plans.get(status="active")
        keys["plan"], keys["version"] = plan.pk, plan.version
        keys["voided_step"], keys["step"] = steps[0].pk, steps[-1].pk
        keys["issue"], keys["silence"] = record_doses(world, patient, marks, by=by)
        keys["flag"] = _flag(world, patient, steps[-1], marks, by=by)
    return keys


def _steps(world: w.World, patient: Any, marks: Marks, *, by: Any) -> list[Step]:
    first = w.start(
        world, patient, by=by, days_ago=30, mg_dl=marks.creatinine, reason=marks.text("startreason"), taken_before="no"
    )
    second = w.change(world, patient, by=by, mg="7.5", days_ago=20)
    with as_owner():
        Override.objects.create(
            step=second, plan_id=second.plan_id, plan_number=second.plan_number, patient_id=patient.pk, rule_id="STEP-3",
            protocol_id="us", protocol_version=1, asked="reason", values_shown={"because": marks.text("because")},
            reason_code="benefit", reason_text=marks.text("override"), specialist_name=marks.text("specialist"),
            recorded_at=NOW, recorded_by=by,
        )  # fmt: skip
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        version = seen.plans.get(status="active").version
        plans.draft_ladder(patient=seen, expected_version=version, by=by, as_of=NOW - timedelta(days=3))
    return [first, second]


def _flag(world: w.World, patient: Any, step: Step, marks: Marks, *, by: Any) -> uuid.UUID:
    with as_owner():
        flag = Flag.objects.create(
            plan_id=step.plan_id, plan_number=step.plan_number, patient_id=patient.pk, rule_id="KID-25", urgency=2,
            because=marks.text("flagbecause"),
            evidence={"sentence": marks.text("sentence"), "number": "1", "sources": [], "proposed": False, "values": []},
            protocol_id="us", protocol_version=1, next_action="log_result", opened_at=NOW - timedelta(days=1),
        )  # fmt: skip
    with as_actor(by, patient):
        flag_life.log_call(flag=flag, text=marks.text("called"), by=by, as_of=NOW)
    return flag.pk


def _from_laboratory(patient: Any, marks: Marks) -> uuid.UUID:
    with as_owner():
        ReportedEstimate.objects.create(
            patient=patient, value=Decimal(77), unit=marks.text("unit"), code="33914-3", taken_at=NOW - timedelta(days=3),
            taken_on=date(2026, 11, 19), source_system="urn:lab", source_key=marks.text("estimate"), recorded_at=NOW,
            job="import_labs",
        )  # fmt: skip
        held = QuarantinedResult.objects.create(
            patient=patient, source_system="urn:lab", source_key=marks.text("key"), fingerprint=marks.text("print"),
            file_name=marks.text("file"), line=3, reason_code="unit", reason=marks.text("heldreason"),
            read_value=marks.text("value"), read_unit="mg/dL", analyte="creatinine", taken_at=NOW - timedelta(days=4),
            recorded_at=NOW, job="import_labs",
        )  # fmt: skip
        AuditEvent.objects.create(
            at=datetime(2026, 11, 1, tzinfo=UTC), actor=patient.pk, action="view", patient=patient.pk,
            detail=marks.text("audit"),
        )  # fmt: skip
        estimate = ReportedEstimate.objects.get(patient=patient.pk)
        ReportedEstimate.objects.bulk_create([_again(estimate, replaces_id=estimate.pk, value=Decimal(78))])
    return held.pk


def _settle_one(patient: Any) -> None:
    """One laboratory record of a former patient that somebody has decided on."""
    held = QuarantinedResult.objects.get(patient=patient.pk)
    result = KidneyResult.objects.filter(patient=patient.pk, replaces=None).latest("taken_at")
    QuarantinedResult.objects.filter(pk=held.pk).update(
        result=result, resolved_at=NOW, resolution="Confirmed by telephone"
    )


def _again(row: Any, **changes: Any) -> Any:
    """An unsaved copy of a row under a new key."""
    values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if one.attname != "id"}
    return type(row)(**{**values, **changes})
