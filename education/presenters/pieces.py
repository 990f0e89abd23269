"""The blocks of a page as readers in one country see them. What is for others, or cannot be said truly, falls out."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.text import slugify

from education.ports import facts
from education.presenters.care import CareCard, care_card
from education.presenters.picture import Picture, picture
from education.presenters.rich import Paragraph, held, paragraphs
from education.presenters.teach_back import TeachBack, teach_back
from education.selectors.pictures import PictureFile

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its words. ``anchor``: where the list of contents leads."""

    template: str = "education/blocks/section.html"
    heading: str
    anchor: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return (self.heading, *(one.words for one in self.paragraphs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A list of facts, of what to do, or of what not to do. ``own_heading``: it says what the list is about."""

    template: str
    own_heading: bool
    heading: str
    anchor: str
    items: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return (self.heading, *self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFact:
    """A sentence around a number that was read from the rules."""

    template: str = "education/blocks/rule_fact.html"
    before: str
    value: str
    after: str

    @property
    def words(self) -> tuple[str, ...]:
        return (f"{self.before}{self.value}{self.after}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    question: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Questions and answers that follow one another."""

    template: str = "education/blocks/questions.html"
    heading: str
    anchor: str
    asked: tuple[Asked, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(words for one in self.asked for words in (one.question, *(text.words for text in one.paragraphs)))


Piece = Section | Points | RuleFact | Questions | CareCard | Picture | TeachBack
_HEADINGS = {"do_list": "Do", "dont_list": "Don’t", "faq": "Questions and answers"}
_FIRST = ("stop_warning", "key_facts")  # they stand above everything else, wherever an editor left them
# The template of a page uses these itself.
_TAKEN = ("main", "important", "quick-read", "contents", "check", "sources", "about", "topics")


def is_for(value: Any, country: str) -> bool:
    """Whether a block is for readers in this country."""
    return not value["countries"] or country in value["countries"]


def pieces(
    body: Iterable[Any],
    country: str,
    *,
    page: str,
    pages: Mapping[int, str],
    given: str | None,
    pictures: Mapping[int, PictureFile] | None,
) -> tuple[Piece, ...]:
    """The blocks in their order, but for the stop warning and the quick read. Questions in a row become one piece.

    ``page`` names the page in the log. ``pages``: the address of each live page by its number. ``given``: the answer that
    the reader sent, None when none was. ``pictures``: what readers are sent of each image by its number; None: only the words
    are asked for.
    """
    mine = (one for one in body if one.block_type not in _FIRST and is_for(one.value, country))
    maker = _Maker(country, page, pages, given, pictures)
    return tuple(
        piece
        for kind, blocks in groupby(mine, key=lambda one: one.block_type)
        for piece in maker.make(kind, [one.value for one in blocks])
    )


class _Maker:
    def __init__(
        self,
        country: str,
        page: str,
        pages: Mapping[int, str],
        given: str | None,
        pictures: Mapping[int, PictureFile] | None,
    ) -> None:
        self._country, self._page, self._pages, self._given = country, page, pages, given
        self._pictures = pictures
        self._anchors = set(_TAKEN)

    def make(self, kind: str, values: list[Any]) -> Iterator[Piece]:
        if kind == "faq":
            yield self._questions(values)
            return
        for value in values:
            match kind:
                case "section":
                    yield Section(
                        heading=held(value["heading"]),
                        anchor=self._anchor(value["heading"]),
                        paragraphs=paragraphs(value["text"].source, self._pages),
                    )
                case "facts" | "do_list" | "dont_list":
                    yield self._points(kind, value)
                case "care_card":
                    yield care_card(value, self._country)
                case "rule_fact":
                    yield from self._rule_fact(value)
                case "image":
                    yield from self._picture(value)
                case "teach_back":
                    yield teach_back(value, self._given)
                case _:
                    log.warning("Page %s: readers are not shown a block of the kind %s.", self._page, kind)

    def _points(self, kind: str, value: Any) -> Points:
        heading = _HEADINGS.get(kind) or held(value["heading"])
        return Points(
            template=f"education/blocks/{kind}.html",
            own_heading=kind not in _HEADINGS,
            heading=heading,
            anchor=self._anchor(heading),
            items=tuple(held(one) for one in value["items"]),
        )

    def _questions(self, values: list[Any]) -> Questions:
        heading = _HEADINGS["faq"]
        asked = tuple(
            Asked(question=held(one["question"]), paragraphs=paragraphs(one["text"].source, self._pages))
            for one in values
        )
        return Questions(heading=heading, anchor=self._anchor(heading), asked=asked)

    def _rule_fact(self, value: Any) -> Iterator[RuleFact]:
        number = facts().rule_value(self._country, value["rule"], value["value"])
        if number is None:  # never a wrong or an empty number: the sentence is not said
            log.error(
                "Page %s: rule %s has no number %s in %s. Readers there are not shown the sentence.",
                self._page, value["rule"], value["value"], self._country,
            )  # fmt: skip
            return
        before, _, after = value["text"].partition("{value}")
        yield RuleFact(before=held(before), value=number, after=held(after))

    def _picture(self, value: Any) -> Iterator[Picture]:
        image = value["image"]
        file = self._pictures.get(image.pk) if self._pictures and image else None
        if image is None or (self._pictures is not None and file is None):  # never a frame around nothing
            log.error(
                "Page %s: there is no file of image %s for readers.", self._page, image.pk if image else "(removed)"
            )
            return
        yield picture(value, file)

    def _anchor(self, heading: str) -> str:
        name = slugify(heading) or "part"
        number = 1
        while (anchor := name if number == 1 else f"{name}-{number}") in self._anchors:
            number += 1
        self._anchors.add(anchor)
        return anchor
