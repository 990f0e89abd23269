"""The watch of ``script/serve`` is started again when it ends, at a measured pace, and ended with the portal."""

import signal
import subprocess
import sys

import pytest

from baclofen_portal import serve_watch
from baclofen_portal.serve_watch import Watch

pytestmark = [pytest.mark.hazard("H25")]

# Says that it runs, then sleeps; "deaf" does not hear the request to end.
PROGRAM = """
import signal, sys, time
if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("runs", flush=True)
time.sleep(600)
"""


class Started:
    """Every process that was started, each running when it is returned."""

    def __init__(self, kind: str = "") -> None:
        self.kind = kind
        self.processes: list[subprocess.Popen[bytes]] = []

    def __call__(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, self.kind], stdout=subprocess.PIPE, start_new_session=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"runs\n"
        process.stdout.close()
        self.processes.append(process)
        return process


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when a test says so."""
    hands = [100.0]
    monkeypatch.setattr(serve_watch.time, "monotonic", lambda: hands[0])
    return hands


def killed(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    while process.poll() is None:
        process.wait()


def test_a_watch_that_ended_is_started_again_but_not_at_once_twice(clock, capsys):
    started = Started()
    watch = Watch(started, "watch")
    watch.tend()
    assert len(started.processes) == 1
    killed(started.processes[0])
    clock[0] += 4.9
    watch.tend()
    watch.tend()
    assert len(started.processes) == 1
    clock[0] += 0.1
    watch.tend()
    assert len(started.processes) == 2
    assert watch.pid == started.processes[1].pid
    assert capsys.readouterr().out == "The watch has ended with exit code -9; starting it again …\n"
    watch.stop(30)
    assert started.processes[1].returncode == -signal.SIGTERM


def test_a_watch_that_does_not_go_is_ended_by_force(clock):
    started = Started("deaf")
    watch = Watch(started, "watch")
    watch.stop(0)
    assert started.processes[0].returncode == -signal.SIGKILL
    watch.stop(0)
