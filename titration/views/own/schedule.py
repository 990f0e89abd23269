"""The plan ahead, and each change of it."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from titration.forms.own.changes import SeenForm
from titration.presenters.own import changes as presenter
from titration.presenters.own.my_dose import my_dose as dose_page
from titration.presenters.own.schedule import schedule_page
from titration.selectors import own as selector
from titration.services import own_changes as service
from titration.services.own_doses import PlanChanged
from titration.views.own.pages import own_page


def schedule(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """What is taken on each of the next days."""
    plan = selector.own_plan(request.subject, as_of=timezone.now())
    page = None
    if plan is not None:
        seen = _seen(request, plan)
        page = schedule_page(plan, seen, may_tell="tell" in request.subject.rights)
    return own_page(request, "titration/own/schedule.html", here="own:schedule", page=page)


def my_dose(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """Exactly what is taken now."""
    plan = selector.own_plan(request.subject, as_of=timezone.now())
    page = None if plan is None else dose_page(plan, _seen(request, plan))
    return own_page(request, "titration/own/my_dose.html", here="own:me", page=page)


def change(request: Any, patient_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """What changes on a day, old beside new; whoever may tell confirms that it was seen."""
    plan = selector.own_plan(request.subject, as_of=timezone.now())
    found = None if plan is None else next((one for one in plan.changes if one.step.pk == step_id), None)
    if plan is None or found is None:
        raise Http404
    form = SeenForm(request.POST if request.method == "POST" else None, initial={"digest": found.digest})
    outdated = None
    if form.is_bound and form.is_valid():
        try:
            service.confirm_seen(
                key=form.cleaned_data["key"], own=plan, digest=form.cleaned_data["digest"],
                said_by=selector.speaks_as(request.subject, request.user), by=request.user,
            )  # fmt: skip
        except PlanChanged as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("own:change", patient_id=patient_id, step_id=step_id)
    if form.is_bound:  # what is shown below is the change as it is now
        outdated, form = form, SeenForm(initial={"digest": found.digest})
    return own_page(
        request, "titration/own/change.html", here="own:schedule", status=200 if outdated is None else 422,
        form=outdated or form, confirm=form,
        card=presenter.card(plan, found, _seen(request, plan)),
    )  # fmt: skip


def _seen(request: Any, plan: selector.OwnPlan) -> frozenset[str]:
    return selector.seen_changes(plan.plan, selector.speaks_as(request.subject, request.user))
