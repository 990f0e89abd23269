"""The restart form."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from titration.forms.restart import RestartForm
from titration.models import RestartChoice
from titration.presenters.banner import banner
from titration.presenters.restart import restart_facts
from titration.presenters.review import Link
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import restart as service
from titration.services.intake import KeyUsed

# What is ordered next; the same dose needs no order while a plan is active.
_NEXT = {
    RestartChoice.LOWER: "steps:add",
    RestartChoice.RETITRATE: "steps:add",
    RestartChoice.NOT_RESUMED: "plans:stop",
}


def restart(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """A prescriber decides how baclofen goes on; what stood on the form is kept with the decision."""
    record = records.load(request.subject, as_of=timezone.now())
    if record.plan is None:
        messages.info(request, "This patient never had a plan here, so there is nothing to go on with.")
        return redirect("patients:chart", patient_id=patient_id)
    facts = restart_facts(record)
    form = RestartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        choice = RestartChoice(form.cleaned_data["choice"])
        try:
            service.decide(
                key=form.cleaned_data["key"], plan=record.plan, choice=choice, reason=form.cleaned_data["reason"],
                last_dose_at=facts.last_dose_at, gap_hours=facts.gap_hours, daily=facts.daily, kidneys=facts.kidneys,
                by=request.user, as_of=record.as_of,
            )  # fmt: skip
        except KeyUsed as used:
            form.add_error(None, str(used))
        else:
            messages.success(request, f"The decision is recorded: {choice.label.lower()}.")
            return _next(record, choice)
    context = {
        "patient": banner(request.subject, today=record.today),
        "back": Link(label="Chart", url=reverse("patients:chart", args=[patient_id])),
        "title": "How baclofen goes on",
        "lead": "After a long gap, or after a sign of toxicity, nothing resumes before a prescriber has decided.",
        "form": form,
        "rows": facts.rows,
    }
    return render(request, "titration/plan/restart.html", context, status=422 if form.errors else 200)


def _next(record: PatientRecord, choice: RestartChoice) -> HttpResponse:
    """Where the decision is carried out: the order that it asks for, or the chart."""
    if record.is_on_plan:
        return redirect(_NEXT.get(choice, "patients:chart"), patient_id=record.patient.pk)
    ends = choice is RestartChoice.NOT_RESUMED
    return redirect("patients:chart" if ends else "plans:start", patient_id=record.patient.pk)
