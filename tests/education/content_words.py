"""What a shipped page says to its reader, text by text."""

from collections.abc import Iterator
from dataclasses import fields

from education.shipped import COUNTRIES, Block, Option, ShippedPage

_NO_WORDS = {"countries", "sources", "rule", "value", "level"}
_NAMES = {"heading"}


def block_texts(block: Block, *, headings: bool = True) -> Iterator[str]:
    """Every text of a block, in its order."""
    for name in (one.name for one in fields(block)):
        value = getattr(block, name)
        if name in _NO_WORDS or (name in _NAMES and not headings):
            continue
        for one in (value,) if isinstance(value, str) else value:
            yield from (one.text, one.why) if isinstance(one, Option) else (one,)


def block_countries(block: Block) -> tuple[str, ...]:
    return block.countries or COUNTRIES


def blocks_for(page: ShippedPage, country: str) -> tuple[Block, ...]:
    return tuple(one for one in page.body if country in block_countries(one))


def page_texts(page: ShippedPage, country: str | None = None, *, headings: bool = True) -> list[str]:
    """Summary, key facts and blocks; with a country, what its reader sees."""
    shown = page.body if country is None else blocks_for(page, country)
    head = [page.title] if headings else []
    return [*head, page.summary, *page.key_facts, *(t for one in shown for t in block_texts(one, headings=headings))]


def prose(page: ShippedPage, country: str | None = None) -> str:
    """The sentences in one text. A colon before a list ends a sentence, and bold marks and blanks for values go."""
    said = " ".join(page_texts(page, country, headings=False))
    return said.replace("**", "").replace("{value}", "it").replace(":", ".")
