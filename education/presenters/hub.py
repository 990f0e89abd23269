"""The list of pages, in the groups and the order in which readers meet them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from education.addresses import page_path
from education.models import PageKind
from education.presenters.rich import held


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A page in a list. ``pk`` is its number, by which texts link to it."""

    pk: int
    slug: str
    title: str
    summary: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    topics: tuple[Topic, ...]


def topics(rows: Iterable[Mapping[str, Any]], country: str) -> tuple[Topic, ...]:
    """Every page: by kind, and within a kind in the order in which editors keep them."""
    order = {kind: place for place, kind in enumerate(PageKind.values)}
    found = [
        Topic(
            pk=row["pk"], slug=row["slug"], title=held(row["title"]), summary=held(row["summary"]), kind=row["kind"],
            url=page_path(country, row["slug"]),
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: order.get(one.kind, len(order))))


def groups(found: Sequence[Topic]) -> tuple[Group, ...]:
    """Topics under the name of their kind; kinds without a page are left out."""
    every = (
        Group(title=str(kind.label), topics=tuple(one for one in found if one.kind == kind.value)) for kind in PageKind
    )
    return tuple(one for one in every if one.topics)
