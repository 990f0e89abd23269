"""Where the cluster and its socket live, who may reach them, and which programs run it."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from baclofen_portal import postgres_binaries, postgres_places
from baclofen_portal.postgres_account import Account, PostgresError
from baclofen_portal.postgres_binaries import Binaries
from tests.postgres.clusters import PROJECT, Checkout, cluster_user

AS_ROOT = os.geteuid() == 0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def assert_private(path: Path) -> None:
    assert path.is_dir()
    assert not path.is_symlink()
    assert mode(path) == 0o700
    assert path.stat().st_uid == cluster_user().pw_uid


@pytest.fixture
def closed(place: Path) -> Iterator[Checkout]:
    """A checkout below a directory that only its owner may enter."""
    (place / "closed").mkdir(mode=0o700)
    made = Checkout(place / "closed" / "clone")
    made.root.mkdir()
    yield made
    made.tidy()


def test_the_cluster_is_private_and_its_login_is_not_a_superuser(empty: Checkout) -> None:
    holder = empty.hold()
    assert_private(empty.home)
    assert_private(empty.data)
    assert_private(Path(holder.host))
    with empty.connect(holder) as connection:
        names = [
            "listen_addresses",
            "data_checksums",
            "server_encoding",
            "fsync",
            "synchronous_commit",
            "unix_socket_permissions",
        ]
        shown = [str((connection.execute(f"SHOW {name}").fetchone() or [""])[0]) for name in names]
        assert shown == ["", "on", "UTF8", "on", "on", "0700"]
        assert int(str((connection.execute("SHOW max_connections").fetchone() or [0])[0])) >= 200
        login = connection.execute(
            "SELECT rolcanlogin, rolcreaterole, rolcreatedb, rolsuper, rolinherit, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert login == (True, True, True, False, False, False)
        connection.execute("CREATE SCHEMA made_by_owner")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        empty.connect(holder, user="postgres", dbname="postgres")


def test_a_path_too_long_for_a_socket_moves_the_socket_only(place: Path) -> None:
    root = place / ("deep" * 20) / ("deeper" * 12)
    root.mkdir(parents=True)
    checkout = Checkout(root)
    try:
        holder = checkout.hold()
        sockets = Path(holder.host)
        assert checkout.home.is_relative_to(root)
        assert not sockets.is_relative_to(root)
        assert_private(sockets)
        assert len(os.fsencode(sockets / postgres_places.SOCKET)) <= postgres_places.LONGEST_SOCKET_PATH
        with checkout.connect(holder) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        pid = checkout.pid()
        holder.kill()
        checkout.wait_until_stopped(pid)
        # Somebody else prepares the directory that the next start will want.
        elsewhere = place / "elsewhere"
        elsewhere.mkdir(mode=0o700)
        if sockets.exists():
            sockets.rmdir()
        sockets.symlink_to(elsewhere)
        try:
            assert "is not a directory" in checkout.begin().await_server().error
        finally:
            sockets.unlink()
    finally:
        checkout.tidy()


def test_a_clone_that_only_its_owner_may_enter(closed: Checkout) -> None:
    parents = [closed.root.parent, closed.root]
    before = [mode(parent) for parent in parents]
    first = closed.hold()
    assert closed.home.is_relative_to(closed.root) is not AS_ROOT
    assert_private(closed.home)
    assert [mode(parent) for parent in parents] == before
    home = closed.home
    with closed.connect(first) as connection:
        connection.execute("CREATE SCHEMA kept CREATE TABLE kept ()")
    pid = closed.pid()
    first.kill()
    closed.wait_until_stopped(pid)
    with closed.connect(closed.hold()) as connection:
        connection.execute("TABLE kept.kept")
    assert closed.home == home


def test_a_cluster_that_its_user_can_no_longer_reach_is_explained(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = checkout.hold()
    pid = checkout.pid()
    holder.kill()
    checkout.wait_until_stopped(pid)
    if AS_ROOT:  # root runs the server as somebody else, who can be shut out
        checkout.root.chmod(0o700)
        error = checkout.begin().await_server().error
    else:  # nobody shuts themselves out of a directory that they open again: what is left is what the launcher says
        monkeypatch.setattr(Account, "can_enter", lambda self, folder: False)
        with pytest.raises(PostgresError) as refused:
            postgres_places.locate(checkout.root)
        error = str(refused.value)
    assert "can no longer enter" in error
    assert not (checkout.root / "var" / "postgres" / "elsewhere").exists()


def test_a_cluster_outside_that_is_gone_is_explained(empty: Checkout) -> None:
    shared = empty.root / "var" / "postgres"
    shared.mkdir(parents=True)
    (shared / "elsewhere").write_text(f"{empty.root}/not-there\n")
    assert "which is gone" in empty.begin().await_server().error


def test_the_wheel_serves_where_nothing_is_installed(closed: Checkout) -> None:
    wheel = Path(str(postgres_binaries.importlib.util.find_spec(postgres_binaries.WHEEL).origin)).parent
    packages = closed.root / "packages"
    shutil.copytree(wheel, packages / wheel.name, ignore=shutil.ignore_patterns("*.a", "include", "pginstall"))
    libraries = wheel.parent / f"{wheel.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, packages / libraries.name)
    closed.environment["PORTAL_PG_ONLY_WHEEL"] = "1"
    closed.environment["PYTHONPATH"] = f"{packages}:{PROJECT}"
    holder = closed.hold()
    # As root the server's user cannot reach the packages, so that their programs were copied.
    assert Path(holder.bindir).is_relative_to(closed.home if AS_ROOT else packages)
    with closed.connect(holder) as connection:
        assert str((connection.execute("SHOW server_version").fetchone() or [""])[0]).startswith("18")
        assert connection.execute("SELECT timezone('Europe/London', timestamp '2026-07-01')").fetchone()
        connection.execute("DO $$ BEGIN PERFORM 1; END $$")


def interpreter_for(user: pwd.struct_passwd, place: Path) -> str:
    """A Python that another user can start: one of the machine's, or else a copy of this one below ``place``."""
    account = Account(user.pw_uid, user.pw_gid, switch=True)
    newest = "import sys; sys.exit(sys.version_info < (3, 11))"
    folders = [os.path.dirname(os.path.realpath(sys.executable)), "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
    for candidate in [f"{folder}/python3" for folder in folders]:
        try:
            if account.run(candidate, "-c", newest)[0] == 0:
                return candidate
        except OSError:
            continue
    copied = copied_interpreter(place)
    assert account.run(copied, "-c", newest)[0] == 0
    return copied


def copied_interpreter(place: Path) -> str:
    """A command that starts this Python from a copy, open to everybody, of program and standard library."""
    library, home = Path(sysconfig.get_path("stdlib")), place / "python"
    away = shutil.ignore_patterns("site-packages", "test", "tests", "idlelib", "__pycache__", "config-*", "*.a")
    shutil.copytree(library, home / "lib" / library.name, ignore=away)
    (home / "bin").mkdir()
    program = shutil.copy(os.path.realpath(sys.executable), home / "bin" / library.name)
    shared = Path(str(sysconfig.get_config_var("LIBDIR"))) / str(sysconfig.get_config_var("INSTSONAME"))
    if shared.is_file():
        shutil.copy(shared, home / "lib" / shared.name)
    start = home / "bin" / "start"
    start.write_text(f'#!/bin/sh\nexport LD_LIBRARY_PATH="{home}/lib"\nexec "{program}" "$@"\n')
    subprocess.run(["chmod", "-R", "a+rX", str(home)], check=True)
    start.chmod(0o755)
    return str(start)


def test_a_plain_user(place: Path) -> None:
    user = pwd.getpwnam("nobody") if AS_ROOT else pwd.getpwuid(os.geteuid())
    python = sys.executable
    code = PROJECT
    if AS_ROOT:
        python = interpreter_for(user, place)
        code = place / "code"
        (code / "baclofen_portal").mkdir(parents=True)
        for source in ("__init__.py", *(path.name for path in (PROJECT / "baclofen_portal").glob("postgres*.py"))):
            shutil.copy(PROJECT / "baclofen_portal" / source, code / "baclofen_portal")
        if all(binaries.wheel for binaries in postgres_binaries.installed()):
            wheel = Path(str(postgres_binaries.importlib.util.find_spec(postgres_binaries.WHEEL).origin)).parent
            for source in (wheel, wheel.parent / f"{wheel.name}.libs"):
                if source.is_dir():
                    shutil.copytree(source, code / source.name)
        subprocess.run(["chmod", "-R", "a+rX", str(code)], check=True)
    root = place / "clone"
    root.mkdir(mode=0o700)
    os.chown(root, user.pw_uid, user.pw_gid)
    checkout = Checkout(root, python=python, user=user if AS_ROOT else None, code=code)
    try:
        holder = checkout.hold()
        assert checkout.home.is_relative_to(root)
        assert checkout.data.stat().st_uid == user.pw_uid
        with checkout.connect(holder) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("portal",)
        if AS_ROOT:  # root joins the server of the checkout's owner instead of taking it over
            pid = checkout.pid()
            joined = Checkout(root)
            joined.hold()
            assert joined.pid() == pid
            joined.holders[0].kill()
        pid = checkout.pid()
        holder.kill()
        checkout.wait_until_stopped(pid)
    finally:
        checkout.tidy()


def test_without_programs_the_message_says_what_to_install(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(os.geteuid(), os.getegid(), switch=False)
    monkeypatch.setattr(postgres_binaries, "installed", list)
    with pytest.raises(PostgresError, match=r"Found no PostgreSQL; the portal needs version 15 to 18\. Install"):
        postgres_binaries.choose(place / "data", place, account)
    monkeypatch.setattr(postgres_binaries, "installed", lambda: [Binaries(Path("/old/bin"), 14)])
    with pytest.raises(PostgresError, match=r"Found PostgreSQL 14 in /old/bin; the portal needs"):
        postgres_binaries.choose(place / "data", place, account)


def test_named_programs_come_first_and_the_wheel_last(monkeypatch: pytest.MonkeyPatch) -> None:
    found = postgres_binaries.installed()
    assert found
    assert found[-1].wheel
    monkeypatch.setenv("PORTAL_PG_ONLY_WHEEL", "1")
    only_wheel = postgres_binaries.installed()
    assert only_wheel
    assert all(binaries.wheel for binaries in only_wheel)
    monkeypatch.delenv("PORTAL_PG_ONLY_WHEEL")
    newest, oldest = only_wheel[0].folder, only_wheel[-1].folder
    monkeypatch.setattr(postgres_binaries, "INSTALLED", (str(newest),))
    monkeypatch.setenv("PGBIN", str(oldest))
    assert [binaries.folder for binaries in postgres_binaries.installed()][:2] == [oldest, newest]


def test_private_folders_of_others_are_refused(place: Path) -> None:
    account = Account(os.geteuid(), os.getegid(), switch=False)
    with tempfile.NamedTemporaryFile(dir=place) as file, pytest.raises(PostgresError, match="is not a directory"):
        account.private_folder(Path(file.name))
    (place / "open").mkdir(mode=0o755)
    with pytest.raises(PostgresError, match="chmod 700"):
        account.private_folder(place / "open")
