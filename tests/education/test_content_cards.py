"""What the care cards of all pages say at which level: no page asks a reader to wait where another says to call now."""

import re

import pytest

from education.shipped import COUNTRIES, CareCard, shipped_pages
from tests.education.content_words import blocks_for, page_texts

PAGES = shipped_pages()
ITEMS = [(page.slug, one.level, item) for page in PAGES for one in page.body if isinstance(one, CareCard) for item in one.items]  # fmt: skip
each_page = pytest.mark.parametrize("page", PAGES, ids=[one.slug for one in PAGES])

# What is an emergency for everybody, whether or not doses were missed.
ALWAYS_NOW = re.compile(
    r"seizure|see (?:or hear )?things|very confused|suicide|breathing is slow|nobody can wake|weak kidneys and|"
    r"much more than your plan|feel unwell|your baby is"
)
# What must be asked before it happens, or is told right away.
NEVER_LATER = re.compile(
    r"stop another|start another|gets? worse|worries you|your team does not know|more sleepy|\bfall\b"
)
TAKEN_TOO_MUCH = re.compile(r"took (?:too much|much more|a little more)")


def items_of(slug: str, country: str, level: str) -> str:
    page = next(one for one in PAGES if one.slug == slug)
    cards = [one for one in blocks_for(page, country) if isinstance(one, CareCard) and one.level == level]
    return " ".join(item for one in cards for item in one.items)


@pytest.mark.parametrize(("slug", "level", "item"), ITEMS)
def test_what_is_always_an_emergency_stands_on_no_other_card(slug, level, item):
    if ALWAYS_NOW.search(item):
        assert level == "emergency", item


@pytest.mark.parametrize(("slug", "level", "item"), ITEMS)
def test_no_seizure_and_no_seeing_of_things_depends_on_missed_doses(slug, level, item):
    if re.search(r"seizure|things that are not there|very confused", item):
        assert not re.search(r"\b(?:missed|stopped)\b", item), item


@pytest.mark.parametrize(("slug", "level", "item"), ITEMS)
def test_what_cannot_wait_stands_on_no_routine_card(slug, level, item):
    if NEVER_LATER.search(item):
        assert level != "routine", item


@pytest.mark.parametrize(("slug", "level", "item"), [one for one in ITEMS if one[1] == "urgent"])
def test_being_much_more_sleepy_is_an_emergency_with_weak_kidneys(slug, level, item):
    if re.search(r"more sleepy|much weaker|twitch", item):
        assert "If your kidneys are weak, this is an emergency." in item


@each_page
@pytest.mark.parametrize("country", COUNTRIES)
def test_too_much_is_told_alike_on_every_page_that_speaks_of_it(page, country):
    emergency, urgent = (items_of(page.slug, country, level) for level in ("emergency", "urgent"))
    if not TAKEN_TOO_MUCH.search(f"{emergency} {urgent}"):
        return
    said = " ".join(page_texts(page, country)).replace("**", "").lower()
    assert "took too much? get advice now, even if you feel well." in said
    assert "call for emergency help" in said
    assert "much more than your plan says, even if you still feel well" in emergency
    assert "the wrong strength, and you feel unwell" in emergency
    assert "a little more than your plan says and you feel well. Call now." in urgent


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("slug", ["side-effects", "getting-help", "starting-low", "pregnancy"])
def test_thoughts_of_suicide_are_an_emergency_in_every_country(slug, country):
    assert "suicide" in items_of(slug, country, "emergency")


def test_a_shaky_or_sleepy_baby_is_seen_by_its_own_doctor_or_midwife_now():
    page = next(one for one in PAGES if one.slug == "pregnancy")
    said = " ".join(page_texts(page)).replace("**", "")
    assert "Call the baby's doctor or midwife now." in said


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_dose_is_skipped_for_want_of_food(country):
    page = next(one for one in PAGES if one.slug == "taking-it")
    assert "do not skip a dose because you have no food" in " ".join(page_texts(page, country))
