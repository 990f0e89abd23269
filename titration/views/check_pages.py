"""The page on which an order is checked before it is saved, and the page of both versions of a plan that moved on."""

import hashlib
import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from titration.dosing.rules import Severity
from titration.dosing.wording import STOP_REASON_WORDS
from titration.forms import tokens
from titration.forms.gate import GateForm
from titration.forms.step_check import DecisionForm
from titration.models import TakenBefore
from titration.presenters import review as said
from titration.presenters import steps as shown
from titration.presenters.banner import banner
from titration.presenters.gate import closed_gate
from titration.presenters.past import past_order_rows
from titration.presenters.tapers import taper_interruption_rows, taper_rows
from titration.services.orders import TaperOrder
from titration.services.plans import NotPossible, OrderReview, PastOrder, StopOrder, past_end
from titration.views import typed_orders
from titration.views.orders import PAGES, first_day, order_of, preview_of, review_of


def digest_of(review: OrderReview | None) -> str:
    """What a review says of warnings and above, and what the next step waits for, as a short text that changes with it."""
    if review is None:
        return ""
    said_now = sorted(
        (one.rule, one.severity.name, one.override.value, one.because)
        for one in review.assessment.findings
        if one.severity > Severity.INFO
    )
    closed = [(line.condition.value, line.state.value) for line in review.gate.closed] if review.gate else []
    return hashlib.sha256(repr((said_now, closed)).encode()).hexdigest()


def check_page(
    request: HttpRequest,
    record: Any,
    form: Any,
    signed: tokens.SignedOrder,
    review: OrderReview | None,
    *,
    decision: DecisionForm | None = None,
    gate: GateForm | None = None,
    missing: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """Everything about the order on one page, before it is signed."""
    token = tokens.sign(replace(signed, shown=digest_of(review)))
    typed_orders.remember(request, signed.key, token)
    order = order_of(form, signed.key)
    change_url = f"{reverse(PAGES[form.purpose], args=[request.subject.pk])}?repeat={signed.key}"
    previous = shown.dose_before(record, first_day(order))
    past = form.purpose == "past"
    interrupts = review is not None and review.asked.interrupts and not past
    if interrupts and decision is None:
        decision = decision_form(record, review, order)
    gate = gate or gate_form(review)
    return render(
        request,
        "titration/step/check.html",
        {
            "form": decision or {},
            "gate": gate,
            "gate_errors": [gate] if gate is not None and gate.errors else [],
            "gate_lines": closed_gate(review.gate, record=record, rights=record.patient.rights) if review else (),
            "patient": banner(request.subject, today=record.today),
            "subject": request.subject,
            "purpose": form.purpose,
            "token": token,
            "change_url": change_url,
            "safer_url": reverse("steps:add", args=[request.subject.pk]) if form.purpose == "stop" else change_url,
            "rows": _rows(order, form, review, record, change_url),
            "change_words": said.change_words(previous, order.daily) if review else "",
            "direction": said.direction(previous, order.daily),
            "findings": _findings(review, record, interrupts) if review else (),
            "quiet": said.quiet_words(review.assessment.quiet) if review else (),
            "not_judged": said.not_judged_words(review) if review else "",
            "preview": preview_of(order, review, previous) if review and not past else None,
            "interrupts": interrupts,
            "fact": shown.interruption_fact(review, record) if interrupts and review.asked.interrupting else "",
            "interruption_rows": _interruption_rows(order, review, record) if interrupts else (),
            "missing": missing,
        },
        status=status,
    )


def decision_form(record: Any, review: OrderReview, order: Any, data: Any = None) -> DecisionForm:
    """The questions that the findings ask; the monitoring plan of a stop is already known."""
    known = {"monitoring_plan": getattr(order, "monitoring_plan", "")}
    return DecisionForm(data, asked=review.asked, new_daily=review.new_daily, record=record, initial=known)


def gate_form(review: OrderReview | None, data: Any = None) -> GateForm | None:
    """The question why to go on; None for an order that no closed gate stands before."""
    return GateForm(data) if review is not None and review.asks_about_gate else None


def _findings(review: OrderReview, record: Any, interrupts: bool) -> Any:
    """All findings; on an interruption those that interrupt come first."""
    first = review.asked.interrupting if interrupts else ()
    rest = [one for one in review.assessment.findings if one not in first]
    return said.finding_views([*first, *rest], patient=record.patient, asks=interrupts)


def _interruption_rows(order: Any, review: Any, record: Any) -> list[shown.Row]:
    rows = taper_interruption_rows if isinstance(order, TaperOrder) else shown.interruption_rows
    return rows(order, review=review, record=record)


def _rows(order: Any, form: Any, review: OrderReview | None, record: Any, change_url: str) -> list[shown.Row]:
    if isinstance(order, StopOrder):
        words = STOP_REASON_WORDS[order.stop_reason.value]
        return shown.stop_order_rows(order, record=record, reason_words=words, change_url=change_url)
    if isinstance(order, PastOrder):
        return past_order_rows(order, end=past_end(record, order), record=record, change_url=change_url)
    if isinstance(order, TaperOrder):
        return taper_rows(order, review=review, record=record, change_url=change_url, last_days=form.last_days)
    rows = shown.dose_order_rows(order, review=review, record=record, change_url=change_url)
    return [*rows, *_start_rows(form, change_url)]


def _start_rows(form: Any, change_url: str) -> list[shown.Row]:
    """What only a start says."""
    if form.purpose != "start":
        return []
    answer = str(TakenBefore(form.taken_before_answer).label)
    if form.recorded:
        answer = f"{answer}, in an earlier plan"
    ladder = "Drafted after signing" if form.cleaned_data["draft_ladder"] else "Not drafted"
    return [
        shown.Row(
            label="Has taken baclofen before",
            value=answer,
            change_url="" if form.recorded else f"{change_url}#id_taken_before_0",
        ),
        shown.Row(label="Next steps on the ladder", value=ladder, change_url=f"{change_url}#id_draft_ladder"),
    ]


def superseded_page(request: HttpRequest, record: Any, form: Any, key: uuid.UUID) -> HttpResponse:
    """Both versions side by side: the plan as it is now, and what was about to be signed, checked again. Answers 409."""
    order = order_of(form, key)
    by, at = shown.latest_change(record)
    try:
        review = review_of(record, order)
        problem = said.CHECK_FAILED if review is None else ""
    except NotPossible as not_possible:
        review, problem = None, str(not_possible)
    return render(
        request,
        "titration/step/superseded.html",
        {
            "patient": banner(request.subject, today=record.today),
            "subject": request.subject,
            "theirs": shown.plan_rows(record),
            "theirs_by": by,
            "theirs_at": at,
            "yours": [shown.Row(label=row.label, value=row.value) for row in _rows(order, form, review, record, "")],
            "again_url": f"{reverse(PAGES[form.purpose], args=[request.subject.pk])}?repeat={key}",
            "change_words": said.change_words(shown.dose_before(record, first_day(order)), order.daily),
            "findings": said.finding_views(review.assessment.findings, patient=record.patient) if review else (),
            "quiet": said.quiet_words(review.assessment.quiet) if review else (),
            "problem": problem,
        },
        status=409,
    )
