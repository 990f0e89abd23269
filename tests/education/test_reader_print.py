"""The page on paper."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from education.presenters.handout import code
from tests.education.learn_pages import NEXT_REVIEW
from tests.education.test_reader_pages import STOPPING, main_of, words

pytestmark = pytest.mark.django_db

PRINT = f"{STOPPING}print/"
CSS = Path(__file__).resolve().parents[2] / "baclofen_portal" / "static" / "portal" / "learn-paper.css"


@pytest.mark.ui("UI-83")
def test_what_must_be_read_first_comes_first(client: Any, pages: Any) -> None:
    page = main_of(client.get(PRINT))
    marks = ("<h1>", "Do not stop suddenly", "Call 911 now if:", "Quick read", "How your dose is lowered", "Version ")
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)
    assert page.count("Call 911 now if:") == 1


@pytest.mark.ui("UI-83")
def test_the_foot_names_version_date_and_address(client: Any, pages: Any, settings: Any) -> None:
    settings.PORTAL_ADDRESS = "https://care.example.test"
    with time_machine.travel(date(2026, 11, 22), tick=False):
        page = main_of(client.get(PRINT))
    foot = words(page.partition('class="leaflet__foot"')[2])
    assert f"Version {pages['stopping'].live_revision_id}. Printed on 22 November 2026" in foot
    assert "https://care.example.test/learn/us/stopping/" in foot


def test_the_code_is_drawn_on_the_page(client: Any, pages: Any) -> None:
    page = main_of(client.get(PRINT))
    assert re.search(
        r'<svg class="leaflet__code" role="img" aria-label="[^"]+" viewBox="0 0 (\d+) \1"><path d="M', page
    )


def test_the_code_has_its_three_corners_and_its_quiet_edge() -> None:
    drawn = code("https://care.example.test/learn/us/stopping/")
    units = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn.path)}
    low, high = 4, drawn.size - 5
    assert {(low, low), (high, low), (low, high)} <= units
    assert (high, high) not in units or (high - 1, high - 6) not in units
    assert min(x for x, _ in units) == low
    assert max(y for _, y in units) == high


def test_paper_asks_nothing_that_it_cannot_answer(client: Any, pages: Any) -> None:
    page = main_of(client.get(PRINT))
    assert "Check you have understood" not in page
    assert "<form" not in page


@pytest.mark.parametrize(
    ("query", "paper", "letters"),
    [
        ("", "letter", "leaflet"),
        ("?paper=a4", "a4", "leaflet"),
        ("?large=1", "letter", "leaflet leaflet--large"),
        ("?paper=a4&large=1", "a4", "leaflet leaflet--large"),
        ("?paper=a0&large=yes", "letter", "leaflet"),
    ],
)
def test_paper_and_letters_can_be_chosen(client: Any, pages: Any, query: str, paper: str, letters: str) -> None:
    page = client.get(PRINT + query).text
    assert f'learn-print-page learn-print-page--{paper}"' in page
    assert f'<article class="{letters}">' in page
    assert page.count('aria-current="true"') == 2


def test_the_paper_is_that_of_the_country(client: Any, pages: Any) -> None:
    assert 'learn-print-page--a4"' in client.get("/learn/uk/stopping/print/").text


def test_a_clinic_that_nobody_knows_leaves_a_line_to_write_on(client: Any, pages: Any, world: Any) -> None:
    assert "leaflet__line" in main_of(client.get(PRINT))
    client.force_login(world.ann)
    page = main_of(client.get(PRINT))
    assert "leaflet__line" not in page
    assert world.north.name in page
    assert world.north.phone in page


def test_an_overdue_safety_page_is_no_more_on_paper_than_on_the_screen(client: Any, pages: Any) -> None:
    with time_machine.travel(NEXT_REVIEW + timedelta(days=1), tick=False):
        page = main_of(client.get(PRINT))
    assert "How your dose is lowered" not in page
    assert "Call 911 now if:" in page


@pytest.mark.ui("UI-83")
def test_letters_on_paper_are_large_enough() -> None:
    paper = CSS.read_text().partition("@media print {")[2]
    sizes = {float(size) for size in re.findall(r"font-size: ([\d.]+)pt", paper)}
    assert sizes == {14, 18}
    assert not re.findall(r"font-size: 0?\.\d+em", CSS.read_text())
