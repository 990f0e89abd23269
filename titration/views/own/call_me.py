"""Call me back: asking the clinic for a call, and what came of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from titration.forms.own.call_me import CallMeForm
from titration.presenters.emergency import emergency_numbers
from titration.presenters.own.call_me import asked_calls, promise
from titration.selectors import calls, own
from titration.services import calls as service
from titration.services.intake import IntakeRefused
from titration.views.own.pages import own_page


def call_me(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The form under what to do when it cannot wait, and the requests so far."""
    patient, form = request.subject, None
    has_plan = own.has_plan(patient)
    if has_plan and "tell" in patient.rights:
        form = CallMeForm(request.POST if request.method == "POST" else None, known=patient.phone)
        if form.is_valid():
            try:
                return _asked(request, form)
            except IntakeRefused as refused:
                form.add_error(None, str(refused))
    return own_page(
        request, "titration/own/call_me.html", here="own:me", status=422 if form is not None and form.errors else 200,
        form=form, has_plan=has_plan, numbers=emergency_numbers(patient.organisation.jurisdiction),
        asked=asked_calls(calls.newest(patient), reader=request.user, zone=patient.time_zone),
    )  # fmt: skip


def _asked(request: Any, form: CallMeForm) -> HttpResponse:
    patient, cleaned = request.subject, form.cleaned_data
    asked = service.Asked(
        about=cleaned["about"],
        best_time=cleaned["best_time"],
        phone=cleaned["phone"],
        note=cleaned["note"],
        reported_by=str(own.speaks_as(patient, request.user)),
    )
    written = service.ask(key=cleaned["key"], patient=patient, asked=asked, by=request.user, as_of=timezone.now())
    messages.success(request, f"Your clinic has your message. {promise(written.expected_on)}")
    return redirect("own:call_me", patient_id=patient.pk)
