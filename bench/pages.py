"""What the pages cost: ``python -m bench.pages [--patients N] [--requests N]``, run by ``script/bench pages``.

For each page: p50 and p95 of the waiting time, CPU time of the web workers for one request, CPU time of PostgreSQL
for one request, SQL statements, bytes, and the ratio of the web CPU to an empty signed-in view of the same run.
"""

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench import journeys, processes, scratch
from bench.browser import Answer, Browser

HOST = "127.0.0.1"
WARM = 10
TURN = 20
# How many times the CPU of the empty view a page may cost, and how many statements (0: any number).
LIMITS = {"worklist of 50": (12, 0), "chart": (12, 0), "page to read": (8, 12)}
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Figures:
    """What a page cost: seconds of CPU time for one request, of the web workers and of PostgreSQL."""

    name: str
    answers: list[Answer] = field(default_factory=list)
    web: float = 0.0
    database: float = 0.0

    def row(self, floor: "Figures") -> str:
        waits = sorted(one.seconds * 1000 for one in self.answers)
        statements = sorted({one.statements for one in self.answers})
        return (
            f"{self.name:<22} {statistics.median(waits):8.1f} {waits[int(len(waits) * 0.95)]:8.1f} "
            f"{self.web * 1000:9.2f} {self.database * 1000:9.2f} "
            f"{'-'.join(str(one) for one in statements):>10} {max(one.size for one in self.answers):>8} "
            f"{self.web / floor.web:7.1f}"
        )


HEADING = (
    f"{'page':<22} {'p50 ms':>8} {'p95 ms':>8} {'web CPU':>9} {'pg CPU':>9} {'statements':>10} {'bytes':>8} {'ratio':>7}\n"
    f"{'':<22} {'':>8} {'':>8} {'ms':>9} {'ms':>9} {'':>10} {'':>8} {'':>7}"
)


def measure(server: int, pages: list[journeys.Asked], requests: int) -> list[Figures]:
    """Ask for every page ``requests`` times after a warm-up, one request after the other.

    The pages take turns, a few requests at a time: a machine that is slower for a while is so for the floor as well.
    """
    found = [Figures(name=name) for name, _, _ in pages]
    for page in pages:
        for number in range(WARM):
            _asked(page, number)
    for start in range(0, requests, TURN):
        for figures, page in zip(found, pages, strict=True):
            web_before, database_before = _readings(server)
            figures.answers += [_asked(page, WARM + number) for number in range(start, min(start + TURN, requests))]
            web_after, database_after = _readings(server)
            figures.web += processes.spent(web_before, web_after) / requests
            figures.database += processes.spent(database_before, database_after) / requests
        # Notices of what was done in this turn are shown once: to nobody who is measured.
        _asked(pages[0], 0)
    return found


def _asked(page: journeys.Asked, number: int) -> Answer:
    """One request; a wrong status ends the run."""
    name, ask, expect = page
    answer = ask(number)
    if answer.status != expect:
        said = " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())
        raise SystemExit(f"{name}: expected {expect}, got {answer.status}. The page said: {said[:1500]}")
    return answer


def _readings(server: int) -> tuple[dict[int, float], dict[int, float]]:
    """The CPU time so far of the web workers and of the database's processes for them."""
    return (
        processes.cpu_seconds(processes.children(server)),
        processes.cpu_seconds(processes.database_backends(scratch.NAME)),
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def start_server(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """The production server with two workers; waits until it answers."""
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "bench.wsgi:application", "--workers", "2", "--threads", "4",
         "--worker-class", "gthread", "--bind", f"{HOST}:{port}", "--keep-alive", "75", "--log-level", "warning"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    for _ in range(200):
        try:
            Browser(HOST, port).get("/livez")
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise SystemExit("The server did not answer within 20 seconds.")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--patients", type=int, default=10_000)
    words.add_argument("--requests", type=int, default=100)
    words.add_argument(
        "--check",
        action="store_true",
        help="fail when a page costs more than its multiple of the floor, or asks too often",
    )
    chosen = words.parse_args()
    with scratch.database() as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "PORTAL_HOSTS": HOST,
        }
        clinic = scratch.filled(environment, chosen.patients)
        port = free_port()
        server = start_server(environment, port)
        try:
            figures = run(server.pid, port, clinic, chosen.requests)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    print(f"\n{chosen.patients} patients, {chosen.requests} requests a page, 2 workers, one client\n")
    print(HEADING)
    for one in figures:
        print(one.row(figures[0]))
    if chosen.check and (dear := too_dear(figures)):
        raise SystemExit("\n".join(dear))


def too_dear(figures: list[Figures]) -> list[str]:
    """What costs more than it may, as sentences; the first figures are the floor."""
    found = []
    for one in figures:
        times, statements = LIMITS.get(one.name, (0, 0))
        if times and one.web > times * figures[0].web:
            found.append(f"{one.name}: more than {times} times the empty view.")
        if statements and any(answer.statements > statements for answer in one.answers):
            found.append(f"{one.name}: more than {statements} statements.")
    return found


def run(server: int, port: int, clinic: dict[str, str], requests: int) -> list[Figures]:
    browser = Browser(HOST, port)
    journeys.sign_in(browser, clinic["email"])
    journeys.look_at_charts(browser, clinic)
    return measure(server, journeys.pages(browser, clinic, requests + WARM), requests)


if __name__ == "__main__":
    main()
