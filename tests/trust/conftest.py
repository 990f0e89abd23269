"""The marked world, made once for each file; each test that is marked ``django_db`` undoes what it changed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.trust.marked_world import Marked, marked_world


@pytest.fixture(scope="module")
def marked(django_db_setup: None, django_db_blocker: Any) -> Iterator[Marked]:
    with django_db_blocker.unblock(), marked_world() as made:
        yield made
