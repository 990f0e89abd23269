"""Pages go live at their time, under the role of the editors; one that cannot stops no other."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import InterfaceError
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from baclofen_portal.cms import publishing
from baclofen_portal.management.commands import publish_due as command
from education.models import LearnHub, LearnPage
from tests.database import as_owner

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def approved(monkeypatch):
    """Two people have approved whatever is here: that this is asked is tried with the workflow."""
    monkeypatch.setattr("education.services.publishing.held_back", lambda revision, now: ())


def scheduled(slug: str, at: datetime, title: str = "Kidneys") -> LearnPage:
    """A page whose revision was approved for that time."""
    with as_owner():
        page = LearnPage(title=title, slug=slug, kind="safety", summary="Why kidneys matter.", live=False)
        LearnHub.objects.get().add_child(instance=page)
        revision = page.save_revision()
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=at)
    return page


def live(*pages: LearnPage) -> list[bool]:
    return [LearnPage.objects.get(pk=page.pk).live for page in pages]


def test_what_is_due_goes_live_and_what_is_not_waits(cms):
    due, later = scheduled("due", NOW), scheduled("later", NOW + timedelta(seconds=1))
    assert publishing.publish_due(as_of=NOW) == 1
    assert live(due, later) == [True, False]
    assert PageLogEntry.objects.filter(page=due.pk, action="wagtail.publish.scheduled").count() == 1
    assert publishing.publish_due(as_of=NOW) == 0


def test_a_page_whose_time_is_over_goes_off_line(cms):
    page = scheduled("over", NOW - timedelta(days=2))
    publishing.publish_due(as_of=NOW - timedelta(days=1))
    LearnPage.objects.filter(pk=page.pk).update(expire_at=NOW)
    assert publishing.publish_due(as_of=NOW - timedelta(seconds=1)) == 0
    assert publishing.publish_due(as_of=NOW) == 1
    assert live(page) == [False]


def test_one_that_fails_stays_due_and_stops_no_other(cms, monkeypatch, caplog):
    bad, good = scheduled("bad", NOW - timedelta(hours=1), "Broken"), scheduled("good", NOW)
    publish = Revision.publish

    def breaking(self, *args, **options):
        if self.content["title"] == "Broken":
            Revision.objects.filter(pk=self.pk).update(approved_go_live_at=None)
            raise ValueError(self.content["title"])
        return publish(self, *args, **options)

    monkeypatch.setattr(Revision, "publish", breaking)
    with caplog.at_level(logging.ERROR, logger="baclofen_portal.cms.publishing"):
        assert publishing.publish_due(as_of=NOW) == 1
    assert live(bad, good) == [False, True]
    assert "could not be changed" in caplog.text
    monkeypatch.setattr(Revision, "publish", publish)
    assert publishing.publish_due(as_of=NOW) == 1
    assert live(bad) == [True]


def test_the_command_runs_as_the_editors_process_only(db):
    with pytest.raises(CommandError, match=r"baclofen_portal\.cms\.settings"):
        call_command("publish_due", "--once")


@pytest.fixture
def looks(cms, monkeypatch):
    """The command without a database and without a clock: what each look does, until Stop."""

    class Stop(BaseException):
        pass

    done = []
    answers = iter([3, InterfaceError("gone"), 0, Stop()])

    def look(*, as_of):
        answer = next(answers)
        done.append(answer)
        assert timezone.is_aware(as_of)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def unreadable(name, **options):
        raise CommandError(f"{name}: a file cannot be read")

    from contextlib import nullcontext

    slept = []
    monkeypatch.setattr(command, "call_command", unreadable)
    monkeypatch.setattr(publishing, "publish_due", look)
    monkeypatch.setattr(command, "as_role", lambda role: nullcontext())
    monkeypatch.setattr(command.connection, "close", lambda: slept.append("new connection"))
    monkeypatch.setattr(command.time, "sleep", slept.append)
    return done, slept, Stop


def test_it_looks_every_minute_and_a_lost_database_does_not_end_it(looks, caplog):
    done, slept, stop = looks
    with pytest.raises(stop), caplog.at_level(logging.ERROR):
        call_command("publish_due")
    assert len(done) == 4
    assert slept == [60, "new connection", 60, 60]
    assert "lost the database" in caplog.text
    assert "could not be offered" in caplog.text


def test_it_looks_once_when_asked_to(looks):
    done, slept, _ = looks
    call_command("publish_due", "--once")
    assert (done, slept) == ([3], [])
