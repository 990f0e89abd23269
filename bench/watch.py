"""What the watch costs: ``python -m bench.watch [--plans N] [--idle SECONDS]``, run by ``script/bench watch``.

Every plan is due at once. CPU time is that of the worker and of the PostgreSQL process that works for it; a plan's cost is
their sum. The floor is reading the same rows with the same statements and building nothing of them.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

from bench import processes, scratch, workers

PHASES = {
    "first look": "flags are raised and closed",
    "steady look": "nothing but the time of the next look changes",
    "rows merely read": "the floor",
}


class Measured:
    """A worker that does what it is asked, one phase after the other, on one connection."""

    def __init__(self, url: str) -> None:
        (answers, told), (asked, self._asks) = os.pipe(), os.pipe()

        def obey() -> None:
            os.close(self._asks)  # the child's copy would keep it waiting for more
            _obey(asked, told)

        self.pid = workers.begin(url, obey)
        os.close(told)
        os.close(asked)
        self._read = os.fdopen(answers)

    def ask(self, phase: str) -> dict[str, Any]:
        os.write(self._asks, f"{phase}\n".encode())
        return dict(json.loads(self._read.readline()))

    def end(self) -> None:
        os.close(self._asks)
        os.waitpid(self.pid, 0)


def _obey(asked: int, told: int) -> None:
    from baclofen_portal.management.commands.watch import collect_seldom
    from titration.models.database_roles import WORKER, as_role

    collect_seldom()
    with as_role(WORKER, job="reassess"), os.fdopen(asked) as orders:
        for phase in orders:
            began = time.process_time(), time.perf_counter()
            found = {"first look": _look, "steady look": _look, "parts": _parts, "rows merely read": _read}[
                phase.strip()
            ]()
            found.setdefault("cpu", time.process_time() - began[0])
            found.setdefault("seconds", time.perf_counter() - began[1])
            os.write(told, (json.dumps(found) + "\n").encode())


def _look() -> dict[str, Any]:
    from dataclasses import asdict

    from django.utils import timezone

    from titration.services.reassessment import reassess

    longest, last = 0.0, time.perf_counter()

    def tell(looked: Any) -> None:
        nonlocal longest, last
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()

    return {**asdict(reassess(clock=timezone.now, tell=tell)), "longest": longest}


def _parts() -> dict[str, Any]:
    """Seconds of a look by what they were spent on, each part without the parts that it calls."""
    from titration.selectors import facts, records
    from titration.services import flag_rows, flags, reassessment

    spent: dict[str, float] = {}
    inner: list[float] = []

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            inner.append(0.0)
            began = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                took = time.perf_counter() - began
                spent[name] = spent.get(name, 0.0) + took - inner.pop()
                if inner:
                    inner[-1] += took

        return call

    places = (
        ("locking what is due", reassessment, "take_due"),
        ("reading rows", records, "load_many"),
        ("building facts", facts, "facts_from_rows"),
        ("rules", flags, "changes"),
        ("writing", flag_rows, "write"),
    )
    before = [(module, name, getattr(module, name)) for _, module, name in places]
    try:
        for what, module, name in places:
            setattr(module, name, timed(what, getattr(module, name)))
        _look()
    finally:
        for module, name, work in before:
            setattr(module, name, work)
    return {"parts": spent}


def _read() -> dict[str, Any]:
    """Send the statements of a look that only read once more, and fetch what they find."""
    from django.db import connection, transaction

    from titration.selectors import records

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute("SELECT patient_id FROM titration_plan WHERE status = 'active' ORDER BY reassess_at, id")
        patients = [key for (key,) in cursor.fetchall()]
    from django.utils import timezone

    from titration.services.reassessment import BATCH

    cpu = seconds = 0.0
    rows = 0
    for start in range(0, len(patients), BATCH):
        sent.clear()
        with connection.execute_wrapper(note):
            records.load_many(patients[start : start + BATCH], as_of=timezone.now())
        began = time.process_time(), time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, params in sent:
                cursor.execute(statement, params)
                rows += len(cursor.fetchall())
        cpu, seconds = cpu + time.process_time() - began[0], seconds + time.perf_counter() - began[1]
    return {"plans": len(patients), "rows": rows, "cpu": cpu, "seconds": seconds}


def all_due(url: str) -> None:
    """Make every plan due again, and leave the tables as autovacuum would."""
    with workers.owner(url) as connection:
        connection.execute(
            "UPDATE titration_plan SET reassess_at = now() - interval '1 minute' WHERE status = 'active'"
        )
        connection.execute("VACUUM ANALYZE titration_plan")
        connection.execute("VACUUM ANALYZE titration_flag")


def measure(worker: Measured, phase: str, *, share: float = 1.0) -> dict[str, Any]:
    """``share``: which part of PostgreSQL's time belongs to the phase."""
    backends = processes.database_backends(scratch.NAME)
    before = processes.cpu_seconds(backends)
    found = worker.ask(phase)
    found["database"] = processes.spent(before, processes.cpu_seconds(backends)) * share
    return found


def row(name: str, found: dict[str, Any], floor: dict[str, Any]) -> str:
    plans, cost = found["plans"], found["cpu"] + found["database"]
    return (
        f"{name:<18} {plans / found['seconds']:9.0f} {plans / cost:14.0f} {found['cpu'] / plans * 1000:11.3f} "
        f"{found['database'] / plans * 1000:9.3f} {cost / (floor['cpu'] + floor['database']):8.1f}"
    )


def idle(url: str, seconds: int) -> None:
    """What the real process and PostgreSQL spend while nothing is due, and every plan has been looked at today."""
    with workers.owner(url) as connection:
        connection.execute("UPDATE titration_watchbeat SET full_finished_at = clock_timestamp()")
    pid = workers.begin(url, workers.watch)
    with workers.owner(url) as connection:
        finished = "SELECT extract(epoch FROM finished_at)::bigint FROM titration_watchbeat"
        before = workers.number(connection, finished)
        workers.until("the first look", lambda: workers.number(connection, finished) != before)
    everyone = [pid, *processes.database_backends(scratch.NAME)]
    began = processes.cpu_seconds(everyone)
    time.sleep(seconds)
    after = processes.cpu_seconds([pid, *processes.database_backends(scratch.NAME)])
    worker = after[pid] - began[pid]
    database = processes.spent(began, after) - worker
    workers.end(pid)
    print(
        f"\nNothing due for {seconds} s: worker {worker * 1000:.0f} ms, PostgreSQL {database * 1000:.0f} ms of CPU time "
        f"({(worker + database) / seconds * 100:.2f} % of a core)."
    )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--plans", type=int, default=10_000)
    words.add_argument("--idle", type=int, default=60, help="seconds with nothing due (0: not measured)")
    chosen = words.parse_args()
    with scratch.database() as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        scratch.filled(environment, chosen.plans)
        os.environ.update(environment)
        import django

        django.setup()
        worker = Measured(url)
        worker.ask("first look")  # opens its connection, and finds nothing due yet
        found: dict[str, dict[str, Any]] = {}
        for phase in PHASES:
            all_due(url)
            # The floor is what is sent for the second time: half of what PostgreSQL does meanwhile.
            found[phase] = measure(worker, phase, share=0.5 if phase == "rows merely read" else 1.0)
        all_due(url)
        parts = worker.ask("parts")["parts"]
        worker.end()
        floor = found["rows merely read"]
        print(f"\n{chosen.plans} plans, {floor['rows'] / floor['plans']:.1f} rows a plan\n")
        print(f"{'':<18} {'plans/s':>9} {'plans/core s':>14} {'worker ms':>11} {'pg ms':>9} {'x floor':>8}")
        for phase, what in PHASES.items():
            print(row(phase, found[phase], floor) + f"  {what}")
        first, steady = found["first look"], found["steady look"]
        print(
            f"\nFirst look: {first['raised']} flags raised, {first['closed']} closed; steady: {steady['raised']}, {steady['closed']}."
        )
        print(f"Longest batch, so long somebody may wait to save: {steady['longest']:.2f} s.")
        whole = sum(parts.values())
        print("Time of a steady look: " + ", ".join(f"{name} {took / whole:.0%}" for name, took in parts.items()) + ".")
        if chosen.idle:
            idle(url, chosen.idle)


if __name__ == "__main__":
    main()
