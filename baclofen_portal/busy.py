"""What is answered, and what is logged, when the database gave up because somebody else holds what a request needs."""

import logging
from typing import Any

from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

# What PostgreSQL says when somebody else holds what is asked for: lock not available, deadlock detected.
_HELD_BY_OTHERS = frozenset({"55P03", "40P01"})


def held_by_others(error: BaseException | None) -> bool:
    """Whether the database gave up because somebody else is saving the same thing."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") in _HELD_BY_OTHERS


def busy(request: Any) -> HttpResponse:
    """503, try again. The transaction is lost already, so the page asks the database nothing.

    It speaks of a chart only on a page about a patient, and says that nothing was saved only when that is so.
    """
    about = {"chart": getattr(request, "subject", None) is not None, "done": getattr(request, "done", False)}
    return HttpResponse(render_to_string("503.html", about), status=503, headers={"Retry-After": "5"})


class HeldIsNoFailure(logging.Filter):
    """Waiting in vain for somebody else is one line in the log, without the traceback of a failure."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and held_by_others(record.exc_info[1]):
            record.exc_info = None
        return True
