"""Live pages for readers. Row-level security leaves the drafts out as well; the two do not rely on one another."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from education.models import LearnPage, PageReview, Source, StopWarning


def live_pages() -> QuerySet[LearnPage]:
    """Published pages in the order in which editors keep them."""
    return LearnPage.objects.live().order_by("path")


def live_page(slug: str) -> LearnPage | None:
    """The page with ``reviewed_by``, ``reviewed_on`` and ``reviewed_numbers``: who approved the very version that is live, and
    the numbers that it quoted then; None for nobody."""
    review = PageReview.objects.filter(page=OuterRef("pk"), revision_id=OuterRef("live_revision_id")).order_by(
        "-reviewed_on", "-pk"
    )
    return (
        live_pages()
        .annotate(
            reviewed_by=Subquery(review.values("reviewer_name")[:1]),
            reviewed_on=Subquery(review.values("reviewed_on")[:1]),
            reviewed_numbers=Subquery(review.values("numbers")[:1]),
        )
        .filter(slug=slug)
        .first()
    )


def not_approved() -> list[str]:
    """The names of live pages whose live version no clinical reviewer has approved."""
    approved = PageReview.objects.filter(page=OuterRef("pk"), revision_id=OuterRef("live_revision_id"))
    return list(live_pages().exclude(Exists(approved)).values_list("slug", flat=True))


def topic_rows() -> list[dict[str, Any]]:
    """What a list of pages shows of each."""
    return list(live_pages().values("pk", "slug", "title", "summary", "kind"))


def sources_of(keys: Iterable[str], references: Iterable[str] = ()) -> Sequence[Source]:
    """Those with these keys, and those with these numbers of the clinical reference."""
    named, numbered = list(keys), list(references)
    wanted = Q(key__in=named) | Q(reference__in=numbered)
    return list(Source.objects.filter(wanted).order_by("reference", "key")) if named or numbered else []


def stop_warning() -> StopWarning:
    """Its words. Every database has them from its first migration on."""
    return StopWarning.objects.get()
