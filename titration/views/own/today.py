"""Today: what to take now, ticking it, and saying what became of one dose."""

import uuid
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from titration.dosing.doses import Mg
from titration.dosing.intake import DoseState
from titration.dosing.ticking import Offer, Ticking
from titration.forms.doses import local_time
from titration.forms.own.doses import OwnDoseForm, TickForm, parts_of
from titration.models import DoseEvent
from titration.models.intake import UNDONE
from titration.presenters.emergency import emergency_numbers
from titration.presenters.own import today as presenter
from titration.presenters.own.feel import last_dose_words
from titration.presenters.own.today import Notice, today_page
from titration.presenters.own.words import capital
from titration.presenters.preview import each_words
from titration.selectors import own as selector
from titration.selectors.intake import newest_event
from titration.selectors.own import OwnPlan
from titration.services import own_doses as service
from titration.services.dose_rows import Said
from titration.services.intake import IntakeRefused, Superseded
from titration.views.own.pages import own_page


def today(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The doses of today, the one to take now first in reach."""
    return _show(request, _own(request))


def fresh(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The same for a page that is open: nothing (204) while it still shows what is so."""
    own = _own(request)
    context = _context(request, own)
    if context["page"] is not None and request.GET.get("seen") == context["page"].digest:
        return HttpResponse(status=204)
    return render(request, "titration/own/_today.html", context)


def tick(request: Any, patient_id: uuid.UUID, day: str, position: int) -> HttpResponse:
    """One tap on "I took it"."""
    own, on, form = _plan(request), _day(day), TickForm(request.POST)
    if not form.is_valid():
        return _show(request, own, status=422, notice=presenter.cannot_be_read())
    try:
        service.take_now(
            key=form.cleaned_data["key"], own=own, day=on, place=position, version=form.cleaned_data["version"],
            said_by=selector.speaks_as(request.subject, request.user), by=request.user,
        )  # fmt: skip
    except Superseded as other:
        return _show(request, own, status=409, notice=presenter.already(other.current, own))
    except service.NotNow as refused:
        return _show(request, own, status=409, notice=presenter.not_now(refused.dose, own))
    except IntakeRefused as refused:
        return _show(request, own, status=409, notice=presenter.refused(str(refused)))
    return (
        render(request, "titration/own/_today.html", _context(request, _own(request))) if request.htmx else _back(own)
    )


def dose(request: Any, patient_id: uuid.UUID, day: str, position: int) -> HttpResponse:
    """One dose of today or of the last weeks: what happened with it."""
    own, on = _plan(request), _day(day)
    found = next((one for one in own.doses([on]) if one.place == position), None)
    if found is None or found.offer is Offer.LATER or on < own.intake_read_from:
        raise Http404
    standing = newest_event(own.plan, on, position)
    form = _dose_form(own, found, standing, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said_by = selector.speaks_as(request.subject, request.user)
        try:
            service.tell(
                key=form.cleaned_data["key"], own=own, day=on, place=position, version=form.cleaned_data["version"],
                said=Said(**form.said(said_by=said_by)), replaces=form.cleaned_data["replaces"], by=request.user,
            )  # fmt: skip
        except Superseded as other:
            return _show(request, own, status=409, notice=presenter.already(other.current, own))
        except service.PlanChanged as refused:
            return _show(request, own, status=409, notice=presenter.refused(str(refused)))
        except IntakeRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _told(request, own) if service.states(form.cleaned_data["reason_code"]) else _back(own)
    return own_page(
        request, "titration/own/dose.html", here="own:today", status=422 if form.is_bound else 200, form=form,
        dose=presenter.dose_head(own, found),
    )  # fmt: skip


def _told(request: Any, own: OwnPlan) -> HttpResponse:
    """What cannot wait is answered with whom to call. Sent again, the form is answered with it and writes nothing."""
    return own_page(
        request, "titration/own/told.html", here="own:today", level="urgent",
        numbers=emergency_numbers(request.subject.organisation.jurisdiction),
        last_dose=last_dose_words(own.intake, as_of=own.as_of),
    )  # fmt: skip


def _dose_form(own: OwnPlan, found: Ticking, standing: DoseEvent | None, sent: Any) -> OwnDoseForm:
    step = own.step_on(found.day)
    assert step is not None
    amount = step.slot_rows[found.place].amount
    recorded = standing is not None and standing.state != UNDONE
    return OwnDoseForm(
        sent, own=own, day=found.day, at=found.at, amount=amount, offers_undo=recorded,
        parts=[(value, capital(each_words(quantity))) for value, quantity in parts_of(amount, own.product_of(step))],
        initial={
            "version": own.plan.version,
            "replaces": None if standing is None else standing.pk,
            **(_as_told(standing) if standing is not None and recorded else {}),
        },
    )  # fmt: skip


def _as_told(event: DoseEvent) -> dict[str, Any]:
    partly = event.state == DoseState.PARTLY
    return {
        "state": event.state,
        "taken_time": local_time(event),
        "part": format(Mg(event.taken_mg).value.normalize(), "f") if partly else "",
        "reason_code": event.reason_code,
    }


def _own(request: Any) -> OwnPlan | None:
    return selector.own_plan(request.subject, as_of=timezone.now())


def _plan(request: Any) -> OwnPlan:
    """The active plan; without one there is no dose to say anything of."""
    own = _own(request)
    if own is None:
        raise Http404
    return own


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _context(request: Any, own: OwnPlan | None, notice: Notice | None = None) -> dict[str, Any]:
    page, ended = None, None
    if own is None:
        ended = selector.last_plan(request.subject)
    else:
        flags = selector.open_flags(own.plan)
        page = today_page(
            own,
            flags,
            selector.seen_changes(own.plan, selector.speaks_as(request.subject, request.user)),
            may_tell="tell" in request.subject.rights,
        )
    clinic = request.subject.organisation
    return {
        "ended": None if ended is None else presenter.ended_page(ended, selector.open_flags(ended)),
        "page": page, "notice": notice, "clinic": clinic, "numbers": emergency_numbers(clinic.jurisdiction),
        "patient_id": request.subject.pk,
    }  # fmt: skip


def _show(request: Any, own: OwnPlan | None, *, status: int = 200, notice: Notice | None = None) -> HttpResponse:
    """The page as it stands now, with what a form has to say. A script puts the fragment in place whatever its news are."""
    context = _context(request, own, notice)
    if request.htmx:
        return render(request, "titration/own/_today.html", context)
    return own_page(request, "titration/own/today.html", here="own:today", status=status, **context)


def _back(own: OwnPlan) -> HttpResponse:
    return redirect("own:today", patient_id=own.patient.pk)
