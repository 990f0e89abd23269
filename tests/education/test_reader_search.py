"""Search over the hub."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.database import as_owner
from tests.education.learn_pages import FULL, learn_page, section
from tests.education.test_reader_pages import main_of, words

pytestmark = pytest.mark.django_db

US = "/learn/us/search/"


def hits(client: Any, query: str, where: str = US) -> list[str]:
    page = main_of(client.get(where, {"q": query}))
    return re.findall(r'class="learn-card__link" href="[^"]+/([a-z-]+)/"', page)


@pytest.mark.parametrize("query", ["drowsy", "Drowsiness", "drinking alcohol", "alcohol DRIVING", "alcohols"])
def test_a_page_is_found_by_its_words_in_any_form(client: Any, pages: Any, query: str) -> None:
    assert hits(client, query)[0] == "alcohol"


def test_a_page_is_found_by_its_title_and_by_its_summary(client: Any, pages: Any) -> None:
    assert "stopping" in hits(client, "suddenly")
    assert hits(client, "mix") == ["alcohol"]


def test_the_words_that_answer_are_shown(client: Any, pages: Any) -> None:
    page = main_of(client.get(US, {"q": "drowsiness"}))
    assert "Alcohol makes you more <mark>drowsy</mark>." in page
    assert "1 page for “drowsiness”" in words(page)


def test_a_sign_is_shown_with_what_to_do_about_it(client: Any, pages: Any) -> None:
    assert "Call 911 now if: you have a seizure (fit)." in words(main_of(client.get(US, {"q": "seizure"})))
    assert "Call 999 or go to A&E now if: you have a seizure (fit)." in html.unescape(
        words(main_of(client.get("/learn/uk/search/", {"q": "seizure"})))
    )


def test_words_that_stand_on_no_page_together_are_looked_for_apart(client: Any, pages: Any) -> None:
    assert "alcohol" in hits(client, "drowsy zebra")


def test_what_is_for_another_country_is_not_shown(client: Any, pages: Any) -> None:
    assert "<mark>chemist</mark>" in main_of(client.get("/learn/uk/search/", {"q": "chemist"}))
    us = main_of(client.get(US, {"q": "chemist"}))
    assert "Ask at" not in us


@pytest.mark.parametrize("query", ["leaflet", "ambulance", "MAX-1"])
def test_pages_are_found_by_what_readers_read_only(client: Any, pages: Any, query: str) -> None:
    """Not by the names of sources, levels and rules."""
    assert hits(client, query) == []


def test_drafts_are_not_found(client: Any, pages: Any) -> None:
    with as_owner():
        draft = learn_page("secret", "Secret", [*FULL[:2], section("Zebra", "A zebra.")])
        draft.unpublish()
    assert hits(client, "zebra") == []


def test_a_search_without_words_asks_for_some(client: Any, pages: Any) -> None:
    page = words(main_of(client.get(US)))
    assert "Type what you want to know about" in page
    assert "Nothing found" not in page


@pytest.mark.ui("UI-46")
def test_a_search_that_finds_nothing_leads_on(client: Any, pages: Any, world: Any) -> None:
    client.force_login(world.alma)
    page = main_of(client.get(US, {"q": "zebra"}))
    assert "Nothing found for “zebra”" in words(page)
    assert 'href="/learn/us/"' in page
    assert world.north.phone in page


@pytest.mark.parametrize(
    "query", ["'", "\\", "a & | !", "((", "\0drowsy", "x" * 5000, "<script>", ":*", "💊", "the and of"]
)
def test_any_words_are_answered(client: Any, pages: Any, query: str) -> None:
    answer = client.get(US, {"q": query})
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_a_search_costs_few_statements(client: Any, pages: Any) -> None:
    client.get(US, {"q": "zebra"})
    for query in ("suddenly", "zebra"):
        with CaptureQueriesContext(connection) as asked:
            client.get(US, {"q": query})
        assert len([one for one in asked if not re.match(r"SAVEPOINT|RELEASE", one["sql"])]) <= 7
