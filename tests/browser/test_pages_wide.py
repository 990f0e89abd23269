"""Every page in every state, 1280 px wide."""

import pytest

from tests.browser.page_rules import PageRules
from tests.browser.sweeping import Seen, sweep
from tests.browser.visitors import WIDE, Visitors


@pytest.fixture(scope="module")
def seen(visitors: Visitors) -> list[Seen]:
    return sweep(visitors, WIDE)


class TestWide(PageRules):
    """The rules of every page at this width."""
