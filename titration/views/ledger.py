"""The ledger of the rules: what became of their flags, so that a clinic sees which rule cries wolf."""

import csv
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from titration.dosing.schedule import local_date
from titration.presenters import ledger as presenter
from titration.selectors import ledger as selector
from titration.selectors.installation import organisation_of


def ledger(request: Any) -> HttpResponse:
    """One line a rule over the time that the address names."""
    as_of, days = timezone.now(), _days(request)
    clinic = organisation_of(request.user)
    zone = clinic.time_zone if clinic else "UTC"
    context = {
        "lines": presenter.lines(_rows(request, as_of, days)),
        "headings": presenter.HEADINGS.values(),
        "median_heading": presenter.MEDIAN,
        "periods": presenter.periods(days),
        "since": local_date(as_of - timedelta(days=days), zone),
        "updated": as_of.astimezone(ZoneInfo(zone)),
        "days": days,
        "file_url": presenter.ledger_url(days=days, name="ledger_file"),
    }
    return render(request, "titration/ledger/ledger.html", context)


def ledger_file(request: Any) -> HttpResponse:
    """The same lines as a file of comma-separated values."""
    as_of, days = timezone.now(), _days(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="rules-{days}-days.csv"'
    csv.writer(response).writerows(presenter.table(_rows(request, as_of, days)))
    return response


def _rows(request: Any, as_of: Any, days: int) -> tuple[selector.LedgerRow, ...]:
    return selector.rows(request.user, since=as_of - timedelta(days=days))


def _days(request: Any) -> int:
    """One of the times that can be chosen; anything else in the address is the shortest of them."""
    asked = request.GET.get("days", "")
    return next((days for days in presenter.PERIODS if str(days) == asked), presenter.PERIODS[0])
