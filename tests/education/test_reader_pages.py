"""A page as anybody reads it: what stands where, how far it was reviewed, and that nobody reads a draft."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from education.models import LearnPage, MarkKind, ReviewMark, Source
from education.selectors import pages as reading
from tests import world as w
from tests.database import as_owner
from tests.education.learn_pages import FULL, NEXT_REVIEW, approved, learn_page

pytestmark = pytest.mark.django_db

STOPPING = "/learn/us/stopping/"


def main_of(answer: Any) -> str:
    """The page between the marks of its main part; 200 is asserted."""
    assert answer.status_code == 200
    return str(answer.text.partition('<main id="main"')[2].partition("</main>")[0])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def test_a_page_opens_signed_out_and_reads_from_the_warning_to_its_sources(client: Any, pages: Any) -> None:
    page = main_of(client.get(STOPPING))
    marks = (
        "<h1>Never stop suddenly</h1>", "About baclofen", "Important:", 'id="contents"', "Quick read",
        "How your dose is lowered</h2>", "What can happen</h2>", "Before you travel</h2>", ">Do</h2>", ">Don’t</h2>", "Call 911 now if:",
        "Call your team today if:", "Call your team soon, before your next visit, if:", "Questions and answers</h2>",
        "Check you have understood", "Print this page", "Where this information comes from", "Page last reviewed",
    )  # fmt: skip
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)
    assert page.count("<h1") == 1
    assert page.count("Questions and answers</h2>") == 1  # two questions in a row have one heading


@pytest.mark.ui("UI-77")
def test_a_care_card_names_its_level_to_who_cannot_see_it(client: Any, pages: Any) -> None:
    page = main_of(client.get(STOPPING))
    for level in ("Emergency", "Urgent", "Non-urgent"):
        assert page.count(f'<span class="visually-hidden">{level} advice:</span>') == 1


def test_the_contents_lead_to_headings_of_the_page(client: Any, pages: Any) -> None:
    page = main_of(client.get(STOPPING))
    contents = page.partition('id="contents"')[2].partition("</nav>")[0]
    anchors = re.findall(r'href="#([^"]+)"', contents)
    assert len(anchors) == 5
    assert all(page.count(f'id="{anchor}"') == 1 for anchor in anchors)
    assert 'id="contents"' not in main_of(client.get("/learn/us/alcohol/"))  # one heading needs no list


def test_a_number_comes_from_the_rules_and_stays_on_one_line(client: Any, pages: Any) -> None:
    page = main_of(client.get(STOPPING))
    assert 'Adults take at most <strong class="measure">80\u00a0mg</strong> a day.' in page
    assert "14\u00a0days" in page
    assert "2\u00a0doses" in page


def test_sources_are_those_of_what_is_shown_each_once(client: Any, pages: Any) -> None:
    page = main_of(client.get(STOPPING))
    listed = page.partition('class="learn-sources"')[2].partition("</ol>")[0]
    assert [words(one) for one in listed.split("<li>")[1:]] == [
        "Sample label . A maker, 2021.",
        "Sample leaflet. A hospital.",
    ]
    assert 'rel="noopener external" href="https://label.example.test/baclofen"' in listed
    with as_owner():
        Source.objects.filter(key="sample-label").update(withdrawn_on=date(2026, 11, 1), withdrawn_because="Replaced")
    assert "This source was withdrawn." in main_of(client.get(STOPPING))


def test_pages_follow_one_another_as_in_the_hub(client: Any, pages: Any) -> None:
    hub = main_of(client.get("/learn/us/"))
    order = re.findall(r'class="learn-card__link" href="([^"]+)"', hub)
    assert order == ["/learn/us/what-it-is/", STOPPING, "/learn/us/alcohol/", "/learn/us/getting-help/"]
    assert [words(one) for one in re.findall(r"<h2>(.*?)</h2>", hub)] == ["The medicine", "Safety", "Getting help"]
    seen, at = [], order[0]
    while at:
        seen.append(at)
        following = re.search(r'rel="next" href="([^"]+)"', main_of(client.get(at)))
        at = following[1] if following else ""
    assert seen == order
    assert f'rel="prev" href="{order[0]}"' in main_of(client.get(order[1]))


@pytest.mark.ui("UI-90")
def test_the_tab_names_no_medicine(client: Any, pages: Any) -> None:
    addresses = (STOPPING, f"{STOPPING}print/", "/learn/us/", "/learn/", "/learn/us/search/?q=baclofen")
    titles = [re.findall(r"<title>(.*?)</title>", client.get(where).text)[0] for where in addresses]
    assert not any("aclofen" in title or "stop" in title for title in titles)
    assert all(title.endswith(" - Care portal") for title in titles)
    assert len(set(titles)) == 4  # those of the hub and of the choice are one


def test_a_hub_without_pages_says_so(client: Any, db: None) -> None:
    page = main_of(client.get("/learn/us/"))
    assert "No pages yet" in page
    assert "Do not stop suddenly" in page


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_what_is_not_live_is_nowhere(client: Any, pages: Any) -> None:
    assert pages["draft"].pk
    assert client.get("/learn/us/pump/").status_code == 404
    assert client.get("/learn/us/pump/print/").status_code == 404
    for where in ("/learn/us/", STOPPING, "/learn/us/search/?q=pump"):
        assert "/pump/" not in client.get(where).text


def test_a_page_that_was_taken_down_is_gone_at_once(client: Any, pages: Any) -> None:
    assert client.get(STOPPING).status_code == 200
    with as_owner():
        pages["stopping"].unpublish()
    assert client.get(STOPPING).status_code == 404


def test_readers_read_what_is_live_and_not_what_is_being_written(client: Any, pages: Any) -> None:
    with as_owner():
        page = LearnPage.objects.get(slug="stopping")
        page.title = "A title that nobody approved"
        page.body = [FULL[0]]
        page.save_revision()
    answer = client.get(STOPPING)
    assert "Never stop suddenly" in answer.text
    assert "nobody approved" not in answer.text
    assert "Quick read" in answer.text


def test_without_the_wall_of_the_database_the_code_hides_drafts_as_well(pages: Any) -> None:
    with as_owner():  # sees every row
        assert LearnPage.objects.filter(slug="pump").exists()
        assert reading.live_page("pump") is None
        assert "pump" not in {row["slug"] for row in reading.topic_rows()}


def test_without_the_code_the_wall_of_the_database_hides_drafts_as_well(pages: Any) -> None:
    assert set(LearnPage.objects.values_list("slug", flat=True)) == {
        "what-it-is",
        "stopping",
        "alcohol",
        "getting-help",
    }


# --- reviews --------------------------------------------------------------------------------------------------------


def test_a_page_that_nobody_approved_says_so(client: Any, pages: Any) -> None:
    page = words(main_of(client.get(STOPPING)))
    assert "Not yet clinically approved. A clinician still has to check this page." in page
    assert "Page last reviewed Not yet" in page
    assert "Next review due 22 November 2028" in page


def test_a_page_that_was_approved_names_who_and_when(client: Any, pages: Any, world: Any) -> None:
    with as_owner():
        approved(pages["stopping"], world.edith)
    page = words(main_of(client.get(STOPPING)))
    assert "Not yet clinically approved" not in page
    assert "Page last reviewed 12 October 2026 Reviewed by Dr R Viewer" in page


def test_an_approval_of_another_version_is_none_of_this_one(client: Any, pages: Any, world: Any) -> None:
    with as_owner():
        approved(pages["stopping"], world.edith)
        LearnPage.objects.get(slug="stopping").save_revision().publish()
    assert "Not yet clinically approved" in main_of(client.get(STOPPING))


@pytest.mark.ui("UI-80")
@pytest.mark.parametrize(("days", "closed"), [(0, False), (1, True)])
def test_an_overdue_safety_page_shows_the_most_important_only(client: Any, pages: Any, days: int, closed: bool) -> None:
    with time_machine.travel(NEXT_REVIEW + timedelta(days=days), tick=False):
        page = main_of(client.get(STOPPING))
    assert ("We are checking this page again" in page) == closed
    assert "Do not stop taking baclofen suddenly" in page
    assert "Call 911 now if:" in page
    assert "you have a seizure (fit)." in page
    for gone in ("Quick read", "How your dose is lowered", "Check you have understood", "Sample label", "Before you"):
        assert (gone not in page) == closed
    assert ("Call your team</h2>" in page) == closed


def test_an_overdue_page_without_an_emergency_card_still_names_the_number(client: Any, db: None) -> None:
    with as_owner():
        learn_page("stopping", "Never stop suddenly", FULL[:3], next_review=date(2026, 1, 1))
    page = main_of(client.get(STOPPING))
    assert "Call 911 now if:" in page
    assert 'href="tel:911"' in page


@pytest.mark.ui("UI-80")
def test_any_other_overdue_page_stays_up(client: Any, pages: Any) -> None:
    with time_machine.travel(NEXT_REVIEW + timedelta(days=1), tick=False):
        page = main_of(client.get("/learn/us/what-it-is/"))
    assert "Quick read" in page
    assert "Next review was due" in page


@pytest.mark.ui("UI-80")
@pytest.mark.parametrize(("person", "told"), [("", False), ("alma", False), ("ann", True)])
@pytest.mark.parametrize(
    ("where", "what"),
    [("/learn/us/what-it-is/", "Readers still see all of it"), (STOPPING, "readers see only what is below")],
)
def test_staff_are_told_that_a_page_is_overdue(
    client: Any, pages: Any, world: Any, person: str, told: bool, where: str, what: str
) -> None:
    for days, overdue in ((0, False), (1, True)):
        with time_machine.travel(NEXT_REVIEW + timedelta(days=days), tick=False):
            if person:
                client.force_login(world.people[person])
            assert (what in words(main_of(client.get(where)))) == (told and overdue)


def test_marks_for_review_are_for_editors_only(client: Any, pages: Any) -> None:
    before = client.get(STOPPING).text
    with as_owner():
        ReviewMark.objects.create(
            page=pages["stopping"], kind=MarkKind.RULE, about="MAX-1", because="It changed", raised_at=w.NOW
        )
    assert client.get(STOPPING).text == before


# --- cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("person", "most"), [("", 7), ("ann", 9), ("alma", 10)])
@pytest.mark.parametrize("where", [STOPPING, "/learn/us/", f"{STOPPING}print/"])
def test_a_page_costs_few_statements(client: Any, pages: Any, world: Any, where: str, person: str, most: int) -> None:
    if person:
        client.force_login(world.people[person])
    client.get(where)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    said = [one["sql"] for one in asked if not re.match(r"SAVEPOINT|RELEASE", one["sql"])]
    assert len(said) <= most, "\n".join(said)
