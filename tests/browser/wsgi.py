"""The portal for the browser tests: at the instant of the tests, and failing where a request asks it to.

A request with ``X-Fault: check`` finds the safety check broken, one with ``X-Fault: crash`` finds the first page broken.
With ``X-Fault: long ago`` nobody has proved lately who they are.
``X-Clock`` moves the clock of the server to an instant for as long as requests say so, and ``/look?patient=…`` is what the
worker would do then: it looks at these patients if they are due.
"""

import logging
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

import django
import time_machine

from .moment import NOW, quick_passwords

_fault: ContextVar[str] = ContextVar("fault", default="")


class Broken(Exception):
    """What a test asked for."""


def _breakable(work: Callable[..., Any], fault: str) -> Callable[..., Any]:
    @wraps(work)
    def perhaps(*args: Any, **kwargs: Any) -> Any:
        if _fault.get() == fault:
            raise Broken(fault)
        return work(*args, **kwargs)

    return perhaps


django.setup()

from baclofen_portal import views
from titration.dosing.assessment import assess

views.home = _breakable(views.home, "crash")

from baclofen_portal.accounts import ways

lately = ways.is_recent
ways.is_recent = lambda request: _fault.get() != "long ago" and lately(request)

from baclofen_portal import urls  # noqa: F401  every module that takes the check with it
from baclofen_portal.wsgi import application as portal

for module in [
    one for name, one in sys.modules.items() if name.startswith("titration.") and vars(one).get("assess") is assess
]:
    module.assess = _breakable(assess, "check")

quick_passwords()
logging.disable(logging.ERROR)  # pages that fail on purpose are no news
travel = time_machine.travel(NOW, tick=True)
clock = travel.start()
_moved = False


def _set_clock(wanted: str) -> None:
    """Tests take turns: whoever sends another hour than the request before moves the clock for everybody."""
    global _moved
    if wanted:
        clock.move_to(datetime.fromisoformat(wanted), tick=True)
    elif _moved:
        clock.move_to(NOW, tick=True)
    _moved = bool(wanted)


def _look(patients: list[str]) -> int:
    """What the worker does to these patients now, if their plans are due; how many were looked at."""
    from functools import partial

    from django.utils import timezone

    from titration.models import Plan
    from titration.models.database_roles import WORKER, as_role
    from titration.models.due import take_plans
    from titration.services.reassessment import take_and_look

    as_of = timezone.now()
    with as_role(WORKER, job="reassess"):
        due = Plan.objects.filter(patient__in=patients, status="active", reassess_at__lte=as_of)
        return take_and_look(partial(take_plans, list(due.values_list("pk", flat=True))), as_of=as_of).looked.plans


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The portal, with the fault that the request asks for."""
    _fault.set(environ.get("HTTP_X_FAULT", ""))
    _set_clock(environ.get("HTTP_X_CLOCK", ""))
    if environ["PATH_INFO"] == "/look":
        looked = _look(parse_qs(environ["QUERY_STRING"])["patient"])
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(looked).encode()]
    return portal(environ, start_response)
