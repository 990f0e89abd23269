"""The processes that ``script/serve`` keeps running beside the web process: started, and started again whenever they end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from baclofen_portal.serve_words import say

PAUSE_SECONDS = 5  # between two starts: a process that cannot run must not keep the machine busy


class Watch:
    """``start`` starts the process that people know as ``name``. ``tend`` is called every now and then and starts another
    when it has ended."""

    def __init__(self, start: Callable[[], "subprocess.Popen[bytes]"], name: str) -> None:
        self._start = start
        self._name = name
        self._process = start()
        self._started = time.monotonic()
        self._said = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def tend(self) -> None:
        """Start the process again when it has ended, but not more often than every few seconds."""
        code = self._process.poll()
        if code is None:
            return
        if not self._said:
            say(f"The {self._name} has ended with exit code {code}; starting it again …")
            self._said = True
        if time.monotonic() - self._started >= PAUSE_SECONDS:
            self._process, self._started, self._said = self._start(), time.monotonic(), False

    def stop(self, seconds: float) -> None:
        """End the process, by force if it has not gone after so many seconds. What it was doing stays due."""
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
