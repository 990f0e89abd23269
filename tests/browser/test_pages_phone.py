"""Every page in every state, 320 px wide."""

import pytest

from tests.browser.page_rules import PageRules
from tests.browser.sweeping import Seen, sweep
from tests.browser.visitors import PHONE, Visitors


@pytest.fixture(scope="module")
def seen(visitors: Visitors) -> list[Seen]:
    return sweep(visitors, PHONE)


class TestPhone(PageRules):
    """The rules of every page at this width."""
