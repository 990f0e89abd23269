"""The portal's own doors: first page, help, probes, and what is answered when something is wrong."""

import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from baclofen_portal.busy import busy, held_by_others
from baclofen_portal.context import PortalContext
from titration.models.actors import last_look, set_actor
from titration.presenters.emergency import emergency_numbers
from titration.presenters.watch import is_silent
from titration.selectors import installation


def home(request: Any) -> HttpResponse:
    """Clinicians begin at the worklist; others are told what their account is for."""
    if request.user.is_clinician:
        return redirect("worklist")
    if request.user.is_patient:
        return redirect("own:people")
    return render(request, "portal/home.html")


def help_page(request: Any) -> HttpResponse:
    """What to do in an emergency, and how to reach the clinic. It works signed out and shows no patient.

    Who cares for people of several clinics finds each of them, and no emergency number when those are in different countries.
    """
    clinics = _clinics(request)
    countries = {one.jurisdiction for one in clinics}
    numbers = emergency_numbers(countries.pop() if len(countries) == 1 else "")
    return render(request, "portal/help.html", {"clinics": clinics, "numbers": numbers})


def _clinics(request: Any) -> list[Any]:
    """This page is open to everybody, so nobody has told the database who asks: a patient's own clinic is not in sight before."""
    if not request.user.is_authenticated:
        public = PortalContext(user=None).organisation
        return [public] if public else []
    if request.user.is_patient:
        set_actor(request.user.pk)
    return installation.organisations_of(request.user)


def live(request: Any) -> HttpResponse:
    """The process answers. No database: a busy database must not get the process killed."""
    return JsonResponse({"status": "ok"})


def ready(request: Any) -> HttpResponse:
    """The database answers and has every migration of this code; 503 otherwise, without details.

    A watch that is silent is told and is no 503: the pages work, and say so as well.
    """
    try:
        missing = migrations_missing()
        silent = not missing and is_silent(last_look(), timedelta(seconds=settings.WATCH_SILENT_SECONDS))
    except DatabaseError:
        connection.close()  # the next one asks on a new connection
        missing = True
    if missing:
        return JsonResponse({"status": "not ready"}, status=503)
    return JsonResponse({"status": "ok", "watch": "silent" if silent else "ok"})


_known_complete: set[str] = set()


def migrations_missing() -> bool:
    """Once nothing is missing, nothing can be missing until the process starts again with other code."""
    name = str(connection.settings_dict["NAME"])
    if name in _known_complete:
        return False
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return True
    _known_complete.add(name)
    return False


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    """A form that carries no valid token. Why exactly is no help to the person, and some to an attacker."""
    return render(request, "csrf.html", status=403)


def bad_request(request: Any, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    return render(request, "400.html", status=400)


def forbidden(request: Any, exception: Exception) -> HttpResponse:
    """Something this person may not do."""
    return render(request, "403.html", status=403)


def not_found(request: Any, exception: Exception) -> HttpResponse:
    """Nothing there, or nothing that this person may know of: the answer is the same."""
    return render(request, "404.html", status=404)


def server_error(request: Any) -> HttpResponse:
    """A failure of ours, or somebody else in the way, wherever in the request that happened: in a view, in a middleware,
    while the session or the person was read, while the audit was written. The page asks the database nothing: it may be
    what failed.
    """
    if held_by_others(sys.exc_info()[1]):
        return busy(request)
    return HttpResponseServerError(render_to_string("500.html"))
