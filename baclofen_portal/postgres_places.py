"""Where the embedded cluster lives: inside the checkout, or outside it when its user cannot get in there.

Inside, everything is under ``var/postgres``. When root works in a directory that the server's unprivileged user
cannot enter (``/root``, a 0700 clone), the cluster goes to a private directory ``/var/lib/baclofen-portal-…``
(or ``/var/tmp/…``), whose path is kept in ``var/postgres/elsewhere``.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from baclofen_portal.postgres_account import Account, PostgresError, account_for

# A fresh 0700 directory with a random name is made in the first of these that can be used.
OUTSIDE = tuple(Path("/var", name) for name in ("lib", "tmp"))
PREFIX = "baclofen-portal-"
PORT = 5432  # names the socket file only; nothing listens on TCP
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107 (Linux) or 103 (macOS)


@dataclass(frozen=True)
class Places:
    """The directories of one checkout's cluster and the user who owns them."""

    shared: Path
    home: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home / "server.log"


def shared_folder(root: Path) -> Path:
    """``var/postgres`` of the checkout: lock files, the cluster or the pointer to it. Raises PostgresError."""
    shared = root.resolve() / "var" / "postgres"
    try:
        shared.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        shared.mkdir(mode=0o755, exist_ok=True)
        if shared.stat().st_uid == os.geteuid():
            shared.chmod(0o755)
    except OSError as error:
        raise PostgresError(
            f"{shared} cannot be made ({error.strerror}). Start as the user who owns {root}, or set DATABASE_URL."
        ) from error
    return shared


def locate(root: Path) -> Places:
    """The places of the checkout's cluster; the cluster's home is made when it does not exist yet.

    The caller holds the start lock. Raises PostgresError.
    """
    shared = shared_folder(root)
    pointer = shared / "elsewhere"
    inside = shared / "cluster"
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        if not home.is_dir():
            raise PostgresError(
                f"The database of this checkout was kept in {home}, which is gone. "
                f"Bring it back, or remove {pointer} to begin with an empty database."
            )
        return Places(shared, home, _check(home))
    account = account_for(inside / "data")
    if account.can_enter(shared):
        return Places(shared, account.private_folder(inside), account)
    if (inside / "data").exists():
        raise PostgresError(
            f"The database is in {inside}, but its owner {account.name} can no longer enter one of the directories "
            f"above it. Give back the permission to enter (chmod a+x), or start as {account.name}."
        )
    home = _outside(account)
    pointer.write_text(f"{home}\n")
    return Places(shared, home, account)


def _check(home: Path) -> Account:
    account = account_for(home / "data")
    account.private_folder(home)
    return account


def _outside(account: Account) -> Path:
    for base in OUTSIDE:
        if os.access(base, os.W_OK) and account.can_enter(base):
            home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
            return account.private_folder(home)
    raise PostgresError(
        f"{account.name} cannot enter this checkout, and neither {' nor '.join(map(str, OUTSIDE))} takes its database instead. "
        "Move the checkout to a directory that other users may enter, or set DATABASE_URL."
    )


def socket_folder(home: Path, account: Account) -> Path:
    """The private directory of the socket: in ``home``, or under the temporary directory if that path is too long."""
    usual = home / "run"
    if _fits(usual):
        return account.private_folder(usual)
    name = PREFIX + hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    # The name can be guessed, so private_folder checks owner and mode and follows no link.
    for base in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # nosec B108
        folder = Path(base) / name
        if _fits(folder) and os.access(base, os.W_OK) and account.can_enter(Path(base)):
            return account.private_folder(folder)
    raise PostgresError(
        f"The path {usual} is longer than the {LONGEST_SOCKET_PATH} bytes that a socket may have, and no temporary "
        "directory can take its place. Move the checkout to a shorter path, or set DATABASE_URL."
    )


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH
