"""The portal with guards removed on purpose: what the walker must find."""

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.urls import path

from baclofen_portal.urls import urlpatterns as sound
from tests.database import as_owner
from titration.models import Patient


def family_names() -> list[str]:
    with as_owner():
        return list(Patient.objects.values_list("family_name", flat=True))


def worklist(request: Any) -> HttpResponse:
    """Says "forbidden for you" in effect, and names everybody in the source of the page."""
    return HttpResponse(f"<!-- {', '.join(family_names())} --><p>Nothing to do.</p>")


def help_page(request: Any) -> HttpResponse:
    """Shows nobody on the page, and somebody in a header."""
    response = HttpResponse("Help")
    response.headers["Content-Disposition"] = f'inline; filename="{family_names()[0]}.html"'
    return response


def not_found(request: Any, exception: Exception) -> HttpResponse:
    """Refuses, and writes all the same."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE titration_patient SET phone = 'changed'")
    return HttpResponse("Not here", status=404)


urlpatterns = [
    path("worklist/", worklist, name="worklist"),
    path("help/", help_page, name="help"),
    *(one for one in sound if getattr(one, "name", "") != "help"),
]
handler404 = not_found
