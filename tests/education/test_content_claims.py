"""Every claim has its source, no figure is typed, and every fact that patients ask about is on a page."""

import re
from dataclasses import replace
from datetime import date

import pytest

from education.blocks import CLAIMS, STOP_SOURCES, Body
from education.figures import typed_figures
from education.ports import facts
from education.shipped import (
    COUNTRIES,
    Block,
    RuleFact,
    ShippedPage,
    parse_page,
    parse_sources,
    shipped_pages,
    shipped_sources,
)
from tests.education.content_words import block_countries, block_texts, page_texts
from tests.education.files import BLOCKS, page
from tests.education.files import SOURCES as SOURCE_FILE
from titration.dosing.protocol import load_protocol

PAGES = shipped_pages()
SOURCES = {one.key: one for one in shipped_sources()}
RULE_FACTS = [(page.slug, one) for page in PAGES for one in page.body if isinstance(one, RuleFact)]

each_page = pytest.mark.parametrize("page", PAGES, ids=[one.slug for one in PAGES])


def sources_for(block: Block, country: str) -> set[str]:
    """The keys of what a block stands on: those that it names, or those of the rule that it quotes."""
    if isinstance(block, RuleFact):
        rule = set(facts().rule_sources(country, block.rule))
        return {key for key, one in SOURCES.items() if one.reference in rule}
    return set(block.sources)


def without_a_source(page: ShippedPage) -> list[object]:
    """What a page states that stands nowhere, of every kind of block: all of them state something."""
    shown = [(block, country) for block in page.body for country in block_countries(block)]
    found: list[object] = [(block, country) for block, country in shown if not sources_for(block, country)]
    return found if page.key_facts_sources else [*found, page.key_facts]


@each_page
def test_every_claim_names_sources_that_exist(page):
    assert set(page.key_facts_sources) <= set(SOURCES)
    assert all(set(block.sources) <= set(SOURCES) for block in page.body)
    assert without_a_source(page) == []


@pytest.mark.parametrize("kind", BLOCKS)
def test_the_list_of_what_has_no_source_knows_every_kind_of_block(kind):
    made = parse_page(page(*BLOCKS.values()), "01_kidneys.toml", parse_sources(SOURCE_FILE, "sources.toml"))
    (block,) = [one for one in made.body if one.type == kind]
    bare = replace(block, rule="STEP-2") if kind == "rule_fact" else replace(block, sources=())
    assert {one for one, _ in without_a_source(replace(made, body=(bare,)))} == {bare}
    assert without_a_source(replace(made, body=(), key_facts_sources=())) == [made.key_facts]


def test_every_kind_of_block_that_an_editor_has_stands_on_something():
    """The stop warning and the numbers stand on sources that are given; all others name theirs."""
    assert set(Body().child_blocks) - set(CLAIMS) == {"stop_warning", "rule_fact"}
    assert {one.type for one in Block.__subclasses__()} == set(BLOCKS)
    references = {one.reference: one for one in SOURCES.values()}
    assert {country for one in STOP_SOURCES for country in references[one].countries} == set(COUNTRIES)


@each_page
@pytest.mark.parametrize("country", COUNTRIES)
def test_every_claim_has_a_source_that_speaks_to_its_reader(page, country):
    claims = [page.key_facts_sources, *(sources_for(b, country) for b in page.body if country in block_countries(b))]
    for keys in claims:
        assert any(country in SOURCES[one].countries or not SOURCES[one].countries for one in keys), keys


@each_page
def test_a_block_of_one_country_rests_on_no_text_of_the_other(page):
    for block in page.body:
        for key in block.sources if block.countries else ():
            assert not SOURCES[key].countries or set(SOURCES[key].countries) & set(block.countries), (block, key)


def test_every_source_is_used():
    used = {key for page in PAGES for key in (*page.key_facts_sources, *(k for b in page.body for k in b.sources))}
    assert set(SOURCES) - used == set()


@each_page
def test_no_figure_is_typed(page):
    for text in page_texts(page):
        assert list(typed_figures(text)) == [], text


@pytest.mark.parametrize(
    "text",
    ["Take 10 now.", "Wait two hours.", "In half an hour.", "Once a day.", "1 in 10.", "After a week.", "One in ten."],
)
def test_the_search_for_typed_figures_finds_them(text):
    assert list(typed_figures(text))


@each_page
def test_no_number_or_place_of_emergency_is_in_the_words(page):
    said = " ".join(page_texts(page))
    assert (
        re.search(r"\b(?:911|999|111|112)\b|A&E|emergency room|nine one one|poison cent", said, re.IGNORECASE) is None
    )


@each_page
def test_a_country_is_named_to_its_own_readers_only(page):
    for names, country in ((r"\bUS\b|United States|America", "US"), (r"\bUK\b|Britain|United Kingdom|\bNHS\b", "UK")):
        for block in page.body:
            if any(re.search(names, text) for text in block_texts(block)):
                assert block.countries == (country,), block
        assert not any(re.search(names, text) for text in (page.title, page.summary, *page.key_facts))


@pytest.mark.parametrize(("slug", "fact"), RULE_FACTS, ids=[f"{s}-{f.rule}-{f.value}" for s, f in RULE_FACTS])
def test_a_quoted_rule_has_its_number_in_each_country_and_is_no_proposal(slug, fact):
    for country in block_countries(fact):
        row = load_protocol(country).rules[fact.rule]
        assert fact.value in {**row.limits.decimals, **row.limits.counts}
        assert not row.proposed
        assert not row.from_general_knowledge


@each_page
def test_the_next_review_comes_within_three_years_of_the_last_look_at_its_sources(page):
    checked = max(SOURCES[one].checked_on for one in page.key_facts_sources)
    assert checked < page.next_review <= date(checked.year + 3, checked.month, checked.day)


# What patients ask first, and the words that say that a page answers it.
TOPICS = [
    ("what it is", "what-baclofen-is", ["medicine", "tight muscles", "prescription"]),
    ("who it is for", "what-baclofen-is", ["multiple sclerosis", "spinal cord"]),
    ("how it works", "what-baclofen-is", ["nerve", "loudspeaker", "volume"]),
    ("how soon", "what-it-can-do", ["soon after you start", "some weeks"]),
    ("forms", "tablets-and-liquids", ["tablets", "liquid"]),
    ("forms: pump", "pump", ["inside your body", "day and night"]),
    ("missing doses", "your-plan", ["missed doses", "stiffness"]),
    ("missing doses: what to do", "taking-it", ["late", "skip", "never take two doses"]),
    ("spasm and movement", "what-it-can-do", ["fewer spasms", "smoothly", "walk", "dressed", "cooking"]),
    ("contractures", "what-it-can-do", ["joints", "bent"]),
    ("pain and sleep", "what-it-can-do", ["ache", "painkillers", "sleep better", "cramps"]),
    ("what it does not do", "what-it-can-do", ["need some stiffness to stand", "weak"]),
    ("starting", "starting-low", ["low dose", "slowly", "sleepy", "dizzy"]),
    ("too sleepy", "side-effects", ["bedtime dose", "at night", "prescriber decides"]),
    ("alcohol and medicines that make sleepy", "alcohol-and-other-medicines", ["alcohol", "fall", "ask your doctor"]),
    ("driving", "alcohol-and-other-medicines", ["drive"]),
    ("stopping", "stopping", ["never stop baclofen suddenly", "step by step", "run out", "travel", "hospital"]),
    ("kidneys", "kidneys", ["leaves your body through your kidneys", "build up", "blood test"]),
    ("pregnancy", "pregnancy", ["planning a baby", "passes from you to your baby", "outweigh", "breastfeed"]),
    ("pump", "pump", ["fluid around your spine", "swallow", "severe", "refill", "alarm", "bigger step"]),
    ("working together", "your-plan", ["unwanted effects", "right away", "plan"]),
    ("working together: ask", "what-baclofen-is", ["pharmacist", "your own case"]),
    ("help", "getting-help", ["emergency", "last dose"]),
    ("questions", "questions", ["doctor or pharmacist"]),
]


@pytest.mark.parametrize(("topic", "slug", "words"), TOPICS, ids=[one[0] for one in TOPICS])
@pytest.mark.parametrize("country", COUNTRIES)
def test_what_patients_ask_first_is_answered(topic, slug, words, country):
    page = next(one for one in PAGES if one.slug == slug)
    said = " ".join(page_texts(page, country)).lower()
    assert [one for one in words if one.lower() not in said] == []


def test_the_page_about_pregnancy_keeps_its_order():
    page = next(one for one in PAGES if one.slug == "pregnancy")
    headings = [one.heading for one in page.body if one.type == "section"]
    order = [
        "How baclofen may help you",
        "What the risks are",
        "What else there may be",
        "If you prefer not to take it",
    ]
    assert [one for one in headings if one in order] == order
