"""What every page of a patient shares: its frame around it, and the answer to a form that failed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from titration.presenters.own.frame import frame


def own_page(request: Any, template: str, *, here: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page inside the patient's frame; ``here`` is the main page to which it belongs."""
    context["frame"] = frame(request.subject, here=here)
    return render(request, template, context, status=status)
