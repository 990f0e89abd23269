"""What stops a draft, what advises, and that sending, approving and publishing all ask."""

from datetime import date, timedelta

import pytest

from education import page_checks
from education.blocks import Body
from education.models import LearnPage, Source
from education.page_checks import Draft
from education.word_checks import ADVISE, BLOCK
from tests.database import as_owner
from tests.education.making import TODAY, blocks, make_source

DAY = date(2026, 11, 22)


@pytest.fixture
def library(db):
    with as_owner():
        make_source()
        make_source("gone", withdrawn_on=DAY, withdrawn_because="Replaced by a newer one.")


def draft(body=None, **changed):
    raw = blocks() if body is None else body
    stream = Body().to_python(
        [{"type": kind, "value": value, "id": str(number)} for number, (kind, value) in enumerate(raw)]
    )
    given = {"title": "Stopping", "summary": "How to stop.", "slug": "stopping", "next_review": date(2027, 11, 22)}
    return Draft(body=stream, **{**given, **changed})


def found(level, body=None, **changed):
    return [str(one) for one in page_checks.findings(draft(body, **changed), today=DAY) if one.level == level]


def changed(kind, **values):
    return [(name, {**value, **values} if name == kind else value) for name, value in blocks()]


def without(kind):
    return [(name, value) for name, value in blocks() if name != kind]


def test_nothing_stops_a_whole_page(library):
    assert found(BLOCK) == []


CARD = dict(blocks())["care_card"]
OPTION = {"text": "A", "right": True, "why": "B"}
LONG = " ".join(["word"] * 31) + "."
RULE = {"countries": ["US"], "rule": "MAX-1", "value": "no_such_mg", "text": "At most {value} a day."}
STOPS = [
    ("no stop warning", without("stop_warning"), "There is no stop warning"),
    ("not first", [*blocks()[1:], blocks()[0]], "Block 6: The stop warning is not first"),
    ("no quick read", without("key_facts"), "There is no quick read"),
    ("a quick read for one country", changed("key_facts", countries=["US"]), "no quick read for United Kingdom"),
    ("no question", without("teach_back"), "There is no question"),
    ("no source", changed("section", sources=[]), "Block 3: It says something and names no source"),
    ("unknown source", changed("section", sources=["nobody"]), "There is no source “nobody”"),
    ("withdrawn source", changed("section", sources=["gone"]), "Block 3: The source “gone” was withdrawn"),
    ("long sentence", changed("section", text=f"<p>{LONG}</p>"), "Block 3: A sentence of 31 words"),
    ("a don't that is none", changed("dont_list", items=["never stop."]), "Block 4: “never stop.” does not start"),
    ("two cards", [*blocks(), ("care_card", CARD)], "Block 7: A second card"),
    ("two right", changed("teach_back", options=[OPTION] * 3), "Block 6: 3 answers, 3 of them right"),
    ("two answers", changed("teach_back", options=[OPTION] * 2), "Block 6: 2 answers"),
    ("a number that no rule has", [*blocks(), ("rule_fact", RULE)], "Block 7: Rule MAX-1 has no number no_such_mg"),
    ("no place for a number", [*blocks(), ("rule_fact", {**RULE, "text": "At most."})], "There is no {value}"),
    *(
        (f"typed {words}", changed("section", text=f"<p>Take {words} then.</p>"), f"Block 3: “{words}” is typed")
        for words in (
            "80 mg", "5mg", "2.5 mg", "5 mL", "1 millilitre", "24 hours", "3 days", "2 tablets", "10%", "10 per cent",
            "2 weeks", "6 months", "5 drops", "20 units", "1000 µg", "6 h", "10mgs", "½ tablet", "3 times a day",
            "1½ tablets", "two weeks", "half a tablet", "twice a", "5–10 mg",
        )
    ),
    *(
        (f"calls {number}", changed("dont_list", items=[f"do not ring {number}."]), f"“{number}” is typed")
        for number in ("911", "999", "111", "9-1-1", "9 1 1", "1-1-2")
    ),
]  # fmt: skip


@pytest.mark.ui("UI-76")
@pytest.mark.ui("UI-77")
@pytest.mark.ui("UI-78")
@pytest.mark.parametrize(("body", "words"), [row[1:] for row in STOPS], ids=[row[0] for row in STOPS])
def test_what_stops_a_page(library, body, words):
    assert any(words in one for one in found(BLOCK, body)), found(BLOCK, body)


@pytest.mark.ui("UI-76")
@pytest.mark.parametrize(
    ("next_review", "words"),
    [
        (None, "There is no date"),
        (DAY, "has passed"),
        (DAY - timedelta(days=1), "has passed"),
        (date(2029, 11, 23), "more than 3 years"),
    ],
)
def test_the_next_review_is_within_three_years(library, next_review, words):
    assert any(words in one for one in found(BLOCK, next_review=next_review))


def test_three_years_to_the_day_are_allowed(library):
    assert found(BLOCK, next_review=date(2029, 11, 22)) == []
    leap = page_checks.stopping(draft(next_review=date(2031, 2, 28)), today=date(2028, 2, 29))
    assert leap == []


def test_a_page_keeps_its_address_and_does_not_vanish_by_the_clock(library):
    assert any("stays “old”" in one for one in found(BLOCK, live_slug="old"))
    assert any("vanish" in one for one in found(BLOCK, expire_at=DAY))


@pytest.mark.parametrize("words", ["the same day", "a few days", "one of them", "your tablets", "day and night"])
def test_words_that_count_nothing_may_be_typed(library, words):
    assert found(BLOCK, changed("section", text=f"<p>{words}.</p>")) == []


def test_a_day_after_the_number_of_a_rule_is_no_figure(library):
    with as_owner():
        make_source("us-label", reference="S-01")
    rule = {**RULE, "value": "daily_mg"}
    assert found(BLOCK, [*blocks(), ("rule_fact", rule)]) == []
    said = found(BLOCK, [*blocks(), ("rule_fact", {**rule, "text": "At most {value}, or 90 mg."})])
    assert any("Block 7: “90 mg” is typed" in one for one in said)


@pytest.mark.parametrize("slug", ["search", "print"])
def test_a_page_does_not_take_an_address_of_the_portal(library, slug):
    assert any(f"The address “{slug}” is taken" in one for one in found(BLOCK, slug=slug))


def test_the_title_and_the_summary_are_looked_at_too(library):
    assert any("“5 mg” is typed" in one for one in found(BLOCK, title="Take 5 mg"))
    assert any("“999” is typed" in one for one in found(BLOCK, summary="Ring 999 at once."))


@pytest.mark.ui("UI-77")
def test_one_card_of_a_level_for_each_country_is_allowed(library):
    body = [
        *without("care_card"),
        ("care_card", {**CARD, "countries": ["US"]}),
        ("care_card", {**CARD, "countries": ["UK"]}),
    ]
    assert found(BLOCK, body) == []


ADVICE = [
    (changed("section", text="<p>" + " ".join(["word"] * 21) + ".</p>"), "A sentence of 21 words"),
    (changed("section", text="<p>The renal route.</p>"), "“renal”: perhaps “kidney”"),
    (changed("key_facts", items=[" ".join(["word"] * 16) + ".", "Two."]), "A point of 16 words"),
    (changed("section", text="<p>One. Two. Three. Four.</p>"), "A paragraph of 4 sentences"),
    (changed("section", text="<p>Pharmacological contraindications necessitate deliberation.</p>" * 30), "Reading grade"),
]  # fmt: skip


@pytest.mark.ui("UI-78")
@pytest.mark.parametrize(("body", "words"), ADVICE, ids=[row[1] for row in ADVICE])
def test_what_advises_does_not_stop(library, body, words):
    assert any(words in one for one in found(ADVISE, body)), found(ADVISE, body)
    assert found(BLOCK, body) == []


def test_a_picture_says_what_it_shows_or_is_decoration(library):
    picture = {"countries": [], "image": None, "caption": "", "credit": ""}
    assert any(one.startswith("Block 7") for one in found(BLOCK, [*blocks(), ("image", picture)]))


def test_headings_and_colours_are_not_the_editors(library):
    kinds = {name: block.child_blocks for name, block in Body().child_blocks.items() if hasattr(block, "child_blocks")}
    levels = [field for fields in kinds.values() for field in fields if field in ("size", "colour", "html", "style")]
    texts = [fields["text"] for fields in kinds.values() if hasattr(fields.get("text"), "features")]
    assert levels == []
    assert texts
    assert all(set(one.features) == {"bold", "ul", "ol", "link"} for one in texts)


NO_SOURCE = [(name, {**value, "sources": []} if name == "section" else value) for name, value in blocks()]


def test_sending_is_refused_with_the_list_and_loses_nothing(house):
    before = house.fresh().latest_revision_id
    answer = house.send("ann", body=NO_SOURCE, title="Words that I typed")
    text = answer.content.decode()
    assert "Block 3: It says something and names no source" in text
    assert "Words that I typed" in text
    assert not house.fresh().workflow_in_progress
    assert house.fresh().latest_revision_id == before
    assert house.send("ann").status_code == 302
    assert house.fresh().workflow_in_progress


def test_a_draft_may_be_unfinished_and_the_editor_says_what_is_missing(house):
    assert house.edit("ann", body=NO_SOURCE).status_code == 302
    text = house.client("ann").get(f"/cms/pages/{house.page.pk}/edit/").content.decode()
    assert "Block 3: It says something and names no source" in text


@pytest.mark.ui("UI-76")
@pytest.mark.parametrize("step", [0, 1])
def test_each_approval_looks_again(house, step):
    house.send("ann")
    for name in ("ed", "rae")[:step]:
        house.decide(name)
    Source.objects.update(withdrawn_on=TODAY, withdrawn_because="Replaced by a newer one.")
    answer = house.decide(("ed", "rae")[step])
    assert answer.status_code == 422
    assert "was withdrawn" in answer.content.decode()
    assert LearnPage.objects.get().title == "Never stop suddenly"


def test_rich_text_is_looked_at_without_its_marks(library):
    assert any("“5 mg”" in one for one in found(BLOCK, changed("section", text="<p>Take <b>5</b> mg.</p>")))
