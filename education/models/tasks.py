"""The two steps between a draft and its readers: a content check, then the approval of a clinician.

Wagtail keeps where a page stands (``WorkflowState``) and what was decided (``TaskState``). Who may decide, and the
decision itself, are in ``education.services.approval``: the ways that the library offers are closed, because they
save the form that they are posted with, and let people approve what they wrote.
"""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import models
from wagtail.models import Revision, Task, TaskState, WorkflowState

from education.models.groundwork import EDITORS, GROUPS, REVIEWERS

WORKFLOW = "Two people"


class Decision(TaskState):
    """A step for one revision. ``digest`` is that of the words that were approved; empty until then."""

    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.task}: {self.get_status_display()}"


class Step(Task):
    """Nobody changes a page while it waits, not even those who decide: they ask for changes."""

    group: ClassVar[str]
    does: ClassVar[str]
    task_state_class = Decision

    class Meta:
        abstract = True

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return bool(set(GROUPS) & groups_of(user))

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        return []

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        raise PermissionDenied("A page is approved on its approval page, where the words are.")

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        if self.group not in groups_of(user):
            return TaskState.objects.none()
        return self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)


class ContentCheck(Step):
    """An editor reads whether it is clear, complete and sourced."""

    group = EDITORS
    does = "content check"


class ClinicalApproval(Step):
    """A clinical reviewer reads whether it is true."""

    group = REVIEWERS
    does = "clinical approval"

    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        """Words that came back changed are checked first, as if they were new."""
        check = ContentCheck.objects.get()
        if not check_passed(workflow_state, workflow_state.content_object.get_latest_revision()):
            return check.start(workflow_state, user=user)
        return super().start(workflow_state, user=user)


def check_passed(workflow_state: WorkflowState, revision: Revision) -> bool:
    """Whether an editor has approved exactly this revision."""
    return workflow_state.task_states.filter(
        task__in=ContentCheck.objects.all(), revision=revision, status=TaskState.STATUS_APPROVED
    ).exists()


def groups_of(user: Any) -> set[str]:
    """The names of the groups that somebody is in, asked once a request."""
    if not hasattr(user, "_education_groups"):
        active = user.is_authenticated and user.is_active
        user._education_groups = set(user.groups.values_list("name", flat=True)) if active else set()
    return user._education_groups
