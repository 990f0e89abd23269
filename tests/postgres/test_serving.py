"""``script/serve`` goes on when its embedded server or its watch is killed: nobody has to start them again."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from baclofen_portal import postgres_process
from tests.postgres.clusters import LINGER, PROJECT, Checkout, processes, wait_for

# Filling the demo clinic is not what is tried here, and takes longest.
START = """
import sys
from baclofen_portal import serve
serve.may_seed = lambda: False
sys.exit(serve.main())
"""
SERVED = ("baclofen_portal", "titration", "templates", "manage.py")


@dataclass
class Portal:
    """A portal that runs from a checkout of its own, and what it said so far."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def status(self, path: str) -> int:
        """The status of a page; 0 when nobody answers."""
        return self.answer(path)[0]

    def answer(self, path: str) -> tuple[int, str]:
        """The status and the text of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


@pytest.fixture
def portal(checkout: Checkout) -> Iterator[Portal]:
    """Production's server, started as ``script/serve`` starts it, with the tables and without the demo clinic."""
    for name in SERVED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, checkout.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, checkout.root)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = checkout.root / "serve.log"
    away = ("DATABASE_URL", "PYTHONPATH", "PORTAL_VAR", "PORTAL_PRODUCTION", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in away}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", START],
            cwd=checkout.root,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**kept, "PORT": str(port), "PORTAL_PG_LINGER": LINGER, "PORTAL_WATCH_SILENT_SECONDS": "10"},
        )
    try:
        yield Portal(process, port, log)
    finally:
        process.terminate()
        process.wait()


def ready(portal: Portal) -> bool:
    assert portal.process.poll() is None, portal.log.read_text()
    return portal.status("/readyz") == 200


def watches(checkout: Checkout) -> list[int]:
    """The pids of the worker processes of a checkout."""
    wanted = f"{checkout.root}/manage.py watch"
    return [pid for pid, (state, command) in processes().items() if wanted in command and state != "Z"]


def watched(portal: Portal, word: str) -> bool:
    assert portal.process.poll() is None, portal.log.read_text()
    return f'"watch": "{word}"' in portal.answer("/readyz")[1]


def another(checkout: Checkout, old: int) -> bool:
    """Whether a server runs that is not the killed one; children of that one may still answer for a moment."""
    found = postgres_process.running(checkout.data)
    return found is not None and found.ready and found.pid != old


def test_pages_come_back_after_the_postmaster_is_killed(checkout: Checkout, portal: Portal) -> None:
    wait_for("the first start", lambda: "Press Ctrl-C" in portal.log.read_text() and ready(portal), seconds=300)
    # Connections that the workers keep open must not be what fails afterwards.
    assert [portal.status("/accounts/login/") for _ in range(8)] == [200] * 8
    for _ in range(2):
        old = checkout.pid()
        os.kill(old, signal.SIGKILL)
        wait_for("another server", lambda pid=old: another(checkout, pid), seconds=120)
        wait_for("readyz to be 200 again", lambda: ready(portal), seconds=120)
        assert [portal.status("/accounts/login/") for _ in range(8)] == [200] * 8
    assert "PostgreSQL runs again." in portal.log.read_text()


@pytest.mark.bar("B-30")
@pytest.mark.bar("B-42")
@pytest.mark.hazard("H25")
def test_a_watch_that_hangs_is_told_of_and_one_that_is_killed_is_started_again(
    checkout: Checkout, portal: Portal
) -> None:
    wait_for("the first look", lambda: watched(portal, "ok"), seconds=300)
    [hanging] = watches(checkout)
    os.kill(hanging, signal.SIGSTOP)
    wait_for("the silence to be told", lambda: watched(portal, "silent"), seconds=60)
    assert portal.status("/readyz") == 200
    os.kill(hanging, signal.SIGKILL)
    wait_for("a look of another watch", lambda: watched(portal, "ok"), seconds=60)
    [other] = watches(checkout)
    assert other != hanging
    assert "The watch has ended with exit code -9" in portal.log.read_text()
    portal.process.terminate()
    portal.process.wait()
    assert watches(checkout) == []
