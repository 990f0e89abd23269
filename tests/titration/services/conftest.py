"""One patient whose dose must be looked at today."""

import pytest

from tests import world as w


@pytest.fixture
def raised(world):
    """Alder takes 15 mg a day with kidneys that are too weak for it: the dose must be looked at today."""
    w.start(world, world.alder, by=world.ann, days_ago=10)
    w.creatinine(world, world.alder, by=world.ann, mg_dl="4.0")
    return world
