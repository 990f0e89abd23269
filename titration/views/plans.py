"""Starting and stopping baclofen, and the day of the next decision."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from titration.dosing.wording import format_date
from titration.forms.plans import NextDecisionForm
from titration.presenters.banner import banner
from titration.presenters.dose_line import medication
from titration.presenters.steps import Row, latest_change, plan_rows
from titration.selectors import records
from titration.services import plans
from titration.views.orders import version_of
from titration.views.steps import order_page


def start(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The first dose of a plan."""
    record = records.load(request.subject, as_of=timezone.now())
    if record.is_on_plan and request.method != "POST":
        messages.info(request, "This patient already has an active plan. Add a dose step to it.")
        return redirect("steps:add", patient_id=patient_id)
    return order_page(request, record, "start")


def stop(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The end of baclofen."""
    record = records.load(request.subject, as_of=timezone.now())
    if not record.is_on_plan:
        messages.info(request, "This patient has no active plan, so there is nothing to stop.")
        return redirect("patients:chart", patient_id=patient_id)
    return order_page(request, record, "stop")


def next_decision(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The day on which the prescriber decides again."""
    as_of = timezone.now()
    record = records.load(request.subject, as_of=as_of)
    if not record.is_on_plan:
        messages.info(request, "This patient has no active plan, so there is no decision to plan.")
        return redirect("patients:chart", patient_id=patient_id)
    sent = request.POST if request.method == "POST" else None
    initial = {"on": record.plan.next_decision_on, "version": version_of(record)}
    form = NextDecisionForm(sent, record=record, initial=initial)
    if form.is_valid():
        on = form.cleaned_data["on"]
        try:
            plans.set_next_decision(
                patient=request.subject,
                on=on,
                expected_version=form.cleaned_data["version"],
                by=request.user,
                as_of=as_of,
            )
        except plans.Superseded as superseded:
            return _both_versions(request, superseded.record, "Not set" if on is None else format_date(on))
        except plans.NotPossible as not_possible:
            form.add_error("on", str(not_possible))
        else:
            day = "No next decision is planned." if on is None else f"The next decision is on {format_date(on)}."
            messages.success(request, day)
            return redirect("patients:chart", patient_id=patient_id)
    return render(
        request,
        "titration/plan/next_decision.html",
        {
            "form": form,
            "patient": banner(request.subject, today=record.today),
            "subject": request.subject,
            "now": medication(record),
        },
        status=422 if form.is_bound else 200,
    )


def _both_versions(request: HttpRequest, record: records.PatientRecord, yours: str) -> HttpResponse:
    by, at = latest_change(record)
    planned = record.plan.next_decision_on if record.plan else None
    theirs = Row(label="Next decision", value="Not set" if planned is None else format_date(planned))
    return render(
        request,
        "409.html",
        {
            "patient": banner(request.subject, today=record.today),
            "theirs": [theirs, *plan_rows(record)],
            "theirs_by": by,
            "theirs_at": at,
            "yours": [Row(label="Next decision", value=yours)],
            "again_url": request.path,
        },
        status=409,
    )
