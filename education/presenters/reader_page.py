"""A page for readers in one country: its pieces, how far it has been reviewed, and where it stands among the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from education.addresses import handout_path, page_path
from education.blocks import EMERGENCY
from education.ports import facts
from education.presenters import care, hub
from education.presenters.care import CareCard
from education.presenters.pieces import Piece, Points, Questions, Section, is_for, pieces
from education.presenters.rich import held
from education.selectors.pictures import PictureFile

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
    """``reviewed_by`` empty: no clinician has approved this version. ``overdue``: the day of the next review is past."""

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


def source_keys(body: Iterable[Any], country: str) -> tuple[str, ...]:
    """The sources of what a reader in this country sees, each once, in the order of the page."""
    values = [one.value for one in body if one.block_type != "stop_warning" and is_for(one.value, country)]
    return tuple(dict.fromkeys(key for value in values for key in value.get("sources") or ()))


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
    """``page``: a LearnPage with ``reviewed_by`` and ``reviewed_on`` of its live version (both None: nobody approved it).

    ``sources``: the rows of ``source_keys``. ``topics``: the pages of the hub in their order. ``given``: the answer sent.
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
        sources=() if closed else _sources(source_keys(page.body, country), sources),
        review=_review(page, overdue),
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


def _sources(keys: Iterable[str], rows: Iterable[Any]) -> tuple[SourceLine, ...]:
    known = {one.key: one for one in rows}
    return tuple(
        SourceLine(
            title=one.title, publisher=one.publisher, version=one.version, url=one.url,
            withdrawn=one.withdrawn_on is not None,
        )
        for key in keys
        if (one := known.get(key))
    )  # fmt: skip


def _review(page: Any, overdue: bool) -> Review:
    words = facts().date_words
    return Review(
        reviewed_by=page.reviewed_by or "",
        reviewed_on=words(page.reviewed_on) if page.reviewed_on else "",
        next_review=words(page.next_review) if page.next_review else "",
        overdue=overdue,
    )
