"""Building a reducing plan: the pace makes the table, every row can be changed, and the check page follows."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from titration.forms.taper_rows import edited
from titration.forms.tapers import TaperForm
from titration.selectors import records
from titration.views import orders, typed_orders
from titration.views.steps import order_page


def taper(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The page of a reducing plan. Nothing is saved here; ``do`` says which button was pressed."""
    record = records.load(request.subject, as_of=timezone.now())
    if not record.is_on_plan:
        messages.info(request, "This patient has no active plan, so there is no dose to reduce.")
        return redirect("patients:chart", patient_id=patient_id)
    if request.method != "POST":
        return _page(request, record, typed_orders.remembered(request, "taper"))
    pressed = request.POST.get("do", "check")
    if pressed == "check":
        return order_page(request, record, "taper")
    sent = {name: str(request.POST[name]) for name in request.POST}
    if pressed == "build":
        form = TaperForm(sent, record=record, building=True)
        if not form.is_valid():
            return _refused(request, record, sent, form)
        sent = form.table_as_text()
    else:
        closed = record.patient.organisation.closed_days
        sent = edited(sent, pressed, closed=closed, at_most=record.protocol.entry.taper_rows_at_most)
    return _page(request, record, sent)


def _page(request: HttpRequest, record: Any, fields: Mapping[str, str]) -> HttpResponse:
    """The form as it was typed, without errors: what is not right yet stands in its row."""
    version = fields.get("version") or orders.version_of(record)
    typed = TaperForm(fields, record=record) if fields else None
    initial = {} if typed is None else orders.initial_of(typed, fields)
    form = TaperForm(record=record, initial={**initial, "version": version})
    return orders.form_page(request, record, form, typed=typed)


def _refused(request: HttpRequest, record: Any, fields: Mapping[str, str], building: TaperForm) -> HttpResponse:
    """The pace could not be read: its errors, above the table that was there before."""
    form = TaperForm(fields, record=record)
    form.is_valid()
    form.errors.clear()
    for name, said in building.errors.items():
        form.errors[name] = said
    return orders.form_page(request, record, form, typed=TaperForm(fields, record=record), status=422)
