"""What goes live, or off line, because its time has come: one thing at a time, each in a transaction of its own."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from wagtail.models import DraftStateMixin, Page, Revision

from education.services import publishing

log = logging.getLogger(__name__)


def publish_due(*, as_of: datetime) -> int:
    """Do what Wagtail's ``publish_scheduled`` does, and count it. What fails is in the log, stays due and stops nothing else.

    Raises a database error when the database itself does not answer.
    """
    done = 0
    due = Revision.objects.filter(approved_go_live_at__lte=as_of).order_by("approved_go_live_at")
    for model in (Page, *_drafted()):
        over = model.objects.filter(live=True, expire_at__lte=as_of).order_by("expire_at")
        done += _each(over, lambda one: one.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled"))
    return done + _each(due, lambda one: publishing.publish_scheduled(one, now=as_of))


def _drafted() -> list[Any]:
    """Every other table whose rows are drafts before they are live."""
    return [model for model in apps.get_models() if issubclass(model, DraftStateMixin) and not issubclass(model, Page)]


def _each(due: Any, change: Callable[[Any], None]) -> int:
    done = 0
    for key in list(due.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                # Of two publishers each takes what the other has not, and what is still due.
                found = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
                if found is not None:
                    change(found)
                    done += 1
        except Exception:
            if not connection.is_usable():
                raise
            log.exception("%s %s is due and could not be changed", due.model._meta.label, key)
    return done
