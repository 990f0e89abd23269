"""``script/serve`` goes on when its embedded server is killed: nobody has to start it again."""

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
from tests.postgres.clusters import LINGER, PROJECT, Checkout, wait_for

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
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
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
            env={**kept, "PORT": str(port), "PORTAL_PG_LINGER": LINGER},
        )
    try:
        yield Portal(process, port, log)
    finally:
        process.terminate()
        process.wait()


def ready(portal: Portal) -> bool:
    assert portal.process.poll() is None, portal.log.read_text()
    return portal.status("/readyz") == 200


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
