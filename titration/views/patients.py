"""Finding a patient, the chart of one, and its printed summary."""

import logging
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from titration.dosing.assessment import Assessment
from titration.dosing.wording import format_when
from titration.forms.search import SearchForm
from titration.presenters import patients as presenter
from titration.presenters.banner import banner
from titration.presenters.emergency import emergency_numbers
from titration.presenters.record import chart_page, summary_page
from titration.presenters.worklist import pager
from titration.selectors import own, reads, records
from titration.selectors import patients as selector
from titration.selectors.records import PatientRecord
from titration.services import flags
from titration.views.paging import page_number

logger = logging.getLogger(__name__)


def patient_list(request: Any) -> HttpResponse:
    """The reader's patients, all of them or those that match a name, a birth date or an identifier."""
    as_of = timezone.now()
    form = SearchForm(request.GET if "q" in request.GET else None)
    if form.is_bound and not form.is_valid():
        return render(request, "titration/patient/list.html", {"form": form}, status=422)
    text, born = (form.cleaned_data["text"], form.cleaned_data["born"]) if form.is_bound else ("", None)
    found = selector.search(request.user, text=text, born=born, page=page_number(request), as_of=as_of)
    request.seen = [row.patient.pk for row in found.rows]
    urls = [presenter.list_url(typed=text, page=found.page + step) for step in (-1, 1)]
    context = {
        "form": form,
        "typed": text,
        "born": born,
        "rows": presenter.rows(found, as_of=as_of),
        "count_words": presenter.count_words(found.count, searching=bool(text)),
        "pager": pager(page=found.page, pages=found.pages, count=found.count, noun="patients", urls=urls),
        "clear_url": presenter.list_url(),
    }
    return render(request, "titration/patient/list.html", context)


def chart(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The chart. Findings are worked out as it is opened, and flags are raised and closed accordingly."""
    patient = request.subject
    record, assessment, now = _looked_at(request, as_of=timezone.now())
    range_key = request.GET.get("range", "")
    page = chart_page(
        record, assessment, now=now, reader=request.user, rights=patient.rights, range_key=range_key,
        reached=own.reached(record.plan) if record.is_on_plan and record.planned_steps else None,
    )  # fmt: skip
    context = {
        "patient": banner(patient, today=record.today),
        "page": page,
        "record": record,
        "readings": reads.readings(patient, as_of=record.as_of),
    }
    return render(request, "titration/patient/chart.html", context)


def summary(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """One page for paper."""
    record, assessment, now = _looked_at(request, as_of=timezone.now())
    context = {
        "patient": banner(request.subject, today=record.today),
        "page": summary_page(record, assessment, now=now, reader=request.user),
        "record": record,
        "clinic": request.subject.organisation,
        "numbers": emergency_numbers(request.subject.organisation.jurisdiction),
        "printed_at": format_when(record.as_of, record.patient.time_zone),
    }
    return render(request, "titration/patient/summary.html", context)


def _looked_at(request: Any, *, as_of: Any) -> tuple[PatientRecord, Assessment | None, dict[str, str]]:
    """The record after its flags were brought up to date, its assessment, and what each flag would say now.

    There is no assessment when the safety check is not working.
    The chart opens without the check: a clinician who cannot see the doses at all is worse off than one who is told
    that nothing was checked.
    """
    record = records.load(request.subject, as_of=as_of)
    try:
        record.assessment  # noqa: B018  worked out once, and kept with the record
    except Exception as error:  # noqa: BLE001  whatever breaks the check, the chart opens and says so
        logger.error("The safety check failed on a chart: %s", type(error).__name__)  # a message may hold values
        return record, None, {}
    record = flags.look_again(record, as_of=as_of)
    return record, record.assessment, {one.rule_id: one.because for one in flags.wanted(record).values()}
