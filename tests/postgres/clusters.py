"""What the tests of the launcher share: processes that hold a cluster, and questions about what is left of it."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psycopg

from baclofen_portal import postgres_places, postgres_process
from baclofen_portal.postgres_account import account_for

PROJECT = Path(__file__).resolve().parents[2]
PROC = Path("/proc")
LINGER = "0.1"
PATIENCE = 30  # seconds; what does not happen by then is a failure
T = TypeVar("T")

HOLD = """
import sys
from pathlib import Path
from baclofen_portal import postgres
try:
    server = postgres.ensure(Path(sys.argv[1]))
except postgres.PostgresError as error:
    sys.exit(f"PostgresError: {error}")
print(server.host, server.bindir, sep="\\n", flush=True)
sys.stdin.read()
"""


def wait_for(what: str, question: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """Ask until the answer is true; fail with ``what`` after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for: {what}")


def stays(what: str, question: Callable[[], bool], seconds: float = 0.6) -> None:
    """Ask again and again; fail with ``what`` when the answer is not true throughout."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert question(), what
        time.sleep(0.05)


@dataclass
class Holder:
    """A process that called ``ensure`` and lives until it is closed or killed."""

    process: "subprocess.Popen[str]"
    host: str = ""
    bindir: str = ""
    error: str = ""

    def await_server(self) -> "Holder":
        """Read where the server is, or why there is none."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.host = self.process.stdout.readline().strip()
        self.bindir = self.process.stdout.readline().strip()
        if not self.host:
            self.error = self.process.communicate()[1]
        return self

    def kill(self) -> None:
        """SIGKILL: no clean-up of any kind."""
        self.process.kill()
        self.process.communicate()

    def close(self) -> None:
        """Let the process end normally."""
        if self.process.poll() is None:
            self.process.communicate("")


@dataclass
class Checkout:
    """A directory with a cluster, and the processes that a test started on it."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PORTAL_PG_LINGER": LINGER})
    python: str = sys.executable
    user: pwd.struct_passwd | None = None
    code: Path = PROJECT
    holders: list[Holder] = field(default_factory=list)

    def begin(self, program: str = HOLD) -> Holder:
        """Start a process that calls ``ensure``, without waiting for it."""
        kept = {
            name: value for name, value in os.environ.items() if name not in ("PGHOST", "PGUSER", "PORTAL_PG_LINGER")
        }
        process = subprocess.Popen(
            [self.python, "-c", program, str(self.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={**kept, "PYTHONPATH": str(self.code), **self.environment},
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )
        holder = Holder(process)
        self.holders.append(holder)
        return holder

    def hold(self, program: str = HOLD) -> Holder:
        """Start a process that calls ``ensure`` and wait until it has its server."""
        holder = self.begin(program).await_server()
        assert not holder.error, holder.error
        return holder

    @property
    def home(self) -> Path:
        """Where the cluster is: inside the checkout, or where the pointer says."""
        pointer = self.root / "var" / "postgres" / "elsewhere"
        return Path(pointer.read_text().strip()) if pointer.exists() else self.root / "var" / "postgres" / "cluster"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    def pid(self) -> int:
        """The pid in ``postmaster.pid``."""
        entry = postgres_process.entry(self.data)
        assert entry is not None
        return entry.pid

    def connect(self, holder: Holder, **options: str) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as the login of the portal, unless the options say otherwise."""
        about = {"user": "portal", "dbname": "portal", **options}
        return psycopg.connect(host=holder.host, port=postgres_places.PORT, autocommit=True, **about)

    def wait_until_stopped(self, pid: int) -> None:
        """Return when the server with that pid is gone and has tidied up after itself."""
        wait_for("the server to stop", lambda: not alive(pid) and not (self.data / "postmaster.pid").exists())

    def tidy(self) -> None:
        """End what the test started and remove what it made."""
        for holder in self.holders:
            holder.kill()
            for pipe in (holder.process.stdin, holder.process.stdout, holder.process.stderr):
                if pipe is not None:
                    pipe.close()
        entry = postgres_process.running(self.data)
        if entry is not None:
            wait_for("the server to stop", lambda: not alive(entry.pid))
        if self.environment["PORTAL_PG_LINGER"] == LINGER:
            wait_for("the watcher to end", lambda: not watchers(self.root))
        if self.home.name.startswith(postgres_places.PREFIX):
            shutil.rmtree(self.home)


def alive(pid: int) -> bool:
    """Whether a process exists and is not merely waiting to be collected."""
    state, _ = processes().get(pid, ("Z", ""))
    return state != "Z"


def processes() -> dict[int, tuple[str, str]]:
    """State letter and command line of every process, by pid; a small Linux has no ps, and macOS no /proc."""
    if not PROC.exists():
        shown = subprocess.run(["ps", "-ww", "-eo", "pid=,stat=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(maxsplit=2) for line in shown.stdout.splitlines()]
        return {int(row[0]): (row[1][0], row[2] if len(row) > 2 else "") for row in rows}
    found = {}
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found[int(folder.name)] = (state, command)
    return found


@contextlib.contextmanager
def innocent() -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the server's user that is not PostgreSQL; at the end it must still be alive."""
    user = cluster_user().pw_uid if os.geteuid() == 0 else None
    stranger = subprocess.Popen(["sleep", "600"], user=user)
    try:
        yield stranger
        assert stranger.poll() is None, "the innocent process was ended"
    finally:
        stranger.send_signal(signal.SIGKILL)
        stranger.wait()


def watchers(root: Path) -> list[int]:
    """The pids of the watchers of a checkout."""
    return [pid for pid, (_, command) in processes().items() if f"postgres watch {root} " in command]


def cluster_user() -> pwd.struct_passwd:
    """The user that the server runs as: the caller, or for root an unprivileged one."""
    account = account_for(Path("/nonexistent"))
    return pwd.getpwuid(account.uid)
