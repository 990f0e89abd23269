"""Today: what to take now, and what was said of it."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from titration.presenters.emergency import emergency_numbers
from titration.presenters.own.today import today_page
from titration.selectors import own
from titration.views.own.pages import own_page


def today(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The doses of today, the one to take now first in reach."""
    return show(request)


def show(request: Any, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page as it stands now, with what a form has to say (``notice``)."""
    plan = own.own_plan(request.subject, as_of=timezone.now())
    page = None
    if plan is not None:
        page = today_page(plan, own.open_flags(plan.plan), may_tell="tell" in request.subject.rights)
    clinic = request.subject.organisation
    return own_page(
        request, "titration/own/today.html", here="own:today", status=status, page=page,
        numbers=emergency_numbers(clinic.jurisdiction), **context,
    )  # fmt: skip
