"""Which country a page is for: what a reader in one country sees is never meant for another."""

import logging
import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from education import addresses
from education.models import LearnHub, LearnPage
from education.ports import facts
from education.presenters.hub import Topic
from education.presenters.reader_page import ReaderPage, reader_page
from education.services.shipping import stream
from education.shipped import shipped_pages
from tests.database import as_owner
from tests.education.learn_pages import FULL, block, learn_page, question, section
from tests.education.test_reader_pages import main_of, words

pytestmark = pytest.mark.django_db

US, UK = "/learn/us/stopping/", "/learn/uk/stopping/"
WARNING = SimpleNamespace(heading="Do not stop suddenly", text="Talk to your team first.")


def shown(body: list[Any], country: str, *, title: str = "A page", **fields: Any) -> ReaderPage:
    page = LearnPage(pk=1, slug="a-page", title=title, body=body, **fields)
    page.reviewed_by = page.reviewed_on = None
    return reader_page(page, country, warning=WARNING, sources=(), topics=(), today=date(2026, 11, 22))


def everything(page: ReaderPage) -> str:
    said = [page.title, page.summary, *page.key_facts, *page.emergency.words]
    return "\n".join([*said, *(text for piece in page.pieces for text in piece.words)])


def foreign_numbers(text: str, country: str) -> list[str]:
    """Numbers to call in other countries that stand in a text."""
    own = set(facts().emergency(country))
    others = {number for one in facts().COUNTRIES for number in facts().emergency(one)} - own - {""}
    return [number for number in sorted(others) if re.search(rf"\b{number}\b", text)]


# --- walls ----------------------------------------------------------------------------------------------------------


@pytest.mark.ui("UI-82")
@pytest.mark.parametrize("country", facts().COUNTRIES)
@pytest.mark.parametrize("page", shipped_pages(), ids=lambda page: page.slug)
def test_no_shipped_page_names_the_number_of_another_country(page: Any, country: str) -> None:
    text = everything(shown(stream(page), country, title=page.title, summary=page.summary))
    assert foreign_numbers(text, country) == []
    assert facts().emergency(country)[0] in text


@pytest.mark.ui("UI-82")
@pytest.mark.parametrize(("country", "wrong"), [("US", ["111", "999"]), ("UK", ["911"])])
def test_the_search_for_foreign_numbers_finds_them(country: str, wrong: list[str]) -> None:
    assert foreign_numbers("Call 911, 999 or 111.", country) == wrong


@pytest.mark.ui("UI-82")
@pytest.mark.parametrize(("where", "wrong"), [(US, r"\b(999|111)\b|A&amp;E|chemist"), (UK, r"\b911\b|drugstore")])
def test_a_page_holds_nothing_of_another_country(client: Any, pages: Any, where: str, wrong: str) -> None:
    for address in (where, f"{where}print/", f"{where}?check=1&answer=1"):
        assert not re.search(wrong, words(main_of(client.get(address)))), address


def test_cards_call_for_help_as_the_country_does(client: Any, pages: Any) -> None:
    us, uk = words(main_of(client.get(US))), words(main_of(client.get(UK)))
    assert "Call 911 now if:" in us
    assert "Call your team today if:" in us
    assert "Call 999 or go to A&amp;E now if:" in uk
    assert "Call your team or 111 today if:" in uk
    assert "Call your team soon, before your next visit, if:" in us
    assert "Call your team soon, before your next visit, if:" in uk


def test_every_kind_of_block_can_be_for_one_country() -> None:
    one = {"countries": ("US",)}
    body = [
        block("key_facts", items=["Fact one."], **one),
        section("Section one", "Text."),
        {**FULL[4], "value": {**FULL[4]["value"], **one}},
        *({**every, "value": {**every["value"], **one}} for every in (FULL[5], FULL[7], FULL[8], FULL[9], FULL[12], question())),
    ]  # fmt: skip
    us, uk = shown(body, "US"), shown(body, "UK")
    assert len(us.pieces) == 8
    assert [piece.words[0] for piece in uk.pieces] == ["Section one"]
    assert us.key_facts
    assert not uk.key_facts


# --- numbers of the rules -------------------------------------------------------------------------------------------


def test_a_number_is_that_of_the_readers_country(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts(), "rule_value", lambda country, *_: {"US": "80\u00a0mg", "UK": "100\u00a0mg"}[country])
    body = [block("rule_fact", rule="MAX-1", value="daily_mg", text="At most {value} a day.")]
    assert shown(body, "US").pieces[0].words == ("At most 80\u00a0mg a day.",)
    assert shown(body, "UK").pieces[0].words == ("At most 100\u00a0mg a day.",)


@pytest.mark.parametrize(("rule", "value"), [("MAX-1", "no_such_number"), ("NO-1", "daily_mg")])
def test_a_number_that_is_missing_takes_its_sentence_with_it(rule: str, value: str, caplog: Any) -> None:
    body = [section("Before", "Text."), block("rule_fact", rule=rule, value=value, text="At most {value}."), question()]
    with caplog.at_level(logging.ERROR):
        page = shown(body, "US")
    assert len(page.pieces) == 2
    assert "At most" not in everything(page)
    [said] = caplog.messages
    assert "a-page" in said
    assert rule in said


# --- who is led where -----------------------------------------------------------------------------------------------


def test_who_is_not_known_is_asked_for_a_country(client: Any, world: Any) -> None:
    page = main_of(client.get("/learn/"))
    assert re.findall(r'class="learn-card__link" href="([^"]+)"', page) == ["/learn/us/", "/learn/uk/"]


@pytest.mark.parametrize(("person", "hub"), [("ann", "/learn/us/"), ("alma", "/learn/us/"), ("finn", "/learn/uk/")])
def test_people_of_a_clinic_are_led_to_its_country(client: Any, world: Any, person: str, hub: str) -> None:
    client.force_login(world.people[person])
    assert client.get("/learn/").headers["Location"] == hub
    assert client.get("/learn/?choose=1").status_code == 200


def test_the_public_clinic_decides_for_who_is_signed_out(client: Any, world: Any, settings: Any) -> None:
    settings.PUBLIC_ORGANISATION = "Southern Clinic"
    assert client.get("/learn/").headers["Location"] == "/learn/uk/"


def test_a_reader_of_another_country_is_told(client: Any, pages: Any, world: Any) -> None:
    client.force_login(world.alma)
    assert "Go to the pages for United States" in words(main_of(client.get(UK)))
    assert "another country" not in words(main_of(client.get(US)))


def test_the_number_of_a_clinic_is_shown_in_its_own_country_only(client: Any, pages: Any, world: Any) -> None:
    client.force_login(world.alma)
    phone = world.north.phone
    assert phone in main_of(client.get(US))
    assert phone in main_of(client.get(f"{US}print/"))
    for where in (UK, f"{UK}print/", "/learn/uk/search/?q=zebra"):
        assert phone not in main_of(client.get(where)), where


@pytest.mark.parametrize(
    "where", ["/learn/fr/", "/learn/US/", "/learn/usa/", "/learn/us/Stopping/", "/learn/us/no-such/"]
)
def test_there_are_no_other_pages(client: Any, pages: Any, where: str) -> None:
    assert client.get(where).status_code == 404


def test_addresses_are_those_of_the_portal() -> None:
    assert reverse("learn:start") == addresses.ROOT
    assert addresses.hub_path("UK") == reverse("learn:hub", args=["UK"])
    assert addresses.search_path("UK") == reverse("learn:search", args=["UK"])
    assert addresses.page_path("UK", "stopping") == reverse("learn:page", args=["UK", "stopping"])
    assert addresses.handout_path("UK", "stopping") == reverse("learn:handout", args=["UK", "stopping"])


def test_editors_are_given_the_addresses_that_readers_use(settings: Any) -> None:
    settings.EDUCATION_COUNTRY = "UK"
    with as_owner():
        page = learn_page("stopping", "Never stop suddenly")
        told = [one.get_url_parts()[2] for one in (page, LearnHub.objects.get())]
    assert told == [addresses.page_path("UK", "stopping"), addresses.hub_path("UK")]


def test_a_link_in_a_text_stays_in_the_country() -> None:
    topic = Topic(pk=7, slug="stopping", title="", summary="", kind="safety", url="/learn/uk/stopping/")
    html = '<p>Read <a linktype="page" id="7">this</a> and <a linktype="page" id="8">that</a>.</p>'
    page = LearnPage(pk=1, slug="a", title="A", body=[block("section", heading="H", text=html)])
    page.reviewed_by = page.reviewed_on = None
    [piece] = reader_page(page, "UK", warning=WARNING, sources=(), topics=(topic,), today=date(2026, 11, 22)).pieces
    assert [(run.text, run.href) for run in piece.paragraphs[0].runs] == [
        ("Read ", ""), ("this", "/learn/uk/stopping/"), (" and ", ""), ("that", ""), (".", ""),
    ]  # fmt: skip
