"""What was taken: the page of a plan's doses, and the forms that record one, many, or why there are none."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from titration.dosing.doses import format_dose
from titration.dosing.intake import DoseState, SilenceReason, Tracking
from titration.dosing.wording import format_day, format_time
from titration.forms import doses as forms
from titration.models import DoseEvent, Silence, SupplyIssue
from titration.models.intake import UNDONE
from titration.presenters.banner import banner
from titration.presenters.doses import DAYS_LISTED, doses_page, event_words
from titration.presenters.review import Link
from titration.selectors import records
from titration.selectors.dose_day import DoseDay, dose_day
from titration.selectors.intake import newest_event, rows_of
from titration.selectors.records import PatientRecord
from titration.services import intake as service
from titration.services import silences, supply


def dose_list(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The last two weeks by day and dose."""
    record = records.load(request.subject, as_of=timezone.now())
    page = None
    if record.plan is not None:
        rows = rows_of(record.plan, first_day=record.today - timedelta(days=DAYS_LISTED))
        page = doses_page(record, record.intake, rows, rights=request.subject.rights)
    return _page(
        request,
        record,
        "titration/dose/list.html",
        title="Doses taken",
        lead="What is known of each dose. Nothing recorded is neither taken nor missed.",
        page=page,
        may_log="log" in request.subject.rights and record.is_on_plan,
    )


def dose(request: Any, patient_id: uuid.UUID, day: str, position: int) -> HttpResponse:
    """One dose of one day: record it, correct it, or take the record back."""
    doses = dose_day(request.subject, _day(day), as_of=timezone.now())
    if doses is None or position >= len(doses.slots) or doses.day > doses.today:
        raise Http404
    if request.method != "POST":
        return _dose_page(request, doses, position)
    undoing = request.POST.get("action") == "withdraw"
    form = forms.UndoForm(request.POST) if undoing else _dose_form(doses, position, request.POST)
    if form.is_valid():
        said = _undone(form) if undoing else service.Said(**form.said())
        try:
            service.record_dose(
                key=form.cleaned_data["key"], doses=doses, position=position, said=said,
                replaces=form.cleaned_data["replaces"], by=request.user,
            )  # fmt: skip
        except (service.IntakeRefused, service.KeyUsed) as refused:
            form.add_error(None, str(refused))
        except service.Superseded as other:
            return _superseded(request, doses, other.current)
        else:
            at = format_time(doses.slots[position].at)
            messages.success(request, f"The dose of {format_day(doses.day)} at {at} is recorded.")
            return _back(patient_id)
    return _dose_page(request, doses, position, form)


def _dose_form(doses: DoseDay, position: int, sent: Any = None, **initial: Any) -> forms.DoseEventForm:
    slot = doses.slots[position]
    return forms.DoseEventForm(sent, record=doses, day=doses.day, at=slot.at, amount=slot.amount, initial=initial)


def _dose_page(request: Any, doses: DoseDay, position: int, sent: Any = None) -> HttpResponse:
    """The form of a dose and the one that takes its record back; ``sent``: the one of them that was refused."""
    slot, standing = doses.slots[position], newest_event(doses.plan, doses.day, position)
    is_recorded = standing is not None and standing.state != UNDONE
    replaces = None if standing is None else standing.pk
    undoing = isinstance(sent, forms.UndoForm)
    typed = _as_typed(standing) if standing is not None and is_recorded else {}
    form = _dose_form(doses, position, replaces=replaces, **typed) if sent is None or undoing else sent
    undo = sent if undoing else forms.UndoForm(initial={"replaces": replaces})
    return _page(
        request,
        doses,
        "titration/dose/record.html",
        status=200 if sent is None else _status(sent),
        form=form if sent is None else sent,
        dose_form=form,
        undo_form=undo if is_recorded else None,
        title=f"{format_day(doses.day)}, {format_time(slot.at)}: {format_dose(slot.amount)}",
        lead="What was recorded before stays in the history.",
    )


def call(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The same of every dose up to a moment, as said in one conversation."""

    def keep(record: PatientRecord, form: Any) -> str:
        cleaned = form.cleaned_data
        many = service.record_call(
            key=cleaned["key"], plan=record.plan, until=form.until, state=DoseState(cleaned["state"]),
            reason_code=cleaned["reason_code"], said_by=cleaned["said_by"], note=cleaned["note"], by=request.user,
            as_of=record.as_of,
        )  # fmt: skip
        return f"{'1 dose is' if many == 1 else f'{many} doses are'} recorded."

    return _form(
        request, forms.CallForm, keep, title="Record a call", save_label="Save doses",
        lead="It counts for every dose since the newest recorded one, at most four weeks back. Doses that are recorded stay.",
    )  # fmt: skip


def tracking(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """How the doses of the plan are known from now on."""

    def keep(record: PatientRecord, form: Any) -> str:
        service.set_tracking(
            key=form.cleaned_data["key"], plan=record.plan, mode=Tracking(form.cleaned_data["mode"]), by=request.user,
            as_of=record.as_of,
        )  # fmt: skip
        return "How doses are known is recorded."

    return _form(
        request, forms.TrackingForm, keep, title="How doses are known", save_label="Save",
        lead="It holds from now on. What was before stays as it was.",
    )  # fmt: skip


def silence(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """Why nothing is ticked for a time."""

    def keep(record: PatientRecord, form: Any) -> str:
        service.record_silence(
            key=form.cleaned_data["key"], plan=record.plan, reason=SilenceReason(form.cleaned_data["reason"]), starts_at=form.starts_at,
            ends_at=form.ends_at, note=form.cleaned_data["note"], by=request.user, as_of=record.as_of,
        )  # fmt: skip
        return "Why nothing is ticked is recorded. It ends by itself."

    return _form(
        request, forms.SilenceForm, keep, title="Why nothing is ticked", save_label="Save",
        lead="While it lasts, silence raises nothing. Signs, reports and supply still do.",
    )  # fmt: skip


def silence_end(request: Any, patient_id: uuid.UUID, silence_id: uuid.UUID) -> HttpResponse:
    """The reason is over now; ``never``: it never was."""
    record, never = _record(request), request.POST.get("action") == "never"
    try:
        silences.end_silence(plan=record.plan, silence=silence_id, never=never, by=request.user, as_of=record.as_of)
    except Silence.DoesNotExist:
        raise Http404 from None
    except service.IntakeRefused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, "The entry is taken back." if never else "It is over now. Silence counts again.")
    return _back(record.patient.pk)


def issue(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """What was handed out."""

    def keep(record: PatientRecord, form: Any) -> str:
        cleaned = form.cleaned_data
        supply.record_issue(
            key=cleaned["key"], plan=record.plan, on=cleaned["on_date"], product=form.products[cleaned["product"]],
            units=cleaned["units"], repeat_on=cleaned["repeat_on"], by=request.user, as_of=record.as_of,
        )  # fmt: skip
        return "The issue is recorded."

    return _form(
        request, forms.SupplyForm, keep, title="What was handed out", save_label="Save issue",
        lead="From it and the plan follows how many days are left.",
    )  # fmt: skip


def issue_withdraw(request: Any, patient_id: uuid.UUID, issue_id: uuid.UUID) -> HttpResponse:
    """Take back an issue that never was."""
    record = _record(request)
    try:
        supply.withdraw_issue(plan=record.plan, issue=issue_id, by=request.user, as_of=record.as_of)
    except SupplyIssue.DoesNotExist:
        raise Http404 from None
    except service.IntakeRefused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, "The issue is taken back.")
    return _back(record.patient.pk)


def _form(
    request: Any, made: Any, keep: Callable[[PatientRecord, Any], str], *, title: str, lead: str, save_label: str
) -> HttpResponse:
    """A form of its own page about the active plan; what the service refuses becomes an error of the form."""
    record = _record(request)
    form = made(request.POST if request.method == "POST" else None, record=record)
    if form.is_valid():
        try:
            said = keep(record, form)
        except (service.IntakeRefused, service.KeyUsed) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return _back(record.patient.pk)
    return _page(
        request, record, "titration/entry/add.html", status=_status(form), form=form, title=title, lead=lead,
        save_label=save_label, question=None,
    )  # fmt: skip


def _record(request: Any) -> PatientRecord:
    """The record of a patient on a plan; without an active plan there is no such page."""
    record = records.load(request.subject, as_of=timezone.now())
    if not record.is_on_plan:
        raise Http404
    return record


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _as_typed(event: DoseEvent) -> dict[str, Any]:
    return {
        "state": event.state,
        "taken": event.taken_mg.normalize() if event.state == DoseState.PARTLY else None,
        "taken_time": forms.local_time(event),
        "reason_code": event.reason_code,
        "said_by": event.said_by,
        "note": event.note,
    }


def _undone(form: Any) -> service.Said:
    return service.Said(
        state=UNDONE, taken=None, taken_at=None, reason_code="", said_by="staff", note=form.cleaned_data["note"]
    )


def _superseded(request: Any, record: DoseDay, current: DoseEvent) -> HttpResponse:
    return _page(
        request, record, "titration/dose/superseded.html", status=409, form=None, title="Recorded in the meantime",
        lead="Nothing of yours was stored.", current=event_words(current), again=request.path,
    )  # fmt: skip


def _back(patient_id: uuid.UUID) -> HttpResponse:
    return redirect("doses:list", patient_id=patient_id)


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


def _page(
    request: Any, record: "PatientRecord | DoseDay", name: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    context["patient"] = banner(request.subject, today=record.today)
    context["subject"] = request.subject
    context["back"] = Link(label="Doses taken", url=reverse("doses:list", args=[request.subject.pk]))
    return render(request, name, context, status=status)
