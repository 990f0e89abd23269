"""The jobs of the watch, run by a worker as ``manage.py watch`` runs it: under its role, and nothing is left behind."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tests.database import as_owner
from tests.titration.services.due_plans import due, make_plans
from tests.titration.services.lab_files import as_job
from titration import tasks
from titration.models import Flag, Plan, Watchbeat
from titration.models.database_roles import WORKER
from titration.services.reassessment import Looked

pytestmark = [
    pytest.mark.bar("B-30"),
    pytest.mark.bar("B-42"),
    pytest.mark.hazard("H25"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def no_jobs(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The queue is no part of what is undone after a test; no tick of the clock adds to it during one."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # the threads of a worker end with the test
    periodic = dict(app.periodic_registry.periodic_tasks)
    app.periodic_registry.periodic_tasks.clear()
    empty_queue()
    yield
    empty_queue()
    app.periodic_registry.periodic_tasks.update(periodic)


def empty_queue() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


def queued() -> list[tuple[Any, ...]]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def defer(task: Any) -> int:
    with as_job("reassess"):
        return task.defer(timestamp=0)


def work() -> None:
    """In a thread of its own, as in a process of its own: this one may have an event loop, that of a browser."""
    with ThreadPoolExecutor(max_workers=1) as apart:
        apart.submit(_work).result()


def _work() -> None:
    try:
        call_command("watch", "--until-idle")
    finally:
        connection.close()


def test_a_worker_asks_for_jobs_instead_of_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a notice all day, and a look and what it may come later are far within the silence that is told."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(app, "run_worker", lambda **options: given.update(options))
    work()
    assert given["listen_notify"] is False
    assert 0 < given["fetch_job_polling_interval"] <= 10


def test_the_clock_of_each_job(transactional_db: None):
    ticks = {one.task.name: one.croniter for one in registered}
    assert {
        name: [round(cron.get_next(float, start_time=moment) - moment) for moment in (0, 1, 58)]
        for name, cron in ticks.items()
    } == {"look": [20, 19, 2], "rescue": [60, 59, 2], "full_look": [1020, 1019, 962]}


registered = list(app.periodic_registry.periodic_tasks.values())


def test_a_worker_looks_at_what_is_due_and_says_so(world):
    plans = make_plans(world, 3)
    with as_owner():
        Watchbeat.objects.all().delete()
    defer(tasks.look)
    work()
    assert due(plans) == []
    with as_owner():
        beat = Watchbeat.objects.get()
    assert beat.plans == 3
    assert beat.finished_at > timezone.now() - timedelta(minutes=10)
    assert queued() == []


def test_a_worker_says_so_when_nothing_is_due(world):
    with as_owner():
        Watchbeat.objects.all().delete()
    defer(tasks.look)
    work()
    with as_owner():
        assert Watchbeat.objects.get().plans == 0


def test_it_works_under_the_role_and_the_job_that_policies_know(world, monkeypatch):
    seen = []

    def reassess(**how: Any) -> Looked:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('app.job'), current_setting('lock_timeout')")
            seen.append(cursor.fetchone())
        return Looked()

    monkeypatch.setattr(tasks, "reassess", reassess)
    defer(tasks.look)
    work()
    assert seen == [(WORKER, "reassess", "30s")]


def test_one_look_waits_at_most(world):
    defer(tasks.look)
    with pytest.raises(AlreadyEnqueued):
        defer(tasks.look)


def test_a_look_that_fails_is_named_without_its_text_and_leaves_no_beat(world, monkeypatch, caplog):
    with as_owner():
        Watchbeat.objects.all().delete()

    def reassess(**how: Any) -> Looked:
        raise ValueError("ALDER, Test")

    monkeypatch.setattr(tasks, "reassess", reassess)
    defer(tasks.look)
    with caplog.at_level(logging.ERROR):
        work()
    text = "\n".join(caplog.handler.format(one) for one in caplog.records)
    assert "ValueError" in text
    assert "ALDER" not in text
    with as_owner():
        assert not Watchbeat.objects.exists()
    assert queued() == []


def test_every_plan_is_looked_at_once_a_day(world):
    with as_owner():
        Watchbeat.objects.all().delete()
    plans = make_plans(world, 2)
    for again in range(2):
        defer(tasks.full_look_once_a_day)
        work()
        with as_owner():
            beat = Watchbeat.objects.get()
            assert (beat.full_plans, beat.full_found) == (2, 0), again
            Plan.objects.filter(pk=plans[0].pk).update(reassess_at=None)
    with as_owner():
        assert Plan.objects.get(pk=plans[0].pk).reassess_at is None


def left_by_a_dead_worker(attempts: int = 0) -> None:
    """A job that its worker was doing when it was killed: its last sign of life is long ago."""
    defer(tasks.look)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '61 seconds')")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s, worker_id = (SELECT max(id) FROM procrastinate_workers)",
            [attempts],
        )  # fmt: skip


def test_the_job_of_a_worker_that_is_gone_is_done_by_another(world):
    plans = make_plans(world, 2)
    left_by_a_dead_worker()
    defer(tasks.rescue)
    work()
    assert [(name, status) for name, status, _ in queued()] == [("look", "todo")]
    work()
    assert queued() == []
    assert due(plans) == []


def test_a_job_whose_next_one_waits_already_is_not_done_twice(world):
    left_by_a_dead_worker()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, scheduled_at) "
            "VALUES ('watch', 'look', 'look', '{\"timestamp\": 0}', now() + interval '1 day')"
        )
    defer(tasks.rescue)
    work()
    assert [(name, status) for name, status, _ in queued()] == [("look", "todo")]


def test_a_job_that_takes_every_worker_down_is_given_up(world, caplog):
    left_by_a_dead_worker(attempts=tasks.TRIES)
    defer(tasks.rescue)
    work()
    assert queued() == []
    assert "is gone; attempt 3" in caplog.text


def test_the_job_of_a_worker_that_lives_is_left_alone(world):
    left_by_a_dead_worker()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now()")
    defer(tasks.rescue)
    work()
    assert [(name, status) for name, status, _ in queued()] == [("look", "doing")]


def test_nobody_on_the_web_reaches_the_queue(world):
    for table in ("jobs", "events", "periodic_defers", "workers"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('app_web', %s, 'SELECT')", [f"procrastinate_{table}"])
            assert cursor.fetchone() == (False,)
    with as_owner():
        assert Flag.objects.count() == 0
