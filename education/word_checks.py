"""What there is to say about a run of words, wherever it stands: its sentences, and what is typed that comes from a rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from education.content_words import closed
from education.figures import counting_words, emergency_numbers, foreign_letters, typed_figures
from education.reading import sentences

BLOCK, ADVISE = "block", "advise"
MOST_WORDS, GOOD_WORDS = 30, 20  # of a sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """``block``: the number of the block, 0 for the page. ``level``: ``BLOCK`` or ``ADVISE``."""

    level: str
    block: int
    words: str

    @property
    def stops(self) -> bool:
        return self.level == BLOCK

    def __str__(self) -> str:
        return f"Block {self.block}: {self.words}" if self.block else self.words


def word_findings(number: int, piece: str) -> Iterator[Finding]:
    """What is to be said about one run of words: its sentences, and numbers that are typed."""
    for sentence in sentences(closed(piece)):
        length = len(sentence.split())
        if length > MOST_WORDS:
            yield Finding(BLOCK, number, f"A sentence of {length} words: “{_start(sentence)}”. At most {MOST_WORDS}.")
        elif length > GOOD_WORDS:
            yield Finding(ADVISE, number, f"A sentence of {length} words: “{_start(sentence)}”. Better {GOOD_WORDS}.")
    for typed in typed_figures(piece):
        words = f"“{typed}” is typed. A dose, a time or a limit comes from “Number of a rule”."
        yield Finding(BLOCK, number, words)
    for typed in emergency_numbers(piece):
        words = f"“{typed}” is typed. The number to call is written for each reader’s country by the care card."
        yield Finding(BLOCK, number, words)
    for word in foreign_letters(piece):
        yield Finding(BLOCK, number, f"“{word}” has a letter of another alphabet. Type the word again.")
    for word in counting_words(piece):
        yield Finding(
            ADVISE, number, f"“{word}” may say how much or how often. If so, it comes from “Number of a rule”."
        )


def _start(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:8]) + " …"
