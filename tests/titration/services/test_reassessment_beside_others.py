"""Looking again while others work: nobody is waited for, nothing is done twice, nothing is left out."""

import threading
from contextlib import closing
from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from tests import world as w
from tests.database import as_owner
from tests.titration.services.due_plans import due, flags_now, make_plans, overdue
from tests.titration.services.lab_files import as_job
from titration.models import Flag, Plan, Watchbeat
from titration.models.database_roles import OWNER, WEB, WORKER, as_role
from titration.models.due import take_due, take_plans
from titration.services.reassessment import Looked, reassess

pytestmark = [
    pytest.mark.bar("B-30"), pytest.mark.bar("B-31"), pytest.mark.hazard("H25"), pytest.mark.django_db(transaction=True)
]  # fmt: skip


def somebody_else() -> Any:
    """The same database on a connection of one's own."""
    known = connection.get_connection_params()
    return psycopg.connect(
        **{name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
    )


def looked_at() -> int:
    """How many plans a look finds; who waits for anybody at all fails."""
    with as_job("reassess"):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")
        try:
            return reassess(clock=lambda: w.NOW).plans
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def test_a_patient_whom_somebody_is_changing_is_not_waited_for_and_stays_due(world):
    plans = make_plans(world, 3)
    with somebody_else() as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"patient:{plans[1].patient_id}"])
        assert looked_at() == 2
        assert due(plans) == [plans[1].pk]
    assert looked_at() == 1
    assert due(plans) == []


def test_a_plan_that_another_worker_has_taken_is_left_to_it(world):
    plans = make_plans(world, 3)
    with somebody_else() as other:
        other.execute(f"SET ROLE {OWNER}")
        other.execute("SELECT set_config('app.job', 'migrate', false)")
        other.execute("SELECT FROM titration_plan WHERE id = %s FOR NO KEY UPDATE", [plans[0].pk])
        assert looked_at() == 2
        assert due(plans) == [plans[0].pk]
        with as_job("reassess"), transaction.atomic():
            assert {one.plan for one in take_plans(one.pk for one in plans)} == {plans[1].pk, plans[2].pk}


def test_whoever_saves_to_a_patient_waits_for_the_batch_and_no_other_patient_is_held(world):
    plans = make_plans(world, 3)
    asked = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    with as_job("reassess"), transaction.atomic(), somebody_else() as other:
        taken = take_due(as_of=w.NOW, size=2, pressing=False)
        free = {plan.pk for plan in plans if other.execute(asked, [f"patient:{plan.patient_id}"]).fetchone() == (True,)}
    assert len(taken) == 2
    assert free == {plan.pk for plan in plans} - {one.plan for one in taken}


def test_a_row_that_points_to_a_taken_plan_is_written_meanwhile(world):
    plans = make_plans(world, 1)
    with as_job("reassess"), transaction.atomic(), somebody_else() as other:
        assert len(take_due(as_of=w.NOW, size=1, pressing=False)) == 1
        other.execute(f"SET ROLE {OWNER}")
        other.execute("SELECT set_config('app.job', 'migrate', false)")
        other.execute("SET lock_timeout = '1ms'")
        other.execute("SELECT FROM titration_plan WHERE id = %s FOR KEY SHARE", [plans[0].pk])


def at_once(workers: int, size: int) -> list[Looked | BaseException]:
    """So many workers that begin at the same moment, each on a connection of its own; what each of them did."""
    found: list[Looked | BaseException] = []
    start = threading.Barrier(workers)

    def work() -> None:
        with closing(connection):
            try:
                with as_job("reassess"):
                    start.wait()
                    found.append(reassess(clock=lambda: w.NOW, size=size))
            except BaseException as error:  # noqa: BLE001  shown by the test that asked
                found.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("size", [1, 7, 500])
def test_workers_at_once_do_the_work_of_one(world, size: int):
    plans = make_plans(world, 40)
    overdue(world, world.alder, world.aspen, by=world.ann)
    overdue(world, world.elder, by=world.dan)
    with as_owner():
        Plan.objects.filter(status="active", steps__isnull=False).update(reassess_at=w.NOW - timedelta(days=100))
        Flag.objects.filter(status="open").update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="Over"
        )
    found = at_once(3, size)
    assert all(isinstance(one, Looked) for one in found), found
    assert sum(one.plans for one in found) == 43
    assert due(plans) == []
    with as_owner():
        opened = list(Flag.objects.open().values_list("plan", "rule_id"))
        assert sum(one.raised for one in found) == len(opened) > 3
    assert len(opened) == len(set(opened))
    before = flags_now()
    with as_owner():
        Plan.objects.filter(status="active").update(reassess_at=w.NOW)
    assert looked_at() == 43
    assert flags_now() == before


def test_the_command_says_how_many_beats_and_fails_when_one_is_stuck(world, monkeypatch):
    with as_owner():
        Watchbeat.objects.all().delete()
    said = StringIO()
    call_command("reassess", stdout=said)
    assert said.getvalue() == "0 plans looked at.\n"
    with as_owner():
        assert Watchbeat.objects.get().plans == 0

    looked = Looked(plans=3, stuck=1)
    monkeypatch.setattr("titration.management.commands.reassess.reassess", lambda **how: looked)
    with pytest.raises(CommandError, match="1 plans could not be looked at, and stay due; 3 others were"):
        call_command("reassess", stdout=said)


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
