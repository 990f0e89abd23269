"""Whether a cluster's server runs, told by evidence: a number in a pid file may by now belong to anyone."""

import os
import socket
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MACOS_LOCAL_PEERPID = 2


@dataclass(frozen=True)
class Entry:
    """What ``postmaster.pid`` says."""

    pid: int
    socket_folder: Path
    socket_name: str
    ready: bool


def entry(data: Path) -> Entry | None:
    """The content of ``postmaster.pid``; None when it is missing, empty or cut off."""
    try:
        lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    lines += [""] * 8
    return Entry(pid, Path(lines[4]), f".s.PGSQL.{lines[3]}", lines[7].startswith("ready"))


def running(data: Path) -> Entry | None:
    """The entry of the server that runs on ``data``, ready or still starting; None when there is none."""
    found = entry(data)
    if found is None:
        return None
    # The list of processes first: a question at the socket costs the server a process of its own.
    if _is_server(found.pid, data) or found.pid == _listener(found.socket_folder / found.socket_name):
        return found
    return None


def programs_of(data: Path) -> Path:
    """The directory of the programs that the server was last started with, from ``postmaster.opts``."""
    command = (data / "postmaster.opts").read_text()
    return Path(command.split(' "-D"')[0].strip()).parent


def clear_leftovers(data: Path, sockets: Path, socket_name: str) -> None:
    """Remove what a killed server left behind and what would stop the next start. Call it when ``running`` says None.

    A pid file that names a dead process stays: PostgreSQL reads in it which shared memory to look for.
    One that names a living stranger, or nothing, is removed; the stranger is never signalled.
    """
    found = entry(data)
    if found is None or _exists(found.pid):
        (data / "postmaster.pid").unlink(missing_ok=True)
    for name in (socket_name, f"{socket_name}.lock"):
        (sockets / name).unlink(missing_ok=True)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # signal 0 asks and sends nothing
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _listener(path: Path) -> int | None:
    """The pid of the process that listens on a socket; None when nobody does or the system does not tell."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            client.connect(str(path))
            if hasattr(socket, "SO_PEERCRED"):
                seen = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
                return int(struct.unpack("3i", seen)[0])
            return int(struct.unpack("i", client.getsockopt(0, MACOS_LOCAL_PEERPID, 4))[0])
    except OSError:
        return None


def _is_server(pid: int, data: Path) -> bool:
    """Whether process ``pid`` is a postmaster whose data directory is ``data``."""
    if not PROC.joinpath("self").exists():
        shown = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
        return "postgres" in shown and f"-D {data}" in shown
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.path.basename(words[0]) == b"postgres" and os.fsencode(data) in words
