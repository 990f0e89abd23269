"""Figures that are typed are found however they are written, and words that say no amount may be written."""

import pytest

from education.figures import counting_words, emergency_numbers, foreign_letters, typed_figures

TYPED = [
    "Take 10 now.", "Take １０ mg.", "Take ٣ now.", "Take ½ now.", "Take ⅓ of it.", "Take ² now.", "Take ④ now.", "Take 十 now.",
    "Take １０㎎.", "5\u00a0mg", "5\u202fmg", "5\u0336 mg", "Take 1\u200d0 mg.", "1\u00ad0 mg", "From 1.5-2 tablets.", "1/2 tablet", "1 in 10.",
    "Take ten now.", "Take t\u200de\u200dn now.", "ten milligrams", "five\u00a0milligrams", "Twenty-five milligrams.", "One in ten.",
    "one and a half tablets", "two or three tablets", "two of your tablets", "half a tablet", "half your tablet", "point five",
    "Wait two hours.", "Wait three full days.", "In half an hour.", "After a week.", "a week early", "Wait a fortnight.",
    "on the third day", "every other day", "Miss three doses.", "two doses a day", "Take a tablet.",
    "Take five in the morning.", "Take two at night.", "one at bedtime, one with food", "At most five.", "Add one, then rest.",
    "Once a day.", "Take it twice a day.", "Your dose is taken twice daily.",
    "Take half your dose.", "Cut it by half.", "Double the dose.", "a quarter of the dose", "If you are not well, take half your dose.",
    "Take X mg.", "Take Ⅳ now.", "Take IV tablets.", "Take lO mg.",
]  # fmt: skip
FREE = [
    "the same day", "a few days", "one of them", "your tablets", "day and night", "both", "each time", "one step at a time",
    "Do not take two doses together.", "more than one dose", "Take only one dose at a time.", "Take every other dose.",
    "Stretch your legs twice a day if you can.", "On a day when you feel ill, rest.", "once the pump works",
    "Take half doses to make it last.", "Do not take half your dose.", "Never take double the dose.", "Do not double up.",
    "Do you take one of these already?", "There are three kinds.", "the first months", "a second bottle", "vitamin C", "I drop things.",
    "Adults take at most {value} a day.", "The most in a day is {value}.", "At most {value} in a whole day.",
]  # fmt: skip


@pytest.mark.parametrize("words", TYPED)
def test_a_figure_is_found_however_it_is_written(words):
    assert list(typed_figures(words))


@pytest.mark.parametrize("words", FREE)
def test_words_that_say_no_amount_may_be_written(words):
    assert list(typed_figures(words)) == []
    assert list(foreign_letters(words)) == []


@pytest.mark.parametrize("words", ["Ring ９９９.", "Ring 9\u200b11.", "Ring 9-1-1."])
def test_a_number_to_call_is_found_however_it_is_written(words):
    assert list(emergency_numbers(words))


def test_letters_that_only_look_like_ours_are_found_and_names_are_left_alone():
    assert list(foreign_letters("Take t\u0435n now.")) == ["t\u0435n"]
    assert list(foreign_letters("Ménière’s disease, Señor Łukasz, µg, “so” – and so on…")) == []


def test_words_that_may_count_are_told():
    assert list(counting_words("Stretch twice, and do not double up.")) == ["twice", "double"]
    assert list(counting_words("One of them, once the pump works.")) == []
