"""What ``script/serve`` runs once the packages are there: database, demo clinic, web process, watch, the editors' process
and the publisher of their pages, until it is stopped.

Environment: ``PORT`` (8000; when it is set, that port or none), ``CMS_PORT`` (the same for editors; otherwise the first free
one after that of the web process), ``DATABASE_URL`` (instead of the embedded server),
``PORTAL_DEMO=1`` (fill an empty database of ``DATABASE_URL`` with the demo clinic).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

from baclofen_portal import postgres
from baclofen_portal.serve_ports import FIRST_PORT, listen
from baclofen_portal.serve_processes import (
    STOP_SECONDS,
    die_with_parent,
    start_cms,
    start_publisher,
    start_watch,
    start_web,
    stop,
    wait_until_it_answers,
)
from baclofen_portal.serve_watch import Watch
from baclofen_portal.serve_words import CannotServe, say, step

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PORTAL_VAR", ROOT / "var"))
SIGN_INS = VAR / "demo-sign-ins.txt"
LOOK_SECONDS = 1  # between two looks whether everything but the web process still runs


class Stopped(BaseException):
    """Somebody asked the portal to stop: Ctrl-C, SIGTERM, or the terminal went away."""


def uses_embedded_server() -> bool:
    """Whether the database is the embedded one."""
    return not os.environ.get("DATABASE_URL")


def may_seed() -> bool:
    """The demo clinic goes into the embedded database, elsewhere only on request, and never into production."""
    return not _set("PORTAL_PRODUCTION") and (uses_embedded_server() or _set("PORTAL_DEMO"))


def _set(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "on")


def manage(*arguments: str) -> "subprocess.Popen[str]":
    """Start ``manage.py`` with its output collected."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509  this process has one thread
    )


def finish(name: str, command: "subprocess.Popen[str]") -> None:
    """Wait for a command of ``manage``; raises CannotServe with its last words if it failed."""
    try:
        output, _ = command.communicate()
    except BaseException:
        command.kill()
        command.wait()
        raise
    if command.returncode:
        raise CannotServe(f"manage.py {name} failed. It said:\n{output.strip()[-3000:]}")


def is_empty() -> bool:
    """Whether the database has no account yet; asked as the owner of the tables."""
    import psycopg

    address = os.environ.get("MIGRATE_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    server = postgres.ensure(ROOT) if uses_embedded_server() else None
    own = {"host": server.host, "port": server.port, "user": server.user, "dbname": postgres.DATABASE} if server else {}
    with psycopg.connect(address, **own) as connection:
        connection.execute("SET ROLE app_owner")
        connection.execute("SELECT set_config('app.job', 'migrate', true)")
        row = connection.execute("SELECT NOT EXISTS (SELECT FROM accounts_user)").fetchone()
    return bool(row and row[0])


def prepare_database() -> None:
    """Start the embedded server if it is used, migrate, collect the static files, seed an empty database."""
    if uses_embedded_server():
        with step("Starting the embedded PostgreSQL (the first start makes the database)"):
            postgres.ensure(ROOT)
    else:
        say("Using the database of DATABASE_URL.")
    with step("Bringing the database tables and the static files up to date"):
        commands = {"collectstatic": manage("collectstatic", "--noinput"), "migrate": manage("migrate", "--noinput")}
        try:
            for name, command in commands.items():
                finish(name, command)
        finally:
            for command in commands.values():
                command.kill()
    if may_seed() and is_empty():
        with step("Filling the empty database with the demo clinic (once)"):
            finish("seed_demo", manage("seed_demo"))
            finish("load_education", manage("load_education", "--publish"))


def wait(web: "subprocess.Popen[bytes]", others: Sequence[Watch], tend_server: Callable[[], None]) -> int:
    """The exit code of the web process when it ends; until then whatever else was killed is started again."""
    while True:
        try:
            return web.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            tend_server()
            for other in others:
                other.tend()


def embedded_server(root: Path) -> Callable[[], None]:
    """What starts the server of ``root`` again when it was killed, to be called every now and then."""
    server = postgres.ensure(root)
    said = ""

    def tend() -> None:
        nonlocal server, said
        if server.is_running():
            return
        if not said:
            say("PostgreSQL has ended; starting it again …")
        try:
            server = postgres.ensure(root)
        except postgres.PostgresError as error:  # a full disk may have room again: the next look tries once more
            if str(error) != said:
                say(str(error))
            said = str(error)
        else:
            said = ""
            say("PostgreSQL runs again.")

    return tend


def serve() -> int:
    """Run everything until somebody stops it; returns the exit code."""
    began = time.monotonic()
    listener = listen(os.environ.get("PORT") or None, "PORT", FIRST_PORT)
    port = listener.getsockname()[1]
    cms_listener = listen(os.environ.get("CMS_PORT") or None, "CMS_PORT", port + 1)
    editors = f"http://cms.localhost:{cms_listener.getsockname()[1]}"
    # Each of the two sends people to the other.
    os.environ.setdefault("PORTAL_ADDRESS", f"http://localhost:{port}")
    os.environ.setdefault("CMS_ADDRESS", editors)
    prepare_database()
    with ExitStack() as running:
        others: list[Watch] = []

        def keep(name: str, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
            others.append(Watch(start, name))
            running.callback(others[-1].stop, STOP_SECONDS)

        with step("Starting the web process and the watch"):
            web = start_web(listener)
            running.callback(stop, web)
            keep("watch", start_watch)
            wait_until_it_answers(web, port)
        # After that, so that nobody waits for them: whoever asks for a page of theirs meanwhile is answered when they are there.
        keep("editors' process", lambda: start_cms(cms_listener))
        keep("publisher", start_publisher)
        running.callback(say, "\nStopping …")
        listener.close()
        say(f"\nThe Baclofen Portal runs at http://localhost:{port} (started in {time.monotonic() - began:.1f} s).")
        say(f"Editors of education pages: {editors}/cms/")
        if may_seed() and SIGN_INS.exists():
            say(f"\n{SIGN_INS.read_text().strip()}\n")
        say("Press Ctrl-C to stop it.")
        code = wait(web, others, embedded_server(ROOT) if uses_embedded_server() else lambda: None)
        say(f"The web process ended by itself with exit code {code}; see its lines above.")
        return 1


def _on(signals: tuple[signal.Signals, ...], action: Callable[[int, FrameType | None], None] | int) -> None:
    for number in signals:
        # A hang-up that is ignored already (nohup) stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:
            signal.signal(number, action)


def main() -> int:
    """The entry point of ``python -m baclofen_portal.serve``."""
    asked = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stopped(number: int, frame: FrameType | None) -> None:
        _on(asked, signal.SIG_IGN)  # one request is enough; a second one must not interrupt the stopping
        raise Stopped

    _on(asked, stopped)
    try:
        return serve()
    except Stopped:
        say("Stopped.")
        return 0
    except (CannotServe, postgres.PostgresError) as error:
        say(f"\n{error}")
        return 1
    finally:
        _on(asked, signal.SIG_IGN)
        if uses_embedded_server():
            with suppress(postgres.PostgresError):
                postgres.leave(ROOT)


if __name__ == "__main__":
    sys.exit(main())
