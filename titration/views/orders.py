"""What the pages of an order share: its forms, what is typed so far, and the live check of it."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from titration.dosing.doses import Mg
from titration.dosing.rules import Finding
from titration.forms.past import PastForm
from titration.forms.plans import StopForm
from titration.forms.steps import StartForm, StepForm
from titration.forms.tapers import TaperForm
from titration.presenters import review as said
from titration.presenters import steps as shown
from titration.presenters.banner import banner
from titration.presenters.dose_line import medication
from titration.presenters.gate import closed_gate
from titration.presenters.preview import PatientPreview, patient_preview
from titration.presenters.tapers import taper_preview
from titration.services.orders import TaperOrder
from titration.services.plans import (
    DoseOrder,
    NotPossible,
    OrderReview,
    PastOrder,
    StopOrder,
    assess_order,
)
from titration.views import typed_orders
from titration.views.taper_checks import taper_context

logger = logging.getLogger(__name__)

AnyOrder = DoseOrder | StopOrder | TaperOrder

FORMS: Mapping[str, Any] = {form.purpose: form for form in (StepForm, StartForm, PastForm, StopForm, TaperForm)}
PAGES = {
    "change": "steps:add",
    "start": "plans:start",
    "past": "steps:past",
    "stop": "plans:stop",
    "taper": "plans:taper",
}
_TEMPLATES = {"stop": "titration/plan/stop.html", "taper": "titration/plan/taper.html"}


def version_of(record: Any, purpose: str = "") -> int | None:
    """The version that a form is opened on; None while there is no active plan. The past may be one of an ended plan."""
    return record.plan.version if record.is_on_plan or (purpose == "past" and record.plan) else None


def order_of(form: Any, key: uuid.UUID) -> AnyOrder:
    """The order that a form holds."""
    made: Mapping[str, type[Any]] = {"stop": StopOrder, "past": PastOrder, "taper": TaperOrder}
    return made.get(form.purpose, DoseOrder)(**form.order_values(key))


def review_of(record: Any, order: AnyOrder) -> OrderReview | None:
    """What the rules say to an order; None when the check is not working. NotPossible says why no rule was asked."""
    try:
        return assess_order(record, order)
    except NotPossible:
        raise
    except Exception as error:  # noqa: BLE001 - whatever breaks the check, the page says so, and nothing can be saved
        logger.error("The safety check failed: %s", type(error).__name__)
        return None


def unpassable(review: OrderReview) -> tuple[tuple[Finding | None, str], ...]:
    """What no answer gets past, as (finding, sentence)."""
    undecided = tuple(
        (one, f"{one.because} Complete the restart form first ({one.rule}).") for one in review.asked.restart
    )
    return contradictions(review) + undecided + tuple((None, one.because) for one in review.assessment.refusals)


def contradictions(review: OrderReview) -> tuple[tuple[Finding | None, str], ...]:
    """What cannot be meant, whoever says so, as (finding, sentence)."""
    return tuple((one, f"{one.because} {one.sentence} ({one.rule})") for one in review.asked.hard)


def opened(request: HttpRequest, record: Any, purpose: str) -> HttpResponse:
    """A fresh form, filled from an order that was typed before or from a draft when the address names one."""
    form_class = FORMS[purpose]
    empty = form_class(record=record)
    fields, filled_in = typed_orders.remembered(request, purpose), ""
    if not fields and purpose == "change":
        fields = typed_orders.drafted(request, record, empty)
    if not fields and purpose == "change":
        fields, filled_in = typed_orders.moved(request, record, empty)
    form = form_class(
        record=record, initial={**initial_of(empty, fields), "version": version_of(record, purpose) or ""}
    )
    typed = form_class(fields, record=record) if fields else None
    return form_page(request, record, form, typed=typed, filled_in=filled_in)


def form_page(
    request: HttpRequest, record: Any, form: Any, *, typed: Any = None, filled_in: str = "", status: int = 200
) -> HttpResponse:
    """The form of an order with what the check says to what is typed so far; ``typed`` holds it when ``form`` does not.

    ``filled_in`` says what the portal filled in and why; empty when it filled in nothing.
    """
    filled = typed if typed is not None or not form.is_bound else form
    result, preview = live_answer(record, filled) if filled is not None else (None, None)
    return render(
        request,
        _TEMPLATES.get(form.purpose, "titration/step/form.html"),
        {
            "form": form,
            "patient": banner(request.subject, today=record.today),
            "subject": request.subject,
            "now": medication(record),
            "kidney_words": said.kidney_words(record),
            "filled_in": filled_in,
            "purpose": form.purpose,
            "here": reverse(PAGES[form.purpose], args=[request.subject.pk]),
            "live_url": reverse("steps:live", args=[request.subject.pk]),
            "result": result,
            "preview": preview,
            **(taper_context(record, form, filled) if form.purpose == "taper" else {}),
        },
        status=status,
    )


def live_answer(record: Any, form: Any) -> tuple[Any, PatientPreview | None]:
    """The live check and the patient's view of an order that may still be incomplete."""
    common = {"patient": record.patient, "as_of": record.as_of}
    form.is_valid()
    if not form.makes_an_order:
        return said.unfinished_result(_what_is_missing(form), **common), None
    order = order_of(form, uuid.uuid4())
    try:
        review = review_of(record, order)
    except NotPossible as not_possible:
        return said.unfinished_result(str(not_possible), **common), None
    if review is None:
        return said.unfinished_result(said.CHECK_FAILED, **common), None
    previous = shown.dose_before(record, first_day(order))
    gate = closed_gate(review.gate, record=record, rights=record.patient.rights)
    result = said.safety_result(review, previous=previous, gate=gate, **common)
    if form.purpose in ("change", "start", "stop"):  # a reducing plan says it in each row
        result = replace(result, closed=said.closed_words(first_day(order), record.patient))
    return result, preview_of(order, review, previous)


def first_day(order: AnyOrder) -> date:
    """The first day on which an order holds."""
    return order.stops_on if isinstance(order, StopOrder) else order.starts_on


def preview_of(order: AnyOrder, review: OrderReview, previous: Mg | None) -> PatientPreview:
    """What the patient will see of an order."""
    if isinstance(order, TaperOrder):
        return taper_preview(order, quantities=review.quantities)
    slots = () if isinstance(order, StopOrder) else order.slots
    return patient_preview(starts_on=first_day(order), slots=slots, quantities=review.quantities, previous=previous)


def _what_is_missing(form: Any) -> str:
    """Errors of what was typed; of what was not typed only that it is needed before anything can be checked."""
    if form.purpose == "taper":  # each row says itself what is wrong with it
        return "Make the table, and put right what its rows say. Then the plan is checked."
    typed = [
        str(message)
        for name, messages in form.errors.items()
        if name != "reason" and name in form.fields and _has_text(form, name)
        for message in messages
    ]
    if typed:
        return " ".join(message if message.endswith(".") else f"{message}." for message in typed)
    if form.purpose == "past" and form.took_none:
        return "Enter the first day without it. Then the change is checked."
    if form.purpose == "stop":
        return "Enter the first day without baclofen and why it is stopped. Then the order is checked."
    return "Choose the product, the dose, how often, and the date. Then the order is checked."


def _has_text(form: Any, name: str) -> bool:
    value = form[name].data
    return any(value) if isinstance(value, list) else bool(value)


def initial_of(form: Any, fields: Mapping[str, str]) -> dict[str, Any]:
    """The text of fields as the initial values of a form: three boxes of a date become one value."""
    initial: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = field.widget.value_from_datadict(fields, {}, form.add_prefix(name))
        if value is not None and value != [None, None, None]:
            initial[name] = value
    return initial
