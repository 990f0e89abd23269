"""The printed calendar of a plan."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from titration.dosing.wording import format_when
from titration.presenters.banner import banner
from titration.presenters.calendar import calendar_page
from titration.presenters.emergency import emergency_numbers
from titration.selectors import records

LARGE = "large"


def calendar(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """What is signed ahead, as a sheet for the patient; ``?print=large`` has larger letters."""
    record = records.load(request.subject, as_of=timezone.now())
    clinic = record.patient.organisation
    context = {
        "patient": banner(request.subject, today=record.today),
        "subject": request.subject,
        "page": calendar_page(record),
        "large": request.GET.get("print") == LARGE,
        "clinic": clinic,
        "numbers": emergency_numbers(clinic.jurisdiction),
        "printed_at": format_when(record.as_of, record.patient.time_zone),
    }
    return render(request, "titration/plan/calendar.html", context)
