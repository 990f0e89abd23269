"""Plans that are due, written as rows, and what is open about them."""

from datetime import timedelta
from typing import Any

from tests import world as w
from tests.database import as_owner
from titration.models import Flag, Patient, Plan, Team


def make_plans(world: Any, count: int) -> list[Plan]:
    """Plans that are due, two of them at the same instant each time; the first are the longest overdue."""
    with as_owner():
        oak = Team.objects.get(name="Oak")
        return [
            w.make_patient(world.north, oak, f"Row{Patient.objects.count():03}").plans.create(
                organisation=world.north, protocol_id="us", protocol_version=1, taken_before="no",
                time_zone="America/New_York", created_at=w.NOW, created_by=world.ann, prescriber=world.ann,
                reassess_at=w.NOW - timedelta(days=count - number // 2),
            )
            for number in range(count)
        ]  # fmt: skip


def overdue(world: Any, *patients: Any, by: Any) -> None:
    """Start baclofen 400 days ago without looking since: the next look raises and closes flags."""
    for patient in patients:
        w.start(world, patient, by=by, days_ago=400, mg_dl=None)


def raise_flag(plan: Plan, *, rule_id: str = "KID-30", urgency: int = 1) -> Flag:
    with as_owner():
        return Flag.objects.create(
            plan=plan, plan_number=plan.number, patient_id=plan.patient_id, rule_id=rule_id, urgency=urgency, because="Due",
            evidence={"values": []}, protocol_id="us", protocol_version=1, next_action="log_result", opened_at=w.NOW,
        )  # fmt: skip


def due(plans: list[Plan]) -> list[Any]:
    """The keys of those that are due."""
    with as_owner():
        return list(Plan.objects.filter(pk__in=[plan.pk for plan in plans]).due(w.NOW).values_list("pk", flat=True))


def flags_now() -> list[tuple[Any, ...]]:
    """Everything about every flag but its key, and when each plan is looked at again."""
    with as_owner():
        rows = [
            tuple(str(value) for value in row)
            for row in Flag.objects.values_list(
                "plan", "patient", "rule_id", "urgency", "because", "evidence", "status", "opened_at", "owner", "closed_at",
                "closed_because", "next_action", "protocol_version", "plan_number",
            )
        ]  # fmt: skip
        plans = [tuple(str(value) for value in row) for row in Plan.objects.values_list("pk", "status", "reassess_at", "ended_on", "ended_by")]  # fmt: skip
    return sorted(rows) + sorted(plans)
