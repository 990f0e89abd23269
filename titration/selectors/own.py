"""What a patient, or somebody who cares for one, is shown of a plan: what is signed, and what was said of the doses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists
from django.db.models.functions import JSONObject

from titration.dosing import facts as core
from titration.dosing.doses import format_number
from titration.dosing.intake import Intake
from titration.dosing.products import Product
from titration.dosing.protocol import Protocol, load_protocol
from titration.dosing.schedule import local_date
from titration.dosing.ticking import Ticking, ticking
from titration.models import (
    CareRelation,
    ChangeSeen,
    Flag,
    Patient,
    Plan,
    PlanStatus,
    RelationKind,
    Right,
    SaidBy,
    Step,
)
from titration.models.relations import OWN_KINDS
from titration.selectors import rows
from titration.selectors.dose_day import DoseDay
from titration.selectors.facts import core_step
from titration.selectors.intake import first_day_read, intake_of, with_intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changes on the first day of ``step``. ``before`` is what was taken until then (None: nothing). ``digest`` stands for
    what a patient is shown of it."""

    step: Step
    before: Step | None
    digest: str

    @property
    def on(self) -> date:
        day: date = self.step.first_day
        return day


def changes_of(steps: Iterable[Step]) -> tuple[Change, ...]:
    """Every change of the dose that signed steps in force make, in time order; ``steps`` have their slots."""
    found, before = [], None
    for step in steps:
        asks, asked = _asks(step), None if before is None else _asks(before)
        if asks != asked and (step.slot_rows or before is not None):
            shown = f"{step.first_day}|{asked}|{asks}"
            found.append(Change(step=step, before=before, digest=sha256(shown.encode()).hexdigest()[:32]))
        before = step
    return tuple(found)


def _asks(step: Step) -> str:
    """The doses of a day as one text."""
    slots = (f"{slot.at:%H:%M} {format_number(slot.amount.value)}" for slot in step.slot_rows)
    return f"{step.product_id or ''} {' '.join(slots)}".strip()


@dataclass(kw_only=True)
class OwnPlan:
    """The active plan of a patient at one instant. ``steps`` are the signed ones in force, oldest first: nothing that is
    planned without a signature, and nothing that was replaced."""

    patient: Patient
    plan: Plan
    steps: tuple[Step, ...]
    intake: Intake
    today: date
    as_of: datetime

    @property
    def protocol(self) -> Protocol:
        return load_protocol(self.plan.protocol_id, self.plan.protocol_version)

    @property
    def intake_read_from(self) -> date:
        """Of the days from this one on everything that was said is read."""
        return first_day_read(self.as_of)

    @cached_property
    def core_steps(self) -> tuple[core.Step, ...]:
        return tuple(core_step(step) for step in self.steps)

    def step_on(self, day: date) -> Step | None:
        """The signed step whose pattern is taken on a day."""
        return next((step for step in self.steps if rows.covers(step, day)), None)

    def product_of(self, step: Step) -> Product | None:
        """What a step is taken as; None for a stop, and for a product that the protocol does not list any more."""
        return next((one for one in self.protocol.products if one.code == step.product_id), None)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return changes_of(self.steps)

    def doses(self, days: Iterable[date]) -> tuple[Ticking, ...]:
        """The doses of some local dates with what can be said of each now."""
        return ticking(
            days, self.core_steps, self.intake, born=self.patient.birth_date, as_of=self.as_of, protocol=self.protocol
        )

    def dose_day(self, day: date) -> DoseDay | None:
        """The day as the services take it; None where no step covers it."""
        step = self.step_on(day)
        if step is None:
            return None
        step.plan = self.plan
        return DoseDay(plan=self.plan, step=step, day=day, today=self.today, as_of=self.as_of)


def own_plan(patient: Patient, *, as_of: datetime) -> OwnPlan | None:
    """The active plan, in two statements; None when there is none."""
    plan = with_intake(Plan.objects.filter(patient=patient.pk, status=PlanStatus.ACTIVE), as_of).first()
    if plan is None:
        return None
    plan.patient = patient
    found = list(rows.with_slots(Step.objects.in_force().signed().filter(plan=plan.pk).order_by("period")))
    first_days = {step.pk: step.period.lower for step in found}
    for step in found:
        step.first_day, step.end_day = step.period.lower, step.period.upper
        step.resumed = step.first_day > first_days.get(step.origin_id, step.first_day)
    return OwnPlan(
        patient=patient, plan=plan, steps=tuple(found), intake=intake_of(plan),
        today=local_date(as_of, patient.time_zone), as_of=as_of,
    )  # fmt: skip


def has_plan(patient: Patient) -> bool:
    """The patient has a plan, or had one: there is something to which a report belongs."""
    return Plan.objects.filter(patient=patient.pk).exists()


def last_plan(patient: Patient) -> Plan | None:
    """The newest plan, also one that has ended; None: there never was one."""
    found: Plan | None = Plan.objects.filter(patient=patient.pk).order_by("-created_at").first()
    return found


def open_flags(plan: Plan) -> list[Flag]:
    """What clinicians are asked to act on now, the most pressing first; patients are told in words of their own."""
    return list(Flag.objects.filter(plan=plan.pk).open().order_by("urgency", "opened_at"))


def speaks_as(patient: Any, person: Any) -> SaidBy:
    """Whether the reader, by the relation that was loaded with the patient, is the patient or cares for the patient."""
    own = str(person.pk)
    kinds = {relation["kind"] for relation in patient.relations if relation["person"] == own}
    return SaidBy.PATIENT if RelationKind.SELF in kinds else SaidBy.CARER


def seen_changes(plan: Plan, reader: SaidBy) -> frozenset[str]:
    """The digests of the changes that were confirmed as seen: for the patient by nobody else, for a carer by either."""
    found = ChangeSeen.objects.filter(plan=plan.pk)
    if reader == SaidBy.PATIENT:
        found = found.filter(said_by=SaidBy.PATIENT)
    return frozenset(found.values_list("digest", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Whether anybody can confirm on the portal that a change was seen, and which were, by whom: pairs of digest and said by."""

    by_portal: bool
    seen: frozenset[tuple[str, str]]


def reached(plan: Plan) -> Reached:
    """The same for clinicians, in one statement."""
    told = CareRelation.objects.in_force().filter(
        patient=plan.patient_id, kind__in=OWN_KINDS, rights__contains=[Right.TELL]
    )
    seen = ChangeSeen.objects.filter(plan=plan.pk).values(data=JSONObject(digest="digest", said_by="said_by"))
    found = Plan.objects.filter(pk=plan.pk).annotate(by_portal=Exists(told), seen_data=ArraySubquery(seen)).first()
    if found is None:
        return Reached(by_portal=False, seen=frozenset())
    told_of = frozenset((one["digest"], one["said_by"]) for one in found.seen_data)
    return Reached(by_portal=found.by_portal, seen=told_of)
