"""A worker that is killed with SIGKILL, before each part of what it says to the database in turn, loses and doubles nothing.

``script/kill-watch`` does the same to the whole process at random moments, a hundred times.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from tests import world as w
from tests.database import as_owner
from tests.titration.services.due_plans import due, flags_now, overdue
from tests.titration.services.lab_files import as_job
from titration.models import Flag, Plan
from titration.services import heartbeat
from titration.services.reassessment import reassess

pytestmark = [pytest.mark.bar("B-30"), pytest.mark.hazard("H25"), pytest.mark.django_db(transaction=True)]

SIZE = 2
POINTS = 10
# Reads on each line at which statement a child is to be killed, and answers with how the child ended.
PROGRAM = f"""
import os, signal, sys
import django
django.setup()
from django.db import connection
from datetime import datetime
from titration.models.database_roles import WORKER, as_role
from titration.services import heartbeat
from titration.services.reassessment import reassess

def work(fatal):
    seen = 0
    def count(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        if seen == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)
    with as_role(WORKER, job="reassess"), connection.execute_wrapper(count):
        reassess(clock=lambda: datetime.fromisoformat("{w.NOW.isoformat()}"), size={SIZE}, tell=heartbeat.beat)

print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            work(int(line))
        finally:
            os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def url_of_this_database() -> str:
    known = {name: quote(str(connection.settings_dict[name] or ""), safe="") for name in ("USER", "PASSWORD", "HOST")}
    who = known["USER"] + (f":{known['PASSWORD']}" if known["PASSWORD"] else "")
    port = connection.settings_dict["PORT"] or 5432
    return f"postgresql://{who}@{known['HOST']}:{port}/{connection.settings_dict['NAME']}"


@pytest.fixture(scope="module")
def workers(django_db_setup: None, django_db_blocker: Any) -> Iterator["subprocess.Popen[str]"]:
    """A process that forks a worker for each line that it is sent: loading the portal takes longer than all else."""
    with django_db_blocker.unblock():
        url = url_of_this_database()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "baclofen_portal.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


def killed_before(statement: int, workers: "subprocess.Popen[str]") -> int:
    """How a worker ended that was to be killed there."""
    assert workers.stdin is not None
    assert workers.stdout is not None
    workers.stdin.write(f"{statement}\n")
    workers.stdin.flush()
    return int(workers.stdout.readline())


def undisturbed() -> tuple[int, list[tuple[Any, ...]]]:
    """How many statements a look sends, and what it leaves; taken back."""
    sent = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK")):
            sent.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic():
        with as_job("reassess"), connection.execute_wrapper(count):
            reassess(clock=lambda: w.NOW, size=SIZE, tell=heartbeat.beat)
        left = flags_now()
        transaction.set_rollback(True)
    return len(sent), left


@pytest.fixture
def overdue_world(world: Any) -> Any:
    """Four plans that are due, in two batches or more: two raise flags, one closes some, one ends."""
    overdue(world, world.alder, by=world.ann)
    overdue(world, world.elder, by=world.dan)
    w.start(world, world.aspen, by=world.ann, days_ago=20)
    w.stop(world, world.aspen, by=world.ann, as_of=w.NOW - timedelta(days=9), days_ago=-2)
    overdue(world, world.furze, by=world.finn)
    with as_owner():
        Plan.objects.update(reassess_at=w.NOW)
        Flag.objects.filter(patient=world.alder.pk).update(because="As it was")
        Flag.objects.filter(patient=world.elder.pk).update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="Over"
        )
    return world


@pytest.mark.parametrize("part", range(POINTS))
def test_nothing_is_lost_and_nothing_is_double(part: int, overdue_world: Any, workers: "subprocess.Popen[str]"):
    before = flags_now()
    statements, left = undisturbed()
    assert flags_now() == before
    assert statements > 2 * POINTS
    assert killed_before(1 + part * (statements - 1) // (POINTS - 1), workers) == -signal.SIGKILL
    after = flags_now()
    with as_owner():
        plans = list(Plan.objects.all())
    for plan in plans:  # each plan is as it was, or as the look leaves it, with all of its flags
        mine = [[row for row in rows if str(plan.pk) in row[:1]] for rows in (after, before, left)]
        assert mine[0] in mine[1:], plan
    with as_job("reassess"):
        reassess(clock=lambda: w.NOW, size=SIZE)
    assert flags_now() == left
    assert due(plans) == []


def test_a_worker_that_nobody_kills_leaves_the_same(overdue_world: Any, workers: "subprocess.Popen[str]"):
    _, left = undisturbed()
    assert killed_before(10_000, workers) == 0
    assert flags_now() == left
