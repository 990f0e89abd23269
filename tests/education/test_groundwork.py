"""Groups, rights and the two steps are laid after every migration and flush, and laying them again changes nothing."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import GroupPagePermission, Workflow, WorkflowTask

from education.models import LearnHub
from education.models.groundwork import AUTHORS, EDITORS, GROUPS, REVIEWERS, lay_groundwork
from tests.database import as_owner

pytestmark = pytest.mark.django_db


def rights():
    found = {name: set(Group.objects.get(name=name).permissions.values_list("codename", flat=True)) for name in GROUPS}
    for one in GroupPagePermission.objects.select_related("group", "permission"):
        found[one.group.name].add(one.permission.codename)
    return found


def test_groups_have_these_rights_and_no_others():
    with as_owner():
        assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS)
        assert rights() == {
            AUTHORS: {"access_admin", "view_source", "view_stopwarning", "add_page", "change_page"},
            EDITORS: {
                "access_admin", "add_source", "change_source", "view_source", "view_stopwarning", "add_page", "change_page",
                "lock_page", "unlock_page",
            },
            REVIEWERS: {"access_admin", "add_source", "change_source", "view_source", "view_stopwarning", "unlock_page"},
        }  # fmt: skip


def test_there_is_one_way_to_readers_and_it_has_two_steps():
    with as_owner():
        workflow = Workflow.objects.get()
        steps = WorkflowTask.objects.filter(workflow=workflow).order_by("sort_order")
        assert [step.task.specific.does for step in steps] == ["content check", "clinical approval"]
        assert LearnHub.objects.get().get_workflow() == workflow


def test_laying_it_again_changes_nothing_and_is_cheap():
    with as_owner():
        before = rights()
        with CaptureQueriesContext(connection) as asked:
            lay_groundwork()
        assert rights() == before
        assert Workflow.objects.count() == 1
        assert len(asked) <= 25
