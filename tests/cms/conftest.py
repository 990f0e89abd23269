"""Tests of the editors' process."""

from typing import Any

import pytest

from tests.cms_client import cms, editor  # noqa: F401  the fixture
from tests.database import as_owner


@pytest.fixture
def page(db: None) -> Any:
    """A draft below the hub."""
    from education.models import LearnHub, LearnPage

    with as_owner():
        draft = LearnPage(
            title="Kidneys", slug="your-kidneys", kind="safety", summary="Why kidneys matter.", live=False
        )
        LearnHub.objects.get().add_child(instance=draft)
        draft.save_revision()
    return draft


@pytest.fixture
def author(db: None) -> Any:
    from education.models.groundwork import AUTHORS

    return editor("Ann Author", AUTHORS)
