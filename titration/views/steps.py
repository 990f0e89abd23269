"""Adding a dose step, its live check, recording a past change, and the page of one step."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from titration.dosing.wording import STOP_REASON_WORDS
from titration.forms import tokens
from titration.forms.gate import GATE_REASON_WORDS
from titration.forms.step_check import REASON_WORDS
from titration.presenters.banner import banner
from titration.presenters.review import CHECK_FAILED, kept_findings
from titration.presenters.steps import step_detail
from titration.selectors import records
from titration.services.plans import NotPossible, OrderReview
from titration.views import check_pages, orders, typed_orders


def add(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The form of a dose step; a POST that can be read answers with the check page."""
    record = records.load(request.subject, as_of=timezone.now())
    if not record.is_on_plan:
        messages.info(request, "This patient has no active plan. Start baclofen here.")
        return redirect("plans:start", patient_id=patient_id)
    return order_page(request, record, "change")


def past(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The form of a dose that was already taken."""
    record = records.load(request.subject, as_of=timezone.now())
    if record.plan is None:
        messages.info(request, "This patient has no plan. Start baclofen before you record a past change.")
        return redirect("plans:start", patient_id=patient_id)
    return order_page(request, record, "past")


def order_page(request: HttpRequest, record: Any, purpose: str) -> HttpResponse:
    """The form of an order, or the check page of what was posted. Nothing is saved here."""
    if request.method != "POST":
        return orders.opened(request, record, purpose)
    form = orders.FORMS[purpose](request.POST, record=record)
    if not form.is_valid():
        return orders.form_page(request, record, form, status=422)
    signed = tokens.SignedOrder(
        purpose=purpose,
        patient=request.subject.pk,
        user=request.user.pk,
        version=orders.version_of(record, purpose),
        key=uuid.uuid4(),
        fields=form.as_text(),
    )
    if form.cleaned_data["version"] != str(orders.version_of(record, purpose) or ""):
        typed_orders.remember(request, signed.key, tokens.sign(signed))
        return check_pages.superseded_page(request, record, form, signed.key)
    try:
        review = orders.review_of(record, orders.order_of(form, signed.key))
    except NotPossible as not_possible:
        form.add_error(None, str(not_possible))
        return orders.form_page(request, record, form, status=422)
    if refused(form, review):
        typed = orders.FORMS[purpose](request.POST, record=record)  # without the refusal: its findings are still shown
        return orders.form_page(request, record, form, typed=typed, status=422)
    return check_pages.check_page(request, record, form, signed, review)


def refused(form: Any, review: OrderReview | None) -> bool:
    """Whether the order goes no further, with the reason as an error of the form.

    A past change goes on whatever the rules find; only what contradicts itself, such as a dose and its volume, does not.
    """
    past = form.purpose == "past"
    if review is None:
        if not past:
            form.add_error(None, CHECK_FAILED)
        return not past
    problems = orders.contradictions(review) if past else orders.unpassable(review)
    for finding, sentence in problems:
        about_volume = finding is not None and finding.rule.startswith("UNIT-") and "volume_ml" in form.fields
        form.add_error("volume_ml" if about_volume else None, sentence)
    return bool(problems)


def live(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The safety panel and the patient's view for what is typed so far; a failing check answers 503."""
    purpose = request.POST.get("purpose", "")
    if purpose not in orders.FORMS:
        raise Http404
    record = records.load(request.subject, as_of=timezone.now())
    form = orders.FORMS[purpose](request.POST, record=record)
    result, preview = orders.live_answer(record, form)
    if result.incomplete == CHECK_FAILED:
        return HttpResponse(CHECK_FAILED, status=503, content_type="text/plain; charset=utf-8")
    return render(
        request, "titration/step/live.html", {"result": result, "preview": preview, "shows_preview": purpose != "past"}
    )


def detail(request: HttpRequest, patient_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """One step as it was signed, with what was shown at that time and what has become of it."""
    record = records.load(request.subject, as_of=timezone.now())
    step = next((one for one in record.written if one.pk == step_id), None)
    if step is None:
        raise Http404
    overrides = step.overrides.select_related("second_clinician").order_by("rule_id")
    words = {**GATE_REASON_WORDS, **REASON_WORDS, **STOP_REASON_WORDS}
    return render(
        request,
        "titration/step/detail.html",
        {
            "patient": banner(request.subject, today=record.today),
            "subject": request.subject,
            "step": step_detail(step, record=record, overrides=overrides, reason_words=words),
            "findings": kept_findings(step, record.protocol),
        },
    )
