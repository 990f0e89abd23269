"""Check your understanding: a question, three answers, and what each of them shows. No score, and as many tries as one likes."""

from dataclasses import dataclass
from typing import Any

from education.presenters.rich import held


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``number`` counts from 1."""

    number: int
    text: str
    right: bool
    why: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachBack:
    """``chosen``: the answer that the reader gave. ``missing``: the form was sent without one."""

    template: str = "education/blocks/teach_back.html"
    question: str
    answers: tuple[Answer, ...]
    chosen: Answer | None
    missing: bool

    @property
    def words(self) -> tuple[str, ...]:
        return (self.question, *(one.text for one in self.answers), *(one.why for one in self.answers))


def teach_back(value: Any, given: str | None) -> TeachBack:
    """``given``: what the form sent; None when it was not sent. What is no answer of this question counts as none."""
    answers = tuple(
        Answer(
            number=number,
            text=held(option["text"]),
            right=option["right"],
            why=held(option["why"]),
            chosen=given == str(number),
        )
        for number, option in enumerate(value["options"], 1)
    )
    chosen = next((one for one in answers if one.chosen), None)
    return TeachBack(
        question=held(value["question"]), answers=answers, chosen=chosen, missing=given is not None and chosen is None
    )
