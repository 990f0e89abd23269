"""The reader's arithmetic: grade, sentences, LIX and plainer words."""

import pytest

from education.reading import NAMES, PLAINER, grade, jargon, lix, longest_sentence, sentences

EASY = "You take it with food. It helps you to rest. Ask us if you are not sure."
HARD = (
    "Abrupt discontinuation of antispastic pharmacotherapy precipitates potentially catastrophic neuropsychiatric "
    "manifestations necessitating immediate multidisciplinary hospitalisation."
)


def test_a_sentence_ends_with_its_mark_and_a_blank():
    assert sentences("Call us. Are you well?  Good!\nAsk at 5.30 today.") == (
        "Call us.",
        "Are you well?",
        "Good!",
        "Ask at 5.30 today.",
    )


def test_a_mark_inside_quotes_or_bold_ends_a_sentence_too():
    assert len(sentences("Say “I am ill.” Then wait. **Do not stop.** Call us.")) == 4


@pytest.mark.parametrize("nothing", ["", "  ", "– …"])
def test_no_words_are_no_sentence(nothing):
    assert sentences(nothing) == ()
    assert longest_sentence(nothing) == 0
    assert lix(nothing) == 0


def test_the_longest_sentence_is_counted_in_words():
    assert longest_sentence("Call us. Do not stop it on your own. Rest.") == 7


def test_easy_words_have_a_low_grade_and_hard_ones_a_high_one():
    assert grade(EASY) < 3
    assert grade(HARD) > 12


@pytest.mark.parametrize("name", NAMES)
def test_a_name_counts_as_it(name):
    said = "You have {} and you take it with some food at night."
    assert grade(said.format(name)) == grade(said.format("it"))
    assert grade(said.format(name.upper())) == grade(said.format("it"))


def test_the_longer_name_is_taken_out_first():
    # "spinal cord" alone would leave "injury" behind.
    assert grade("A spinal cord injury is bad.") == grade("A it is bad.")


def test_part_of_a_word_is_no_name():
    assert grade("The baclofenic strokes.") != grade("The itic its.")


def test_lix_is_words_a_sentence_plus_long_words_in_a_hundred():
    # 10 words, 2 sentences, 2 long ones (7 letters or more): 5 + 20.
    assert lix("Your kidneys clear it well. Ask your friendly doctor soon.") == pytest.approx(25)


def test_jargon_is_named_once_with_the_plainer_word():
    assert jargon("Renal drugs: one drug, monitored.") == [
        ("Renal", "kidney"),
        ("drugs", "medicine"),
        ("monitored", "check"),
    ]


@pytest.mark.parametrize("word", PLAINER)
def test_every_listed_word_is_found_and_its_plainer_one_is_not(word):
    assert jargon(f"This is {word}.") == [(word, PLAINER[word])]
    assert jargon(PLAINER[word]) == []


@pytest.mark.parametrize("word", ["drugstore", "orality", "requirement", "mother"])
def test_part_of_a_word_is_no_jargon(word):
    assert jargon(f"A {word} is near.") == []
