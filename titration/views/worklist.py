"""The worklist: where clinicians begin."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from titration.dosing.schedule import instant, local_date
from titration.dosing.wording import format_time, format_when
from titration.models import Urgency
from titration.presenters import worklist as presenter
from titration.presenters.done_today import LISTED, calls_today, done_today
from titration.selectors import worklist as selector
from titration.selectors.done import done_since
from titration.selectors.installation import organisation_of
from titration.views.paging import page_number


def worklist(request: Any) -> HttpResponse:
    """Open flags of the reader's patients. Filter and page come from the address; the order is always the same."""
    as_of = timezone.now()
    urgency = _urgency(request.GET.get("severity", ""))
    owner = request.GET.get("owner", selector.ALL)
    owner = owner if owner in (selector.ALL, selector.MINE, selector.UNASSIGNED) else selector.ALL
    snoozed = request.GET.get("snoozed") == "yes"
    page = page_number(request)
    found = selector.rows(request.user, as_of=as_of, urgency=urgency, owner=owner, snoozed=snoozed, page=page)
    if not found.rows and page > 1:
        # The list has become shorter than this page: an empty page would look like an empty worklist.
        return redirect(presenter.list_url(urgency=urgency, owner=owner, snoozed=snoozed, page=1))
    clinic = organisation_of(request.user)
    zone = ZoneInfo(clinic.time_zone if clinic else "UTC")
    today = local_date(as_of, zone.key)
    done, more = done_since(request.user, instant(today, time(0), zone.key))
    request.seen = list({row.patient.pk for row in (*found.rows, *done[:LISTED])})

    def url(number: int) -> str:
        return presenter.list_url(urgency=urgency, owner=owner, snoozed=snoozed, page=number)

    context = {
        "groups": presenter.groups(
            found, reader=request.user, here=request.get_full_path(), calls=calls_today(done, zone=zone.key)
        ),
        "done": done_today(done, more=more, zone=zone.key),
        "counts": presenter.counts(found, urgency=urgency, owner=owner, snoozed=snoozed),
        "filter_words": presenter.filter_words(urgency=urgency, owner=owner, snoozed=snoozed),
        "is_filtered": urgency is not None or owner != selector.ALL or snoozed,
        "mine_url": presenter.list_url(owner=selector.MINE),
        "again_url": url(1),
        "previous_url": url(page - 1) if page > 1 else "",
        "next_url": url(page + 1) if page < found.pages else "",
        "page": page,
        "empty_words": presenter.empty_words(found.counts, checked=format_time(as_of.astimezone(zone).time())),
        "updated": as_of.astimezone(zone),
        "stale_words": format_when(found.overdue_since, zone.key) if found.overdue_since else "",
    }
    return render(request, "titration/worklist/worklist.html", context)


def _urgency(text: str) -> int | None:
    return next((one.value for one in Urgency if str(one.value) == text), None)
