"""One flag: why it is there, who has it, and what is done about it."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from titration.dosing.schedule import local_date
from titration.dosing.wording import format_when
from titration.forms.flags import END_SNOOZE, SNOOZES, ActForm, CallForm, CloseForm, SnoozeForm
from titration.models import Flag, FlagStatus
from titration.presenters.banner import banner
from titration.presenters.flags import flag_detail
from titration.selectors import flags as selector
from titration.services import flag_life as service


def detail(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """A flag with its evidence, its rule, its life and what can be done."""
    return flag_page(request, flag_of(request, flag_id), as_of=timezone.now())


def assign(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Make the reader the owner. One click: it is logged, and a colleague can take the flag back in the same way."""
    flag = flag_of(request, flag_id)
    if flag.status != FlagStatus.OPEN:
        messages.warning(request, "This flag was closed meanwhile. It was not assigned.")
    elif flag.owner_id != request.user.pk:
        service.assign(flag=flag, to=request.user, by=request.user, as_of=timezone.now())
        messages.success(request, f"The flag {flag.rule_id} of {request.subject} is assigned to you.")
    return HttpResponseRedirect(_back(request, flag))


def acknowledge(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Say that the reader has seen it. One click, and no action: the time to act runs on."""
    flag = flag_of(request, flag_id)

    def said() -> str:
        first = service.acknowledge(flag=flag, by=request.user, as_of=timezone.now())
        return "The flag is marked as seen by you." if first else "Somebody had already marked this flag as seen."

    return done(request, said, back=_back(request, flag))


def call(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Write down a call; without a text it says that nobody answered."""
    flag, as_of = flag_of(request, flag_id), timezone.now()
    form = CallForm(request.POST)
    if not form.is_valid():
        return flag_page(request, flag, as_of=as_of, call=form)
    service.log_call(flag=flag, text=form.cleaned_data["text"], by=request.user, as_of=as_of)
    messages.success(request, "The call is logged.")
    return HttpResponseRedirect(_back(request, flag))


def act(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Write down what was done."""
    flag, as_of = flag_of(request, flag_id), timezone.now()
    form = ActForm(request.POST)
    if not form.is_valid():
        return flag_page(request, flag, as_of=as_of, act=form)

    def said() -> str:
        service.act(flag=flag, text=form.cleaned_data["text"], by=request.user, as_of=as_of)
        return "What was done is written down."

    return done(request, said, back=_here(flag))


def snooze(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Take the flag off the worklist for a preset time, or put it back. One click, and what it says does not change."""
    flag, as_of = flag_of(request, flag_id), timezone.now()
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return flag_page(request, flag, as_of=as_of, snooze=form)
    until = as_of + form.cleaned_data["days"]

    def said() -> str:
        service.snooze(flag=flag, until=until, by=request.user, as_of=as_of)
        if until == as_of:
            return "The flag is on the worklist again."
        return f"The flag is snoozed until {format_when(until, request.subject.time_zone)}."

    return done(request, said, back=_here(flag))


def done(request: Any, verb: Callable[[], str], *, back: str) -> HttpResponse:
    """Do it and say so, or say why it was not possible; then lead back."""
    try:
        messages.success(request, verb())
    except service.NotPossible as not_possible:
        messages.warning(request, str(not_possible))
    return HttpResponseRedirect(back)


def flag_of(request: Any, key: uuid.UUID) -> Flag:
    """The flag of this page's patient; 404 for any other."""
    flag = selector.find(request.subject, key)
    if flag is None:
        raise Http404
    return flag


def flag_page(request: Any, flag: Flag, *, as_of: Any, **failed: Any) -> HttpResponse:
    """The page of a flag; answers 422 with the form that failed, if one did, under the name of its verb."""
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
            zone=patient.time_zone,
        ),
        "failed": next(iter(failed.values()), {}),
        "call_form": failed.get("call") or CallForm(),
        "act_form": failed.get("act") or ActForm(),
        "close_form": failed.get("close") or CloseForm(urgency=flag.urgency),
        "snoozes": SNOOZES,
        "end_snooze": END_SNOOZE,
        "here_url": _here(flag),
        "urls": {
            verb: reverse(f"flags:{verb}", args=[patient.pk, flag.pk])
            for verb in ("acknowledge", "call", "act", "snooze", "close")
        },
    }
    return render(request, "titration/flag/detail.html", context, status=422 if failed else 200)


def _here(flag: Flag) -> str:
    return reverse("flags:detail", args=[flag.patient_id, flag.pk])


def _back(request: Any, flag: Flag) -> str:
    """The list or the chart that the form was sent from, if it is one of ours about this patient; else the flag."""
    patient = request.subject.pk
    here = _here(flag)
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
