"""Search over the pages of a country."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from education import ports
from education.presenters.found import found
from education.presenters.place import place_of
from education.selectors.search import LONGEST, asked_for


def search(request: Any, country: str) -> HttpResponse:
    """``?q=``: what the reader looks for."""
    around = ports.around(request)
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST]
    hits = found(asked_for(query), country, query, today=timezone.localdate()) if query else ()
    context = {"around": around, "place": place_of(country, around), "query": query, "hits": hits}
    return render(request, "education/search.html", context)
