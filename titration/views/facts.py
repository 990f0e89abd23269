"""Dated facts about a patient: height, weight, conditions, other medicines and what else the rules read."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from titration.forms.facts import QUESTIONS, CorrectFactForm, FactForm, WithdrawFactForm, codes_of
from titration.models import FactKind, PatientFact
from titration.presenters import facts_entry as presenter
from titration.presenters.banner import banner
from titration.presenters.entries import Question
from titration.presenters.facts import facts_page
from titration.presenters.review import Link
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import patient_facts as service
from titration.views.corrections import correct_or_withdraw


def fact_list(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """What is known, what is not, and what an unknown fact costs."""
    record = records.load(request.subject, as_of=timezone.now())
    return _page(
        request,
        record,
        "titration/fact/list.html",
        title="Patient facts",
        lead="What the rules read beside doses and results. Every fact has a date and an author.",
        page=facts_page(record, rights=request.subject.rights),
    )


def fact_add(request: Any, patient_id: uuid.UUID, kind: str) -> HttpResponse:
    """A fact of one kind. ``?code=`` names a condition, medicine or sign whose answer changes."""
    if kind not in FactKind.values:
        raise Http404
    record = records.load(request.subject, as_of=timezone.now())
    code = request.GET.get("code", "")
    known = {*codes_of(record.protocol, kind), *(fact.code for fact in record.facts if fact.kind == kind)}
    initial = {"code": code} if code in known else {}
    sent = request.POST if request.method == "POST" else None
    form = FactForm(sent, kind=kind, record=record, initial=initial)
    if form.is_valid():
        written = {
            "kind": kind,
            "code": form.cleaned_data.get("code", ""),
            "number": form.number,
            "answer": form.answer,
            "on_date": form.cleaned_data["on_date"],
        }
        if presenter.is_recorded(record, **written):
            messages.info(request, "This fact was already recorded, so it was not stored a second time.")
            return redirect("patients:facts", patient_id=patient_id)
        try:
            service.add_fact(
                patient=request.subject,
                **written,
                note=form.cleaned_data["note"],
                confirmed=form.confirms(patient=request.subject, user=request.user),
                by=request.user,
                as_of=record.as_of,
            )
        except service.MeasureQuestion as asked:
            return _add_page(request, record, form, question=_ask(request, form, asked))
        except service.FactRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"“{QUESTIONS[kind].title}” is recorded.")
            return redirect("patients:facts", patient_id=patient_id)
    return _add_page(request, record, form, question=None)


def fact_correct(request: Any, patient_id: uuid.UUID, fact_id: uuid.UUID) -> HttpResponse:
    """Correct a fact or take it back; the entry that was wrong stays, struck through."""
    return correct_or_withdraw(
        request,
        find=lambda record: next((one for one in record.facts if one.pk == fact_id), None),
        counts=lambda one: bool(one.is_current),
        correct=_correct,
        withdraw=_withdraw,
        closed=_already_corrected,
        refused=service.FactRefused,
    )


def _correct(request: Any, record: PatientRecord, fact: PatientFact) -> HttpResponse:
    form = CorrectFactForm(
        request.POST if request.method == "POST" else None, record=record, fact=fact, initial=_as_typed(fact)
    )
    if form.is_valid():
        try:
            service.correct_fact(
                fact=fact,
                number=form.number,
                answer=form.answer,
                on_date=form.cleaned_data["on_date"],
                note=form.cleaned_data["note"],
                confirmed=form.confirms(patient=request.subject, user=request.user),
                by=request.user,
                as_of=record.as_of,
            )
        except service.MeasureQuestion as asked:
            question = _ask(request, form, asked)
            return _correct_page(request, record, fact, form, WithdrawFactForm(), failed=form, question=question)
        messages.success(request, "The fact is corrected. The earlier entry stays, struck through.")
        return redirect("patients:facts", patient_id=record.patient.pk)
    return _correct_page(request, record, fact, form, WithdrawFactForm(), failed=form)


def _withdraw(request: Any, record: PatientRecord, fact: PatientFact) -> HttpResponse:
    form = WithdrawFactForm(request.POST)
    if form.is_valid():
        note = form.cleaned_data["note"]
        service.withdraw_fact(fact=fact, note=note, by=request.user, as_of=record.as_of)
        messages.success(request, "The fact is withdrawn. It stays in the record, struck through.")
        return redirect("patients:facts", patient_id=record.patient.pk)
    correct = CorrectFactForm(None, record=record, fact=fact, initial=_as_typed(fact))
    return _correct_page(request, record, fact, correct, form, failed=form)


def _ask(request: Any, form: Any, asked: service.MeasureQuestion) -> Question:
    """Turn the form into the question whether the number is meant, and say what was noticed about it."""
    typed = form.number
    form.ask(str(asked), patient=request.subject, user=request.user)
    return presenter.measure_question(asked, kind=form.kind, typed=typed)


def _add_page(request: Any, record: PatientRecord, form: Any, *, question: Question | None) -> HttpResponse:
    return _page(
        request,
        record,
        "titration/entry/add.html",
        status=_status(form),
        form=form,
        title=QUESTIONS[form.kind].title,
        lead="What was recorded before stays in the history.",
        save_label="Save fact",
        question=question,
    )


def _as_typed(fact: PatientFact) -> dict[str, Any]:
    number = None if fact.number is None else fact.number.normalize()
    return {"number": number, "answer": fact.answer, "on_date": fact.on_date}


def _correct_page(
    request: Any,
    record: PatientRecord,
    fact: PatientFact,
    correct: Any,
    withdraw: Any,
    *,
    failed: Any,
    question: Question | None = None,
) -> HttpResponse:
    return _page(
        request,
        record,
        "titration/entry/correct.html",
        status=_status(failed),
        title="Correct a fact",
        lead="Correct it when it was written wrongly. Withdraw it when it never was so. "
        "When it has changed since, add a new fact instead.",
        form=failed,
        correct_form=correct,
        withdraw_form=withdraw,
        withdraw_label="Withdraw fact",
        rows=presenter.fact_rows(fact, record),
        question=question,
    )


def _already_corrected(request: Any, record: PatientRecord, fact: PatientFact) -> HttpResponse:
    status = 409 if request.method == "POST" else 200
    closed = presenter.already_corrected(fact, record, rights=request.subject.rights)
    title = "This entry no longer counts"
    return _page(request, record, "titration/entry/closed.html", status=status, title=title, form=None, closed=closed)


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


def _page(request: Any, record: PatientRecord, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    context["patient"] = banner(request.subject, today=record.today)
    context["subject"] = request.subject
    context["back"] = Link(label="Patient facts", url=reverse("patients:facts", args=[request.subject.pk]))
    return render(request, name, context, status=status)
