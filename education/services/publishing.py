"""What makes a page live, and what takes it down. There is no other way to either."""

import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log
from wagtail.models import Revision, WorkflowState

from education.models import LearnPage
from education.models.groundwork import EDITORS, REVIEWERS
from education.models.tasks import groups_of
from education.page_checks import stopping
from education.services.approval import Refused, approved_by_two, locked
from education.word_checks import Finding

logger = logging.getLogger(__name__)
REASON_LETTERS = 15


def publish_approved(workflow_state: WorkflowState, user: Any = None) -> None:
    """The end of the two steps: makes the revision live that was approved last, whatever came after it.

    Wagtail would publish the newest revision. Raises PermissionDenied when two people have not approved these words.
    """
    revision = workflow_state.current_task_state.revision
    if not approved_by_two(revision):
        raise PermissionDenied("Two people have not approved this version.")
    revision.publish(user=user, skip_permission_checks=True)


def publish_scheduled(revision: Revision, *, now: datetime) -> bool:
    """Make an approved revision live whose time has come; false: something holds it back, and it stays due.

    Call it for one revision in a transaction of its own, so that none keeps another from its readers.
    """
    locked(int(revision.object_id))
    if why := held_back(revision, now):
        logger.warning("Held back: revision %s of “%s”. %s", revision.pk, revision.object_str, " ".join(why))
        return False
    revision.publish(log_action="wagtail.publish.scheduled", skip_permission_checks=True)
    return True


def held_back(revision: Revision, now: datetime) -> tuple[str, ...]:
    """Why an approved revision may not go live now."""
    if not approved_by_two(revision):
        return ("Two people have not approved this version.",)
    found: list[Finding] = stopping(revision.as_object().draft(), today=timezone.localdate(now))
    return tuple(str(one) for one in found)


@transaction.atomic
def take_down(*, page_id: int, by: Any, because: str) -> LearnPage:
    """Hide a page from its readers at once. One person may: what is wrong on it must not wait for a second.

    It comes back through both steps. Raises Refused.
    """
    page = _for_one_person(page_id, by, because)
    if not page.live:
        raise Refused("Readers do not have this page.")
    UnpublishPageAction(page, user=by).execute(skip_permission_checks=True)
    log(instance=page, action="education.take_down", user=by, data={"because": because})
    return page


@transaction.atomic
def stop_schedule(*, page_id: int, by: Any, because: str) -> LearnPage:
    """Keep an approved revision from going live at its time. Raises Refused."""
    page = _for_one_person(page_id, by, because)
    scheduled = page.scheduled_revision
    if scheduled is None:
        raise Refused("Nothing is scheduled for this page.")
    scheduled.approved_go_live_at = None
    scheduled.save(user=by, update_fields=["approved_go_live_at"])
    log(instance=page, action="education.stop_schedule", user=by, data={"because": because}, revision=scheduled)
    return page


def _for_one_person(page_id: int, by: Any, because: str) -> LearnPage:
    if not {EDITORS, REVIEWERS} & groups_of(by):
        raise Refused("Editors and clinical reviewers may do this.")
    if len(because.strip()) < REASON_LETTERS:
        raise Refused(f"Give a reason of at least {REASON_LETTERS} letters.")
    return locked(page_id)
