"""What the admin of the library is told to do for these pages, and what it must not."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem, SubmitForModerationMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet

from education.editing import decision, home, library, preview, stop_words, taking_down
from education.models.groundwork import EDITORS, REVIEWERS
from education.models.tasks import groups_of

register_snippet(library.SourceViewSet)
hooks.register("construct_homepage_panels", home.own_panels)
hooks.register("show_education_page", preview.show)
hooks.register("register_snippet_listing_buttons", library.listing_buttons)


@hooks.register("register_admin_urls")
def own_pages() -> list[Any]:
    return [
        path("education/pages/<int:page_id>/decision/", decision.decide, name="education_decision"),
        path("education/pages/<int:page_id>/take-down/", taking_down.take_down, name="education_take_down"),
        path("education/pages/<int:page_id>/stop-schedule/", taking_down.stop_schedule, name="education_stop_schedule"),
        path("education/sources/<int:source_id>/", library.source, name="education_source"),
        path("education/stop-warning/", stop_words.stop_warning, name="education_stop_warning"),
    ]


@hooks.register("insert_global_admin_css")
def own_style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("portal/editors.css"))


@hooks.register("register_admin_menu_item")
def stop_warning_item() -> MenuItem:
    return MenuItem("Stop warning", reverse("education_stop_warning"), icon_name="warning", order=220)


@hooks.register("register_log_actions")
def own_actions(actions: LogActionRegistry) -> None:
    actions.register_action("education.take_down", "Take down", _with_reason("Taken down"))
    actions.register_action("education.stop_schedule", "Stop the schedule", _with_reason("Schedule stopped"))


def _with_reason(done: str) -> Any:
    return lambda data: f"{done}: {data['because']}" if data else done


class TakeDownItem(ActionMenuItem):
    """In the menu of the editor of a page that readers have, also while it is locked."""

    label = "Take down…"
    name = "action-take-down"
    icon_name = "download"

    def is_shown(self, context: dict[str, Any]) -> bool:
        allowed = {EDITORS, REVIEWERS} & groups_of(context["request"].user)
        return context["view"] == "edit" and bool(allowed) and context["page"].live

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("education_take_down", args=(parent_context["page"].pk,))


class DecideItem(ActionMenuItem):
    """In the menu of the editor of a page that waits."""

    label = "Read and decide"
    name = "action-decide"
    icon_name = "success"

    def is_shown(self, context: dict[str, Any]) -> bool:
        task = context["page"].current_workflow_task if context["view"] == "edit" else None
        return task is not None and task.group in groups_of(context["request"].user)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("education_decision", args=(parent_context["page"].pk,))


hooks.register("register_page_action_menu_item", lambda: TakeDownItem(order=900))
hooks.register("register_page_action_menu_item", lambda: DecideItem(order=5))


class SendItem(SubmitForModerationMenuItem):
    """The button that sends a page says what happens next."""

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        return {**super().get_context_data(parent_context), "label": "Send for content check"}


@hooks.register("construct_page_action_menu")
def plain_words(items: list[Any], request: Any, context: dict[str, Any]) -> None:
    items[:] = [SendItem(order=one.order) if one.name == "action-submit" else one for one in items]


@hooks.register("before_publish_page")
@hooks.register("before_unpublish_page")
@hooks.register("before_delete_page")
@hooks.register("before_copy_page")
@hooks.register("before_move_page")
def nobody(request: Any, *page: Any) -> None:
    """The rights of a page say no already; should they ever say yes, this does not."""
    raise PermissionDenied


@hooks.register("before_edit_page")
def no_decision_from_the_editor(request: Any, page: Any) -> None:
    """It would save what is posted with it, and then approve that."""
    if request.method == "POST" and "action-workflow-action" in request.POST:
        raise PermissionDenied


@hooks.register("before_bulk_action")
@hooks.register("before_delete_snippet")
def nobody_in_bulk(request: Any, *things: Any) -> None:
    """Nothing is removed: an old version of a page may name any source."""
    raise PermissionDenied
