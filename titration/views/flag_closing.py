"""Closing a flag by hand: at once for what can wait, through a check page for what says act now."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from titration.dosing.protocol import load_protocol
from titration.dosing.schedule import local_date
from titration.forms import flag_tokens as tokens
from titration.forms.flags import CloseForm
from titration.models import ClosedCode, FlagStatus, Urgency
from titration.presenters.banner import banner
from titration.presenters.flag_life import closing_rows
from titration.presenters.flags import flag_line
from titration.services import flag_life as service
from titration.views.flags import done, flag_of, flag_page


def close(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Close a flag that can wait; show the check page of one that says act now, of which nothing is saved here."""
    flag, as_of = flag_of(request, flag_id), timezone.now()
    form = CloseForm(request.POST, urgency=flag.urgency)
    if not form.is_valid():
        return flag_page(request, flag, as_of=as_of, close=form)
    closing = tokens.Closing(code=form.cleaned_data["code"], text=form.cleaned_data["text"])
    if flag.urgency == Urgency.ACT_NOW and flag.status == FlagStatus.OPEN:
        return _check_page(request, flag, closing, as_of=as_of)
    return _close(request, flag, closing, as_of=as_of)


def close_check(request: Any, flag_id: uuid.UUID, patient_id: uuid.UUID) -> HttpResponse:
    """Close the flag that the check page was about."""
    flag, as_of = flag_of(request, flag_id), timezone.now()
    try:
        closing = tokens.read(request.POST.get("token", ""), flag=flag, user=request.user)
    except tokens.ClosingRefused as refused:
        messages.warning(request, str(refused))
        return HttpResponseRedirect(_page_of(flag))
    return _close(request, flag, closing, as_of=as_of)


def _close(request: Any, flag: Any, closing: tokens.Closing, *, as_of: Any) -> HttpResponse:
    def said() -> str:
        service.close(flag=flag, code=ClosedCode(closing.code), text=closing.text, by=request.user, as_of=as_of)
        return f"The flag {flag.rule_id} of {request.subject} is closed."

    return done(request, said, back=_page_of(flag))


def _check_page(request: Any, flag: Any, closing: tokens.Closing, *, as_of: Any) -> HttpResponse:
    patient, page = request.subject, _page_of(flag)
    times = load_protocol(flag.protocol_id, flag.protocol_version).flag_times
    context = {
        "patient": banner(patient, today=local_date(as_of, patient.time_zone)),
        "flag": flag_line(flag, as_of=as_of, reader=request.user, rights=patient.rights, zone=patient.time_zone),
        "rows": closing_rows(code=closing.code, text=closing.text, change_url=f"{page}#close"),
        "quiet_days": times.closed_quiet_days,
        "token": tokens.sign(closing, flag=flag, user=request.user),
        "check_url": reverse("flags:close_check", args=[patient.pk, flag.pk]),
        "back_url": page,
    }
    return render(request, "titration/flag/close_check.html", context)


def _page_of(flag: Any) -> str:
    return reverse("flags:detail", args=[flag.patient_id, flag.pk])
