"""What stands between a draft and its readers: findings that stop it, and findings that advise.

Plain functions over the content of a page. A finding names the block by its number, as it stands on the page (1 is the
first), or 0 for the page as a whole. Sources are asked of the library, numbers of rules of ``education.ports``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError

from education.addresses import RESERVED
from education.blocks import CLAIMS, LEVELS, OPTIONS, Body, quoted
from education.content_words import block_words, closed, plain
from education.ports import facts
from education.reading import grade, jargon, sentences
from education.word_checks import ADVISE, BLOCK, Finding, word_findings

REVIEW_YEARS = 3
POINT_WORDS, PARAGRAPH_SENTENCES, GOOD_GRADE = 15, 3, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is judged. ``live_slug``: the address that readers have, empty when they have none."""

    title: str
    summary: str
    slug: str
    body: Any
    next_review: date | None
    live_slug: str = ""
    expire_at: Any = None
    placed: list[tuple[int, str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        placed = [(number, one.block_type, one.value) for number, one in enumerate(self.body or (), 1)]
        object.__setattr__(self, "placed", placed)

    def of(self, kind: str) -> list[tuple[int, Any]]:
        return [(number, value) for number, block_type, value in self.placed if block_type == kind]


def findings(draft: Draft, *, today: date) -> list[Finding]:
    """Everything there is to say, what stops it first, then in the order of the page."""
    known = library()
    found = [
        *_frame(draft), *_review(draft, today), *_whole(draft), *_sources(draft, known), *_lists(draft),
        *_cards(draft), *_teaching(draft), *_words(draft), *_advice(draft),
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.stops, one.block))


def stopping(draft: Draft, *, today: date) -> list[Finding]:
    """Only what keeps it from its readers."""
    return [one for one in findings(draft, today=today) if one.stops]


@dataclass(frozen=True, slots=True)
class Library:
    """``withdrawn``: by key. ``standing``: (number in the clinical reference, country) of each source that was not withdrawn, for
    each country that it speaks to."""

    withdrawn: Mapping[str, bool]
    standing: frozenset[tuple[str, str]]


def library() -> Library:
    """The sources that there are."""
    rows = list(apps.get_model("education", "Source")._default_manager.all())
    standing = [one for one in rows if one.withdrawn_on is None]
    return Library(
        withdrawn={one.key: one.withdrawn_on is not None for one in rows},
        standing=frozenset((one.reference, where) for one in standing for where in one.countries or facts().COUNTRIES),
    )


def _frame(draft: Draft) -> Iterator[Finding]:
    kinds = [kind for _, kind, _ in draft.placed]
    if "stop_warning" not in kinds:
        yield Finding(BLOCK, 0, "There is no stop warning. Add it as the first block.")
    elif kinds[0] != "stop_warning":
        yield Finding(BLOCK, kinds.index("stop_warning") + 1, "The stop warning is not first. Move it to the top.")
    for kind, name in (("key_facts", "quick read"), ("teach_back", "question to check understanding")):
        for country in _without(draft.of(kind)):
            yield Finding(
                BLOCK, 0, f"There is no {name} for {country}." if country else f"There is no {name}. Add one."
            )
    if draft.live_slug and draft.slug != draft.live_slug:
        yield Finding(BLOCK, 0, f"The address of a page that readers have stays “{draft.live_slug}”.")
    if draft.slug in RESERVED:
        yield Finding(BLOCK, 0, f"The address “{draft.slug}” is taken by the portal. Choose another one.")
    if draft.expire_at:
        yield Finding(
            BLOCK, 0, "A page does not vanish by the clock. Clear “Expiry date”; it is taken down with a reason."
        )


def _without(blocks: list[tuple[int, Any]]) -> list[str]:
    """The countries that have none of these blocks, by name; one empty name when no country has."""
    known = facts()
    missing = [one for one in known.COUNTRIES if not any(_is_for(value, one) for _, value in blocks)]
    return [""] if len(missing) == len(known.COUNTRIES) else [known.country_name(one) for one in missing]


def _is_for(value: Mapping[str, Any], country: str) -> bool:
    return not value["countries"] or country in value["countries"]


def _review(draft: Draft, today: date) -> Iterator[Finding]:
    if draft.next_review is None:
        yield Finding(BLOCK, 0, "There is no date for the next review.")
    elif draft.next_review <= today:
        yield Finding(BLOCK, 0, "The date for the next review has passed. Set the next one.")
    elif draft.next_review > _years_on(today):
        yield Finding(BLOCK, 0, f"The next review is more than {REVIEW_YEARS} years away.")


def _years_on(today: date) -> date:
    try:
        return today.replace(year=today.year + REVIEW_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year + REVIEW_YEARS, day=28)


def _whole(draft: Draft) -> Iterator[Finding]:
    """What each block asks of itself: its fields, the words for a picture, the number of a rule."""
    block = Body()
    for number, kind, value in draft.placed:
        try:
            block.child_blocks[kind].clean(value)
        except ValidationError as error:
            yield Finding(BLOCK, number, " ".join(dict.fromkeys(_said(error))) or "Something is missing here.")


def _said(error: Any) -> Iterator[str]:
    """The words of an error and of all that are in it."""
    inner = getattr(error, "block_errors", None)
    if inner:
        for one in inner.values() if isinstance(inner, dict) else inner:
            if one is not None:
                yield from _said(one)
    top = getattr(error, "non_block_errors", None)
    yield from (message for one in (top.as_data() if top else ()) for message in one.messages)
    if inner is None and top is None:
        yield from error.messages


def _sources(draft: Draft, known: Library) -> Iterator[Finding]:
    for number, block in enumerate(draft.body or (), 1):
        kind, value = block.block_type, block.value
        if kind == "rule_fact":
            yield from _rule_sources(number, block, known)
        if kind not in CLAIMS:
            continue
        silent = kind == "image" and not value.get("caption")
        if not value["sources"] and not silent:
            yield Finding(BLOCK, number, "It says something and names no source. Name one.")
        for key in value["sources"]:
            if key not in known.withdrawn:
                yield Finding(BLOCK, number, f"There is no source “{key}” in the library.")
            elif known.withdrawn[key]:
                yield Finding(BLOCK, number, f"The source “{key}” was withdrawn. Name another one.")


def _rule_sources(number: int, block: Any, known: Library) -> Iterator[Finding]:
    """A number of a rule stands on the sources of the rule. One that is a proposal stands on none."""
    asked = facts()
    for country, rule, name in quoted([block]):
        where, sources = asked.country_name(country), asked.rule_sources(country, rule)
        if asked.rule_value(country, rule, name) is None:
            continue  # what the block asks of itself says so
        if not sources:
            words = f"The number of rule {rule} ({where}) is a proposal that no source states. Leave it out."
            yield Finding(BLOCK, number, words)
        elif not any((one, country) in known.standing for one in sources):
            words = (
                f"No source of rule {rule} for {where} is in the library, or each was withdrawn: {', '.join(sources)}."
            )
            yield Finding(BLOCK, number, words)


def _lists(draft: Draft) -> Iterator[Finding]:
    for number, value in draft.of("dont_list"):
        for item in value["items"]:
            if not item.lower().startswith("do not "):
                yield Finding(BLOCK, number, f"“{item}” does not start with “do not”.")


def _cards(draft: Draft) -> Iterator[Finding]:
    known = facts()
    for level, name in LEVELS:
        cards = [(number, value) for number, value in draft.of("care_card") if value["level"] == level]
        for country in known.COUNTRIES:
            shown = [number for number, value in cards if _is_for(value, country)]
            if len(shown) > 1:
                where = known.country_name(country)
                yield Finding(BLOCK, shown[1], f"A second card “{name}” for readers in {where}. Make them one.")
                break


def _teaching(draft: Draft) -> Iterator[Finding]:
    for number, value in draft.of("teach_back"):
        options = list(value["options"])
        right = sum(bool(one["right"]) for one in options)
        if len(options) != OPTIONS or right != 1:
            words = f"{len(options)} answers, {right} of them right. There are {OPTIONS}, and exactly one is right."
            yield Finding(BLOCK, number, words)


def _pieces(draft: Draft) -> Iterator[tuple[int, str, str]]:
    """Every run of words with the number and kind of its block; ``{value}`` stands for the number of a rule."""
    yield 0, "", draft.title
    yield 0, "", draft.summary
    for number, kind, value in draft.placed:
        words: Iterable[str] = block_words(kind, value)
        if kind == "image":
            words = [value.get("caption") or ""]
        elif kind == "rule_fact":
            words = [value["text"]]
        for piece in words:
            if piece:
                yield number, kind, piece


def _words(draft: Draft) -> Iterator[Finding]:
    for number, _kind, piece in _pieces(draft):
        yield from word_findings(number, piece)


def _advice(draft: Draft) -> Iterator[Finding]:
    pieces = [(number, kind, piece.replace("{value}", "it")) for number, kind, piece in _pieces(draft)]
    words = "\n".join(closed(piece) for _, _, piece in pieces)
    if words and (found := round(grade(words), 1)) > GOOD_GRADE:
        yield Finding(ADVISE, 0, f"Reading grade {found}. Better {GOOD_GRADE} or less.")
    said: set[str] = set()
    for number, _kind, piece in pieces:
        for word, plainer in jargon(piece):
            if word.lower() not in said:
                said.add(word.lower())
                yield Finding(ADVISE, number, f"“{word}”: perhaps “{plainer}”.")
    for number, value in draft.of("key_facts"):
        for item in value["items"]:
            if len(item.split()) > POINT_WORDS:
                yield Finding(ADVISE, number, f"A point of {len(item.split())} words. Better {POINT_WORDS} or less.")
    for number, kind, value in draft.placed:
        if kind in ("section", "faq"):
            for paragraph in plain(value["text"].source):
                count = len(sentences(paragraph))
                if count > PARAGRAPH_SENTENCES:
                    yield Finding(ADVISE, number, f"A paragraph of {count} sentences. Better {PARAGRAPH_SENTENCES}.")
