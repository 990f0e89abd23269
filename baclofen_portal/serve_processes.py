"""The processes of ``script/serve``: how each is started, and how the one that answers the portal is stopped."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from baclofen_portal.serve_words import CannotServe

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90
STOP_SECONDS = 15
WORKERS, THREADS = 2, 4
EDITORS_WORKERS = 1
EDITORS = {"DJANGO_SETTINGS_MODULE": "baclofen_portal.cms.settings"}
PR_SET_PDEATHSIG = 1


def start_web(listener: socket.socket) -> "subprocess.Popen[bytes]":
    """Start the web process on a socket that listens already."""
    return _gunicorn(listener, "baclofen_portal.wsgi:application", WORKERS)


def start_cms(listener: socket.socket) -> "subprocess.Popen[bytes]":
    """Start the process of the editors on a socket that listens already."""
    return _gunicorn(listener, "baclofen_portal.cms.wsgi:application", EDITORS_WORKERS)


def start_watch() -> "subprocess.Popen[bytes]":
    """Start the worker process."""
    return _manage("watch")


def start_publisher() -> "subprocess.Popen[bytes]":
    """Start what makes education pages live at their time."""
    return _manage("publish_due", **EDITORS)


def _gunicorn(listener: socket.socket, application: str, workers: int) -> "subprocess.Popen[bytes]":
    handle = listener.fileno()
    options = {
        "--worker-class": "gthread",
        "--workers": str(workers),
        "--threads": str(THREADS),
        "--bind": f"fd://{handle}",
        "--log-level": "warning",
        "--graceful-timeout": "5",
    }
    words = [word for option in options.items() for word in option]
    return _started([sys.executable, "-m", "gunicorn", *words, "--no-control-socket", application], pass_fds=(handle,))


def _manage(command: str, **environment: str) -> "subprocess.Popen[bytes]":
    return _started([sys.executable, str(ROOT / "manage.py"), command], env={**os.environ, **environment})


def _started(
    words: list[str], *, pass_fds: tuple[int, ...] = (), env: dict[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        words,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        # Ctrl-C reaches the process of script/serve only, which then stops the others in order.
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509  that process has one thread
        pass_fds=pass_fds,
        env=env,
    )


def wait_until_it_answers(web: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when the web process answers without a server error; raises CannotServe."""
    deadline = time.monotonic() + READY_SECONDS
    status = 0
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise CannotServe(f"The web process ended by itself with exit code {web.returncode}; see its lines above.")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            status = connection.getresponse().status
            connection.close()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        if status < 500:
            return
        time.sleep(0.5)
    raise CannotServe(f"The web process did not answer within {READY_SECONDS} s (last status: {status or 'none'}).")


def stop(web: "subprocess.Popen[bytes]") -> None:
    """End the web process, by force if it does not go."""
    if web.poll() is None:
        web.terminate()
        try:
            web.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(web.pid, signal.SIGKILL)
            web.wait()


def die_with_parent() -> None:
    """Have Linux end this child when ``script/serve`` is killed without a chance to stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
