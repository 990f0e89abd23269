"""Paper that the patient takes home: the schedule and the card for the wallet, as pages to print and as PDF files."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from titration import paper
from titration.presenters.banner import banner
from titration.presenters.sheet import ATTEMPTS, sheet_page
from titration.presenters.sheet_card import card_page
from titration.presenters.sheet_choice import Choice, choice_groups, choice_of
from titration.selectors import records


def sheet(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The signed doses ahead, day by day; the address chooses weeks, paper and size of letters."""
    record, choice = asked(request)
    page = sheet_page(record, choice)
    return _page(request, "sheet", record, choice, page, weeks=page.week_choices if page else ())


def sheet_file(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The same as a PDF. Where none can be made, the page says so and is printed from the browser."""
    record, choice = asked(request)
    return pdf_answer(schedule_pdf(request, record, choice), "schedule.pdf") or sheet(request, patient_id)


def card(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The dose of today on a card to cut out."""
    record, choice = asked(request)
    return _page(request, "card", record, choice, card_page(record, choice))


def card_file(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The same as a PDF, as for the schedule."""
    record, choice = asked(request)
    return pdf_answer(card_pdf(request, record, choice), "card.pdf") or card(request, patient_id)


def schedule_pdf(request: Any, record: Any, choice: Choice) -> bytes | None:
    """The schedule as a PDF with every table on one page under its head; None when there is nothing to print or no way to.

    Tables that turn out too long for a page are made again with fewer days.
    """
    for shorter in ATTEMPTS:
        page = sheet_page(record, choice, shorter=shorter)
        if page is None or paper.missing_libraries():
            return None
        html = render_to_string("titration/plan/sheet_paper.html", {"page": page}, request)
        made = paper.pdf_of(html, pages=page.pages)
        if made is not None:
            return made
    return None


def card_pdf(request: Any, record: Any, choice: Choice) -> bytes | None:
    """The card as a PDF of one page; None as for the schedule."""
    page = card_page(record, choice)
    if page is None or paper.missing_libraries():
        return None
    return paper.pdf_of(render_to_string("titration/plan/card_paper.html", {"page": page}, request), pages=1)


def asked(request: Any) -> tuple[Any, Choice]:
    """The record, and which paper the address asks for."""
    record = records.load(request.subject, as_of=timezone.now())
    return record, choice_of(request.GET, jurisdiction=record.patient.organisation.jurisdiction)


def paper_context(record: Any, name: str, choice: Choice, page: Any, weeks: Any = ()) -> dict[str, Any]:
    """What the page of a paper shows beside its frame; ``name`` is its URL name, that of its file ends in ``_file``."""
    key = record.patient.pk
    return {
        "page": page,
        "groups": choice_groups(choice, url=reverse(name, args=[key]), weeks=weeks),
        "file_url": "" if paper.missing_libraries() else reverse(f"{name}_file", args=[key]) + choice.query,
    }


def _page(request: Any, what: str, record: Any, choice: Choice, page: Any, weeks: Any = ()) -> HttpResponse:
    context = paper_context(record, f"plans:{what}", choice, page, weeks)
    context["patient"] = banner(request.subject, today=record.today)
    return render(request, f"titration/plan/{what}.html", context)


def pdf_answer(made: bytes | None, name: str) -> HttpResponse | None:
    """A file to keep; None where none was made."""
    if made is None:
        return None
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
