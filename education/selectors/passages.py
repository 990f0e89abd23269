"""Titles and quick reads of live pages, for screens that only point to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from education.selectors.pages import live_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickRead:
    """``points``: each with the countries that it is for; none: every country."""

    slug: str
    title: str
    points: tuple[tuple[str, tuple[str, ...]], ...]


def quick_reads(*, today: date) -> Mapping[str, QuickRead]:
    """Every live page by its name: one statement, however many are asked for. Pages that readers are kept from are left out."""
    found = {}
    kept_back = Q(safety_critical=True, next_review__lt=today)
    for slug, title, body in live_pages().exclude(kept_back).values_list("slug", "title", "body"):
        points = tuple(
            (item, tuple(block.value["countries"]))
            for block in body
            if block.block_type == "key_facts"
            for item in block.value["items"]
        )
        found[slug] = QuickRead(slug=slug, title=title, points=points)
    return found
