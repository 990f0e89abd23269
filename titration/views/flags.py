"""One flag: why it is there, who has it, and what was done about it."""

import uuid
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from titration.dosing.schedule import local_date
from titration.forms.flags import CallForm
from titration.models import Flag, FlagStatus
from titration.presenters.banner import banner
from titration.presenters.flags import flag_detail
from titration.selectors import flags as selector
from titration.services import flag_life as service


def detail(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """A flag with its evidence, its rule, its notes and what can be done."""
    return _page(request, _flag(request, flag_id), CallForm(), as_of=timezone.now())


def assign(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Make the reader the owner. One click: it is logged, and a colleague can take the flag back in the same way."""
    flag = _flag(request, flag_id)
    if flag.status != FlagStatus.OPEN:
        messages.warning(request, "This flag was closed meanwhile. It was not assigned.")
    elif flag.owner_id != request.user.pk:
        service.assign(flag=flag, to=request.user, by=request.user, as_of=timezone.now())
        messages.success(request, f"The flag {flag.rule_id} of {request.subject} is assigned to you.")
    return HttpResponseRedirect(_back(request, flag))


def call(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Write down a call; without a text it says that nobody answered."""
    flag, as_of = _flag(request, flag_id), timezone.now()
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, flag, form, as_of=as_of, status=422)
    service.log_call(flag=flag, text=form.cleaned_data["text"], by=request.user, as_of=as_of)
    messages.success(request, "The call is logged.")
    return HttpResponseRedirect(_back(request, flag))


def _flag(request: Any, key: uuid.UUID) -> Flag:
    flag = selector.find(request.subject, key)
    if flag is None:
        raise Http404
    return flag


def _page(request: Any, flag: Flag, form: CallForm, *, as_of: Any, status: int = 200) -> HttpResponse:
    patient = request.subject
    context = {
        "patient": banner(patient, today=local_date(as_of, patient.time_zone)),
        "flag": flag_detail(
            flag,
            notes=selector.notes_of(flag),
            as_of=as_of,
            reader=request.user,
            rights=patient.rights,
            phone=patient.phone,
            zone=ZoneInfo(patient.time_zone),
        ),
        "form": form,
        "here_url": reverse("flags:detail", args=[patient.pk, flag.pk]),
        "can_log": "log" in patient.rights,
        "call_url": reverse("flags:call", args=[patient.pk, flag.pk]),
    }
    return render(request, "titration/flag/detail.html", context, status=status)


def _back(request: Any, flag: Flag) -> str:
    """The list or the chart that the form was sent from, if it is one of ours about this patient; else the flag."""
    patient = request.subject.pk
    here = reverse("flags:detail", args=[patient, flag.pk])
    try:
        sent_from = urlsplit(request.POST.get("next") or request.headers.get("Referer", ""))
    except ValueError:  # not an address at all
        return here
    allowed = {reverse("worklist"), reverse("kidney:due"), reverse("patients:chart", args=[patient])}
    if sent_from.path not in allowed:
        return here
    # Only path, query and the row of a list are kept, so nothing that was sent can lead to another site.
    row = sent_from.fragment if sent_from.fragment == f"row-{flag.pk}" else ""
    return urlunsplit(("", "", sent_from.path, sent_from.query, row))
