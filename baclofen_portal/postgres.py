"""The embedded PostgreSQL of trials, demonstrations and tests: one private cluster per checkout, nothing to set up.

``ensure(root)`` starts the cluster when it does not run and keeps it running for as long as the calling process (or a
fork of it) lives. It listens on a socket in a 0700 directory and on nothing else. Every user holds a shared lock,
which the kernel drops however the process ends; a watcher stops the server when the last one is gone.
The login is ``portal``, which may make roles and databases; the bootstrap superuser cannot sign in at all.

Environment: ``PGBIN`` names a directory of PostgreSQL programs to prefer; ``PORTAL_PG_ONLY_WHEEL=1`` uses only those
of the Python wheel; ``PORTAL_PG_LINGER`` is how many seconds the server outlives its last user (2).
"""

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from baclofen_portal import postgres_places as places_of
from baclofen_portal import postgres_process as process
from baclofen_portal.postgres_account import PostgresError
from baclofen_portal.postgres_binaries import Binaries, choose
from baclofen_portal.postgres_places import PORT, SOCKET, Places

__all__ = ["DATABASE", "PostgresError", "Server", "ensure", "leave"]

LOGIN = "portal"
DATABASE = "portal"
SUPERUSER = "postgres"
READY_SECONDS = 120
STOP_SECONDS = 60
LOG_LIMIT = 5_000_000  # bytes; a larger log is put aside at the next start
FIRST_STATEMENTS = (
    f"CREATE ROLE {LOGIN} LOGIN CREATEROLE CREATEDB NOSUPERUSER NOINHERIT NOBYPASSRLS;",
    f"CREATE DATABASE {DATABASE} OWNER {LOGIN};",
    f"ALTER ROLE {SUPERUSER} NOLOGIN;",
)
# fsync and synchronous_commit keep their defaults: even a trial loses nothing that it was told is saved.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A log must not hold what a statement was about: it may be a patient.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}

_held: dict[Path, int] = {}
_thread_lock = threading.RLock()


@dataclass(frozen=True)
class Server:
    """How to reach a running cluster: socket directory, port (part of the socket's name), login, programs and data."""

    host: str
    port: int
    user: str
    bindir: Path
    data: Path

    def is_running(self) -> bool:
        """Whether the cluster has a server now, this one or a later one, ready or still starting."""
        return process.running(self.data) is not None


def ensure(root: Path) -> Server:
    """Start the cluster of the checkout ``root`` unless it runs, and hold it for the life of this process.

    Raises PostgresError with a message that says what to do.
    """
    shared = places_of.shared_folder(root)
    with _thread_lock, _locked(shared / "start.lock"):
        new = shared not in _held
        if new:
            _held[shared] = _lock_file(shared / "users.lock", fcntl.LOCK_SH)
        try:
            return _server(root)
        except OSError as error:
            _release(shared, new)
            raise PostgresError(f"The embedded PostgreSQL cannot be started: {error}.") from error
        except PostgresError:
            _release(shared, new)
            raise


def leave(root: Path) -> None:
    """Give up this process's hold on the cluster of ``root`` and stop it at once if nobody else uses it."""
    shared = places_of.shared_folder(root)
    with _thread_lock, _locked(shared / "start.lock"):
        _release(shared, shared in _held)
        _stop_if_unused(places_of.locate(root))


def _release(shared: Path, held_by_us: bool) -> None:
    if held_by_us:
        os.close(_held.pop(shared))


def _server(root: Path) -> Server:
    places = places_of.locate(root)
    if process.running(places.data) is None:
        binaries = choose(places.data, places.home, places.account)
        if not places.data.exists():
            _create(places, binaries)
        _start_watcher(root, places.shared)  # first, so that a server whose starter is killed is watched as well
        _start(places, binaries)
    else:
        _start_watcher(root, places.shared)
    ready = _wait_until_ready(places)
    return Server(str(ready.socket_folder), PORT, LOGIN, process.programs_of(places.data), places.data)


def _create(places: Places, binaries: Binaries) -> None:
    """Make the cluster under another name and move it into place when it is complete."""
    draft = places.home / "data.new"
    if draft.exists():
        shutil.rmtree(draft)
    initdb = [binaries.folder / "initdb", "-D", draft, "-U", SUPERUSER, "--encoding=UTF8", "--data-checksums"]
    initdb += ["--auth-local=trust", "--auth-host=reject"]  # local: the socket's directory is the lock on that door
    code, text = places.account.run(*initdb, "--locale=C.UTF-8")
    if code and "invalid locale" in text:
        shutil.rmtree(draft, ignore_errors=True)
        code, text = places.account.run(*initdb, "--locale=C")
    if code:
        raise PostgresError(f"PostgreSQL could not make a database in {places.data}. It said:\n{_last_lines(text)}")
    single = [binaries.folder / "postgres", "--single", "-c", "exit_on_error=true", "-D", draft, "postgres"]
    code, text = places.account.run(*single, input_text="\n".join(FIRST_STATEMENTS) + "\n")
    if code:
        raise PostgresError(f"PostgreSQL could not make the login of the portal. It said:\n{_last_lines(text)}")
    draft.rename(places.data)


def _start(places: Places, binaries: Binaries) -> None:
    sockets = places_of.socket_folder(places.home, places.account)
    process.clear_leftovers(places.data, sockets, SOCKET)
    if places.log.exists() and places.log.stat().st_size > LOG_LIMIT:
        places.log.replace(places.log.with_suffix(".log.old"))
    quoted = str(sockets).replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"'}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    command = [binaries.folder / "pg_ctl", "start", "-w", "-t", str(READY_SECONDS), "-D", places.data]
    command += ["-l", places.log, "-o", options]
    deadline = time.monotonic() + READY_SECONDS
    while True:
        before = places.log.stat().st_size if places.log.exists() else 0
        code, text = places.account.run(*command)
        if code == 0:
            return
        said = places.log.read_bytes()[before:].decode(errors="replace") if places.log.exists() else text
        # The children of a killed server take a moment to notice, and hold its shared memory until then.
        if "shared memory block" not in said or time.monotonic() > deadline:
            raise PostgresError(f"PostgreSQL did not start. Its log ({places.log}) ends with:\n{_last_lines(said)}")
        time.sleep(0.1)


def _wait_until_ready(places: Places) -> process.Entry:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        found = process.running(places.data)
        if found is None:
            break
        if found.ready:
            return found
        time.sleep(0.05)
    said = places.log.read_text(errors="replace") if places.log.exists() else ""
    raise PostgresError(f"PostgreSQL did not become ready. Its log ({places.log}) ends with:\n{_last_lines(said)}")


def _stop_if_unused(places: Places) -> bool:
    """Stop the server unless somebody holds the users' lock; the caller holds the start lock."""
    users = _lock_file(places.shared / "users.lock", create=False)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = process.running(places.data)
        if found is not None:  # judged just now: the pid that pg_ctl signals is the server's
            stop = [process.programs_of(places.data) / "pg_ctl", "stop", "-w", "-t", str(STOP_SECONDS), "-m", "fast"]
            code, text = places.account.run(*stop, "-D", places.data)
            if code:
                raise PostgresError(f"PostgreSQL did not stop. It said:\n{_last_lines(text)}")
            if found.socket_folder.parent != places.home:
                with suppress(OSError):
                    found.socket_folder.rmdir()
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(users)


def _start_watcher(root: Path, shared: Path) -> None:
    """Start the watcher unless one lives: it holds a lock that it inherits, so there is never a second one."""
    lock = _lock_file(shared / "watch.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        package = Path(__file__).resolve().parent
        subprocess.run(
            [sys.executable, "-m", f"{package.name}.postgres", "watch", str(root.resolve()), str(lock)],
            check=True,
            pass_fds=(lock,),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=package.parent,
            env={**os.environ, "PYTHONPATH": str(package.parent)},
        )
    except BlockingIOError:
        pass
    except subprocess.CalledProcessError as error:
        raise PostgresError(f"The watcher that stops PostgreSQL when it is unused did not start: {error}") from error
    finally:
        os.close(lock)


def _watch(root: Path, watch_lock: int) -> None:
    """Stop the server when its last user is gone; end as well when the checkout was removed meanwhile."""
    places = places_of.locate(root)
    users = _lock_file(places.shared / "users.lock")
    linger = float(os.environ.get("PORTAL_PG_LINGER", "2"))
    stopped = False
    while not stopped:
        fcntl.flock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(linger)
        with _locked(places.shared / "start.lock", create=False):
            stopped = _stop_if_unused(places)
            if stopped:
                os.close(watch_lock)  # before the start lock is free: whoever comes next starts a watcher of its own


@contextmanager
def _locked(path: Path, *, create: bool = True) -> Iterator[None]:
    handle = _lock_file(path, fcntl.LOCK_EX, create=create)
    try:
        yield
    finally:
        os.close(handle)


def _lock_file(path: Path, how: int | None = None, *, create: bool = True) -> int:
    """A descriptor of a lock file, locked if asked; other programs that this process starts do not inherit it."""
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if create else 0)
    try:
        handle = os.open(path, flags, 0o600)
    except PermissionError as error:
        raise PostgresError(
            f"{path} belongs to another user. Start as that user or as root, or set DATABASE_URL."
        ) from error
    if how is not None:
        fcntl.flock(handle, how)
    return handle


def _last_lines(text: str, count: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-count:]) or "(nothing)"


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "watch":
        sys.exit("This module is started by the portal itself: python -m baclofen_portal.postgres watch ROOT LOCK")
    if os.fork() == 0:  # the child has no parent that would have to wait for it
        with suppress(FileNotFoundError):  # the checkout was removed
            _watch(Path(sys.argv[2]), int(sys.argv[3]))
