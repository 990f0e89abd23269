"""What the tests of education pages share."""

from typing import Any

import pytest

from tests.cms_client import cms  # noqa: F401  the fixture
from tests.education.learn_pages import some_pages
from tests.education.making import house  # noqa: F401  the fixture


@pytest.fixture
def pages(db: None) -> dict[str, Any]:
    return some_pages()
