"""Whose pages these are: the people of one account, and the page that leads to everything but doses."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from titration.selectors import patients as selector
from titration.views.own.pages import own_page


def people(request: Any) -> HttpResponse:
    """The people whose doses this account sees. With one there is nothing to choose."""
    found = selector.own_people(request.user)
    request.seen = [patient.pk for patient in found]
    if len(found) == 1:
        return redirect("own:today", patient_id=found[0].pk)
    return render(request, "titration/own/people.html", {"people": found})


def me(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """Everything that is about the person and not about today's doses."""
    return own_page(request, "titration/own/me.html", here="own:me")
