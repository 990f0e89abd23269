"""A page for readers in one country: its pieces, how far it has been reviewed, and where it stands among the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from education.addresses import handout_path, page_path
from education.blocks import EMERGENCY, numbers_of, references_of
from education.ports import facts
from education.presenters import care, hub
from education.presenters.care import CareCard
from education.presenters.pieces import Piece, Points, Questions, Section, is_for, pieces
from education.presenters.rich import held
from education.selectors.pictures import PictureFile

NOT_APPROVED = "Not yet clinically approved."
NOT_APPROVED_MORE = "A clinician still has to check this page. If you are not sure, ask your team."
NUMBER_CHANGED = "A number on this page changed after it was approved. It is being checked."
NUMBER_CHANGED_MORE = "If you are not sure, ask your team."
CONTENTS_FROM = 4  # headings: with fewer, a list of contents is longer than it helps


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """The stop warning."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    title: str
    publisher: str
    version: str
    url: str
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """``reviewed_by`` empty: no clinician has approved what the page now shows, and ``open`` and ``open_more`` say why.
    ``overdue``: the day of the next review is past."""

    open: str
    open_more: str
    reviewed_by: str
    reviewed_on: str
    next_review: str
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    text: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPage:
    """``closed``: a safety page whose review is overdue; it shows the warning, the emergency card and whom to call only.

    ``number`` of ``count``: its place in the hub. ``revision`` is the version that is live, None for a draft.
    """

    slug: str
    url: str
    print_url: str
    title: str
    summary: str
    country: str
    country_name: str
    for_carers: bool
    closed: bool
    warning: Warned
    key_facts: tuple[str, ...]
    pieces: tuple[Piece, ...]
    contents: tuple[Heading, ...]
    emergency: CareCard
    sources: tuple[SourceLine, ...]
    review: Review
    grade: str
    revision: int | None
    topics: tuple[hub.Topic, ...]
    number: int
    count: int
    previous: hub.Topic | None
    next: hub.Topic | None


def cited(body: Iterable[Any], country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the page for readers in this country stands on, each once, in its order: the keys of the sources that its blocks
    name, and the numbers in the clinical reference of those of its stop warning and its numbers."""
    blocks = list(body)
    values = [one.value for one in blocks if one.block_type != "stop_warning" and is_for(one.value, country)]
    keys = dict.fromkeys(key for value in values for key in value.get("sources") or ())
    return tuple(keys), references_of(blocks, [country])


def reader_page(
    page: Any,
    country: str,
    *,
    warning: Any,
    sources: Iterable[Any],
    topics: Sequence[hub.Topic],
    today: date,
    given: str | None = None,
    pictures: Mapping[int, PictureFile] = MappingProxyType({}),
) -> ReaderPage:
    """``page``: a LearnPage with ``reviewed_by``, ``reviewed_on`` and ``reviewed_numbers`` of its live version (None: nobody
    approved it).

    ``sources``: the rows of what is ``cited``. ``topics``: the pages of the hub in their order. ``given``: the answer sent.
    ``pictures``: those of the body by the number of their image; one that is not among them is not shown.
    """
    urls = {one.pk: one.url for one in topics}
    found = pieces(page.body, country, page=page.slug, pages=urls, given=given, pictures=pictures)
    overdue, closed = page.is_overdue(today), page.is_closed(today)
    place = next((at for at, one in enumerate(topics) if one.pk == page.pk), 0)
    return ReaderPage(
        slug=page.slug,
        url=page_path(country, page.slug),
        print_url=handout_path(country, page.slug),
        title=held(page.title),
        summary=held(page.summary),
        country=country,
        country_name=facts().country_name(country),
        for_carers=page.audience == "carer",
        closed=closed,
        warning=Warned(heading=warning.heading, text=held(warning.text)),
        key_facts=() if closed else _key_facts(page.body, country),
        pieces=() if closed else found,
        contents=() if closed else _contents(found),
        emergency=_emergency(found, country),
        sources=() if closed else _sources(*cited(page.body, country), country, sources),
        review=_review(page, country, overdue),
        grade="" if page.reading_grade is None else f"{page.reading_grade:.1f}",
        revision=page.live_revision_id,
        topics=tuple(topics),
        number=place + 1,
        count=len(topics),
        previous=topics[place - 1] if place else None,
        next=topics[place + 1] if place + 1 < len(topics) else None,
    )


def _key_facts(body: Iterable[Any], country: str) -> tuple[str, ...]:
    return tuple(
        held(item)
        for one in body
        if one.block_type == "key_facts" and is_for(one.value, country)
        for item in one.value["items"]
    )


def _contents(found: Iterable[Piece]) -> tuple[Heading, ...]:
    headings = tuple(
        Heading(text=one.heading, anchor=one.anchor)
        for one in found
        if isinstance(one, Section | Questions) or (isinstance(one, Points) and one.own_heading)
    )
    return headings if len(headings) >= CONTENTS_FROM else ()


def _emergency(found: Iterable[Piece], country: str) -> CareCard:
    """The emergency card of the page; one without items for a page that has none."""
    cards = (one for one in found if isinstance(one, CareCard) and one.level == EMERGENCY)
    return next(cards, None) or care.care_card({"level": EMERGENCY, "items": ()}, country)


def _sources(
    keys: tuple[str, ...], references: tuple[str, ...], country: str, rows: Iterable[Any]
) -> tuple[SourceLine, ...]:
    known = {one.key: one for one in rows}
    for reference in references:
        keys += _of_rule([one for one in known.values() if one.reference == reference], country)
    return tuple(
        SourceLine(
            title=one.title, publisher=one.publisher, version=one.version, url=one.url,
            withdrawn=one.withdrawn_on is not None,
        )
        for key in dict.fromkeys(keys)
        if (one := known.get(key))
    )  # fmt: skip


def _of_rule(rows: Iterable[Any], country: str) -> tuple[str, ...]:
    """Of the sources with one number: those that speak to the reader, and a withdrawn one only when nothing took its place."""
    speak = [one for one in rows if not one.countries or country in one.countries]
    return tuple(one.key for one in [one for one in speak if one.withdrawn_on is None] or speak)


def _review(page: Any, country: str, overdue: bool) -> Review:
    words = facts().date_words
    changed = page.reviewed_by and _changed(page, country)
    approved = page.reviewed_by and not changed
    return Review(
        open="" if approved else NUMBER_CHANGED if changed else NOT_APPROVED,
        open_more="" if approved else NUMBER_CHANGED_MORE if changed else NOT_APPROVED_MORE,
        reviewed_by=page.reviewed_by if approved else "",
        reviewed_on=words(page.reviewed_on) if page.reviewed_on else "",
        next_review=words(page.next_review) if page.next_review else "",
        overdue=overdue,
    )


def _changed(page: Any, country: str) -> bool:
    """Whether readers in this country are shown another number than the reviewer read, or none any more."""
    then = page.reviewed_numbers or {}
    return any(then.get(name) != number for name, number in numbers_of(page.body, [country]).items())
