"""One empty checkout per test, whose processes end with the test."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres.clusters import Checkout


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory that every user may enter; pytest's own are closed to the user that root runs servers as."""
    folder = Path(tempfile.mkdtemp(prefix="pg")).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def checkout(place: Path) -> Iterator[Checkout]:
    """A checkout in ``place`` without a cluster as yet."""
    made = Checkout(place)
    yield made
    made.tidy()
