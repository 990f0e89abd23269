"""Whose rights the embedded PostgreSQL runs with: the caller's own, or, for root, an unprivileged user's."""

import os
import pwd
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED_USERS = ("postgres", "nobody")
PASSED_ON = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class PostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says what was found and what to do."""


@dataclass(frozen=True)
class Account:
    """The operating system user that owns the cluster; ``switch`` is true when root has to become that user first."""

    uid: int
    gid: int
    switch: bool

    @property
    def name(self) -> str:
        """The name of the user, or its number where it has no name."""
        return user_name(self.uid)

    def run(self, *command: str | Path, input_text: str = "") -> tuple[int, str]:
        """Run a command as this user and return its exit code and its output, errors included.

        Output goes through a file, because a server that the command leaves behind would keep a pipe open.
        Raises PermissionError or FileNotFoundError when the user cannot execute the file.
        """
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        # Settings such as PGPORT or a local language would change what the server does and says.
        environment |= {"LC_ALL": "C", "TZ": "UTC"}
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as source:
            source.write(input_text.encode())
            source.seek(0)
            done = subprocess.run(
                [str(part) for part in command],
                check=False,
                stdin=source,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
            )
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace")

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can reach ``folder`` through all its parents."""
        if not self.switch:
            return os.access(folder, os.X_OK)
        return self.run("/bin/sh", "-c", 'cd -- "$1"', "sh", folder)[0] == 0

    def private_folder(self, folder: Path) -> Path:
        """Make ``folder`` with mode 0700 for this user, or check that it is exactly that; symbolic links are refused."""
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode):
            raise PostgresError(f"{folder} is not a directory. Remove it and start again.")
        if self.switch and found.st_uid == os.geteuid():
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)
            found = os.lstat(folder)
        if found.st_uid != self.uid:
            raise PostgresError(
                f"{folder} belongs to {user_name(found.st_uid)}, but PostgreSQL runs as {self.name}. "
                f"Start as {user_name(found.st_uid)} or root, or remove that directory to begin with an empty database."
            )
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise PostgresError(f"{folder} can be opened by other users. Run: chmod 700 '{folder}'")
        return folder


def user_name(uid: int) -> str:
    """The name of a user, or ``user 1234`` where the system knows no name for the number."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def account_for(data: Path) -> Account:
    """The user for the cluster in ``data``: the caller; for root the cluster's owner, else ``postgres``, else ``nobody``."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if data.exists():
        owner = data.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid, switch=True)
    for name in UNPRIVILEGED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    raise PostgresError(
        "PostgreSQL refuses to run as root and this machine has neither a user postgres nor a user nobody. "
        "Start as a plain user, or set DATABASE_URL."
    )
