"""Pointing to a page from any screen: ``{% learn_link "stopping" country %}`` and ``{% learn_passage "stopping" country %}``.

Both write nothing when the page is not live, or when there are no pages for the country: a screen never points to
nothing. However many stand on a screen, they ask the database once a request.
"""

from typing import Any

from django import template
from django.utils import timezone

from education.addresses import page_path
from education.ports import facts
from education.presenters.rich import held
from education.selectors.passages import QuickRead, quick_reads

register = template.Library()
_KEPT = "_learn_quick_reads"


@register.inclusion_tag("education/link.html", takes_context=True)
def learn_link(context: Any, slug: str, country: str, *, lead: str = "", url: str = "") -> dict[str, Any]:
    """The title of a page, as a link to it for readers in ``country``; with a ``lead`` a line that begins with it.

    ``url``: where this reader finds the page, when that is not its public address.
    """
    return {**_pointer(context, slug, country, url), "lead": lead}


@register.inclusion_tag("education/passage.html", takes_context=True)
def learn_passage(context: Any, slug: str, country: str, *, url: str = "") -> dict[str, Any]:
    """The title of a page, its quick read and a link to it."""
    return _pointer(context, slug, country, url)


def _pointer(context: Any, slug: str, country: str, url: str) -> dict[str, Any]:
    found = _read(context).get(slug) if country in facts().COUNTRIES else None
    if found is None:
        return {"page": None}
    return {
        "page": {
            "title": held(found.title),
            "url": url or page_path(country, slug),
            "points": [held(point) for point, countries in found.points if not countries or country in countries],
        }
    }


def _read(context: Any) -> Any:
    """The pages, read once for the request; for every tag where a template is rendered without one."""
    request = context.get("request")
    if request is None:
        return quick_reads(today=timezone.localdate())
    kept: dict[str, QuickRead] | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = dict(quick_reads(today=timezone.localdate()))
        setattr(request, _KEPT, kept)
    return kept
