"""A number of a rule stands on the sources of its rule: they are asked for, shown, and kept as they are."""

from datetime import date

import pytest

from baclofen_portal.learning_facts import rule_sources
from education.blocks import STOP_SOURCES
from education.models import LearnPage, ReviewMark, Source
from tests.database import as_owner
from tests.education.learn_pages import FULL, block, learn_page
from tests.education.making import SOURCE, TODAY, blocks, make_page, make_source
from tests.education.test_checks import BLOCK, changed, found, library  # noqa: F401  the fixture
from tests.education.test_sources import LIST, edit_source, withdraw

pytestmark = pytest.mark.django_db

MAX = {"countries": ["US"], "rule": "MAX-1", "value": "daily_mg", "text": "The most is {value}."}
NEW = {"key": "mine", "title": "Buy this", "publisher": "Me", "kind": "label", "checked_on": str(TODAY)}


def quoting(**values):
    return [*blocks(), ("rule_fact", {**MAX, **values})]


def test_the_sources_of_a_rule_are_those_in_which_its_numbers_were_read():
    assert rule_sources("US", "MAX-1") == ("S-01", "S-04")
    assert rule_sources("US", "NO-1") == ()
    assert rule_sources("US", "STEP-2") == ()  # a proposal
    assert rule_sources("UK", "MAX-2") == ()  # only known in general


@pytest.mark.parametrize(
    ("source", "stops"),
    [
        (None, True), ({}, True), ({"reference": "S-02"}, True), ({"reference": "S-01"}, False), ({"reference": "S-04"}, False),
        ({"reference": "S-01", "countries": ["US"]}, False), ({"reference": "S-01", "countries": ["UK"]}, True),
        ({"reference": "S-01", "withdrawn_on": TODAY, "withdrawn_because": "Replaced by another."}, True),
    ],
)  # fmt: skip
def test_a_number_whose_source_is_not_in_the_library_stops_a_page(library, source, stops):  # noqa: F811
    if source is not None:
        with as_owner():
            make_source("the-label", **source)
    words = "Block 7: No source of rule MAX-1 for United States is in the library, or each was withdrawn: S-01, S-04."
    assert found(BLOCK, quoting()) == ([words] if stops else [])


def test_a_number_that_no_source_states_stops_a_page(library):  # noqa: F811
    proposal = quoting(rule="STEP-2", value="added_daily_mg")
    assert found(BLOCK, proposal) == [
        "Block 7: The number of rule STEP-2 (United States) is a proposal that no source states. Leave it out."
    ]


def test_a_question_and_the_words_under_a_picture_name_their_source(library):  # noqa: F811
    assert found(BLOCK, changed("teach_back", sources=[])) == [
        "Block 6: It says something and names no source. Name one."
    ]
    picture = {"countries": [], "sources": [], "image": None, "caption": "", "credit": ""}
    said = "Block 7: It says something and names no source. Name one."
    assert said not in found(BLOCK, [*blocks(), ("image", picture)])
    assert said in found(BLOCK, [*blocks(), ("image", {**picture, "caption": "It is so."})])


def test_a_question_from_before_it_had_sources_is_read_and_stops_the_next_sending(library):  # noqa: F811
    old = [(k, {n: one for n, one in v.items() if n != "sources"} if k == "teach_back" else v) for k, v in blocks()]
    assert found(BLOCK, old) == ["Block 6: It says something and names no source. Name one."]


# --- what readers are shown -----------------------------------------------------------------------------------------


@pytest.fixture
def labels(db):
    with as_owner():
        learn_page("numbers", "Numbers", [FULL[0], FULL[1], block("rule_fact", **MAX)])
        for key, values in {
            "us-label": {"reference": "S-01", "countries": ["US"]},
            "other-label": {"reference": "S-04"},
            "uk-copy": {"reference": "S-01", "countries": ["UK"]},
            "not-quoted": {"reference": "S-09"},
            "old-label": {"reference": "S-04", "withdrawn_on": date(2026, 1, 1), "withdrawn_because": "Replaced."},
            "us-stop": {"reference": STOP_SOURCES[0], "countries": ["US"]},
            "uk-stop": {"reference": STOP_SOURCES[1], "countries": ["UK"]},
        }.items():
            make_source(key, **values)


def listed(client, country):
    page = client.get(f"/learn/{country}/numbers/").text.partition('class="learn-sources"')[2].partition("</ol>")[0]
    return [
        one.partition("Title of ")[2].partition(".")[0] for one in page.split("<li>")[2:]
    ]  # after that of its blocks


def test_readers_are_shown_the_sources_of_the_number_and_of_the_warning_that_speak_to_them(client, labels):
    assert listed(client, "us") == ["us-stop", "us-label", "other-label"]
    assert listed(client, "uk") == ["uk-stop"]


def test_a_withdrawn_source_of_a_number_is_told_when_nothing_took_its_place(client, labels):
    with as_owner():
        Source.objects.filter(key="other-label").delete()
    assert "old-label" in listed(client, "us")
    assert "This source was withdrawn." in client.get("/learn/us/numbers/").text


# --- the library ----------------------------------------------------------------------------------------------------


@pytest.fixture
def quoted(house):
    """A live page whose number stands on a source that no block names."""
    with as_owner():
        Source.objects.filter(key=SOURCE).update(reference="S-99")
        make_source("the-label", reference="S-01")
        return make_page(slug="quoting", title="Quoting", body=quoting())


def test_a_source_of_a_quoted_number_is_used_by_the_page_and_its_withdrawal_marks_it(house, quoted):
    assert "Quoting" in house.client("ed").get(LIST).content.decode().partition("Title of the-label")[2]
    assert withdraw(house, "ed", "the-label").status_code == 302
    assert [mark.page.slug for mark in ReviewMark.objects.filter(about="the-label")] == ["quoting"]


def test_nobody_alone_puts_a_source_under_a_number_that_readers_have(house, quoted):
    answer = house.client("ed").post(f"{LIST}add/", {**NEW, "reference": "S-04"})
    assert "nobody has approved it" in answer.content.decode()
    assert not Source.objects.filter(key="mine").exists()
    assert house.client("ed").post(f"{LIST}add/", {**NEW, "reference": "S-05"}).status_code == 302
    mine = Source.objects.get(key="mine")
    house.client("ed").post(f"{LIST}edit/{mine.pk}/", {**NEW, "reference": "S-04"})
    assert Source.objects.get(key="mine").reference == "S-05"
    with as_owner():
        LearnPage.objects.update(live=False)
    house.client("ed").post(f"{LIST}edit/{mine.pk}/", {**NEW, "reference": "S-04"})
    assert Source.objects.get(key="mine").reference == "S-04"


@pytest.mark.parametrize(("field", "value"), [("title", "Buy this"), ("reference", "S-98"), ("countries", ["UK"])])
def test_a_source_of_a_quoted_number_is_changed_by_nobody_alone(house, quoted, field, value):
    before = Source.objects.values().get(key="the-label")
    answer = edit_source(house, "ed", key="the-label", **{field: value})
    assert "Withdraw the source and add a new one." in answer.content.decode()
    assert Source.objects.values().get(key="the-label") == before
