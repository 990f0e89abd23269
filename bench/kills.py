"""What a killed watch loses: ``python -m bench.kills [--kills N] [--pairs N] [--silences N] [--plans N]``, run by ``script/kill-watch``.

Each round begins with the same database of plans that are all due. A worker is killed with SIGKILL at a random point of its
look, another one goes on, and what stands at the end is compared with what a look that nobody disturbed leaves: every flag
once, every plan looked at once. Pairs are two workers that begin at the same moment. A silence is a killed watch, a
signed-in person, and the seconds until the page says so.
"""

import argparse
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench import journeys, pages, scratch, workers
from bench.browser import Browser

ROUND = "portal_bench_round"
LIMIT = 10  # seconds of silence until a page says so; 120 in an installation
FLAGS = """
SELECT plan_id::text, rule_id, urgency, because, status, count(*) FROM titration_flag GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
# When to look again has no history of its own: each writing of it is counted here.
COUNTED = """
CREATE TABLE bench_look (plan uuid);
CREATE FUNCTION bench_looked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
  'BEGIN INSERT INTO public.bench_look VALUES (NEW.id); RETURN NULL; END';
CREATE TRIGGER bench_looked AFTER UPDATE ON titration_plan FOR EACH ROW
  WHEN (OLD.reassess_at IS DISTINCT FROM NEW.reassess_at) EXECUTE FUNCTION bench_looked()
"""
LOOKS = "SELECT plan::text, count(*) FROM bench_look GROUP BY 1 ORDER BY 1"


@dataclass
class Found:
    """What all rounds found; everything but ``rounds`` and ``inside`` must be nothing."""

    rounds: int = 0
    inside: int = 0  # kills while plans were still due
    lost: int = 0
    double: int = 0
    looked_twice: int = 0
    deadlocks: int = 0
    seconds: list[float] = field(default_factory=list)


class Rounds:
    def __init__(self, url: str) -> None:
        self._template = url
        parts = urlsplit(url)
        self.url = urlunsplit(parts._replace(path=f"/{ROUND}"))
        self._admin = urlunsplit(parts._replace(path="/postgres"))
        self.flags: list[tuple[object, ...]] = []
        self.looks: list[tuple[object, ...]] = []

    @contextmanager
    def fresh(self) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        """A copy of the database in which every plan is due."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(ROUND))
        with psycopg.connect(self._admin, autocommit=True) as admin:
            admin.execute(drop)
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(ROUND), sql.Identifier(scratch.NAME))
            )
            try:
                with workers.owner(self.url) as connection:
                    yield connection
            finally:
                admin.execute(drop)

    def judge(self, connection: "psycopg.Connection[tuple[object, ...]]", found: Found) -> None:
        """Compare what stands with what an undisturbed look leaves."""
        flags, looks = connection.execute(FLAGS).fetchall(), connection.execute(LOOKS).fetchall()
        found.rounds += 1
        found.lost += len(set(self.flags) - set(flags))
        found.double += len(set(flags) - set(self.flags))
        found.looked_twice += sum(1 for one in looks if one not in set(self.looks))
        found.deadlocks += workers.number(
            connection, f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{ROUND}'"
        )


def undisturbed(rounds: Rounds) -> float:
    """Look once with nobody in the way; returns the seconds between the first plan and the last."""
    with rounds.fresh() as connection:
        everything = workers.due(connection)
        worker = workers.begin(rounds.url, workers.watch)
        workers.until("the first batch", lambda: workers.due(connection) < everything)
        seconds = workers.until("the end of the look", lambda: workers.due(connection) == 0)
        workers.end(worker)
        rounds.flags, rounds.looks = connection.execute(FLAGS).fetchall(), connection.execute(LOOKS).fetchall()
    print(f"Undisturbed: {everything} plans, {sum(int(str(one[5])) for one in rounds.flags)} flags.", flush=True)
    return seconds


def killed(rounds: Rounds, kills: int, span: float, dice: random.Random) -> Found:
    """One worker killed at a random point, from its start to a little after the time a look takes; then another."""
    found = Found()
    for turn in range(kills):
        with rounds.fresh() as connection:
            first = workers.begin(rounds.url, workers.watch)
            time.sleep(dice.uniform(0.2, 0.8 + span))
            workers.kill(first)
            found.inside += workers.due(connection) > 0
            second = workers.begin(rounds.url, workers.watch)
            found.seconds.append(workers.until("nothing to be due", lambda c=connection: workers.due(c) == 0))
            workers.end(second)
            rounds.judge(connection, found)
        if turn % 10 == 9:
            print(f"  {turn + 1} kills …", flush=True)
    return found


def paired(rounds: Rounds, pairs: int) -> Found:
    found = Found()
    for _ in range(pairs):
        with rounds.fresh() as connection:
            both = [workers.begin(rounds.url, workers.watch) for _ in range(2)]
            found.seconds.append(workers.until("nothing to be due", lambda c=connection: workers.due(c) == 0))
            for one in both:
                workers.end(one)
            rounds.judge(connection, found)
    return found


def rescued(rounds: Rounds, dice: random.Random) -> float:
    """Kill a worker while it has a job, and measure how long that job stays marked as being done."""
    stuck = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS DISTINCT FROM {}"
    with rounds.fresh() as connection:
        doing = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
        first = workers.begin(rounds.url, workers.watch)
        workers.until("a job", lambda: workers.number(connection, doing) > 0)
        workers.kill(first)
        second = workers.begin(rounds.url, workers.watch)
        newest = "(SELECT max(id) FROM procrastinate_workers)"
        registered = "SELECT count(*) FROM procrastinate_workers"
        workers.until("the other worker", lambda: workers.number(connection, registered) > 1)
        seconds = workers.until("the rescue", lambda: workers.number(connection, stuck.format(newest)) == 0)
        workers.end(second)
    return seconds


def silences(rounds: Rounds, many: int, environment: dict[str, str], clinic: dict[str, str]) -> list[float]:
    """Seconds from the death of the watch until a page of a signed-in person says so."""
    found = []
    with rounds.fresh():
        port = pages.free_port()
        server = pages.start_server(
            {**environment, "DATABASE_URL": rounds.url, "PORTAL_WATCH_SILENT_SECONDS": str(LIMIT)}, port
        )
        try:
            browser = Browser(pages.HOST, port)
            journeys.sign_in(browser, clinic["email"])

            def silent() -> bool:
                page = browser.get("/patients/")
                if page.status != 200:
                    raise SystemExit(f"The page of the patients was answered with {page.status}.")
                return "The watch has been silent since" in page.text

            for _ in range(many):
                watch = workers.begin(rounds.url, workers.watch)
                workers.until("a look", lambda: not silent(), patience=60)
                workers.kill(watch)
                found.append(workers.until("the page to say so", silent, patience=60))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=100)
    words.add_argument("--pairs", type=int, default=20)
    words.add_argument("--silences", type=int, default=20)
    words.add_argument("--plans", type=int, default=1500)
    words.add_argument("--seed", type=int, default=20261122)
    chosen = words.parse_args()
    dice = random.Random(chosen.seed)
    with scratch.database() as url:
        environment = {
            **os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings", "PORTAL_HOSTS": pages.HOST
        }  # fmt: skip
        clinic = scratch.filled(environment, chosen.plans)
        with workers.owner(url) as connection:
            connection.execute("UPDATE titration_plan SET reassess_at = now() - random() * interval '1 day'")
            connection.execute("UPDATE titration_watchbeat SET finished_at = now() - interval '1 day'")
            connection.execute(COUNTED)
        os.environ.update(environment)
        import django

        django.setup()
        rounds = Rounds(url)
        span = undisturbed(rounds)
        bad = report(f"{chosen.kills} kills at random points", killed(rounds, chosen.kills, span, dice))
        bad += report(f"{chosen.pairs} pairs of workers", paired(rounds, chosen.pairs))
        print(f"A job of a killed worker was another's after {rescued(rounds, dice):.0f} s.")
        waits = silences(rounds, chosen.silences, environment, clinic)
        late = sum(one > LIMIT + 2 for one in waits)
        print(
            f"{len(waits)} silences with a limit of {LIMIT} s: told after {min(waits):.1f} to {max(waits):.1f} s, {late} late."
        )
    if bad or late:
        raise SystemExit(1)


def report(what: str, found: Found) -> int:
    print(
        f"{what}: {found.lost} flags lost, {found.double} double or other ones, {found.looked_twice} plans looked at twice, "
        f"{found.deadlocks} deadlocks; {found.inside} kills before the end of the look; all was looked at "
        f"{max(found.seconds, default=0):.1f} s later at most.",
        flush=True,
    )
    return found.lost + found.double + found.looked_twice + found.deadlocks


if __name__ == "__main__":
    main()
