"""Every URL of the editors' process: for editors, for everybody, or closed. What is not listed is answered 404.

A URL of Wagtail that has no name is listed by its pattern. What an editor may do behind an open URL is decided by Wagtail's
permissions of their group and by the workflow; here stands only what nobody needs, or what would go around the workflow.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLResolver

from baclofen_portal.access import url_names
from baclofen_portal.cms import access_education

EDITORS, PUBLIC, CLOSED = "editors", "public", "closed"


def _of(namespace: str, names: str) -> Iterable[str]:
    return [f"{namespace}{name}" for name in names.split()]


_PUBLIC = ("live", "ready", "account_login", "account_logout")

_EDITORS = (
    "home", "media",
    *_of("wagtailadmin_", "home account sprite javascript_catalog dismissibles block_preview tag_autocomplete"),
    *_of("wagtailadmin_editing_sessions:", "ping release"),
    # the tree of pages; the menu beside it reads the two of the API
    *_of("wagtailadmin_", "explore_root explore explore_results"),
    *_of("wagtailadmin_api:pages:", "listing detail"),
    # one page
    *_of("wagtailadmin_pages:", "add preview_on_add add_subpage edit preview_on_edit view_draft search search_results"),
    *_of("wagtailadmin_pages:", "usage type_use type_use_results lock unlock history history_results"),
    *_of("wagtailadmin_pages:", "revisions_index revisions_view revisions_revert revisions_compare"),
    *_of("wagtailadmin_pages:", "confirm_workflow_cancellation workflow_history workflow_history_detail"),
    # links in text
    "wagtailadmin_choose_page",
    *_of("wagtailadmin_choose_page_", "child search external_link email_link phone_link anchor_link"),
    # what is due, and what was done
    *_of("wagtailadmin_reports:", "locked_pages workflow workflow_tasks site_history aging_pages page_types_usage"),
    *_of("wagtailadmin_reports:", "locked_pages_results workflow_results workflow_tasks_results site_history_results"),
    *_of("wagtailadmin_reports:", "aging_pages_results page_types_usage_results"),
    "wagtailsnippets:index",
    # images
    *_of("wagtailimages:", "index index_results add edit image_usage add_multiple edit_multiple"),
    *_of("wagtailimages:", "create_multiple_from_uploaded_image delete_upload_multiple"),
    *_of("wagtailimages_chooser:", "choose choose_results chosen create select_format"),
    *access_education.OPEN,
)  # fmt: skip

_CLOSED = (
    "wagtail_serve",  # readers have the pages in the portal
    # around the workflow, or of no use here: pages keep their place and their history, and are never removed
    "wagtail_bulk_action",
    "wagtailadmin_api:pages:action",
    *_of("wagtailadmin_pages:", "delete unpublish copy move move_confirm set_page_position convert_alias choose_parent"),
    "wagtailadmin_pages:set_privacy",
    # decided on a page of their own: education_decision, education_stop_schedule
    *_of("wagtailadmin_pages:", "workflow_action collect_workflow_action_data workflow_preview revisions_unschedule"),
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_tag_model_autocomplete",
    # the workflow itself is laid with the groundwork, and nobody changes it by hand
    *_of("wagtailadmin_workflows:", "index index_results add enable disable edit usage usage_results remove add_task"),
    *_of("wagtailadmin_workflows:", "select_task_type task_index task_index_results edit_task disable_task enable_task"),
    *_of("wagtailadmin_workflows:", "task_chooser task_chooser_results task_chooser_create task_chosen"),
    # images are one collection, are seen by everybody, and stay: an old version of a page may show them
    *_of("wagtailadmin_collections:", "index add edit delete set_privacy"),
    *_of("wagtailimages:", "delete delete_multiple url_generator url_generator_output preview"),
    "wagtailimages_chooser:chosen_multiple",
    *_of("wagtailadmin_api:images:", "listing detail find"),
    # no block and no text of a page holds a document
    *_of("wagtailadmin_api:documents:", "listing detail find"),
    *_of("wagtaildocs:", "index index_results add edit delete add_multiple edit_multiple delete_multiple document_usage"),
    *_of("wagtaildocs:", "create_multiple_from_uploaded_document delete_upload_multiple"),
    *_of("wagtaildocs_chooser:", "choose choose_results chosen chosen_multiple create"),
    *_of("wagtaildocs_", "serve authenticate_with_password"),
    # accounts and groups are given by an administrator of the portal
    *_of("wagtailusers_users:", "index index_results add edit delete history history_results usage copy"),
    *_of("wagtailusers_groups:", "index index_results add edit delete history history_results usage"),
    # other ways to sign in or out
    *_of("wagtailadmin_", "login logout password_reset password_reset_done password_reset_confirm password_reset_complete"),
    *_of("wagtailcore_", "login authenticate_with_password"),
    *access_education.CLOSED,
    # what is there to try errors, and what catches the rest
    "wagtailadmin_api:pages:find", "wagtailadmin_error_test", "cms/test404/", "cms/^.*/$",
)  # fmt: skip

ACCESS: dict[str, str] = {
    **dict.fromkeys(_PUBLIC, PUBLIC),
    **dict.fromkeys(_EDITORS, EDITORS),
    **dict.fromkeys(_CLOSED, CLOSED),
}


def rule_of(match: Any) -> str:
    """The rule of a request that was resolved; what has no name of its own, or no rule, is closed."""
    return ACCESS.get(match.view_name, CLOSED) if match.url_name else CLOSED


def url_keys(resolver: URLResolver) -> Iterator[tuple[str, str]]:
    """Every URL as (its name, or its pattern when it has none; pattern)."""
    return ((name or pattern, pattern) for name, pattern in url_names(resolver))
