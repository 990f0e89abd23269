"""The server lives exactly as long as somebody uses it."""

import os
import signal

from tests.postgres.clusters import Checkout, alive, stays, wait_for, watchers

HOLD_WITH_CHILD = """
import subprocess, sys
from pathlib import Path
from baclofen_portal import postgres
server = postgres.ensure(Path(sys.argv[1]))
child = subprocess.Popen(["sleep", "600"], close_fds=False)
print(server.host, child.pid, sep="\\n", flush=True)
sys.stdin.read()
"""

HOLD_IN_FORK = """
import os, sys
from pathlib import Path
from baclofen_portal import postgres
server = postgres.ensure(Path(sys.argv[1]))
if os.fork():
    os._exit(0)
print(server.host, os.getpid(), sep="\\n", flush=True)
sys.stdin.read()
"""

HOLD_AND_LEAVE = """
import sys
from pathlib import Path
from baclofen_portal import postgres
root = Path(sys.argv[1])
server = postgres.ensure(root)
print(server.host, server.bindir, sep="\\n", flush=True)
sys.stdin.readline()
postgres.leave(root)
print("left", flush=True)
sys.stdin.read()
"""


def test_eight_cold_starts_at_once_make_one_server(empty: Checkout) -> None:
    holders = [empty.begin() for _ in range(8)]
    for holder in holders:
        holder.await_server()
    assert {holder.error for holder in holders} == {""}
    assert len({holder.host for holder in holders}) == 1
    with empty.connect(holders[0]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert len(watchers(empty.root)) == 1
    pid = empty.pid()
    for holder in holders[:-1]:
        holder.kill()
    stays("the server runs for its last user", lambda: alive(pid))
    holders[-1].close()
    empty.wait_until_stopped(pid)


def test_sigkill_of_the_holder_stops_the_server(checkout: Checkout) -> None:
    holder = checkout.hold()
    pid = checkout.pid()
    holder.kill()
    checkout.wait_until_stopped(pid)
    wait_for("the watcher to end", lambda: not watchers(checkout.root))


def test_the_next_user_starts_it_again(checkout: Checkout) -> None:
    first = checkout.hold()
    with checkout.connect(first) as connection:
        connection.execute("CREATE SCHEMA kept CREATE TABLE seven (number int)")
        connection.execute("INSERT INTO kept.seven VALUES (7)")
    pid = checkout.pid()
    first.close()
    checkout.wait_until_stopped(pid)
    with checkout.connect(checkout.hold()) as connection:
        assert connection.execute("SELECT number FROM kept.seven").fetchone() == (7,)


def test_a_program_started_by_the_user_does_not_hold_the_server(checkout: Checkout) -> None:
    holder = checkout.hold(HOLD_WITH_CHILD)
    child = int(holder.bindir)
    pid = checkout.pid()
    try:
        holder.process.kill()
        holder.process.wait()
        checkout.wait_until_stopped(pid)
        assert alive(child)
    finally:
        os.kill(child, 9)


def test_a_fork_of_the_user_holds_the_server(checkout: Checkout) -> None:
    holder = checkout.hold(HOLD_IN_FORK)
    fork = int(holder.bindir)
    pid = checkout.pid()
    holder.process.wait()
    stays("the server runs for the fork", lambda: alive(pid))
    os.kill(fork, 9)
    checkout.wait_until_stopped(pid)


def test_the_last_user_to_leave_stops_the_server_at_once(checkout: Checkout) -> None:
    checkout.environment["PORTAL_PG_LINGER"] = "600"
    first = checkout.hold(HOLD_AND_LEAVE)
    last = checkout.hold(HOLD_AND_LEAVE)
    pid = checkout.pid()

    def leave(holder: object) -> None:
        process = first.process if holder is first else last.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "left\n"

    leave(first)
    assert alive(pid)
    leave(last)
    assert not alive(pid)
    for watcher in watchers(checkout.root):
        os.kill(watcher, 9)


def test_the_watcher_makes_nothing_anew_in_a_checkout_that_is_being_removed(checkout: Checkout) -> None:
    holder = checkout.hold()
    pid = checkout.pid()
    locks = [checkout.root / "var" / "postgres" / f"{name}.lock" for name in ("start", "users", "watch")]
    for lock in locks:
        lock.unlink()
    holder.kill()
    wait_for("the watcher to end", lambda: not watchers(checkout.root))
    assert not any(lock.exists() for lock in locks)
    os.kill(pid, signal.SIGINT)
    wait_for("the server to stop", lambda: not alive(pid))


def test_a_killed_watcher_is_replaced(checkout: Checkout) -> None:
    first = checkout.hold()
    pid = checkout.pid()
    (watcher,) = watchers(checkout.root)
    os.kill(watcher, 9)
    wait_for("the watcher to be gone", lambda: not watchers(checkout.root))
    second = checkout.hold()
    assert checkout.pid() == pid
    assert len(watchers(checkout.root)) == 1
    first.kill()
    second.kill()
    checkout.wait_until_stopped(pid)
