"""Nothing stops a page that comes with the portal: an editor can send it as it is."""

from datetime import UTC, datetime

import pytest

from education import shipped
from education.models import LearnPage
from education.page_checks import findings
from education.services.shipping import load
from tests.database import as_owner

AS_OF = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def loaded(db):
    with as_owner():
        load(pages=shipped.shipped_pages(), sources=shipped.shipped_sources(), as_of=AS_OF)
        yield list(LearnPage.objects.order_by("path"))


def test_nothing_stops_a_shipped_page(loaded):
    found = {
        page.slug: [str(one) for one in findings(page.draft(), today=AS_OF.date()) if one.stops] for page in loaded
    }
    assert {slug: words for slug, words in found.items() if words} == {}
    assert len(found) >= 14
