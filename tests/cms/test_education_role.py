"""What an editor does with education pages is said by a command, to editors only, and leaves a line in the audit."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction

from baclofen_portal.accounts.editors import JOB, NoEditor, set_education_role
from baclofen_portal.accounts.models import User
from baclofen_portal.management.commands import education_role as command
from education.models.groundwork import AUTHORS, EDITORS, REVIEWERS
from tests.cms_client import editor
from tests.database import as_owner
from titration.models import AuditEvent, Patient
from titration.models.database_roles import WEB, WORKER

pytestmark = [pytest.mark.hazard("H38"), pytest.mark.django_db]


@contextmanager
def as_worker(role=WORKER, *, job):
    """The role and the job of the command, on the connection of the test."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        cursor.execute("SELECT set_config('app.job', %s, false)", [job])
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WEB}")
        cursor.execute("SELECT set_config('app.job', '', false)")


def groups_of(person) -> set[str]:
    with as_owner():
        return set(person.groups.values_list("name", flat=True))


def test_each_work_is_one_group_in_place_of_the_others():
    person = editor("Eve Editor")
    for work, group in (("author", AUTHORS), ("editor", EDITORS), ("reviewer", REVIEWERS), ("reviewer", REVIEWERS)):
        with as_worker(job=JOB):
            set_education_role(email=" Eve.Editor@Editors.example ", work=work)
        assert groups_of(person) == {group}
    with as_worker(job=JOB):
        set_education_role(email=person.email, work="none")
    assert groups_of(person) == set()


def test_groups_that_are_none_of_these_stay():
    person = editor("Eve Editor")
    with as_owner():
        person.groups.add(Group.objects.create(name="Translators"))
    with as_worker(job=JOB):
        set_education_role(email=person.email, work="author")
        set_education_role(email=person.email, work="none")
    assert groups_of(person) == {"Translators"}


def test_it_stands_in_the_audit():
    person = editor("Eve Editor")
    with as_worker(job=JOB):
        set_education_role(email=person.email, work="reviewer")
    with as_owner():
        [line] = AuditEvent.objects.filter(job=JOB)
    assert (line.object_id, line.fields, line.detail, line.patient) == (str(person.pk), ["groups"], REVIEWERS, None)


def test_nobody_but_an_editor_is_given_work(world):
    for person in (world.ann, world.ada, world.alma):
        with as_worker(job=JOB), pytest.raises(NoEditor):
            set_education_role(email=person.email, work="author")
        assert groups_of(person) == set()


def test_the_job_sees_editors_and_nobody_else(world):
    editor("Eve Editor")
    with as_worker(job=JOB):
        assert set(User.objects.values_list("role", flat=True)) == {"editor"}
        assert not Patient.objects.exists()
        assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("job", ["", "reassess", "import_labs"])
def test_no_other_job_sees_or_gives_a_group(world, job):
    person = editor("Eve Editor", AUTHORS)
    through = User.groups.through
    with as_worker(job=job):
        assert not through.objects.exists()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            through.objects.create(user_id=person.pk, group=Group.objects.get(name=EDITORS))


def test_the_job_gives_no_group_to_others(world):
    through = User.groups.through
    with as_worker(job=JOB), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        through.objects.create(user_id=world.ann.pk, group=Group.objects.get(name=EDITORS))


@pytest.fixture
def said(monkeypatch):
    """The command on the connection of the test; what it says."""
    monkeypatch.setattr(command, "as_role", as_worker)

    def run(*words: str) -> str:
        out = StringIO()
        call_command("education_role", *words, stdout=out)
        return out.getvalue().strip()

    return run


def test_the_command_says_what_was_done(said):
    person = editor("Eve Editor")
    assert said(person.email, "author") == "Eve Editor: Education authors."
    assert said(person.email, "none") == "Eve Editor: no work on education pages."


def test_the_command_says_who_is_no_editor(said, world):
    with pytest.raises(CommandError, match=r"“ann@example\.test” and the role editor"):
        said(world.ann.email, "author")
