"""The hub, a page of it, and the page as a handout."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from education import ports
from education.presenters.handout import handout as as_handout
from education.presenters.hub import groups, topics
from education.presenters.place import place_of
from education.presenters.reader_page import ReaderPage, cited, reader_page
from education.selectors import pages as reading
from education.selectors.pictures import pictures_of


def hub(request: Any, country: str) -> HttpResponse:
    """Every page for readers in a country."""
    around = ports.around(request)
    found = groups(topics(reading.topic_rows(), country))
    context = {"around": around, "place": place_of(country, around), "groups": found, "warning": reading.stop_warning()}
    return render(request, "education/hub.html", context)


def page(request: Any, country: str, slug: str) -> HttpResponse:
    """One page. ``?answer=``: what the reader chose of its question; nobody keeps it."""
    around = ports.around(request)
    given = request.GET.get("answer", "") if "check" in request.GET else None
    context = {"around": around, "place": place_of(country, around), "page": _read(country, slug, given)}
    return render(request, "education/page.html", context)


def handout(request: Any, country: str, slug: str) -> HttpResponse:
    """The page as it is put on paper: ``?large=1`` in larger letters, ``?paper=`` a4 or letter."""
    around = ports.around(request)
    shown = as_handout(
        _read(country, slug),
        address=settings.PORTAL_ADDRESS,
        large=request.GET.get("large") == "1",
        paper=request.GET.get("paper", ""),
        printed=timezone.localdate(),
    )
    context = {"around": around, "place": place_of(country, around), "page": shown.page, "handout": shown}
    return render(request, "education/handout.html", context)


def _read(country: str, slug: str, given: str | None = None) -> ReaderPage:
    """The live page of this name; Http404 for any other."""
    found = reading.live_page(slug)
    if found is None:
        raise Http404
    return reader_page(
        found,
        country,
        warning=reading.stop_warning(),
        sources=reading.sources_of(*cited(found.body, country)),
        topics=topics(reading.topic_rows(), country),
        today=timezone.localdate(),
        given=given,
        pictures=pictures_of(found.body),
    )
