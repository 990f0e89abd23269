"""CPU time of processes, as the kernel counts it."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: list[int]) -> dict[int, float]:
    """User and system time of each process so far, in seconds; one that is gone is left out."""
    found = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        except OSError:
            continue
        found[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    return found


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """Seconds between two readings: all of a process that came, nothing of one that went, whose last time nobody read."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def children(pid: int) -> list[int]:
    """The worker processes of a server."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(one) for one in (task / "children").read_text().split()]
    return found


def database_backends(name: str) -> list[int]:
    """Server processes of PostgreSQL that work for the clients of the database ``name``."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if command.startswith(b"postgres:") and b"autovacuum" not in command and f" {name} ".encode() in command:
            found.append(int(process.name))
    return found
