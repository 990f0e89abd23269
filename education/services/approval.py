"""Deciding about a page that waits: who may, for exactly which words, and what follows."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision, TaskState

from education.blocks import numbers_of
from education.models import ClinicalApproval, ContentCheck, Decision, LearnPage, PageReview, ReviewMark
from education.models.tasks import Step, groups_of
from education.page_checks import stopping
from education.word_checks import Finding

NOTHING = "Nothing waits for a decision here: it was decided, taken back or sent again since you opened it."
CHANGED = "The page has changed since you opened it. Nothing was decided. Read it again below."
NOT_LATEST = "The page was changed after it was sent. Ask for changes, so that it is sent again as it now is."


class Refused(Exception):
    """A decision that is not taken. ``words``: why; ``findings``: what stops the page, if that is why."""

    def __init__(self, words: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(words)
        self.words = words
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page that waits: the step it is at, and the revision that the decision is about."""

    page: LearnPage
    state: TaskState
    revision: Revision

    @property
    def step(self) -> Step:
        return self.state.task.specific

    @property
    def token(self) -> str:
        """What a form carries, so that a decision is about the words and numbers that were read, at the step they were read for."""
        numbers = json.dumps(numbers_of(self.revision.as_object().body), sort_keys=True)
        shown = hashlib.sha256(f"{digest(self.revision)}{numbers}".encode()).hexdigest()
        return f"{self.state.pk}-{self.revision.pk}-{shown}"


def digest(revision: Revision) -> str:
    """SHA-256 of the words of a revision, in hexadecimal."""
    return hashlib.sha256(json.dumps(revision.content, sort_keys=True).encode()).hexdigest()


def waiting(page: LearnPage) -> Waiting | None:
    """Where a page stands; None when it does not wait for a decision."""
    state = page.current_workflow_task_state
    return Waiting(page, state, state.revision) if state else None


def writers(page: LearnPage, until: Revision | None = None) -> set[Any]:
    """The keys of all who made a revision since the one that readers have (all of them, when readers have none).

    Words that were restored since then are still of those who wrote them: whoever made the restored revision, or one before it.
    """
    made = page.revisions.exclude(user=None)
    if until is not None:
        made = made.filter(created_at__lte=until.created_at)
    if page.live_revision_id:
        live = page.live_revision
        since = Q(created_at__gt=live.created_at) | Q(created_at=live.created_at, pk__gt=live.pk)
        restored = PageLogEntry.objects.filter(
            page=page, action="wagtail.revert", revision__in=page.revisions.filter(since)
        )
        numbers = [entry.data["revision"]["id"] for entry in restored if until is None or entry.revision_id <= until.pk]
        made = made.filter(since | Q(pk__lte=max(numbers, default=0)))
    return set(made.values_list("user_id", flat=True))


def hindrance(waits: Waiting, by: Any) -> str:
    """Why somebody may not approve it; empty when they may."""
    if waits.step.group not in groups_of(by):
        return f"The {waits.step.does} is for the group “{waits.step.group}”."
    if by.pk in writers(waits.page):
        return "You have changed this page since it was last published. Somebody else approves it."
    if isinstance(waits.step, ClinicalApproval) and by.pk in _checked_by(waits):
        return "You did its content check. Another person gives the clinical approval."
    return ""


def _checked_by(waits: Waiting) -> set[Any]:
    decided = waits.state.workflow_state.task_states.filter(
        task__in=ContentCheck.objects.all(), status=TaskState.STATUS_APPROVED
    )
    return set(decided.values_list("finished_by_id", flat=True))


@transaction.atomic
def approve(*, page_id: int, opened: str, by: Any, comment: str, today: date, marks: Collection[int] = ()) -> LearnPage:
    """Take the step. The last one makes exactly this revision live, or live at its time.

    ``opened``: the token of the form. ``marks``: the keys of the marks that were shown; the clinical approval clears
    these and no other. Raises Refused; then nothing has happened.
    """
    waits = _still(page_id, opened)
    if waits.page.latest_revision_id != waits.revision.pk:
        raise Refused(NOT_LATEST)
    if why := hindrance(waits, by):
        raise Refused(why)
    if found := stopping(waits.revision.as_object().draft(), today=today):
        raise Refused("These must be mended first. Ask for changes.", tuple(found))
    decision = waits.state
    decision.digest = digest(waits.revision)
    if isinstance(waits.step, ClinicalApproval):
        _sign(waits, by, today, marks)
    decision.approve(user=by, comment=comment)
    return waits.page


def open_marks(page: LearnPage) -> list[ReviewMark]:
    """Why the page asks to be looked at again, the oldest first."""
    return list(ReviewMark.objects.filter(page=page, cleared_at=None).order_by("raised_at", "pk"))


def _sign(waits: Waiting, by: Any, today: date, marks: Collection[int]) -> None:
    numbers = numbers_of(waits.revision.as_object().body)
    PageReview.objects.create(
        page=waits.page,
        revision_id=waits.revision.pk,
        reviewer=by,
        reviewer_name=by.name,
        reviewed_on=today,
        numbers=numbers,
    )
    ReviewMark.objects.filter(page=waits.page, cleared_at=None, pk__in=marks).update(
        cleared_at=timezone.now(), cleared_by=by, cleared_because="Approved by a clinical reviewer."
    )


@transaction.atomic
def ask_for_changes(*, page_id: int, opened: str, by: Any, comment: str) -> LearnPage:
    """Send it back with words. Raises Refused when nothing waits, it has changed, or somebody else decides."""
    waits = _still(page_id, opened)
    if waits.step.group not in groups_of(by):
        raise Refused(f"The {waits.step.does} is for the group “{waits.step.group}”.")
    if not comment.strip():
        raise Refused("Say what should change.")
    waits.state.reject(user=by, comment=comment)
    return waits.page


def _still(page_id: int, opened: str) -> Waiting:
    page = locked(page_id)
    waits = waiting(page)
    if waits is None:
        raise Refused(NOTHING)
    if opened != waits.token:
        raise Refused(CHANGED)
    return waits


def locked(page_id: int) -> LearnPage:
    """The page, of which nobody else saves a version or decides until the transaction ends."""
    Page.objects.select_for_update().get(pk=page_id)
    return LearnPage.objects.get(pk=page_id)


def approved_by_two(revision: Revision) -> bool:
    """Whether an editor and then another person, a clinical reviewer, approved exactly these words, and wrote none of them."""
    page = LearnPage.objects.get(pk=revision.object_id)
    decided = Decision.objects.filter(
        revision=revision, status=TaskState.STATUS_APPROVED, digest=digest(revision)
    ).exclude(finished_by=None)
    checked = set(decided.filter(task__in=ContentCheck.objects.all()).values_list("finished_by_id", flat=True))
    approved = set(decided.filter(task__in=ClinicalApproval.objects.all()).values_list("finished_by_id", flat=True))
    wrote = writers(page, until=revision)
    return any(one != other for one in checked - wrote for other in approved - wrote)
