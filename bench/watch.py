"""What the watch costs: ``python -m bench.watch [--plans N] [--idle SECONDS] [--million]``, run by ``script/bench watch``.

Every plan is due at once and nothing has turned: the cost of finding that out. In ``only doses`` nothing but what is found
about doses taken can have turned, as in the days between others' turns; in ``everything`` all of it can, as after an outage.
CPU time is that of the worker and of the PostgreSQL process that works for it; a plan's cost is their sum. The floor is reading
the same rows with the same statements and building nothing of them. ``--million``: a million plans, 1 in 100 of them due, and
none.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

from bench import processes, scratch, workers

ONLY_DOSES, EVERYTHING = "only doses", "everything"
SAMPLE = 20_000  # plans that are merely read, and that are looked at for the parts
MILLION, DUE = 1_000_000, 10_000


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
            what, _, kind = phase.strip().partition(" of ")
            found = _read(kind) if what == "read" else {"look": _look, "parts": _parts}[what]()
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
    from titration.selectors import compact, facts, records
    from titration.services import flag_rows, flags, quick_look, reassessment

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
        ("reading rows", compact, "read_rows"),
        ("building facts", compact, "from_row"),
        ("rules", quick_look, "unchanged_until"),
        ("writing", flag_rows, "write_times"),
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


def _read(kind: str) -> dict[str, Any]:
    """Send the statements of a look that only read once more, and fetch what they find."""
    from django.db import connection, transaction
    from django.utils import timezone

    from titration.selectors import compact, records
    from titration.services.quick_look import RULE_IDS
    from titration.services.reassessment import BATCH

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, patient_id FROM titration_plan WHERE status = 'active' ORDER BY reassess_at, id LIMIT %s",
            [SAMPLE],
        )
        keys = cursor.fetchall()
    cpu = seconds = 0.0
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        sent.clear()
        with connection.execute_wrapper(note):
            if kind == ONLY_DOSES:
                compact.read_rows([plan for plan, _ in batch], RULE_IDS, as_of=timezone.now())
            else:
                records.load_many([patient for _, patient in batch], as_of=timezone.now())
        began = time.process_time(), time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, params in sent:
                cursor.execute(statement, params)
                cursor.fetchall()
        cpu, seconds = cpu + time.process_time() - began[0], seconds + time.perf_counter() - began[1]
    return {"plans": len(keys), "cpu": cpu, "seconds": seconds}


def make_due(url: str, kind: str, many: int) -> None:
    """Make plans due, and none else; leave the tables as autovacuum would."""
    known = "others_at" if kind == ONLY_DOSES else "NULL"
    with workers.owner(url) as connection:
        connection.execute(
            "UPDATE titration_plan SET reassess_at = now() + interval '1 day' WHERE reassess_at <= now()"
        )
    # In a session of its own: the trigger that keeps the history compares old and new rows by the plan that its first
    # statement got. Of a few rows it compares each with each, which takes hours for many.
    with workers.owner(url) as connection:
        connection.execute(
            f"UPDATE titration_plan SET reassess_at = now() - interval '1 minute', others_at = {known} WHERE id IN "
            "(SELECT plan.id FROM titration_plan AS plan WHERE status = 'active' AND (others_at > now() OR %(known)s = 'NULL') "
            "ORDER BY EXISTS (SELECT FROM titration_doseevent AS dose WHERE dose.plan_id = plan.id) DESC LIMIT %(many)s)",
            {"known": known, "many": many},
        )
        connection.execute("VACUUM ANALYZE titration_plan")
        connection.execute("VACUUM ANALYZE titration_flag")


def measure(worker: Measured, phase: str) -> dict[str, Any]:
    backends = processes.database_backends(scratch.NAME)
    before = processes.cpu_seconds(backends)
    found = worker.ask(phase)
    found["database"] = processes.spent(before, processes.cpu_seconds(backends))
    return found


def cost(found: dict[str, Any], *, share: float = 1.0) -> tuple[float, float]:
    """Milliseconds of the worker and of PostgreSQL for one plan; ``share``: which part of its time belongs to the phase."""
    return found["cpu"] / found["plans"] * 1000, found["database"] * share / found["plans"] * 1000


def all_due(url: str, worker: Measured, kind: str, plans: int) -> None:
    """Look at every plan, read the same rows, and look once more at some of them with a watch on each part."""
    make_due(url, kind, plans)
    looked = measure(worker, "look")
    # What is sent for the second time is the floor: half of what PostgreSQL does meanwhile.
    floor = sum(cost(measure(worker, f"read of {kind}"), share=0.5))
    make_due(url, kind, min(plans, SAMPLE))
    parts = worker.ask("parts")["parts"]
    mine, its = cost(looked)
    whole = sum(parts.values())
    print(
        f"{kind:<12} {looked['plans']:9,} {1000 / (mine + its):14,.0f} {mine:10.3f} {its:8.3f} {floor:8.3f} "
        f"{(mine + its) / floor:6.1f}   {looked['raised']} raised, {looked['closed']} closed, longest batch "
        f"{looked['longest']:.2f} s\n{'':<12} "
        + ", ".join(f"{name} {took / whole:.0%}" for name, took in parts.items()),
        flush=True,
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


def million(url: str, worker: Measured) -> None:
    """A minute in which one plan in a hundred is due, and one in which none is, by a look itself."""
    make_due(url, ONLY_DOSES, DUE)
    some = measure(worker, "look")
    spent = some["cpu"] + some["database"]
    print(f"{some['plans']:,} due: {spent:.2f} s of CPU time, {some['plans'] / spent:,.0f} plans a core and second.")
    looks = 20
    before = processes.cpu_seconds(processes.database_backends(scratch.NAME))
    own = sum(worker.ask("look")["cpu"] for _ in range(looks))
    its = processes.spent(before, processes.cpu_seconds(processes.database_backends(scratch.NAME)))
    print(f"None due: {(own + its) / looks * 1000:.1f} ms of CPU time a look.", flush=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--plans", type=int, default=10_000)
    words.add_argument("--idle", type=int, default=60, help="seconds with nothing due (0: not measured)")
    words.add_argument("--million", action="store_true")
    chosen = words.parse_args()
    with scratch.database() as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        plans = MILLION if chosen.million else chosen.plans
        scratch.watched(environment, plans, with_doses=DUE if chosen.million else plans)
        os.environ.update(environment)
        import django

        django.setup()
        worker = Measured(url)
        worker.ask("look")  # opens its connection
        if chosen.million:
            million(url, worker)
        else:
            print(
                f"{'all due':<12} {'plans':>9} {'plans/core s':>14} {'worker ms':>10} {'pg ms':>8} {'floor ms':>8} {'x':>6}"
            )
            for kind in (ONLY_DOSES, EVERYTHING):
                all_due(url, worker, kind, plans)
        worker.end()
        if chosen.idle:
            with workers.owner(url) as connection:
                connection.execute(
                    "UPDATE titration_plan SET reassess_at = now() + interval '1 day' WHERE reassess_at <= now()"
                )
            idle(url, chosen.idle)


if __name__ == "__main__":
    main()
