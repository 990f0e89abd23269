"""Screens of the portal point to pages through two tags."""

from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from tests.database import as_owner

pytestmark = pytest.mark.django_db

LINK = '{% load learn %}{% learn_link "stopping" country %}'
PASSAGE = '{% load learn %}{% learn_passage "stopping" country %}'


def written(source: str, rf: Any, country: str = "US") -> str:
    return Template(source).render(Context({"country": country, "request": rf.get("/")})).strip()


def test_a_link_leads_to_the_page_of_the_country(pages: Any, rf: Any) -> None:
    assert written(LINK, rf) == '<a class="lone-link" href="/learn/us/stopping/">Never stop suddenly</a>'
    assert 'href="/learn/uk/stopping/"' in written(LINK, rf, "UK")


def test_a_passage_is_the_quick_read(pages: Any, rf: Any) -> None:
    html = written(PASSAGE, rf)
    for words in ("Never stop suddenly", "Your dose will go down slowly.", "Call us if you run out."):
        assert words in html
    assert 'href="/learn/us/stopping/"' in html


@pytest.mark.parametrize("source", [LINK, PASSAGE])
def test_nothing_points_to_a_page_that_is_not_live(pages: Any, rf: Any, source: str) -> None:
    with as_owner():
        pages["stopping"].unpublish()
    assert written(source, rf) == ""
    assert written(source.replace("stopping", "no-such-page"), rf) == ""


@pytest.mark.parametrize("country", ["", "FR"])
def test_a_country_without_pages_is_pointed_nowhere(pages: Any, rf: Any, country: str) -> None:
    assert written(LINK, rf, country) == ""


def test_a_screen_full_of_them_asks_once(pages: Any, rf: Any) -> None:
    source = LINK + PASSAGE + LINK.replace("stopping", "alcohol") + LINK.replace("stopping", "no-such-page")
    with CaptureQueriesContext(connection) as asked:
        written(source, rf)
    assert len(asked) == 1
