"""The closed days of a clinic: a command of whoever runs the portal, with a line in the audit."""

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from tests.database import as_owner
from tests.titration.services.lab_files import as_job
from titration.management.commands import closed_days
from titration.models import AuditEvent, Organisation
from titration.services.closed_days import set_closed_days

XMAS, EVE = date(2026, 12, 25), date(2026, 12, 24)


@pytest.fixture
def run(world: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """The command inside the transaction of the test, where no role is changed."""
    monkeypatch.setattr(closed_days, "as_role", lambda role, job: as_job(job))

    def call(*args: str) -> str:
        call_command("closed_days", *args)
        return str(capsys.readouterr().out)

    return call


def north() -> Organisation:
    return Organisation.objects.get(name="Northern Clinic")


def test_days_are_added_removed_and_shown(run):
    assert "no day" in run("Northern Clinic")
    shown = run("Northern Clinic", "--weekdays", "sat,sun", "--add", "2026-12-25", "2026-12-24")
    assert shown.split("\n")[1:-1] == ["  sat", "  sun", "  Thu 24-Dec-2026", "  Fri 25-Dec-2026"]
    run("Northern Clinic", "--remove", "2026-12-24")
    assert (north().closed_weekdays, north().closed_dates) == ([5, 6], [XMAS])
    run("Northern Clinic", "--weekdays", "none")
    assert (north().closed_weekdays, north().closed_dates) == ([], [XMAS])
    assert Organisation.objects.get(name="Southern Clinic").closed_dates == []


def test_each_change_leaves_a_line_and_a_look_leaves_none(run):
    run("Northern Clinic", "--add", "2026-12-25")
    run("Northern Clinic")
    with as_owner():
        lines = list(AuditEvent.objects.filter(job="closed_days").values_list("object_id", "fields"))
    assert lines == [(str(north().pk), ["closed_dates", "closed_weekdays"])]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("Nowhere",), "Clinics: Northern Clinic; Southern Clinic"),
        (("Northern Clinic", "--add", "25-12-2026"), "is not a date"),
        (("Northern Clinic", "--add", "2026-02-30"), "is not a date"),
        (("Northern Clinic", "--weekdays", "sat,someday"), "is not a list"),
    ],
)
def test_what_cannot_be_read_changes_nothing(run, args, words):
    with pytest.raises(CommandError, match=words):
        run(*args)
    assert (north().closed_weekdays, north().closed_dates) == ([], [])


def test_a_weekday_is_one_of_seven(world):
    with (
        as_job("closed_days"),
        pytest.raises(IntegrityError, match="organisation_weekdays_known"),
        transaction.atomic(),
    ):
        set_closed_days(clinic=world.north, weekdays=[7], dates=[])


def test_the_clinic_says_when_it_is_closed(world):
    with as_job("closed_days"):
        clinic = set_closed_days(clinic=world.north, weekdays=[6, 5, 6], dates=[XMAS])
    assert [clinic.closed_days.why(day) for day in (XMAS, EVE)] == ["a closed day", ""]
    assert clinic.closed_days.next_open(XMAS) == date(2026, 12, 28)
