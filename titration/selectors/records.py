"""Everything the portal knows of a patient at one instant, of one or of five hundred, read with a few statements."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from titration.dosing import facts as core
from titration.dosing.assessment import Assessment, assess
from titration.dosing.intake import Intake
from titration.dosing.protocol import Protocol, load_protocol
from titration.dosing.rules import About, Finding, Severity
from titration.dosing.schedule import local_date
from titration.models import (
    FactKind,
    Flag,
    FlagStatus,
    KidneyResult,
    Patient,
    PatientFact,
    Plan,
    PlanStatus,
    QuarantinedResult,
    ReportedEstimate,
    ReportedHow,
    Right,
    Step,
    StepState,
)
from titration.selectors import calls, rows
from titration.selectors import facts as bridge
from titration.selectors.intake import intake_of, with_intake


@dataclass(kw_only=True)
class PatientRecord:
    """Rows as they are stored, and what follows from them. ``plan`` is the active one, otherwise the last.

    ``steps`` are those of that plan, ``earlier`` those of the plans before it. ``held_results`` is how many laboratory
    records of the patient wait for a person to decide.
    """

    patient: Patient
    as_of: datetime
    today: date
    plan: Plan | None
    steps: tuple[Step, ...]
    earlier: tuple[Step, ...]
    results: tuple[KidneyResult, ...]
    reported: tuple[ReportedEstimate, ...]
    facts: tuple[PatientFact, ...]
    flags: tuple[Flag, ...]
    held_results: int

    @property
    def is_on_plan(self) -> bool:
        return self.plan is not None and self.plan.status == PlanStatus.ACTIVE

    @property
    def shows_drafts(self) -> bool:
        """Whether steps that nobody has signed are among the rows: a person sees them by the right to prescribe, a job always."""
        return Right.PRESCRIBE in getattr(self.patient, "rights", (Right.PRESCRIBE,))

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol that the plan was made with; without a plan the newest of the clinic's jurisdiction."""
        if self.plan is not None and self.is_on_plan:
            return load_protocol(self.plan.protocol_id, self.plan.protocol_version)
        return load_protocol(self.patient.organisation.jurisdiction)

    @cached_property
    def in_force(self) -> tuple[Step, ...]:
        return tuple(rows.in_force(self.steps))

    @cached_property
    def written(self) -> tuple[Step, ...]:
        """Every row of every plan, drafts and replaced ones included, the earlier plans first."""
        return (*self.earlier, *self.steps)

    @cached_property
    def story(self) -> tuple[Step, ...]:
        """What was and will be taken by all plans, in time order and without overlap."""
        return rows.one_after_another(self.earlier, self.steps)

    @cached_property
    def last_taken(self) -> Step | None:
        """The newest signed dose of any plan that has begun; None while nothing is known to have been taken."""
        taken = [step for step in self.story if step.first_day <= self.today and step.kind != core.StepKind.STOP]
        return taken[-1] if taken else None

    @cached_property
    def current_step(self) -> Step | None:
        return self.step_on(self.today)

    def step_on(self, day: date) -> Step | None:
        """The signed step whose pattern is taken on a day."""
        return next((step for step in self.in_force if rows.covers(step, day)), None)

    def step_before(self, day: date) -> Step | None:
        """What was taken until an order from ``day`` on, for people to read; the rules read ``changes.replaced_by``.

        A step that begins on that very day is replaced without ever being taken. The one exception was signed for today,
        which counts as taken unless it was a cut.
        """
        step, earlier = self.step_on(day), self.step_on(day - timedelta(days=1))
        if step is None or step.first_day != day:
            return step or earlier
        cut = earlier is not None and earlier.daily_mg > step.daily_mg
        return earlier if day != self.today or step.resumed or cut else step

    @cached_property
    def gone_back_to(self) -> tuple[Step, Step] | None:
        """The dose in force and the lower one that was recorded late before it, when nobody has signed since.

        What the plan said simply goes on behind the days that were recorded: after days on less, or on none, that is an
        increase that nobody decided.
        """
        step = self.current_step
        if step is None or not step.resumed:
            return None
        before = self.step_on(step.first_day - timedelta(days=1))
        if before is None or not before.recorded_late or before.daily_mg >= step.daily_mg:
            return None
        return step, before

    @cached_property
    def planned_steps(self) -> tuple[Step, ...]:
        return tuple(step for step in self.in_force if step.first_day > self.today)

    @cached_property
    def drafts(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.state == StepState.DRAFT and step.voided_at is None)

    @cached_property
    def planned_stops(self) -> tuple[tuple[Step, Finding], ...]:
        """The stops that the rules see today in signed steps that lie ahead, and that were not shown so on signing.

        What is known may have changed since: a kidney result, another medicine, a change recorded late.
        """
        found = []
        for step in self.planned_steps:
            if step.kind == core.StepKind.STOP:
                continue
            shown = {(kept["rule"], kept["because"]) for kept in step.findings}
            order = core.Order(
                kind=core.OrderKind.CHANGE,
                starts_on=step.first_day,
                steps=(bridge.core_step(step),),
                stop_reason=None,
                monitoring_plan=None,
                formulation=bridge.formulation_of(step),
                liquid=None,
            )
            found += [
                (step, one)
                for one in assess(self.rule_facts(order=order), self.protocol).findings
                if one.about is About.ORDER and one.severity is Severity.STOP and (one.rule, one.because) not in shown
            ]
        return tuple(found)

    @property
    def told_signs(self) -> dict[str, PatientFact]:
        """The signs by code that were reported in the portal, and of which nobody has written anything since."""
        newest: dict[str, PatientFact] = {}
        for fact in self.facts:  # newest first
            if fact.kind == FactKind.SIGN and fact.is_current and fact.on_date <= self.today:
                newest.setdefault(fact.code, fact)
        return {
            code: fact
            for code, fact in newest.items()
            if fact.answer == bridge.YES and fact.reported_how == ReportedHow.PORTAL
        }

    def rule_facts(self, *, order: core.Order | None = None, lab_entry: core.LabEntry | None = None) -> core.Facts:
        """The facts of this instant, with the order or the laboratory value that is being typed."""
        if order is None and lab_entry is None:
            return self._standing_facts
        return replace(self._standing_facts, order=order, lab_entry=lab_entry)

    @cached_property
    def _standing_facts(self) -> core.Facts:
        """What stands, built once: the rules, the flags and the next look all ask for it."""
        return bridge.facts_from_rows(
            patient=self.patient,
            plan=self.plan if self.is_on_plan else None,
            steps=self.steps if self.is_on_plan else (),
            earlier=self.earlier if self.is_on_plan else self.written,
            results=self.results,
            facts=self.facts,
            protocol=self.protocol,
            as_of=self.as_of,
            intake=self.intake,
        )

    @cached_property
    def intake(self) -> Intake | None:
        """What is recorded of the doses of the plan, an ended one included; None: there never was a plan."""
        return None if self.plan is None else intake_of(self.plan)

    @cached_property
    def assessment(self) -> Assessment:
        """All findings on what stands now, without an order."""
        return assess(self.rule_facts(), self.protocol)


def load(patient: Patient, *, as_of: datetime, with_names: bool = True) -> PatientRecord:
    """The record of a patient whom the access rules have already allowed.

    Without names it is for services: also without the reported estimates, which no rule reads.
    """
    found = _records([patient], as_of=as_of, with_names=with_names)[patient.pk]
    if found.plan is None:
        found.held_results = patient.quarantined_results.waiting().count()
    return found


def load_many(patients: Iterable[uuid.UUID], *, as_of: datetime) -> dict[uuid.UUID, PatientRecord]:
    """The records of patients on a plan, for jobs: seven statements however many they are.

    They hold what is judged on: no names of authors, no reported estimates, and of steps, results and facts only the
    columns that rules and flags ask for.
    """
    people = Patient.objects.filter(pk__in=list(patients)).prefetch_related(
        "organisation"
    )  # one row for all of its own
    return _records(list(people), as_of=as_of, with_names=False, whole=False)


def _records(
    patients: list[Patient], *, as_of: datetime, with_names: bool, whole: bool = True
) -> dict[uuid.UUID, PatientRecord]:
    keys = [patient.pk for patient in patients]
    plans = _plans(keys, as_of, with_names=with_names)
    steps = rows.read_steps(
        plans=[plan.pk for made in plans.values() for plan in made], with_names=with_names, whole=whole
    )
    results = rows.read_results(patients=keys, with_names=with_names, whole=whole)
    reported = rows.read_reported(patients=keys) if with_names else {}  # what people read beside it, and no rule
    facts = rows.read_facts(patients=keys, with_names=with_names, whole=whole)
    flags = _flags([made[0].pk for made in plans.values()], with_names=with_names)
    found = {}
    for patient in patients:
        made = plans.get(patient.pk, [])
        plan = made[0] if made else None
        found[patient.pk] = PatientRecord(
            patient=patient,
            as_of=as_of,
            today=local_date(as_of, patient.time_zone),
            plan=plan,
            steps=tuple(steps.get(plan.pk, ())) if plan else (),
            earlier=tuple(step for one in reversed(made[1:]) for step in steps.get(one.pk, ())),
            results=tuple(results.get(patient.pk, ())),
            reported=tuple(reported.get(patient.pk, ())),
            facts=tuple(facts.get(patient.pk, ())),
            flags=tuple(flags.get(plan.pk, ())) if plan else (),
            held_results=plan.held_results if plan else 0,
        )
    return found


def _plans(patients: list[uuid.UUID], as_of: datetime, *, with_names: bool) -> dict[uuid.UUID, list[Plan]]:
    """Every plan of each patient: the active one first, then the others, the last made first.

    Each brings what is recorded of its doses, and says how many laboratory records of the patient wait for a decision:
    read here, neither costs a statement.
    """
    waiting = QuarantinedResult.objects.waiting().filter(patient=OuterRef("patient")).order_by().values("patient")
    found: dict[uuid.UUID, list[Plan]] = defaultdict(list)
    made = (
        with_intake(Plan.objects.filter(patient__in=patients), as_of)
        .annotate(
            held_results=Coalesce(Subquery(waiting.annotate(many=Count("pk")).values("many")), 0),
            call_data=calls.unanswered(OuterRef("patient")),
        )
        .order_by(F("ended_on").desc(nulls_first=True), "-created_at")
    )
    for plan in made.annotate(prescriber_name=F("prescriber__name")) if with_names else made:
        found[plan.patient_id].append(plan)
    return found


def _flags(plans: list[uuid.UUID], *, with_names: bool) -> dict[uuid.UUID, list[Flag]]:
    """The flags of each plan: open ones first, the most pressing and oldest on top; then the closed ones, newest first."""
    if not plans:
        return {}
    opened: dict[uuid.UUID, list[Flag]] = defaultdict(list)
    closed: dict[uuid.UUID, list[Flag]] = defaultdict(list)
    raised = Flag.objects.filter(plan__in=plans)
    for one in raised.annotate(owner_name=F("owner__name")) if with_names else raised:
        (opened if one.status == FlagStatus.OPEN else closed)[one.plan_id].append(one)
    return {
        plan: sorted(opened[plan], key=lambda one: (one.urgency, one.opened_at))
        + sorted(closed[plan], key=lambda one: one.closed_at, reverse=True)
        for plan in plans
    }
