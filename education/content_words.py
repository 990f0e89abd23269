"""The words of a page as plain sentences, for measuring and for search: every piece closed by a full stop."""

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

_CLOSING = (".", "?", "!")


def words_of(title: str, summary: str, body: Iterable[Any]) -> str:
    """Everything that a reader reads, one piece a line. ``body``: the blocks of a page."""
    pieces = [title, summary, *(words for block in body for words in block_words(block.block_type, block.value))]
    return "\n".join(closed(one) for one in pieces if one.strip())


def block_words(kind: str, value: Any) -> Iterator[str]:
    """The words of one block, in the order in which they are read."""
    if kind in ("stop_warning", "image"):
        return
    for name in ("heading", "question"):
        if value.get(name):
            yield value[name]
    if kind == "rule_fact":
        yield value["text"].replace("{value}", "it")
    elif value.get("text"):
        yield from plain(value["text"].source)
    yield from value.get("items") or ()
    for option in value.get("options") or ():
        yield option["text"]
        yield option["why"]


def closed(words: str) -> str:
    words = words.strip()
    return words if words.endswith(_CLOSING) else f"{words}."


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = [""]

    def handle_data(self, data: str) -> None:
        self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "li"):
            self.found.append("")


def plain(html: str) -> list[str]:
    """The paragraphs and list items of rich text, without their marks."""
    reader = _Paragraphs()
    reader.feed(html)
    reader.close()
    return [one.strip() for one in reader.found if one.strip()]
