"""How I feel: one form, and an answer that says at once what to do about an emergency."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from titration.forms.own.feel import RUN_OUT, STOPPED, FeelForm
from titration.presenters.emergency import emergency_numbers
from titration.presenters.own.feel import last_dose_words, level_of, told
from titration.selectors import feelings, own, records
from titration.services import feelings as service
from titration.services.patient_facts import FactRefused
from titration.views.own.pages import own_page


def feel(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The questions, and what was answered before. What asks for help at once is answered with the card that says how."""
    patient = request.subject
    record = records.load(patient, as_of=timezone.now(), with_names=False)
    form = None
    if record.plan is not None and "tell" in patient.rights:
        sent = request.POST if request.method == "POST" else None
        form = FeelForm(sent, codes=record.protocol.signs, speaks=str(own.speaks_as(patient, request.user)))
        if form.is_valid():
            try:
                return _saved(request, record, form)
            except FactRefused as refused:
                form.add_error(None, str(refused))
    return own_page(
        request, "titration/own/feel.html", here="own:me", status=422 if form is not None and form.errors else 200,
        form=form, has_plan=record.plan is not None, numbers=emergency_numbers(patient.organisation.jurisdiction),
        told=told(feelings.newest(patient), reader=request.user, zone=patient.time_zone),
    )  # fmt: skip


def _saved(request: Any, record: Any, form: FeelForm) -> HttpResponse:
    patient = request.subject
    said = service.Feelings(
        scores=form.scores,
        signs=form.happened,
        has_stopped=form.says(STOPPED),
        has_run_out=form.says(RUN_OUT),
        note=form.cleaned_data["note"],
        reported_by=str(own.speaks_as(patient, request.user)),
    )
    service.report(key=form.cleaned_data["key"], patient=patient, said=said, by=request.user, as_of=record.as_of)
    stated = said.has_stopped or said.has_run_out
    level = level_of(signs=said.signs, stated=stated, flags=own.open_flags(record.plan))
    if not level:
        messages.success(request, "Saved. Your clinic can see it.")
        return redirect("own:feel", patient_id=patient.pk)
    # No other page in between: the card is the answer. Sent again, the same form is answered with it and writes nothing.
    return own_page(
        request, "titration/own/told.html", here="own:me", level=level,
        numbers=emergency_numbers(patient.organisation.jurisdiction),
        last_dose=last_dose_words(record.intake, as_of=record.as_of),
    )  # fmt: skip
