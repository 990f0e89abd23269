"""The home of the editors: what is due, what waits for them, what is marked, what is scheduled."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import RecentEditsPanel, UserObjectsInWorkflowModerationPanel
from wagtail.models import Revision, TaskState

from education.models import LearnPage, ReviewMark
from education.models.groundwork import AUTHORS, EDITORS, REVIEWERS
from education.models.tasks import groups_of
from education.services import approval, publishing

NOTICE = timedelta(days=60)
KEPT = (RecentEditsPanel, UserObjectsInWorkflowModerationPanel)


class OwnPanel(Component):
    """A list under a heading, or words that say that there is nothing."""

    heading: str
    empty: str
    template_name = "education/editor/home_panel.html"

    def rows(self, request: Any, today: date) -> list[dict[str, Any]]:
        """Each with ``page``, ``words`` and, where somebody may act, ``act`` with ``url`` (a name) or ``href``."""
        raise NotImplementedError

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = parent_context["request"]
        return {
            "panel": self,
            "anchor": self.heading.lower().replace(" ", "-"),
            "rows": self.rows(request, timezone.localdate()),
            "request": request,
        }


class ReviewDue(OwnPanel):
    order = 10
    heading = "Review due"
    empty = "Nothing is due for review in 60 days."

    def rows(self, request: Any, today: date) -> list[dict[str, Any]]:
        due = LearnPage.objects.filter(live=True, next_review__lte=today + NOTICE).order_by("next_review", "title")
        return [{"page": page, "words": _due(page, today), "urgent": page.next_review < today} for page in due]


def _due(page: LearnPage, today: date) -> str:
    day = f"{page.next_review:%d-%b-%Y}"
    if page.next_review >= today:
        return f"Review due {day}"
    shown = " Readers see only its warnings." if page.safety_critical else ""
    return f"Overdue since {day}.{shown}"


class WaitingForYou(OwnPanel):
    order = 20
    heading = "Waiting for you"
    empty = "Nothing waits for you."

    def rows(self, request: Any, today: date) -> list[dict[str, Any]]:
        if not {EDITORS, REVIEWERS} & groups_of(request.user):
            return []
        states = TaskState.objects.reviewable_by(request.user).select_related("revision", "task", "workflow_state")
        pages = LearnPage.objects.in_bulk([int(state.revision.object_id) for state in states])
        rows = []
        for state in states.order_by("started_at"):
            page = pages.get(int(state.revision.object_id))
            waits = approval.waiting(page) if page else None
            if waits:
                why = approval.hindrance(waits, request.user)
                words = f"{state.task.name}, since {timezone.localtime(state.started_at):%d-%b-%Y}. {why}"
                rows.append({"page": page, "words": words, "url": "education_decision", "act": "Read and decide"})
        return rows


class Marked(OwnPanel):
    order = 30
    heading = "Marked for review"
    empty = "No page is marked."

    def rows(self, request: Any, today: date) -> list[dict[str, Any]]:
        marks = ReviewMark.objects.filter(cleared_at=None).select_related("page").order_by("raised_at", "pk")
        return [{"page": one.page, "words": f"{one.get_kind_display()} ({one.about}). {one.because}"} for one in marks]


class NewerShipped(OwnPanel):
    order = 35
    heading = "Newer from the portal"
    empty = "No page has a newer version from the portal."

    def rows(self, request: Any, today: date) -> list[dict[str, Any]]:
        newer = LearnPage.objects.filter(live=True, shipped__revision_id=F("latest_revision_id"))
        newer = newer.exclude(live_revision_id=F("latest_revision_id")).select_related("shipped").order_by("path")
        may = bool({AUTHORS, EDITORS} & groups_of(request.user))  # reviewers compare where they decide
        rows = []
        for page in newer:
            day = f"{timezone.localtime(page.shipped.loaded_at):%d-%b-%Y}"
            words = f"Version {page.shipped.version} came on {day} as a draft. Readers have the earlier words."
            compare = reverse("wagtailadmin_pages:revisions_compare", args=(page.pk, "live", "latest"))
            rows.append({"page": page, "words": words} | ({"href": compare, "act": "Compare"} if may else {}))
        return rows


class Scheduled(OwnPanel):
    order = 40
    heading = "Scheduled"
    empty = "Nothing is scheduled."

    def rows(self, request: Any, today: date) -> list[dict[str, Any]]:
        due = Revision.page_revisions.filter(approved_go_live_at__isnull=False).order_by("approved_go_live_at")
        pages = LearnPage.objects.in_bulk([int(one.object_id) for one in due])
        now = timezone.now()
        rows = []
        for one in due:
            words = f"Goes live {timezone.localtime(one.approved_go_live_at):%d-%b-%Y %H:%M}"
            if one.approved_go_live_at <= now and (why := publishing.held_back(one, now)):
                words = f"Held back: {' '.join(why)}"
            row = {"page": pages[int(one.object_id)], "words": words, "urgent": words.startswith("Held")}
            if {EDITORS, REVIEWERS} & groups_of(request.user):
                row |= {"url": "education_stop_schedule", "act": "Stop"}
            rows.append(row)
        return rows


def own_panels(request: Any, panels: list[Any]) -> None:
    """Ours first; those of the library that offer what is closed here are left out."""
    kept = [one for one in panels if isinstance(one, KEPT)]
    panels[:] = [ReviewDue(), WaitingForYou(), Marked(), NewerShipped(), Scheduled(), *kept]
