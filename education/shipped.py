"""The pages and sources that come with the portal, read strictly from the files in ``education/content``.

Anything unknown, missing or of the wrong kind is a ShippedError that says the file, the block, what was read and what
is allowed. Nothing here knows of the database: ``manage.py load_education`` brings the pages there.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar

from education.shipped_file import ShippedError, Table

COUNTRIES = ("US", "UK")
PAGE_KINDS = ("medicine", "use", "effects", "safety", "help")
AUDIENCES = ("adult", "carer")
SOURCE_KINDS = ("label", "smpc", "leaflet", "guideline", "study", "article")
CARE_LEVELS = ("emergency", "urgent", "routine")
VALUE = "{value}"

_CONTENT = Path(__file__).parent / "content"
_FILE = re.compile(r"(\d\d)_([a-z-]+)\.toml")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REFERENCE = re.compile(r"S-\d{2,3}")
_RULE = re.compile(r"[A-Z]+-\d+")
_LIMIT = re.compile(r"[a-z]+(?:_[a-z]+)*")
_SOURCE = {"key", "reference", "title", "publisher", "kind", "url", "version", "checked_on", "countries"}
_PAGE = {"slug", "title", "version", "kind", "safety_critical", "audience", "summary", "next_review"}
_PAGE |= {"key_facts", "key_facts_sources", "body"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedSource:
    """Where a claim comes from. ``countries`` empty: it holds in any country. ``url`` and ``version`` may be empty."""

    key: str
    reference: str
    title: str
    publisher: str
    kind: str
    url: str
    version: str
    checked_on: date
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a page. ``countries`` empty: every reader; ``sources``: the keys of its sources."""

    type: ClassVar[str]
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Block):
    type: ClassVar[str] = "section"
    heading: str
    text: tuple[str, ...]
    bullets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(Block):
    type: ClassVar[str] = "facts"
    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoList(Block):
    type: ClassVar[str] = "do_list"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DontList(Block):
    type: ClassVar[str] = "dont_list"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CareCard(Block):
    """``items`` finish the heading ("… if:") that the program writes with the number of the country."""

    type: ClassVar[str] = "care_card"
    level: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFact(Block):
    """``text`` holds ``{value}`` once: the number ``value`` of ``rule`` in the protocol of the reader's country."""

    type: ClassVar[str] = "rule_fact"
    rule: str
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq(Block):
    type: ClassVar[str] = "faq"
    question: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    text: str
    right: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachBack(Block):
    """A question with three options, one of them right."""

    type: ClassVar[str] = "teach_back"
    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedPage:
    """One page. ``digest``: SHA-256 of all but ``version``, so that any change shows."""

    file: str
    slug: str
    title: str
    version: int
    kind: str
    safety_critical: bool
    audience: str
    summary: str
    next_review: date
    key_facts: tuple[str, ...]
    key_facts_sources: tuple[str, ...]
    body: tuple[Block, ...]
    digest: str


_Said = dict[str, tuple[str, ...]]
_Reader = Callable[[Table, _Said], Block]


def _section(row: Table, said: _Said) -> Block:
    bullets = row.texts("bullets", 0)
    return Section(heading=row.text("heading"), text=row.texts("text"), bullets=bullets, **said)


def _care_card(row: Table, said: _Said) -> Block:
    return CareCard(level=row.choice("level", CARE_LEVELS), items=row.texts("items"), **said)


def _dont_list(row: Table, said: _Said) -> Block:
    for item in (items := row.texts("items")):
        if not item.startswith("do not "):
            raise row.error("items", f"holds “{item}”, and each must start “do not”")
    return DontList(items=items, **said)


def _rule_fact(row: Table, said: _Said) -> Block:
    if (text := row.text("text")).count(VALUE) != 1:
        raise row.error("text", f"was read as “{text}” and must hold {VALUE} once")
    rule = row.pattern("rule", _RULE, "the id of a rule such as MAX-1")
    return RuleFact(rule=rule, value=row.pattern("value", _LIMIT, "the name of a number"), text=text, **said)


def _teach_back(row: Table, said: _Said) -> Block:
    rows = [one.only({"text", "right", "why"}) for one in row.tables("option", "option")]
    options = tuple(Option(text=one.text("text"), right=one.flag("right"), why=one.text("why")) for one in rows)
    if (len(options), sum(one.right for one in options)) != (3, 1):
        found = f"{len(options)}, {sum(one.right for one in options)} of them right"
        raise row.error("option", f"was given {found}; there must be 3, 1 of them right")
    return TeachBack(question=row.text("question"), options=options, **said)


# Of each type of block: its keys, whether it must name a source, and how it is read. Bullets may be left out. The sources of a
# number are those of its rule.
_BLOCKS: dict[str, tuple[set[str], bool, _Reader]] = {
    "section": ({"heading", "text"}, True, _section),
    "facts": (
        {"heading", "items"},
        True,
        lambda row, said: Facts(heading=row.text("heading"), items=row.texts("items"), **said),
    ),
    "do_list": ({"items"}, True, lambda row, said: DoList(items=row.texts("items"), **said)),
    "dont_list": ({"items"}, True, _dont_list),
    "care_card": ({"level", "items"}, True, _care_card),
    "rule_fact": ({"rule", "value", "text"}, False, _rule_fact),
    "faq": (
        {"question", "text"},
        True,
        lambda row, said: Faq(question=row.text("question"), text=row.texts("text"), **said),
    ),
    "teach_back": ({"question", "option"}, True, _teach_back),
}


def _block(row: Table, known: Collection[str]) -> Block:
    keys, sourced, read = _BLOCKS[kind := row.choice("type", tuple(_BLOCKS))]
    optional = frozenset({"countries", "bullets"} if kind == "section" else {"countries"})
    row.only(keys | ({"type", "sources"} if sourced else {"type"}), optional)
    said = {"countries": row.choices("countries", COUNTRIES)}
    if sourced:
        said["sources"] = row.choices("sources", known, 1)
    return read(row, said)


def _toml(text: str, file: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ShippedError(f"{file}: is not TOML ({error}).") from error


def _digest(values: dict[str, object]) -> str:
    said = {key: value for key, value in values.items() if key != "version"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def parse_page(text: str, file: str, sources: Iterable[ShippedSource] | None = None) -> ShippedPage:
    """Read the text of one page; ``sources`` are those it may name, by default the shipped ones."""
    known = [one.key for one in (shipped_sources() if sources is None else sources)]
    top = Table(file, values := _toml(text, file)).only(_PAGE)
    return ShippedPage(
        file=file,
        slug=top.pattern("slug", _NAME, "small letters and single hyphens"),
        title=top.text("title"),
        version=top.count("version"),
        kind=top.choice("kind", PAGE_KINDS),
        safety_critical=top.flag("safety_critical"),
        audience=top.choice("audience", AUDIENCES),
        summary=top.text("summary"),
        next_review=top.day("next_review"),
        key_facts=top.texts("key_facts", 2, 4),
        key_facts_sources=top.choices("key_facts_sources", known, 1),
        body=tuple(_block(one, known) for one in top.tables("body", "block")),
        digest=_digest(values),
    )


def parse_sources(text: str, file: str) -> tuple[ShippedSource, ...]:
    """Read the text of the file of sources."""
    sources: dict[str, ShippedSource] = {}
    for row in Table(file, _toml(text, file)).only({"source"}).tables("source", "source"):
        row.only(_SOURCE)
        source = ShippedSource(
            key=row.pattern("key", _NAME, "small letters, digits and single hyphens"),
            reference=row.pattern("reference", _REFERENCE, "an id of the reference such as S-03"),
            title=row.text("title"),
            publisher=row.text("publisher"),
            kind=row.choice("kind", SOURCE_KINDS),
            url=row.text("url", empty=True),
            version=row.text("version", empty=True),
            checked_on=row.day("checked_on"),
            countries=row.choices("countries", COUNTRIES),
        )
        if source.key in sources:
            raise row.error("key", f"was read as “{source.key}”, which another source has; each has its own")
        if source.url and not source.url.startswith(("https://", "http://")):
            raise row.error("url", f"was read as “{source.url}” and must be a web address or empty")
        sources[source.key] = source
    return tuple(sources.values())


def in_order(pages: Iterable[ShippedPage]) -> tuple[ShippedPage, ...]:
    """The pages, once each file is named NN_<slug>.toml and no number or slug is used twice; else ShippedError."""
    listed = tuple(pages)
    first: dict[str, str] = {}
    for page in listed:
        name = _FILE.fullmatch(page.file)
        if name is None or name[2] != page.slug:
            raise ShippedError(f"{page.file}: “slug” was read as “{page.slug}” and must be that of NN_<slug>.toml.")
        for used in (f"slug “{page.slug}”", f"number {name[1]}"):
            if used in first:
                raise ShippedError(f"{page.file}: the {used} is that of {first[used]} too; each page has its own.")
            first[used] = page.file
    return listed


@cache
def shipped_sources() -> tuple[ShippedSource, ...]:
    """Every source, in the order of its file."""
    return parse_sources((_CONTENT / "sources.toml").read_text(encoding="utf-8"), "sources.toml")


@cache
def shipped_pages() -> tuple[ShippedPage, ...]:
    """Every page in the order of the hub, which is the order of the file names."""
    paths = sorted((_CONTENT / "pages").glob("*.toml"))
    return in_order(parse_page(path.read_text(encoding="utf-8"), path.name) for path in paths)
