"""Side effects and symptoms: recording what was said, and what follows from it."""

import logging
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from titration.forms.reports import ReportForm
from titration.presenters.banner import banner
from titration.presenters.reports import reports_page
from titration.presenters.review import Link
from titration.selectors import feelings, records
from titration.services import reports as service
from titration.services.patient_facts import FactRefused

logger = logging.getLogger(__name__)


def report_list(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """What the rules say of the signs on record now, and every report."""
    record = records.load(request.subject, as_of=timezone.now())
    try:
        assessment = record.assessment
    except Exception as error:  # noqa: BLE001  whatever breaks the check, the reports are shown and the page says so
        logger.error("The safety check failed on reports: %s", type(error).__name__)
        assessment = None
    context = {
        "patient": banner(request.subject, today=record.today),
        "title": "Side effects and symptoms",
        "lead": "What was said, and what the rules make of the signs that stand now.",
        "page": reports_page(
            record, assessment, feelings=feelings.of_patient(request.subject), rights=request.subject.rights
        ),
    }
    return render(request, "titration/report/list.html", context)


def report_add(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """One report; what the rules say of it is shown at once on the page that it leads to."""
    record = records.load(request.subject, as_of=timezone.now())
    form = ReportForm(request.POST if request.method == "POST" else None, record=record)
    if form.is_valid():
        cleaned = form.cleaned_data
        report = service.Report(
            effects=cleaned["effects"],
            signs=form.signs,
            on=cleaned["on_date"],
            reported_by=cleaned["reported_by"],
            reported_how=cleaned["reported_how"],
            note=cleaned["note"],
        )
        try:
            service.record_report(
                key=cleaned["key"], patient=request.subject, report=report, by=request.user, as_of=record.as_of
            )
        except FactRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The report is recorded.")
            return redirect("reports:list", patient_id=patient_id)
    context = {
        "patient": banner(request.subject, today=record.today),
        "title": "Record side effects and symptoms",
        "lead": "What is left at “not asked” stays not known.",
        "form": form,
        "back": Link(label="Side effects and symptoms", url=reverse("reports:list", args=[patient_id])),
    }
    return render(request, "titration/report/add.html", context, status=422 if form.is_bound and form.errors else 200)
