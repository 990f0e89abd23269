"""Every shipped page is easy to read and keeps the form of the hub."""

import re

import pytest

from education.reading import grade, jargon, longest_sentence, sentences
from education.shipped import COUNTRIES, CareCard, DoList, DontList, Facts, Section, TeachBack, shipped_pages
from tests.education.content_words import block_texts, page_texts, prose

PAGES = shipped_pages()
HUB = (
    "what-baclofen-is",
    "what-it-can-do",
    "tablets-and-liquids",
    "pump",
    "your-plan",
    "starting-low",
    "taking-it",
    "side-effects",
    "alcohol-and-other-medicines",
    "kidneys",
    "stopping",
    "pregnancy",
    "getting-help",
    "questions",
)
SAFETY = {
    "pump",
    "taking-it",
    "alcohol-and-other-medicines",
    "kidneys",
    "stopping",
    "pregnancy",
    "getting-help",
}
# Words that are written in another way, or mean something else, across the sea.
OF_ONE_COUNTRY = re.compile(
    r"\b(?:behaviou?r|colou?r|cent(?:er|re)|diarrhoe?a|an(?:a)?esthetic|pa?ediatric|organi[sz]e|recogni[sz]e|mum|mom|"
    r"chemist|drugstore|holiday|vacation|gp|er|poorly|labou?r|gr[ae]y|tumou?r|practi[cs]e|programme?|favou?rite|a&e)\b",
    re.IGNORECASE,
)

each_page = pytest.mark.parametrize("page", PAGES, ids=[one.slug for one in PAGES])


def test_the_hub_has_its_pages_in_their_order():
    assert tuple(one.slug for one in PAGES) == HUB
    assert {one.slug for one in PAGES if one.safety_critical} == SAFETY


@each_page
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_page_is_easy_to_read_in_each_country(page, country):
    text = prose(page, country)
    assert grade(text) <= 6
    assert longest_sentence(text) <= 25, max(sentences(text), key=lambda one: len(one.split()))
    assert jargon(" ".join(page_texts(page))) == []


@each_page
def test_most_sentences_have_at_most_20_words(page):
    said = sentences(prose(page))
    assert sum(len(one.split()) > 20 for one in said) <= 1


@each_page
def test_paragraphs_and_key_facts_are_short(page):
    assert all(len(one.split()) <= 15 and one.endswith(".") for one in page.key_facts)
    assert len(sentences(page.summary)) == 1
    for block in page.body:
        said = getattr(block, "text", ())
        assert [one for one in ((said,) if isinstance(said, str) else said) if len(sentences(one)) > 3] == []


@each_page
def test_every_text_ends_as_a_sentence(page):
    for block in page.body:
        for text in block_texts(block, headings=False):
            leads = isinstance(block, Section) and block.bullets and text == block.text[-1]
            assert re.search(r"[.?]$" if not leads else r":$", text), text


@each_page
def test_items_that_go_on_a_heading_start_small(page):
    for block in page.body:
        if isinstance(block, DoList | DontList | CareCard):
            assert all(re.match(r"[a-z]", one) for one in block.items), block.items
        if isinstance(block, DontList):
            assert all(one.startswith("do not ") for one in block.items)
        if isinstance(block, Facts):
            assert all(one[0].isupper() for one in block.items)


@each_page
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_page_has_all_that_a_page_needs(page, country):
    shown = [one for one in page.body if not one.countries or country in one.countries]
    assert any(isinstance(one, Section | Facts) for one in shown)
    for kind in (DoList, DontList):
        assert sum(isinstance(one, kind) for one in shown) == 1
    assert [one.type for one in shown].index("teach_back") == len(shown) - 1
    levels = [one.level for one in shown if isinstance(one, CareCard)]
    assert levels
    assert len(levels) == len(set(levels))
    if page.safety_critical:
        assert {"emergency", "urgent"} <= set(levels)


@each_page
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_seizure_is_called_a_fit_where_it_is_first_named(page, country):
    said = " ".join(page_texts(page, country))
    first = re.search(r"seizures?\b.{0,7}", said)
    assert first is None or re.match(r"seizures? \(fits?\)", first[0]), first[0]


@each_page
def test_words_are_those_of_both_countries(page):
    assert OF_ONE_COUNTRY.findall(" ".join(page_texts(page))) == []


def test_the_right_answers_stand_in_every_place():
    places = [
        [option.right for option in one.options].index(True)
        for page in PAGES
        for one in page.body
        if isinstance(one, TeachBack)
    ]
    assert set(places) == {0, 1, 2}
    assert max(places.count(one) for one in range(3)) <= len(places) / 2
