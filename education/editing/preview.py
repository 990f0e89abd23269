"""A draft as its readers will see it, on screen and on paper. The preview beside the form has a button for the width of a phone."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from education.editing.pictures import pictures_of_draft
from education.models import LearnPage
from education.presenters.handout import handout
from education.presenters.hub import topics
from education.presenters.place import place_of
from education.presenters.reader_page import cited, reader_page
from education.selectors import pages as reading


def show(request: HttpRequest, page: LearnPage, mode: str, country: str) -> HttpResponse:
    """``mode``: “page” or “print”; ``country``: the readers' own, as a code."""
    page.reviewed_by = page.reviewed_on = None  # nobody has approved a draft
    shown = reader_page(
        page,
        country,
        warning=reading.stop_warning(),
        sources=reading.sources_of(*cited(page.body, country)),
        topics=topics(reading.topic_rows(), country),
        today=timezone.localdate(),
        pictures=pictures_of_draft(page.body),
    )
    context: dict[str, Any] = {"around": None, "place": place_of(country, None), "page": shown}
    if mode != "print":
        return TemplateResponse(request, "education/page.html", context)
    paper = handout(shown, address=settings.PORTAL_ADDRESS, large=False, paper="", printed=timezone.localdate())
    return TemplateResponse(request, "education/handout.html", {**context, "page": paper.page, "handout": paper})
