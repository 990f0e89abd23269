"""The portal for the browser tests: at the instant of the tests, and failing where a request asks it to.

A request with ``X-Fault: check`` finds the safety check broken, one with ``X-Fault: crash`` finds the first page broken.
"""

import logging
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import wraps
from typing import Any

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

from baclofen_portal import urls  # noqa: F401  every module that takes the check with it
from baclofen_portal.wsgi import application as portal

for module in [
    one for name, one in sys.modules.items() if name.startswith("titration.") and vars(one).get("assess") is assess
]:
    module.assess = _breakable(assess, "check")

quick_passwords()
logging.disable(logging.ERROR)  # pages that fail on purpose are no news
time_machine.travel(NOW, tick=True).start()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The portal, with the fault that the request asks for."""
    _fault.set(environ.get("HTTP_X_FAULT", ""))
    return portal(environ, start_response)
