"""The schedule and the card for the wallet on paper, for the patient: the same as the clinic prints."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse

from titration.presenters.sheet import sheet_page
from titration.presenters.sheet_card import card_page
from titration.views.own.pages import own_page
from titration.views.sheets import asked, card_pdf, paper_context, pdf_answer, schedule_pdf


def sheet(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The signed doses ahead, to be put up on a wall."""
    record, choice = asked(request)
    page = sheet_page(record, choice)
    return _page(request, "sheet", paper_context(record, "own:sheet", choice, page, page.week_choices if page else ()))


def sheet_file(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The same as a PDF; where none can be made, the page."""
    record, choice = asked(request)
    return pdf_answer(schedule_pdf(request, record, choice), "schedule.pdf") or sheet(request, patient_id)


def card(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The dose of today, for hospitals."""
    record, choice = asked(request)
    return _page(request, "card", paper_context(record, "own:card", choice, card_page(record, choice)))


def card_file(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The same as a PDF; where none can be made, the page."""
    record, choice = asked(request)
    return pdf_answer(card_pdf(request, record, choice), "card.pdf") or card(request, patient_id)


def _page(request: Any, what: str, context: dict[str, Any]) -> HttpResponse:
    return own_page(request, f"titration/own/{what}.html", here="own:me", **context)
