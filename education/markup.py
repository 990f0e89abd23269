"""The small HTML that rich text keeps: paragraphs, bullets, bold, links. What is made here escapes everything else, and
what comes from elsewhere loses it."""

import re
from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

FEATURES = ("bold", "ul", "ol", "link")  # what rich text may hold: no headings, colours, images or embedded pages

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def rich(paragraphs: Iterable[str], bullets: Iterable[str] = ()) -> str:
    """Paragraphs, then bullets if there are any. ``**words**`` become bold."""
    text = "".join(f"<p>{_inline(one)}</p>" for one in paragraphs)
    items = "".join(f"<li>{_inline(one)}</li>" for one in bullets)
    return text + (f"<ul>{items}</ul>" if items else "")


def _inline(words: str) -> str:
    return _BOLD.sub(r"<b>\1</b>", escape(words, quote=False))


_TAGS = ("p", "b", "ul", "ol", "li", "a", "br")
_EMPTY = ("br",)
_SCHEMES = ("http", "https", "mailto")
_UNSEEN = ("script", "style")  # what stands in them is not words
_KEY = re.compile(r"[a-z0-9]{1,12}")


def allowed(html: str) -> str:
    """The same words with only those tags; links go to http, https, mail or a page of ours, and other links lose theirs."""
    reader = _Allowed()
    reader.feed(html)
    reader.close()
    return "".join([*reader.made, *(f"</{tag}>" for tag in reversed(reader.open) if tag)])


class _Allowed(HTMLParser):
    """``open``: the tags that wait for their end, empty for those that were left out."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []
        self.open: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in _UNSEEN
        if tag not in _TAGS or self.unseen:
            return
        kept = _attributes(tag, {name: value or "" for name, value in attrs})
        if tag in _EMPTY:
            self.made.append(f"<{tag}/>")
        elif tag == "a" and not kept:
            self.open.append("")  # words without a link
        else:
            self.made.append(f"<{tag}{kept}>")
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        waiting = "" if tag == "a" and self.open and not self.open[-1] else tag
        if tag not in _TAGS or tag in _EMPTY or waiting not in self.open:
            return
        while self.open:
            last = self.open.pop()
            if last:
                self.made.append(f"</{last}>")
            if last == waiting:
                return

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.made.append(escape(data, quote=False))


def _attributes(tag: str, found: dict[str, str]) -> str:
    kept = {}
    if tag in ("p", "li") and _KEY.fullmatch(found.get("data-block-key", "")):
        kept["data-block-key"] = found["data-block-key"]
    if tag == "a" and found.get("linktype") == "page" and found.get("id", "").isdecimal():
        kept = {"id": found["id"], "linktype": "page"}
    elif tag == "a" and _is_outside(found.get("href", "")):
        kept = {"href": found["href"]}
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def _is_outside(address: str) -> bool:
    """Whether a link may go there."""
    if any(ord(one) <= ord(" ") for one in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and bool(parts.netloc or parts.scheme.lower() == "mailto")
