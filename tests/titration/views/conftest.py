"""One patient in the middle of a titration, at one instant."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests import world as w
from tests.titration.views.ordering import signed_in


@pytest.fixture
def frozen(world: Any) -> Iterator[Any]:
    """The clock stands at the instant that the people of the tests live in."""
    with time_machine.travel(w.NOW, tick=False):
        yield world


@pytest.fixture
def going_on(world: Any) -> Iterator[Any]:
    """The clock goes on from that instant, where the later of two answers counts."""
    with time_machine.travel(w.NOW):
        yield world


@pytest.fixture
def titrated(frozen: Any) -> Any:
    """Alder takes 5 mg three times a day since 10 days, with good kidneys."""
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=12)
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=10)
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=2)
    return frozen


@pytest.fixture
def ann(titrated: Any) -> Any:
    return signed_in(titrated.ann)
