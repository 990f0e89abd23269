"""Looking again at what is due: all of it, each plan once, and no plan in the way of another."""

from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from tests import world as w
from tests.database import as_owner
from tests.titration.services.lab_files import as_job
from titration.models import Plan, Team
from titration.models.database_roles import OWNER, WEB, WORKER, as_role
from titration.services import reassessment, wanted_flags
from titration.services.reassessment import Stuck, due_plans, reassess

pytestmark = [pytest.mark.django_db]


def make_plans(world: Any, count: int) -> list[Plan]:
    """Plans that are due, two of them at the same instant each time."""
    with as_owner():
        oak = Team.objects.get(name="Oak")
        return [
            w.make_patient(world.north, oak, f"Row{number:03}").plans.create(
                organisation=world.north, protocol_id="us", protocol_version=1, taken_before="no",
                time_zone="America/New_York", created_at=w.NOW, created_by=world.ann, prescriber=world.ann,
                reassess_at=w.NOW - timedelta(days=count - number // 2),
            )
            for number in range(count)
        ]  # fmt: skip


def test_everything_that_is_due_comes_once_and_in_order(world):
    plans = make_plans(world, 9)
    with as_job("reassess"):
        for batch in (1, 2, 3, 4, 9, 500):
            found = list(due_plans(as_of=w.NOW, batch=batch))
            assert [plan for plan, _ in found] == [
                one.pk for one in sorted(plans, key=lambda plan: (plan.reassess_at, plan.pk))
            ], batch
            assert dict(found) == {one.pk: one.patient_id for one in plans}
        assert list(due_plans(as_of=w.NOW - timedelta(days=30))) == []


def test_plans_that_stay_due_keep_nobody_waiting(world, monkeypatch):
    """The safety check fails for the first four, which are therefore due again at once."""
    plans = make_plans(world, 6)
    broken = {one.patient_id for one in plans[:4]}
    looked_at = []
    real = wanted_flags._from_facts

    def check(record: Any) -> Any:
        looked_at.append(record.patient.pk)
        if record.patient.pk in broken:
            raise RuntimeError("the check")
        return real(record)

    monkeypatch.setattr(wanted_flags, "_from_facts", check)
    with as_job("reassess"):
        assert reassess(due_plans(as_of=w.NOW, batch=2), as_of=w.NOW) == 6
        assert sorted(looked_at) == sorted(one.patient_id for one in plans)
        assert {plan for plan, _ in due_plans(as_of=w.NOW)} == {one.pk for one in plans[:4]}


def test_a_plan_that_cannot_be_looked_at_stops_none_of_the_others(world, monkeypatch, caplog):
    plans = make_plans(world, 4)
    real = reassessment.records.load

    def load(patient: Any, **how: Any) -> Any:
        if patient.pk == plans[0].patient_id:
            raise KeyError("ROW000, Test")
        return real(patient, **how)

    monkeypatch.setattr(reassessment.records, "load", load)
    with as_job("reassess"):
        with pytest.raises(Stuck, match=r"1 plans could not be looked at, and stay due; 3 others were"):
            reassess(due_plans(as_of=w.NOW, batch=2), as_of=w.NOW)
        assert [plan for plan, _ in due_plans(as_of=w.NOW)] == [plans[0].pk]
    assert str(plans[0].pk) in caplog.text
    assert "ROW000" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_command_says_how_many_and_fails_when_one_is_stuck(world, monkeypatch):
    said = StringIO()
    call_command("reassess", stdout=said)
    assert said.getvalue() == "0 plans looked at.\n"

    def stuck(*args: Any, **kwargs: Any) -> int:
        raise Stuck(done=3, stuck=1)

    monkeypatch.setattr("titration.management.commands.reassess.reassess", stuck)
    with pytest.raises(CommandError, match="1 plans could not be looked at"):
        call_command("reassess", stdout=said)


@pytest.mark.django_db(transaction=True)
def test_a_patient_whom_somebody_is_changing_is_not_waited_for_and_stays_due(world):
    plans = make_plans(world, 3)
    asked = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with psycopg.connect(**somebody_else()) as other:
        other.execute(asked, [f"patient:{plans[1].patient_id}"])
        assert looked_at(world) == 2
        assert due(plans) == [plans[1].pk]
    assert looked_at(world) == 1
    assert due(plans) == []


def somebody_else() -> dict[str, Any]:
    """How to reach the same database on a connection of one's own."""
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}


def looked_at(world: Any) -> int:
    with as_job("reassess"):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")  # who waits at all fails
        try:
            return reassess(due_plans(as_of=w.NOW), as_of=w.NOW)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def due(plans: list[Plan]) -> list[Any]:
    with as_owner():
        return list(Plan.objects.filter(pk__in=[plan.pk for plan in plans]).due(w.NOW).values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("role", "job", "limits"),
    [
        (WORKER, "reassess", ["30s", "10min", "10min"]),
        (WEB, "", ["5s", "20s", "1min"]),
        (OWNER, "migrate", ["0", "0", "0"]),
        (None, "", ["0", "0", "0"]),
    ],
)
def test_a_role_that_is_taken_brings_its_limits_of_time(role, job, limits):
    before = connection.settings_dict["OPTIONS"]
    process = "-c lock_timeout=7s -c statement_timeout=7s -c app.job=of-the-process -c search_path=public"
    connection.settings_dict["OPTIONS"] = {**before, "options": process}
    try:
        with as_role(role, job=job), connection.cursor() as cursor:
            shown = []
            for name in (*settings.DATABASE_LIMITS, "app.job", "search_path"):
                cursor.execute(f"SHOW {name}")
                shown.append(cursor.fetchone()[0])
    finally:
        connection.settings_dict["OPTIONS"] = before
    assert shown == [*limits, job, "public"]
