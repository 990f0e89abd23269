"""``script/serve`` goes on when anything but its web process is killed: nobody has to start it again."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from baclofen_portal import postgres_process
from tests.postgres.clusters import LINGER, PROC, PROJECT, Checkout, processes, wait_for

# Filling the demo clinic is not what is tried here, and takes longest.
START = """
import sys
from baclofen_portal import serve
serve.may_seed = lambda: False
sys.exit(serve.main())
"""
SERVED = ("baclofen_portal", "education", "titration", "templates", "manage.py")


@dataclass
class Portal:
    """A portal that runs from a checkout of its own, and what it said so far."""

    process: "subprocess.Popen[bytes]"
    port: int
    editors: int  # the port of their process
    log: Path

    def status(self, path: str, port: int = 0) -> int:
        """The status of a page; 0 when nobody answers."""
        return self.answer(path, port)[0]

    def answer(self, path: str, port: int = 0) -> tuple[int, str]:
        """The status and the text of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
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
    with socket.socket() as free, socket.socket() as other:
        free.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        port, editors = free.getsockname()[1], other.getsockname()[1]
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
            env={
                **kept,
                "PORT": str(port),
                "CMS_PORT": str(editors),
                "PORTAL_PG_LINGER": LINGER,
                "PORTAL_WATCH_SILENT_SECONDS": "10",
            },
        )
    try:
        yield Portal(process, port, editors, log)
    finally:
        process.terminate()
        process.wait()


def ready(portal: Portal) -> bool:
    assert portal.process.poll() is None, portal.log.read_text()
    return portal.status("/readyz") == 200


def watches(checkout: Checkout) -> list[int]:
    """The pids of the worker processes of a checkout."""
    return running(checkout, "watch")


def running(checkout: Checkout, command: str) -> list[int]:
    """The pids of a command of a checkout."""
    wanted = f"{checkout.root}/manage.py {command}"
    return [pid for pid, (state, words) in processes().items() if wanted in words and state != "Z"]


def desks(portal: Portal) -> list[int]:
    """The pids of the editors' process: those that this script/serve started, and what they started."""
    found = processes()
    wanted = "baclofen_portal.cms.wsgi:application"
    return [
        pid
        for pid, (state, words) in found.items()
        if wanted in words and state != "Z" and parent(pid) == portal.process.pid
    ]


def parent(pid: int) -> int:
    """The pid of the parent of a process; 0 when it is gone."""
    if not PROC.exists():
        shown = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return int(shown.stdout or 0)
    with suppress(OSError):
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    return 0


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


def test_the_editors_process_and_the_publisher_are_there_and_are_started_again(
    checkout: Checkout, portal: Portal
) -> None:
    def open_to_editors() -> bool:
        assert portal.process.poll() is None, portal.log.read_text()
        return portal.status("/readyz", portal.editors) == 200 and len(running(checkout, "publish_due")) == 1

    wait_for("the editors' process", open_to_editors, seconds=300)
    assert f"http://cms.localhost:{portal.editors}/cms/" in portal.log.read_text()
    status, page = portal.answer("/cms/login/", portal.editors)
    assert status == 200
    assert f"http://localhost:{portal.port}/learn/" in page
    assert portal.status("/cms/", portal.port) == 404
    assert portal.status("/worklist/", portal.editors) == 404
    [desk], [publisher] = desks(portal), running(checkout, "publish_due")
    for old in (desk, publisher):
        os.kill(old, signal.SIGKILL)
    wait_for("another publisher", lambda: running(checkout, "publish_due") not in ([], [publisher]), seconds=60)
    wait_for("another editors' process", lambda: desks(portal) not in ([], [desk]), seconds=60)
    wait_for("its pages", open_to_editors, seconds=60)
    said = portal.log.read_text()
    assert "The editors' process has ended with exit code -9" in said
    assert "The publisher has ended with exit code -9" in said
    portal.process.terminate()
    portal.process.wait()
    assert portal.status("/livez", portal.editors) == 0
    assert running(checkout, "publish_due") == []
