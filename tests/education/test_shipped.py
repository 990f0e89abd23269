"""Shipped files are read strictly: what is unknown or missing is refused, with the file, the place and what is allowed."""

from dataclasses import replace

import pytest

from education.shipped import ShippedError, in_order, parse_page, parse_sources
from tests.education.files import BLOCKS, PAGE, SOURCES, page

SHIPPED = parse_sources(SOURCES, "sources.toml")


def read(text: str, file: str = "01_kidneys.toml"):
    return parse_page(text, file, SHIPPED)


def test_a_page_is_read_whole():
    found = read(page(*BLOCKS.values()))
    assert (found.slug, found.title, found.version, found.kind) == ("kidneys", "Your kidneys", 3, "safety")
    assert (found.safety_critical, found.audience, found.next_review.isoformat()) == (True, "adult", "2028-11-22")
    assert found.key_facts == ("It leaves by your kidneys.", "Ask your team.")
    assert [one.type for one in found.body] == list(BLOCKS)
    assert [one.countries for one in found.body[:2]] == [("US",), ()]
    assert found.body[0].bullets == ("they clear it.",)
    assert [one.right for one in found.body[-1].options] == [False, True, False]


def test_bullets_and_countries_may_be_left_out():
    (section,) = read(page('type = "section"\nheading = "A"\ntext = ["B."]\nsources = ["label"]')).body
    assert (section.bullets, section.countries) == ((), ())


REFUSED = [
    ('slug = "kidneys"', "", "“slug” is missing"),
    ('slug = "kidneys"', 'slug = "Kid neys"', "“Kid neys” and must be small letters"),
    ('title = "Your kidneys"', "title = 5", "“title” was read as 5 and must be text"),
    ('title = "Your kidneys"', 'title = " Your kidneys"', "without blanks at its ends"),
    ('title = "Your kidneys"', 'title = ""', "“title” was read as ''"),
    ('title = "Your kidneys"', 'title = "Your <b>kidneys</b>"', "and nothing else"),
    ('title = "Your kidneys"', 'title = "Your **kidneys"', "bold between ** and **"),
    ('title = "Your kidneys"', 'titel = "Your kidneys"', "“title” is missing"),
    (
        'title = "Your kidneys"',
        'title = "Your kidneys"\nauthor = "A"',
        "“author” is not known here; known are audience",
    ),
    ("version = 3", "version = 0", "“version” was read as 0 and must be 1 or more"),
    ("version = 3", "version = true", "“version” was read as True and must be a whole number"),
    ('kind = "safety"', 'kind = "danger"', "“danger” and must be one of medicine, use, effects, safety, help"),
    ("safety_critical = true", 'safety_critical = "yes"', "must be true or false"),
    ('audience = "adult"', 'audience = "child"', "“child” and must be one of adult, carer"),
    ("next_review = 2028-11-22", 'next_review = "2028"', "must be a date"),
    ("next_review = 2028-11-22", "next_review = 2028-11-22T10:00:00", "must be a date"),
    (
        'key_facts = ["It leaves by your kidneys.", "Ask your team."]',
        'key_facts = ["One."]',
        "holds 1 and must hold 2 to 4",
    ),
    ('key_facts_sources = ["label"]', 'key_facts_sources = ["lable"]', "names “lable”, which is none of label"),
    ('key_facts_sources = ["label"]', "key_facts_sources = []", "“key_facts_sources” holds 0 and must hold at least 1"),
    ('key_facts_sources = ["label"]', 'key_facts_sources = ["label", "label"]', "names one twice"),
    ("slug =", "slug", "is not TOML"),
]


@pytest.mark.parametrize(("was", "now", "said"), REFUSED)
def test_a_head_that_is_wrong_is_refused(was, now, said):
    assert was in PAGE
    with pytest.raises(ShippedError, match=r"^01_kidneys\.toml: ") as error:
        read(page(*BLOCKS.values()).replace(was, now, 1))
    assert said in str(error.value)


WRONG_BLOCKS = [
    ("section", 'type = "section"', 'type = "table"', "“table” and must be one of section, facts"),
    ("section", 'heading = "Why"', "", "“heading” is missing"),
    ("section", 'heading = "Why"', 'heading = "Why"\ncolour = "red"', "“colour” is not known here; known are bullets"),
    ("section", 'countries = ["US"]', 'countries = ["FR"]', "names “FR”, which is none of US, UK"),
    ("section", 'sources = ["label"]', "", "“sources” is missing"),
    ("facts", 'sources = ["label"]', "sources = []", "holds 0 and must hold at least 1"),
    ("facts", 'items = ["It is so."]', 'items = ["It is so.", 5]', "was read as 5"),
    ("facts", 'items = ["It is so."]', 'items = "It is so."', "must be a list of texts"),
    ("facts", 'items = ["It is so."]', 'items = ["It is so."]\nbullets = ["so."]', "“bullets” is not known here"),
    ("do_list", 'sources = ["label"]', 'sources = ["other"]', "names “other”, which is none of label"),
    ("dont_list", "do not stop.", "never stop.", "each must start “do not”"),
    ("care_card", '"urgent"', '"soon"', "“soon” and must be one of emergency, urgent, routine"),
    ("rule_fact", "{value} a day", "80 mg a day", "must hold {value} once"),
    ("rule_fact", "{value} a day", "{value} or {value}", "must hold {value} once"),
    ("rule_fact", '"MAX-1"', '"max one"', "the id of a rule such as MAX-1"),
    ("rule_fact", '"daily_mg"', '"Daily mg"', "the name of a number"),
    ("rule_fact", 'rule = "MAX-1"', 'rule = "MAX-1"\nsources = ["label"]', "“sources” is not known here"),
    ("faq", 'question = "Why?"', "", "“question” is missing"),
    ("teach_back", '[[body.option]]\ntext = "C."\nright = false\nwhy = "c."', "", "was given 2, 1 of them right"),
    ("teach_back", "right = true", "right = false", "was given 3, 0 of them right"),
    ("teach_back", 'text = "A."\nright = false', 'text = "A."\nright = true', "was given 3, 2 of them right"),
    ("teach_back", 'why = "c."', "", "option 3: “why” is missing"),
    ("teach_back", 'sources = ["label"]', "", "“sources” is missing"),
]


@pytest.mark.parametrize(("kind", "was", "now", "said"), WRONG_BLOCKS)
def test_a_block_that_is_wrong_is_refused_with_its_place(kind, was, now, said):
    assert was in BLOCKS[kind]
    blocks = {**BLOCKS, kind: BLOCKS[kind].replace(was, now, 1)}
    place = list(BLOCKS).index(kind) + 1
    with pytest.raises(ShippedError, match=rf"^01_kidneys\.toml, block {place}[:,]") as error:
        read(page(*blocks.values()))
    assert said in str(error.value)


def test_a_page_without_blocks_is_refused():
    with pytest.raises(ShippedError, match="must be one or more tables"):
        read(PAGE + "body = []\n")


def test_two_pages_never_share_a_slug_or_a_number():
    one = read(page(*BLOCKS.values()))
    with pytest.raises(ShippedError, match=r"slug “kidneys” is that of 01_kidneys\.toml too"):
        in_order([one, replace(one, file="02_kidneys.toml")])
    with pytest.raises(ShippedError, match=r"number 01 is that of 01_kidneys\.toml too"):
        in_order([one, replace(one, slug="pump", file="01_pump.toml")])


@pytest.mark.parametrize("file", ["kidneys.toml", "01_pump.toml", "1_kidneys.toml"])
def test_a_file_bears_the_name_of_its_page(file):
    with pytest.raises(ShippedError, match=r"must be that of NN_<slug>\.toml"):
        in_order([read(page(*BLOCKS.values()), file)])


def test_the_digest_follows_all_but_the_version():
    text = page(*BLOCKS.values())
    digest = read(text).digest
    assert read(text.replace("version = 3", "version = 4")).digest == digest
    assert read("# a note\n" + text).digest == digest
    for was, now in (
        ("It is so.", "It is not."),
        ('countries = ["US"]', 'countries = ["UK"]'),
        ('"MAX-1"', '"MAX-2"'),
        ("2028-11-22", "2028-12-22"),
    ):
        assert read(text.replace(was, now)).digest != digest


WRONG_SOURCES = [
    ('key = "label"', 'key = "Label"', "“Label” and must be small letters"),
    ('reference = "S-03"', 'reference = "3"', "an id of the reference such as S-03"),
    ('kind = "label"', 'kind = "blog"', "one of label, smpc, leaflet, guideline, study, article"),
    ('url = ""', 'url = "ftp://x"', "must be a web address or empty"),
    ("checked_on = 2026-11-22", "", "“checked_on” is missing"),
    ('countries = ["US"]', 'countries = ["EU"]', "names “EU”"),
    ('title = "Warnings"', 'title = "Warnings"\nquote = "x"', "“quote” is not known here"),
]


@pytest.mark.parametrize(("was", "now", "said"), WRONG_SOURCES)
def test_a_source_that_is_wrong_is_refused_with_its_place(was, now, said):
    assert was in SOURCES
    with pytest.raises(ShippedError, match=r"^sources\.toml, source 1: ") as error:
        parse_sources(SOURCES.replace(was, now, 1), "sources.toml")
    assert said in str(error.value)


def test_two_sources_never_share_a_key():
    with pytest.raises(ShippedError, match="source 2: “key” was read as “label”, which another source has"):
        parse_sources(SOURCES + SOURCES, "sources.toml")
