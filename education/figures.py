"""Figures that are typed into words: a dose, a time, a share or a limit that comes from no rule.

One search for the pages that come with the portal and for what editors write. ``{value}`` in the words stands for the
number of a rule. Numbers that are spelled out count where they say how much, how often or how long; “one of them”, “two
doses together” or “half a mind” do not. What is written to look like something else (other digits, marks that nobody
sees, letters of another alphabet) is read as it looks, or told.
"""

import re
import unicodedata
from collections.abc import Iterator

_LOW = "three|four|five|six|seven|eight|nine"
_HIGH = (
    "ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|thousand|dozen"
)
_COUNT = f"one|two|{_LOW}|{_HIGH}|half|couple"
_TIME = "second|minute|hour|day|night|week|month|year"
_UNIT = (
    f"{_TIME}|mg|mcg|µg|μg|ml|milligram|microgram|gram|milliliter|millilitre|unit|drop|tablet|pill|capsule|packet|"
    "spoon|spoonful|teaspoon|percent|per cent"
)
_PART = "half|double|twice|triple|(?:a|one|two|three)[ -](?:third|quarter|fifth)s?"
_FIGURES = (
    # Digits, with what follows them.
    r"(?:\d+(?:[.,/:–-]\d+)*[½¼¾⅐-⅞]?|[½¼¾⅐-⅞])(?:[\s-]?(?:[%‰]|[^\W\d_]+(?:\s(?:a day|cent)\b)?))?|[%‰]",
    # A number and a unit, and “a week” where it says when.
    (
        rf"\b(?:half )?(?:{_COUNT})(?:[ -](?:{_COUNT}))*(?: and a half| (?:or|to) (?:{_COUNT}))?"
        rf"(?:[ -](?:a|an|of|the|your|more|full|whole|extra|other|small))*[ -](?:{_UNIT})s?\b"
    ),
    (
        rf"\b(?:within|after|for|in|than|about|every|each|least|most|take|takes|wait|half|under|over|before|until|by) "
        rf"an? (?:{_UNIT})\b"
    ),
    rf"\ban? (?:{_UNIT}) (?:early|earlier|later|before|after|ago|apart|sooner|long)\b|\bfortnight",
    rf"\b(?:{_LOW}|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)[ -](?:{_TIME}|time|dose)s?\b",
    rf"\bevery (?:other|second|{_COUNT}) (?:{_TIME})s?\b|\b(?:one|two) (?:dose|time)s? (?:a|per|each|every) (?:{_TIME})\b",
    # Numbers that are always a figure, and the others where something is taken, waited for or limited.
    rf"\b(?:in )?(?:{_HIGH})(?:[ -](?:{_COUNT}))*\b|\bpoint (?:one|two|{_LOW})\b",
    (
        rf"\b(?:take|takes|taking|took|give|gives|swallow|use|add|wait|every|most|least|than|up to|down to|by|within)"
        rf"(?: only| just| about)? (?:{_LOW})\b"
    ),
    (
        r"\b(?:take|takes|taking|give|swallow|use|add)(?: only| just)? (?:one|two)"
        r"(?=\s+(?:in|at|with|before|after|on|every|each|more|and)\b|\s*[.,;]|$)"
    ),
    (
        rf"\b(?:one|two|{_LOW}) (?:in the (?:morning|afternoon|evening)|with (?:food|meals)|"
        r"at (?:bedtime|breakfast|lunch|dinner|night|noon))\b"
    ),
    # Letters for digits: numerals of the Romans, and a small L or a capital O.
    rf"\b(?-i:[IVX]{{2,}}|[VX]) (?:{_UNIT})s?\b|\b(?-i:[IVXlO]+) ?(?:mg|mcg|µg|μg|ml)\b",
)
_TYPED = re.compile("|".join(_FIGURES), re.IGNORECASE)
# A share of a dose: said as what to do, it is a figure; said as what not to do, it is none.
_SHARE = re.compile(
    rf"\b(?:{_PART})(?: of)? (?:your|the|a|that|this|his|her|their|each|every|usual|normal)(?: [a-z]+)? (?:dose|amount)s?\b"
    r"|\bby (?:half|a third|a quarter)\b|\b(?:halve|double|triple) (?:your|the|it|each|every)\b",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"\b(?:(?:do|must|should) not|don[’']t|never)(?: \w+){0,3} *$", re.IGNORECASE)
# How often: a figure where it is about the medicine, or where nothing says what it is about.
_OFTEN = re.compile(rf"\b(?:once|twice|thrice) (?:daily|(?:a|per|each|every|in)(?: (?:{_TIME}))?)\b", re.IGNORECASE)
_MEDICINE = re.compile(
    r"\b(?:tak(?:e|es|en|ing)|took|doses?|tablets?|pills?|baclofen|liquid|medicines?|swallow|giv(?:e|es|en|ing)|drink)\b",
    re.IGNORECASE,
)
_SHORT = 5  # words
_SENTENCE = re.compile(r"[^.?!;\n]+")
# Not an amount of time: the plain "a day" that a figure of a rule stands before or after.
_AFTER_A_VALUE = re.compile(r"\{value\} (?:a|in a(?: whole)?) day|\bin a day\b(?=[^.?!]*\{value\})")
_EMERGENCY = re.compile(r"(?<![\d.,])(?:9[-. ]?1[-. ]?1|9[-. ]?9[-. ]?9|1[-. ]?1[-. ]?[12])(?![.,]?\d)")
_COUNTED = re.compile(rf"\b(?:twice|thrice|half|halve|double|{_LOW})\b", re.IGNORECASE)


def typed_figures(words: str) -> Iterator[str]:
    """Each figure as it reads, with its unit; numbers to call in an emergency are found by the other search."""
    left = _EMERGENCY.sub(" ", _AFTER_A_VALUE.sub("it", as_it_looks(words)))
    found = [one[0] for one in _TYPED.finditer(left)]
    for sentence in (one[0] for one in _SENTENCE.finditer(left)):
        shares = _SHARE.finditer(sentence)
        found += [one[0] for one in shares if not _FORBIDDEN.search(sentence[: one.start()])]
        if len(sentence.split()) <= _SHORT or _MEDICINE.search(sentence):
            found += [one[0] for one in _OFTEN.finditer(sentence)]
    yield from dict.fromkeys(found)


def counting_words(words: str) -> Iterator[str]:
    """Words that may stand for a figure, and may not: somebody should look."""
    yield from (found[0] for found in _COUNTED.finditer(as_it_looks(words)))


def emergency_numbers(words: str) -> Iterator[str]:
    """Each number to call in an emergency, also one that is written with hyphens or spaces."""
    yield from (found[0] for found in _EMERGENCY.finditer(as_it_looks(words)))


def foreign_letters(words: str) -> Iterator[str]:
    """Each word with a letter that is not Latin: it may look like one that is."""
    for word in as_it_looks(words).split():
        if any(one.isalpha() and one not in "µμ" and "LATIN" not in unicodedata.name(one, "") for one in word):
            yield word


def as_it_looks(words: str) -> str:
    """The words without what nobody sees, and with digits and letters of other forms in the plain one."""
    return "".join(map(_plain, words))


def _plain(one: str) -> str:
    if one.isascii() or one in "½¼¾µ":
        return one
    if unicodedata.category(one) in ("Cf", "Mn", "Me"):
        return ""
    if unicodedata.decomposition(one).startswith("<fraction>"):
        return one
    if (number := unicodedata.numeric(one, None)) is not None:
        return f"{number:g}"
    return unicodedata.normalize("NFKC", one)
