"""What a search found: the page, and the words on it that answer, out of what this country's readers may read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from education.addresses import page_path
from education.presenters.care import CareCard
from education.presenters.pieces import is_for, pieces
from education.presenters.rich import held

# What stands behind a word without changing what it is about.
_ENDINGS = ("ings", "ing", "edly", "ness", "es", "ed", "ly", "s", "e")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LEAST = 3  # letters of a word that are looked for: shorter ones are in every sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Bit:
    """Words of a passage; ``hit``: the reader asked for them."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    title: str
    summary: str
    url: str
    passage: tuple[Bit, ...]


def found(pages: Iterable[Any], country: str, query: str, *, today: date) -> tuple[Hit, ...]:
    """Pages in their order. One that was found by words for another country has no passage: those are never shown here.
    Nor has one that readers are kept from until it has been looked at again."""
    stems = {stem for word in _WORD.findall(query) if len(stem := _stem(word)) >= _LEAST}
    return tuple(
        Hit(
            title=held(page.title),
            summary=held(page.summary),
            url=page_path(country, page.slug),
            passage=() if page.is_closed(today) else _bits(_best(_passages(page, country), stems), stems),
        )
        for page in pages
    )


def _passages(page: Any, country: str) -> Iterable[str]:
    for block in page.body:
        if block.block_type == "key_facts" and is_for(block.value, country):
            yield from block.value["items"]
    for piece in pieces(page.body, country, page=page.slug, pages={}, given=None, pictures=None):
        if isinstance(piece, CareCard):  # a sign without what to do about it is no answer
            yield from (f"{piece.heading} {item}" for item in piece.items)
        else:
            yield from piece.words


def _best(passages: Iterable[str], stems: set[str]) -> str:
    """The passage with most of the words; the first of equals. Empty: none has any."""
    counted = [(_counted(passage, stems), passage) for passage in passages]
    most = max((count for count, _ in counted), default=0)
    return next((passage for count, passage in counted if count == most), "") if most else ""


def _counted(text: str, stems: set[str]) -> int:
    return len({stem for word in _WORD.findall(text) if (stem := _stem(word)) in stems})


def _bits(passage: str, stems: set[str]) -> tuple[Bit, ...]:
    bits, at = [], 0
    for word in _WORD.finditer(passage):
        if _stem(word[0]) in stems:
            bits += [Bit(text=passage[at : word.start()], hit=False), Bit(text=word[0], hit=True)]
            at = word.end()
    bits.append(Bit(text=passage[at:], hit=False))
    return tuple(bit for bit in bits if bit.text)


def _stem(word: str) -> str:
    """The word in small letters without its ending: near enough to tell which sentence the index meant."""
    word = word.lower().removesuffix("'s").removesuffix("’s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            word = word.removesuffix(ending)
            break
    if word.endswith("y"):
        return f"{word[:-1]}i"  # drowsy, drowsi-ness
    return word[:-1] if len(word) > _LEAST + 1 and word[-1] == word[-2] else word
