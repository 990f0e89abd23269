"""Reading the rows of plans, one or five hundred at a time, with a fixed number of statements.

``with_names`` adds what only people read; without ``whole``, only the columns that are judged on are read.
"""

import copy
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, QuerySet
from django.db.models.functions import Cast, JSONObject

from titration.dosing.doses import Mg
from titration.dosing.facts import StepKind
from titration.models import KidneyResult, PatientFact, ReportedEstimate, Slot, Step, StepState

# What rules and flags are judged on, for jobs that read thousands of rows. Another column of such a row is read when it is
# asked for, by a statement of its own.
_OF_STEPS = (
    "plan", "kind", "state", "period", "daily_mg", "findings", "checked", "recorded_at", "recorded_by", "recorded_late",
    "voided_at", "origin",
)  # fmt: skip
_OF_RESULTS = (
    "patient", "analyte", "value", "unit", "comparator", "taken_at", "taken_on", "recorded_at", "entered_in_error",
)  # fmt: skip
_OF_FACTS = ("patient", "kind", "code", "number", "answer", "on_date", "withdrawn", "reported_how", "recorded_at")


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One slot as it is stored: local time, milligrams, and tablets or mL."""

    at: time
    amount: Mg
    tablets: Decimal | None
    volume_ml: Decimal | None


def _slots_of_step() -> ArraySubquery:
    """The slots of a step beside the step, so that steps and slots are one statement. Numbers travel as text."""
    return ArraySubquery(
        Slot.objects.filter(step=OuterRef("pk"))
        .order_by("position")
        .values(
            data=JSONObject(
                at="at",
                amount=Cast("amount_mg", CharField()),
                tablets=Cast("tablets", CharField()),
                volume=Cast("volume_ml", CharField()),
            )
        )
    )


def _slot(data: dict[str, Any]) -> SlotRow:
    return SlotRow(
        at=time.fromisoformat(data["at"]),
        amount=Mg(Decimal(data["amount"])),
        tablets=None if data["tablets"] is None else Decimal(data["tablets"]),
        volume_ml=None if data["volume"] is None else Decimal(data["volume"]),
    )


def with_slots(steps: QuerySet[Any]) -> Iterator[Step]:
    """The steps, each with its ``slot_rows``, in one statement."""
    for step in steps.annotate(slot_data=_slots_of_step()):
        step.slot_rows = [_slot(data) for data in step.slot_data]
        yield step


def read_steps(*, plans: Iterable[uuid.UUID], with_names: bool, whole: bool = True) -> dict[uuid.UUID, list[Step]]:
    """Every step row of the plans, drafts and replaced ones included, in the order of their first day."""
    asked = list(plans)
    if not asked:
        return {}
    rows = Step.objects.filter(plan__in=asked).order_by("period", "recorded_at")
    if with_names:
        rows = rows.annotate(
            product_name=F("product__name"),
            author_name=F("recorded_by__name"),
            cosigner_name=F("cosigned_by__name"),
            voider_name=F("voided_by__name"),
        )
    if not whole:
        rows = rows.only(*_OF_STEPS)
    found: dict[uuid.UUID, list[Step]] = defaultdict(list)
    for step in with_slots(rows):
        step.first_day = step.period.lower
        step.end_day = step.period.upper
        found[step.plan_id].append(step)
    for written in found.values():
        first_days = {step.pk: step.first_day for step in written}
        for step in written:  # what is left of a step behind a change that was recorded late
            step.resumed = step.first_day > first_days.get(step.origin_id, step.first_day)
    return found


def read_results(
    *, patients: Iterable[uuid.UUID], with_names: bool, whole: bool = True
) -> dict[uuid.UUID, list[KidneyResult]]:
    """Every creatinine and cystatin C of the patients, newest first; ``is_valid`` is False for replaced and withdrawn ones."""
    rows = (
        KidneyResult.objects.filter(patient__in=list(patients))
        .annotate(replaced_by_key=F("replaced_by__pk"))
        .order_by("-taken_at", "-recorded_at")
    )
    if with_names:
        rows = rows.annotate(author_name=F("recorded_by__name"))
    if not whole:
        rows = rows.only(*_OF_RESULTS)
    found: dict[uuid.UUID, list[KidneyResult]] = defaultdict(list)
    for result in rows:
        result.is_valid = result.replaced_by_key is None and not result.entered_in_error
        found[result.patient_id].append(result)
    return found


def read_reported(*, patients: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ReportedEstimate]]:
    """The estimates that laboratories sent, newest first, without replaced and withdrawn ones."""
    found: dict[uuid.UUID, list[ReportedEstimate]] = defaultdict(list)
    for estimate in ReportedEstimate.objects.filter(
        patient__in=list(patients), replaced_by__isnull=True, entered_in_error=False
    ).order_by("-taken_at"):
        found[estimate.patient_id].append(estimate)
    return found


def read_facts(
    *, patients: Iterable[uuid.UUID], with_names: bool, whole: bool = True
) -> dict[uuid.UUID, list[PatientFact]]:
    """Every dated fact of the patients, newest first; ``is_current`` is False for replaced and withdrawn ones."""
    rows = (
        PatientFact.objects.filter(patient__in=list(patients))
        .annotate(replaced_by_key=F("replaced_by__pk"))
        .order_by("-on_date", "-recorded_at")
    )
    if with_names:
        rows = rows.annotate(author_name=F("recorded_by__name"))
    if not whole:
        rows = rows.only(*_OF_FACTS)
    found: dict[uuid.UUID, list[PatientFact]] = defaultdict(list)
    for fact in rows:
        fact.is_current = fact.replaced_by_key is None and not fact.withdrawn
        found[fact.patient_id].append(fact)
    return found


def covers(step: Step, day: date) -> bool:
    return overlaps(step, day, day + timedelta(days=1))


def overlaps(step: Step, first_day: date, end_day: date | None) -> bool:
    """The step holds on one of the days from ``first_day`` until before ``end_day`` (None: for ever)."""
    begins_before_end = end_day is None or step.first_day < end_day
    return begins_before_end and (step.end_day is None or first_day < step.end_day)


def in_force(steps: Iterable[Step]) -> list[Step]:
    """The signed rows that no later change has replaced."""
    return [step for step in steps if step.state == StepState.SIGNED and step.voided_at is None]


def one_after_another(earlier: Iterable[Step], steps: Iterable[Step]) -> tuple[Step, ...]:
    """The rows in force of earlier plans and of this one, in time order and without overlap.

    What an earlier row says ends where a later one begins: a copy with that last day stands for it, or nothing when no
    day is left.
    """
    ordered: list[Step] = []
    for step in (*in_force(earlier), *in_force(steps)):
        while ordered and step.kind != StepKind.STOP and ordered[-1].first_day >= step.first_day:
            ordered.pop()
        if ordered and (ordered[-1].end_day is None or ordered[-1].end_day > step.first_day):
            ordered[-1] = copy.copy(ordered[-1])
            ordered[-1].end_day = step.first_day
        ordered.append(step)
    return tuple(ordered)
