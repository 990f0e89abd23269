"""The check page: the only way in which a dose change, a stop or a past change is saved."""

import uuid
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from titration.dosing.doses import format_total
from titration.dosing.wording import format_date
from titration.forms import tokens
from titration.forms.step_check import DecisionForm
from titration.permissions import Denied, check_can_cosign
from titration.presenters.banner import banner
from titration.presenters.tapers import saved_words
from titration.selectors import records
from titration.services import plans
from titration.services.tapers import sign_taper
from titration.views import check_pages, orders
from titration.views.steps import refused

_CHANGED = (
    "What the check says has changed since this page was opened. Nothing was saved. Read it again before you go on."
)
_NOT_SIGNED = (
    "The second clinician did not sign. The email address or the password is not right, or this colleague may not sign as "
    "second clinician for this patient. Nothing was saved."
)
_SAME_PERSON = "The second clinician is another person. Ask a colleague to sign in here."


def check(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Save the order that the page was signed for, once; or say what still stands in the way."""
    record = records.load(request.subject, as_of=timezone.now())
    try:
        signed = tokens.read(request.POST.get("token", ""), patient=request.subject, user=request.user)
    except tokens.TokenRefused as bad:
        return _not_taken(request, record, str(bad))
    if any(step.pk == signed.key for step in record.steps):
        messages.info(request, "This step was already signed; nothing was added.")
        return redirect("patients:chart", patient_id=patient_id)
    form = orders.FORMS[signed.purpose]({**signed.fields, "version": str(signed.version or "")}, record=record)
    if not form.is_valid():
        return orders.form_page(request, record, form, status=422)
    if signed.version != orders.version_of(record, signed.purpose):
        return check_pages.superseded_page(request, record, form, signed.key)
    order = orders.order_of(form, signed.key)
    try:
        review = orders.review_of(record, order)
    except plans.NotPossible as not_possible:
        return _form_again(request, record, form, str(not_possible))
    if refused(form, review):
        return orders.form_page(request, record, form, status=422)
    if form.purpose != "past" and check_pages.digest_of(review) != signed.shown:
        return check_pages.check_page(request, record, form, signed, review, missing=(_CHANGED,), status=409)
    asks = review is not None and review.asked.interrupts and form.purpose != "past"
    answers: dict[str, Any] = {}
    decision_form: DecisionForm | None = None
    gate_form = check_pages.gate_form(review, request.POST)
    if asks:
        decision_form = check_pages.decision_form(record, review, order, request.POST)
    complete = [one.is_valid() for one in (decision_form, gate_form) if one is not None]
    if not all(complete) or (decision_form is not None and not _sign_in_second(request, decision_form, answers)):
        return check_pages.check_page(
            request, record, form, signed, review, decision=decision_form, gate=gate_form, status=422
        )
    for one in (decision_form, gate_form):
        answers |= {} if one is None else one.answers()
    try:
        with transaction.atomic():
            _save(request, record, form, order, plans.Decision(**answers), signed.version)
    except plans.Superseded as superseded:
        return check_pages.superseded_page(request, superseded.record, form, signed.key)
    except plans.Refused as not_signed:
        return check_pages.check_page(
            request,
            record,
            form,
            signed,
            not_signed.review,
            decision=decision_form,
            gate=gate_form,
            missing=not_signed.missing,
            status=422,
        )
    except plans.NotPossible as not_possible:
        return _form_again(request, record, form, str(not_possible))
    messages.success(request, _saved_words(form, order))
    return redirect("patients:chart", patient_id=patient_id)


def _save(
    request: HttpRequest, record: Any, form: Any, order: Any, decision: plans.Decision, version: int | None
) -> None:
    """Hand the order to the service that its form is for."""
    common = {"patient": request.subject, "order": order, "by": request.user, "as_of": record.as_of}
    match form.purpose:
        case "start":
            plans.start_plan(decision=decision, **common)
            if form.cleaned_data["draft_ladder"]:
                _draft_ladder(request, record)
        case "past":
            plans.record_past_change(expected_version=version, **common)
        case "stop":
            plans.stop_plan(decision=decision, expected_version=version, **common)
        case "taper":
            sign_taper(decision=decision, expected_version=version, **common)
        case _:
            plans.change_dose(decision=decision, expected_version=version, **common)


def _draft_ladder(request: HttpRequest, record: Any) -> None:
    """Draft the ladder above the step that was just signed; a pattern that has no ladder is told, and keeps its step."""
    begun = records.load(request.subject, as_of=record.as_of, with_names=False)
    try:
        with transaction.atomic():
            plans.draft_ladder(
                patient=request.subject, expected_version=begun.plan.version, by=request.user, as_of=record.as_of
            )
    except plans.NotPossible as not_possible:
        messages.warning(request, f"The first step is signed. {not_possible}")


def _sign_in_second(request: HttpRequest, form: DecisionForm, answers: dict[str, Any]) -> bool:
    """The second clinician by email and password, into ``answers``; the sign-in of this session stays whose it is."""
    if not form.asked.second:
        return True
    email = form.cleaned_data["second_email"].strip().lower()
    if email == request.user.email:  # said before any password is looked at
        form.add_error("second_email", _SAME_PERSON)
        return False
    try:
        person = get_adapter(request).second_signature(
            request,
            email=email,
            password=form.cleaned_data["second_password"],
            may_sign=lambda person: _may_cosign(person, request),
        )
    except ValidationError as too_many:
        form.add_error("second_email", too_many)
        return False
    if person is None:
        form.add_error("second_email", _NOT_SIGNED)
        return False
    answers["second_clinician"] = person
    return True


def _may_cosign(person: Any, request: HttpRequest) -> bool:
    try:
        check_can_cosign(person, request.subject, author=request.user)
    except Denied:
        return False
    return True


def _form_again(request: HttpRequest, record: Any, form: Any, sentence: str) -> HttpResponse:
    form.add_error(None, sentence)
    return orders.form_page(request, record, form, status=422)


def _not_taken(request: HttpRequest, record: Any, sentence: str) -> HttpResponse:
    """The page was not one that the portal wrote for this person and this patient, or not any more. Answers 400."""
    return render(
        request,
        "titration/step/not_taken.html",
        {
            "patient": banner(request.subject, today=record.today),
            "sentence": sentence,
            "again_url": reverse("steps:add" if record.is_on_plan else "plans:start", args=[request.subject.pk]),
        },
        status=400,
    )


def _saved_words(form: Any, order: Any) -> str:
    if form.purpose == "taper":
        return saved_words(order)
    if form.purpose == "stop":
        return f"The stop is saved. {format_date(order.stops_on)} is the first day without baclofen."
    what = {"start": "Baclofen is started", "past": "The past change is recorded"}.get(
        form.purpose, "The dose step is saved"
    )
    dose = f"{format_total(order.daily)} a day" if order.slots else "no baclofen"
    return f"{what}: {dose} from {format_date(order.starts_on)}."
