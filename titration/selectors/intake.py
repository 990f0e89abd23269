"""What is recorded of the doses of plans, read inside the statement that reads the plans, and as the core knows it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, JSONObject

from titration.dosing import intake as core
from titration.dosing.doses import Mg
from titration.dosing.doses_due import due_instant
from titration.models import (
    DoseEvent,
    DoseTracking,
    FeelingReport,
    Plan,
    RestartChoice,
    RestartDecision,
    Silence,
    Step,
    StepState,
    SupplyIssue,
)
from titration.models.intake import UNDONE

# More than any window that a rule looks back over; the newest confirmed dose is read however old it is.
DAYS_READ = 28
_CONFIRMED = (core.DoseState.TAKEN, core.DoseState.PARTLY)


def with_intake(plans: QuerySet[Any], as_of: datetime) -> QuerySet[Any]:
    """The plans with what ``intake_of`` needs, for no statement more. Numbers and instants travel as text."""
    of_plan = OuterRef("pk")
    current = DoseEvent.objects.filter(plan=of_plan, replaced_by__isnull=True).exclude(state=UNDONE)
    event = JSONObject(
        day="local_date", slot="position", state="state", due_at="due_at", amount=Cast("amount_mg", CharField()),
        taken=Cast("taken_mg", CharField()), taken_at="taken_at", reason="reason_code", pk="pk",
    )  # fmt: skip
    read_from = first_day_read(as_of)
    recent = current.filter(local_date__gte=read_from)
    return plans.annotate(
        read_from=Value(read_from, output_field=DateField()),
        dose_data=ArraySubquery(recent.order_by("due_at").values(data=event)),
        last_dose_data=ArraySubquery(current.filter(state__in=_CONFIRMED).order_by("-due_at").values(data=event)[:1]),
        tracking_data=ArraySubquery(
            DoseTracking.objects.filter(plan=of_plan)
            .order_by("-recorded_at")
            .values(data=JSONObject(mode="mode", since="since"))[:1]
        ),
        silence_data=ArraySubquery(
            Silence.objects.filter(plan=of_plan, replaced_by__isnull=True)
            .order_by("starts_at")
            .values(data=JSONObject(reason="reason", starts_at="starts_at", ends_at="ends_at"))
        ),
        supply_data=ArraySubquery(
            SupplyIssue.objects.filter(plan=of_plan, replaced_by__isnull=True, withdrawn=False)
            .order_by("on_date", "recorded_at")
            .values(data=JSONObject(on="on_date", amount=Cast("total_mg", CharField()), repeat_on="repeat_on"))
        ),
        restart_data=ArraySubquery(_newest(RestartDecision.objects.filter(plan=of_plan))),
        followed_data=ArraySubquery(
            _newest(
                RestartDecision.objects.filter(plan=of_plan).filter(
                    Q(choice=RestartChoice.RESUME) | Exists(_ordered_since)
                )
            )
        ),
        said_stopped_at=_last_said(FeelingReport.objects.filter(plan=of_plan, has_stopped=True)),
        said_out_at=_last_said(FeelingReport.objects.filter(plan=of_plan, has_run_out=True).exclude(_handed_out_since)),
    )


def _last_said(reports: QuerySet[Any]) -> Subquery:
    return Subquery(reports.order_by("-recorded_at").values("recorded_at")[:1])


# Issues that were recorded after a report, and handed out on its day or later.
_handed_out_since = Exists(
    SupplyIssue.objects.filter(
        plan=OuterRef("plan"), recorded_at__gt=OuterRef("recorded_at"), on_date__gte=OuterRef("on_date"),
        replaced_by__isnull=True, withdrawn=False,
    )
)  # fmt: skip


def _newest(decisions: QuerySet[Any]) -> QuerySet[Any]:
    return decisions.order_by("-recorded_at").values(data=JSONObject(at="recorded_at"))[:1]


# Steps that were signed after a decision how to go on.
_ordered_since = Step.objects.filter(
    plan=OuterRef("plan"), state=StepState.SIGNED, recorded_at__gte=OuterRef("recorded_at")
)


def first_day_read(as_of: datetime) -> date:
    return (as_of - timedelta(days=DAYS_READ)).date()


def intake_of(plan: Plan) -> core.Intake:
    """What the rules may know of the doses of a plan that ``with_intake`` has read."""
    tracking = plan.tracking_data[0] if plan.tracking_data else None
    return as_intake(
        zone=plan.time_zone,
        read_from=plan.read_from,
        tracking=None if tracking is None else (tracking["mode"], tracking["since"]),
        events=tuple(_event(data) for data in _doses(plan)),
        silences=plan.silence_data,
        issues=plan.supply_data,
        restart_decided_at=_instant(plan.restart_data[0]["at"]) if plan.restart_data else None,
        restart_followed_at=_instant(plan.followed_data[0]["at"]) if plan.followed_data else None,
        said_stopped_at=plan.said_stopped_at,
        said_out_at=plan.said_out_at,
    )


def as_intake(
    *,
    zone: str,
    read_from: date,
    tracking: Sequence[str] | None,
    events: tuple[core.DoseEvent, ...],
    silences: Iterable[Mapping[str, Any]],
    issues: list[Mapping[str, Any]],
    restart_decided_at: datetime | None,
    restart_followed_at: datetime | None,
    said_stopped_at: datetime | None,
    said_out_at: datetime | None,
) -> core.Intake:
    """Rows as the core knows them. ``tracking``: the mode and since when; instants in rows travel as text."""
    ticked, since = tracking_of(tracking)
    return core.Intake(
        tracking=core.Tracking.TICKED if ticked else core.Tracking.NOT_TRACKED,
        since=since,
        read_from=due_instant(read_from, time(0), zone),
        zone=zone,
        events=events,
        silences=silences_of(silences),
        supply=supply_of(issues),
        restart_decided_at=restart_decided_at,
        restart_followed_at=restart_followed_at,
        said_stopped_at=said_stopped_at,
        said_out_at=said_out_at,
    )


def tracking_of(tracking: Sequence[str] | None) -> tuple[bool, datetime | None]:
    """Whether doses are ticked, and if they are, since when."""
    if tracking is None or tracking[0] != core.Tracking.TICKED:
        return False, None
    return True, _required(tracking[1])


def silences_of(silences: Iterable[Mapping[str, Any]]) -> tuple[core.Silence, ...]:
    return tuple(
        core.Silence(
            reason=core.SilenceReason(data["reason"]),
            starts_at=_required(data["starts_at"]),
            ends_at=_required(data["ends_at"]),
        )
        for data in silences
        if data["ends_at"] != data["starts_at"]  # taken back: it never was
    )


def _doses(plan: Plan) -> list[Mapping[str, Any]]:
    """The doses of the days that are read, and the newest confirmed one before them; oldest first."""
    older = [data for data in plan.last_dose_data if data["pk"] not in {one["pk"] for one in plan.dose_data}]
    return [*older, *plan.dose_data]


def _event(data: Mapping[str, Any]) -> core.DoseEvent:
    return core.DoseEvent(
        day=date.fromisoformat(data["day"]),
        slot=data["slot"],
        state=core.DoseState(data["state"]),
        due_at=_required(data["due_at"]),
        amount=Mg(Decimal(data["amount"])),
        taken=Mg(Decimal(data["taken"])),
        taken_at=_instant(data["taken_at"]),
        reason=data["reason"],
    )


def supply_of(issues: list[Mapping[str, Any]]) -> core.Supply | None:
    """All that was handed out; whether more is coming is what the newest issue says."""
    if not issues:
        return None
    repeat_on = issues[-1]["repeat_on"]
    return core.Supply(
        issues=tuple(
            core.SupplyIssue(on=date.fromisoformat(data["on"]), amount=Mg(Decimal(data["amount"]))) for data in issues
        ),
        repeat_on=None if repeat_on is None else date.fromisoformat(repeat_on),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _required(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRows:
    """The rows of one plan with their authors, newest first: events that stand, silences and issues that count."""

    events: tuple[DoseEvent, ...]
    silences: tuple[Silence, ...]
    issues: tuple[SupplyIssue, ...]


def rows_of(plan: Plan, *, first_day: date) -> IntakeRows:
    """What the page about the doses of a plan lists, in three statements; events from ``first_day`` on."""
    named = F("recorded_by__name")
    return IntakeRows(
        events=tuple(
            DoseEvent.objects.filter(plan=plan.pk, local_date__gte=first_day, replaced_by__isnull=True).annotate(
                author_name=named
            )
        ),
        silences=tuple(
            Silence.objects.filter(plan=plan.pk, replaced_by__isnull=True)
            .annotate(author_name=named)
            .order_by("-starts_at")[:20]
        ),
        issues=tuple(
            SupplyIssue.objects.filter(plan=plan.pk, replaced_by__isnull=True, withdrawn=False)
            .annotate(author_name=named, product_name=F("product__name"))
            .order_by("-on_date", "-recorded_at")[:20]
        ),
    )


def newest_event(plan: Plan, day: date, position: int) -> DoseEvent | None:
    """What stands of one dose, a record that was taken back included; None when nothing was ever recorded."""
    return DoseEvent.objects.filter(plan=plan.pk, local_date=day, position=position, replaced_by__isnull=True).first()  # type: ignore[no-any-return]


def key_and_standing(key: uuid.UUID, plan: Plan, day: date, position: int) -> tuple[DoseEvent | None, DoseEvent | None]:
    """The record with a key, and what stands of a dose, in one statement; None for what there is not."""
    of_dose = {"plan_id": plan.pk, "local_date": day, "position": position}
    keyed = DoseEvent.objects.filter(pk=key)
    standing = DoseEvent.objects.filter(**of_dose, replaced_by__isnull=True)
    # Two halves, so that each is found by its own index.
    found = list(keyed.annotate(half=Value(0)).union(standing.annotate(half=Value(1)), all=True))
    return next((one for one in found if not one.half), None), next((one for one in found if one.half), None)
