"""Which country's pages a reader is led to."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from education import ports
from education.addresses import hub_path


def start(request: Any) -> HttpResponse:
    """The pages of the reader's own country; when nobody knows it, or with ``?choose``, the reader is asked."""
    around = ports.around(request)
    known = ports.facts()
    if around.country in known.COUNTRIES and "choose" not in request.GET:
        return redirect(hub_path(around.country))
    choices = [{"name": known.country_name(country), "url": hub_path(country)} for country in known.COUNTRIES]
    return render(request, "education/choose.html", {"around": around, "choices": choices})
