"""Screens point to the pages that help there, and what reading and its record cost."""

from typing import Any

import pytest
from django.test import Client

from tests.database import as_owner
from tests.education.learn_pages import learn_page, some_pages
from tests.titration.test_page_cost import statements
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.own.test_learn import page_url, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages(db: None) -> dict[str, Any]:
    return some_pages()


def pointed(client: Client, where: str) -> str:
    return str(client.get(where).text)


def test_screens_point_to_the_page_that_helps_there(alma: Any, alder: Any, ticking: Any) -> None:
    with as_owner():
        for slug, title in (
            ("side-effects", "Side effects"),
            ("taking-it", "Taking your doses"),
            ("kidneys", "Your kidneys"),
        ):
            learn_page(slug, title)
    feel = pointed(alma, url("own:feel", alder))
    assert f'href="{page_url(alder, "side-effects")}"' in feel
    assert "Call us if you run out." in feel, "the quick read of the page"
    for where in (url("own:my_dose", alder), url("own:dose", alder, day="2026-11-22", position=0)):
        assert f'href="{page_url(alder, "taking-it")}">Taking your doses</a>' in pointed(alma, where), where
    ann = signed_in(ticking.ann)
    for name, lead, slug in (("plans:stop", "stopping", "stopping"), ("kidney:list", "kidneys", "kidneys")):
        line = f'What your patient reads about {lead}: <a class="lone-link" href="/learn/us/{slug}/">'
        assert line in pointed(ann, url(name, alder)), name


def test_screens_point_to_nothing_that_is_not_live(alma: Any, alder: Any, ticking: Any) -> None:
    from education.models import LearnPage

    with as_owner():
        LearnPage.objects.get(slug="stopping").unpublish()
    for name in ("own:feel", "own:my_dose"):
        assert "learn/" not in pointed(alma, url(name, alder)).partition("<main")[2].partition("</main>")[0], name
    for name in ("plans:stop", "kidney:list"):
        assert "What your patient reads" not in pointed(signed_in(ticking.ann), url(name, alder)), name


def test_reading_costs_few_statements(alma: Any, alder: Any, ticking: Any) -> None:
    for where, most in ((url("own:learn", alder), 9), (page_url(alder), 11)):
        alma.get(where)
        assert len(statements(alma, where)) <= most, where


def test_the_chart_asks_once_for_what_was_read_and_once_for_the_titles(alma: Any, alder: Any, ticking: Any) -> None:
    ann, where = signed_in(ticking.ann), url("patients:chart", alder)
    said(alma, alder)
    ann.get(where)
    sent = statements(ann, where)
    assert sum("titration_pageread" in one for one in sent) == 1
    assert sum("education_learnpage" in one for one in sent) == 1
    for slug in ("alcohol", "what-it-is", "getting-help"):
        said(alma, alder, slug)
    assert len(statements(ann, where)) == len(sent)
