"""What a killed server, a reused pid or an unfinished start leave behind does not stop the next start."""

import os
import signal
import time
from pathlib import Path

from tests.postgres.clusters import Checkout, Holder, alive, innocent, wait_for, watchers


def kill_server(checkout: Checkout) -> int:
    """SIGKILL the postmaster and return its former pid."""
    pid = checkout.pid()
    os.kill(pid, signal.SIGKILL)
    wait_for("the server to be gone", lambda: not alive(pid))
    return pid


def give_pid_to(checkout: Checkout, holder: Holder, old: int, new: int) -> None:
    """Let the files of a killed server name another process, as if its pid had been used again."""
    for path in (checkout.data / "postmaster.pid", Path(holder.host, ".s.PGSQL.5432.lock")):
        path.write_text(path.read_text().replace(f"{old}\n", f"{new}\n", 1))


def insert(checkout: Checkout, holder: Holder) -> None:
    with checkout.connect(holder) as connection:
        connection.execute("CREATE SCHEMA kept CREATE TABLE seven (number int)")
        connection.execute("INSERT INTO kept.seven VALUES (7)")


def read(checkout: Checkout, holder: Holder) -> int:
    with checkout.connect(holder) as connection:
        row = connection.execute("SELECT number FROM kept.seven").fetchone()
    assert row is not None
    return int(str(row[0]))


def test_a_killed_server_comes_back_with_its_data(checkout: Checkout) -> None:
    first = checkout.hold()
    insert(checkout, first)
    old = kill_server(checkout)
    second = checkout.hold()
    assert checkout.pid() != old
    assert read(checkout, second) == 7


def test_children_that_outlive_a_killed_server_are_waited_for(checkout: Checkout) -> None:
    first = checkout.hold()
    insert(checkout, first)
    with checkout.connect(first) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        kill_server(checkout)
        second = checkout.begin()
        log = checkout.home / "server.log"
        wait_for("the first refused start", lambda: "shared memory block" in log.read_text())
        os.kill(backend, signal.SIGCONT)
        assert not second.await_server().error
        assert not alive(backend)
    assert read(checkout, second) == 7


def test_a_reused_pid_neither_stops_the_start_nor_is_it_signalled(checkout: Checkout) -> None:
    first = checkout.hold()
    insert(checkout, first)
    old = kill_server(checkout)
    with innocent() as stranger:
        give_pid_to(checkout, first, old, stranger.pid)
        second = checkout.hold()
        assert read(checkout, second) == 7
        first.kill()
        pid = checkout.pid()
        second.kill()
        checkout.wait_until_stopped(pid)


def test_the_watcher_does_not_stop_a_process_with_a_reused_pid(checkout: Checkout) -> None:
    holder = checkout.hold()
    old = kill_server(checkout)
    with innocent() as stranger:
        give_pid_to(checkout, holder, old, stranger.pid)
        holder.kill()
        wait_for("the watcher to end", lambda: not watchers(checkout.root))


def test_an_empty_pid_file_does_not_stop_the_start(checkout: Checkout) -> None:
    checkout.hold()
    kill_server(checkout)
    (checkout.data / "postmaster.pid").write_text("")
    assert checkout.hold().host


def test_a_half_made_cluster_is_made_again(checkout: Checkout) -> None:
    holder = checkout.hold()
    pid = checkout.pid()
    holder.kill()
    checkout.wait_until_stopped(pid)
    draft = checkout.home / "data.new"
    checkout.data.rename(draft)
    (draft / "global" / "pg_control").unlink()
    assert checkout.hold().host
    assert not draft.exists()


def test_a_cluster_of_another_major_version_is_explained(checkout: Checkout) -> None:
    holder = checkout.hold()
    pid = checkout.pid()
    holder.kill()
    checkout.wait_until_stopped(pid)
    (checkout.data / "PG_VERSION").write_text("11\n")
    error = checkout.begin().await_server().error
    assert "was made by PostgreSQL 11; found here: PostgreSQL 1" in error
    assert f"remove {checkout.data}" in error
    wait_for("the watcher to end", lambda: not watchers(checkout.root))


def test_a_start_that_fails_shows_the_end_of_the_log(checkout: Checkout) -> None:
    holder = checkout.hold()
    pid = checkout.pid()
    holder.kill()
    checkout.wait_until_stopped(pid)
    with (checkout.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    began = time.monotonic()
    error = checkout.begin().await_server().error
    assert time.monotonic() - began < 10
    assert "PostgreSQL did not start" in error
    assert "no_such_setting" in error
    wait_for("the watcher to end", lambda: not watchers(checkout.root))
