"""A checkout per test, with or without a cluster in it, whose processes end with the test."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres.clusters import Checkout


def open_folder() -> Path:
    """A new directory that every user may enter; pytest's own are closed to the user that root runs servers as."""
    folder = Path(tempfile.mkdtemp(prefix="pg")).resolve()
    folder.chmod(0o755)
    return folder


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def empty(place: Path) -> Iterator[Checkout]:
    """A checkout without a cluster as yet."""
    made = Checkout(place)
    yield made
    made.tidy()


@pytest.fixture(scope="session")
def pattern() -> Iterator[Checkout]:
    """A checkout with a new, stopped cluster, to be copied: making one takes longer than all else."""
    made = Checkout(open_folder())
    holder = made.hold()
    pid = made.pid()
    holder.kill()
    made.wait_until_stopped(pid)
    yield made
    made.tidy()
    shutil.rmtree(made.root)


@pytest.fixture
def checkout(empty: Checkout, pattern: Checkout) -> Checkout:
    """A checkout with a new cluster that does not run."""
    if pattern.home.is_relative_to(pattern.root):
        subprocess.run(["cp", "-a", str(pattern.root / "var"), str(empty.root)], check=True)
    return empty
