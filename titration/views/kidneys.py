"""The kidney results of one patient, and the checks that are due among all of a reader's patients."""

import logging
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from titration.dosing.assessment import Assessment
from titration.dosing.facts import Analyte
from titration.forms import kidneys as forms
from titration.models import KidneyResult, QuarantinedResult
from titration.presenters import kidney_entry as presenter
from titration.presenters.banner import banner
from titration.presenters.kidney_due import due_groups
from titration.presenters.kidneys import results_page
from titration.presenters.review import Link
from titration.selectors import kidneys as selector
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import kidneys as service
from titration.views.corrections import correct_or_withdraw

logger = logging.getLogger(__name__)

# The words of the pages that add and correct a result, and of the one about a held-back record.
_ADD = {"title": "Log kidney result", "save_label": "Save result"}
_CORRECT = {
    "title": "Correct a kidney result",
    "lead": "Correct it when it is this patient's result and something was written wrongly. Withdraw it when it is not.",
    "withdraw_label": "Withdraw result",
}
_HELD = {
    "title": "A laboratory record was held back",
    "lead": "It is not a result, and no estimate uses it, until a person decides.",
}


def result_list(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """Every result with its estimates, the one that decides, and what waits for a decision."""
    record = records.load(request.subject, as_of=timezone.now())
    page = results_page(
        record,
        _assessment(record),
        held=selector.quarantined(request.subject),
        rights=request.subject.rights,
    )
    return _page(
        request,
        record,
        "titration/kidney/list.html",
        title="Kidney results",
        lead="Every result in both units, with its own estimates. The lowest estimate decides the dose rules.",
        page=page,
    )


def result_add(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """A result from a report. A value that is unusual in its unit is asked about before anything is stored."""
    record = records.load(request.subject, as_of=timezone.now())
    form = forms.ResultForm(request.POST if request.method == "POST" else None, record=record)
    if form.is_valid():
        analyte, written = form.cleaned_data["analyte"], form.as_written()
        if presenter.is_recorded(record, analyte=analyte, **written):
            messages.info(request, "This result was already recorded, so it was not stored a second time.")
            return redirect("kidney:list", patient_id=patient_id)
        confirmed = form.confirms(patient=request.subject, user=request.user)
        try:
            service.add_result(
                patient=request.subject,
                analyte=analyte,
                **written,
                confirmed=confirmed,
                by=request.user,
                as_of=record.as_of,
            )
        except service.UnitQuestion as question:
            return _question(request, record, "titration/entry/add.html", form, question, analyte=analyte, **_ADD)
        except service.ResultRefused as refused:
            form.add_error("taken_on", str(refused))
        else:
            messages.success(request, "The kidney result is recorded.")
            return redirect("kidney:list", patient_id=patient_id)
    page: dict[str, Any] = {"lead": presenter.last_words(record), "question": None, **_ADD}
    return _page(request, record, "titration/entry/add.html", status=_status(form), form=form, **page)


def result_correct(request: Any, patient_id: uuid.UUID, result_id: uuid.UUID) -> HttpResponse:
    """Correct a result or take it back; the entry that was wrong stays, struck through."""
    return correct_or_withdraw(
        request,
        find=lambda record: next((one for one in record.results if one.pk == result_id), None),
        counts=lambda one: bool(one.is_valid),
        correct=_correct,
        withdraw=_withdraw,
        closed=_already_corrected,
        refused=service.ResultRefused,
    )


def held(request: Any, patient_id: uuid.UUID, held_id: uuid.UUID) -> HttpResponse:
    """A laboratory record that was held back: store it as a person has read it, or discard it."""
    record = records.load(request.subject, as_of=timezone.now())
    row = request.subject.quarantined_results.filter(pk=held_id).first()
    if row is None:
        raise Http404
    can_store = bool(row.analyte and row.is_dated)
    discarding = request.method == "POST" and request.POST.get("action") == "discard"
    storing = request.method == "POST" and not discarding and can_store
    discard = forms.DiscardForm(request.POST if discarding else None)
    store = None
    if can_store:
        analyte = Analyte(row.analyte)
        store = forms.HeldForm(request.POST if storing else None, record=record, analyte=analyte)
    page = {"held": presenter.held_view(row, record), "store_form": store, "discard_form": discard, "question": None}
    page |= _HELD
    if row.resolved_at is not None:
        return _page(
            request,
            record,
            "titration/kidney/held.html",
            status=409 if request.method == "POST" else 200,
            form=None,
            **page,
        )
    try:
        if discarding and discard.is_valid():
            reason = discard.cleaned_data["reason"]
            service.discard_quarantine(held=row, reason=reason, by=request.user, as_of=record.as_of)
            messages.success(request, "The held record is discarded. It is not a result.")
            return redirect("kidney:list", patient_id=patient_id)
        if store is not None and store.is_valid():
            return _store_held(request, record, row, store, page)
    except service.ResultRefused as refused:
        (discard if discarding else store).add_error(None, str(refused))  # type: ignore[union-attr]
    form = discard if discarding else store
    status = 200 if form is None else _status(form)
    return _page(request, record, "titration/kidney/held.html", status=status, form=form, **page)


def due(request: Any) -> HttpResponse:
    """The checks that are due among the reader's patients, the overdue ones first."""
    as_of = timezone.now()
    found = selector.due(request.user, as_of=as_of)
    request.seen = [row.patient.pk for row in found]
    context = {"groups": due_groups(found, as_of=as_of, reader=request.user), "as_of": as_of, "count": len(found)}
    return render(request, "titration/kidney/due.html", context)


def _correct(request: Any, record: PatientRecord, result: KidneyResult) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = forms.CorrectForm(sent, record=record, result=result, initial=presenter.as_typed(result, record.patient))
    if form.is_valid():
        confirmed = form.confirms(patient=request.subject, user=request.user)
        try:
            service.correct_result(
                result=result,
                **form.as_written(),
                reason=form.cleaned_data["reason"],
                confirmed=confirmed,
                by=request.user,
                as_of=record.as_of,
            )
        except service.UnitQuestion as question:
            more = {"rows": presenter.one_result(result, record), "withdraw_form": forms.WithdrawForm(), **_CORRECT}
            analyte = Analyte(result.analyte)
            return _question(
                request,
                record,
                "titration/entry/correct.html",
                form,
                question,
                analyte=analyte,
                correct_form=form,
                **more,
            )
        messages.success(request, "The kidney result is corrected. The earlier entry stays, struck through.")
        return redirect("kidney:list", patient_id=record.patient.pk)
    return _correct_page(request, record, result, form, forms.WithdrawForm(), failed=form)


def _withdraw(request: Any, record: PatientRecord, result: KidneyResult) -> HttpResponse:
    form = forms.WithdrawForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        service.withdraw_result(result=result, reason=reason, by=request.user, as_of=record.as_of)
        messages.success(request, "The kidney result is withdrawn. It stays in the record, struck through.")
        return redirect("kidney:list", patient_id=record.patient.pk)
    correct = forms.CorrectForm(None, record=record, result=result, initial=presenter.as_typed(result, record.patient))
    return _correct_page(request, record, result, correct, form, failed=form)


def _correct_page(
    request: Any, record: PatientRecord, result: KidneyResult, correct: Any, withdraw: Any, *, failed: Any
) -> HttpResponse:
    return _page(
        request,
        record,
        "titration/entry/correct.html",
        status=_status(failed),
        form=failed,
        correct_form=correct,
        withdraw_form=withdraw,
        rows=presenter.one_result(result, record),
        question=None,
        **_CORRECT,
    )


def _already_corrected(request: Any, record: PatientRecord, result: KidneyResult) -> HttpResponse:
    status = 409 if request.method == "POST" else 200
    view = presenter.already_corrected(result, record, rights=request.subject.rights)
    title = "This entry no longer counts"
    return _page(request, record, "titration/entry/closed.html", status=status, title=title, form=None, closed=view)


def _store_held(
    request: Any, record: PatientRecord, row: QuarantinedResult, form: Any, page: dict[str, Any]
) -> HttpResponse:
    value, unit = form.cleaned_data["value"], form.cleaned_data["unit"]
    findings = service.unit_findings(record, analyte=form.analyte, value=value, unit=unit)
    if findings and not form.confirms(patient=request.subject, user=request.user):
        question = service.UnitQuestion(findings)
        del page["question"]
        return _question(request, record, "titration/kidney/held.html", form, question, analyte=form.analyte, **page)
    reason = form.cleaned_data["reason"]
    stored = service.resolve_quarantine(
        held=row, value=value, unit=unit, reason=reason, by=request.user, as_of=record.as_of
    )
    replaced = " It replaces the one that the sender gave before." if stored.replaces_id else ""
    messages.success(request, f"The held record is stored as a kidney result.{replaced}")
    return redirect("kidney:list", patient_id=record.patient.pk)


def _question(
    request: Any, record: PatientRecord, name: str, form: Any, question: Any, *, analyte: Analyte, **more: Any
) -> HttpResponse:
    """The page again with what was noticed. No estimate of the value is shown before it is confirmed."""
    value, unit = form.cleaned_data["value"], form.cleaned_data["unit"]
    form.ask(str(question), patient=request.subject, user=request.user)
    asked = presenter.unit_question(question.findings, analyte=analyte, value=value, unit=unit, patient=record.patient)
    return _page(request, record, name, status=422, form=form, question=asked, **more)


def _assessment(record: PatientRecord) -> Assessment | None:
    """None when the safety check is not working: the values as they were recorded are still shown."""
    try:
        return record.assessment
    except Exception:
        logger.exception("The safety check failed on the kidney results.")
        return None


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


def _page(request: Any, record: PatientRecord, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    context["patient"] = banner(request.subject, today=record.today)
    context["subject"] = request.subject
    context["back"] = Link(label="Kidney results", url=reverse("kidney:list", args=[request.subject.pk]))
    return render(request, name, context, status=status)
