"""One portal and one browser for each worker process; every person signs in once, through the form."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.server import Portal, portal
from tests.browser.visitors import Visitors, browser

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def only_the_database_of_the_portal(request: pytest.FixtureRequest) -> None:
    """These tests look at a running portal; the test database of the others is not its database."""
    used = {"db", "transactional_db", "world"} & set(request.fixturenames)
    assert not used, f"A browser test does not use {used}: it reads what the portal shows, or asks Portal.count."


@pytest.fixture(scope="session")
def site() -> Iterator[Portal]:
    with portal() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a process: its driver takes no second one beside it."""
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def visitors(site: Portal, chromium: Any) -> Visitors:
    return Visitors(site, chromium)


@pytest.fixture
def ann(visitors: Visitors) -> Iterator[Any]:
    """A page of Ann, who may do everything, on a wide screen."""
    with visitors.page("ann") as page:
        yield page
