"""What the pages stand on: language, root, hub, stop warning, groups of editors and the two steps; made when missing."""

from typing import Any

from django.apps import apps as installed
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

AUTHORS, EDITORS, REVIEWERS = "Education authors", "Education editors", "Clinical reviewers"
GROUPS = (AUTHORS, EDITORS, REVIEWERS)
HUB_SLUG = "learn"

# By group: what it may do with the pages of the hub, and with what is kept beside them. ``unlock_page`` is what lets
# reviewers see the tree. Nobody may publish, unpublish or delete: see ``education.models.rights``.
PAGE_RIGHTS = {
    AUTHORS: ("add_page", "change_page"),
    EDITORS: ("add_page", "change_page", "lock_page", "unlock_page"),
    REVIEWERS: ("unlock_page",),
}
_LIBRARY = ("add_source", "change_source", "view_source", "view_stopwarning")
MODEL_RIGHTS = {
    AUTHORS: ("access_admin", "view_source", "view_stopwarning"),
    EDITORS: ("access_admin", *_LIBRARY),
    REVIEWERS: ("access_admin", *_LIBRARY),
}
PICTURE_RIGHTS = {AUTHORS: ("add_image", "choose_image"), EDITORS: ("add_image", "choose_image")}


def lay_groundwork(*, apps: Any = installed, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After each ``migrate`` and each flush; what exists stays as it is."""
    if apps is not installed and not _tables_exist(using):
        return
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Locale, Page, Site

    from education.models.pages import LearnHub
    from education.models.warnings import StopWarning

    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.objects.filter(depth=1).first()
    if root is None:
        page_type = ContentType.objects.get_for_model(Page)
        root = Page.add_root(title="Root", slug="root", content_type=page_type)
    hub = LearnHub.objects.first()
    if hub is None:
        hub = root.add_child(instance=LearnHub(title="Learn about baclofen", slug=HUB_SLUG, show_in_menus=True))
    if not Site.objects.exists():
        Site.objects.create(hostname="localhost", site_name=hub.title, root_page=hub, is_default_site=True)
    StopWarning.objects.get_or_create(
        only=True,
        defaults={
            "heading": "Do not stop suddenly",
            "text": "Do not stop taking baclofen suddenly. It can make you very ill. Talk to your team first.",
        },
    )
    _give_rights(hub)
    _lay_steps(hub)


def _give_rights(hub: Any) -> None:
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

    # The signal that makes the rights of a model comes after this one.
    create_permissions(installed.get_app_config("education"), verbosity=0)
    Group.objects.bulk_create([Group(name=name) for name in GROUPS], ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.filter(name__in=GROUPS)}
    library = Collection.objects.filter(depth=1).first() or Collection.add_root(name="Root")
    given = (*PAGE_RIGHTS.values(), *MODEL_RIGHTS.values(), *PICTURE_RIGHTS.values())
    names = {name for rights in given for name in rights}
    found = Permission.objects.filter(
        codename__in=names, content_type__app_label__in=("wagtailadmin", "wagtailcore", "wagtailimages", "education")
    )
    rights = {right.codename: right for right in found}
    through = Group.permissions.through
    for table, kept, on in (
        (through, MODEL_RIGHTS, {}),
        (GroupPagePermission, PAGE_RIGHTS, {"page_id": hub.pk}),
        (GroupCollectionPermission, PICTURE_RIGHTS, {"collection": library}),
    ):
        table.objects.bulk_create(
            [
                table(group=groups[group], permission=rights[name], **on)
                for group, named in kept.items()
                for name in named
            ],
            ignore_conflicts=True,
        )


def _lay_steps(hub: Any) -> None:
    from wagtail.models import Workflow, WorkflowPage, WorkflowTask

    from education.models.tasks import WORKFLOW, ClinicalApproval, ContentCheck

    if Workflow.objects.filter(name=WORKFLOW).exists():
        return
    workflow = Workflow.objects.create(name=WORKFLOW)
    steps = [
        ContentCheck.objects.create(name="Content check"),
        ClinicalApproval.objects.create(name="Clinical approval"),
    ]
    WorkflowTask.objects.bulk_create(
        [WorkflowTask(workflow=workflow, task=step, sort_order=order) for order, step in enumerate(steps)]
    )
    WorkflowPage.objects.create(workflow=workflow, page_id=hub.pk)


def _tables_exist(using: str) -> bool:
    from django.db import connections

    return "education_clinicalapproval" in connections[using].introspection.table_names()
