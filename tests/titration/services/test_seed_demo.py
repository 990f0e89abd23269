"""The demo clinic: who is in it, what its patients have been through, and when it is refused."""

import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import F

from baclofen_portal.accounts.models import User
from tests.database import as_actor, as_owner
from tests.titration.services.lab_files import LABS, as_job
from titration.dosing.facts import StepKind
from titration.models import (
    Flag,
    Installation,
    KidneyResult,
    Organisation,
    Override,
    Patient,
    Plan,
    QuarantinedResult,
    Step,
    Team,
)
from titration.selectors import records
from titration.services import demo, demo_stories
from titration.services.demo_people import SignIn
from titration.services.flags import wanted

AS_OF = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class Undone(Exception):
    """Rolls the seeded clinic back."""


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[SignIn, ...]]:
    """The whole clinic, once for all tests of this file; they read as the job that made it."""
    kept: list[tuple[SignIn, ...]] = []
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                with as_job("seed_demo"):
                    demo.seed(as_of=AS_OF, keep=kept.append)
                    connection.check_constraints()
                    yield kept[0]
                raise Undone
        except Undone:
            pass


def test_the_clinic_is_marked_as_a_demonstration(clinic: Any) -> None:
    assert Installation.objects.get().is_demo
    assert Patient.objects.count() == Patient.objects.filter(is_demo=True).count() == 60
    assert {one.name for one in Organisation.objects.all() if "demo" in one.name} == set(
        Organisation.objects.values_list("name", flat=True)
    )
    assert set(Organisation.objects.values_list("jurisdiction", flat=True)) == {"US", "UK"}
    assert not Patient.objects.exclude(organisation__jurisdiction="US").exists()


def test_nine_people_can_sign_in_each_with_another_password(clinic: tuple[SignIn, ...]) -> None:
    assert Counter(User.objects.values_list("role", flat=True)) == {
        "clinician": 3, "editor": 3, "admin": 1, "patient": 2,
    }  # fmt: skip
    members = Counter(Team.objects.filter(memberships__isnull=False).values_list("name", flat=True))
    assert sorted(members.values()) == [1, 2]
    assert len({one.password for one in clinic}) == 9
    assert {one.email for one in clinic} == set(User.objects.values_list("email", flat=True))


def test_the_dead_have_no_plan_and_the_living_have_one_each(clinic: Any) -> None:
    assert not Plan.objects.filter(patient__is_deceased=True).exists()
    assert not Flag.objects.filter(patient__is_deceased=True).exists()
    assert Plan.objects.count() == Plan.objects.values("patient").distinct().count() == 45
    assert not Patient.objects.living().filter(phone="").exists()


def test_every_state_of_a_plan_is_there(clinic: Any) -> None:
    assert Plan.objects.filter(status="ended").count() >= 5
    in_force = Step.objects.in_force().signed().filter(plan__status="active")
    today = in_force.filter(period__contains=AS_OF.date())
    assert today.count() == Plan.objects.active().count()
    kinds = Counter(today.values_list("kind", flat=True))
    assert kinds[StepKind.START] >= 4
    assert kinds[StepKind.INCREASE] >= 6
    assert kinds[StepKind.HOLD] >= 8
    assert kinds[StepKind.DECREASE] >= 3
    assert in_force.filter(period__startswith__gt=AS_OF.date(), kind=StepKind.STOP).count() >= 2
    assert in_force.filter(period__startswith__gt=AS_OF.date(), kind=StepKind.DECREASE).count() >= 2
    assert Step.objects.in_force().filter(state="draft").values("patient").distinct().count() == 2
    assert Step.objects.filter(recorded_late=True, voided_at__isnull=True).exists()


def test_the_worklist_is_believable(clinic: Any) -> None:
    most: dict[Any, int] = {}
    for patient, urgency in Flag.objects.open().values_list("patient", "urgency"):
        most[patient] = min(urgency, most.get(patient, urgency))
    rows = Counter(most.values())
    assert 4 <= rows[1] <= 7
    assert 8 <= rows[2] <= 12
    assert 4 <= rows[3] <= 9
    rules = set(Flag.objects.open().values_list("rule_id", flat=True))
    assert {
        "MAX-1", "KID-11", "KID-12", "KID-13", "KID-14", "KID-16", "KID-19", "KID-20", "KID-24", "KID-28", "KID-29",
        "KID-30", "KID-31", "STEP-WAITING", "LAB-HELD",
    } <= rules  # fmt: skip
    assert Flag.objects.open().values("opened_at").distinct().count() > 15
    assert Flag.objects.open().exclude(owner=F("plan__prescriber")).exists()


def test_open_flags_are_what_the_rules_say_now(clinic: Any) -> None:
    for plan in Plan.objects.active().select_related("patient__organisation"):
        record = records.load(plan.patient, as_of=AS_OF)
        opened = {flag.rule_id for flag in record.flags if flag.status == "open"}
        assert opened == set(wanted(record)), plan.patient
        assert plan.reassess_at > AS_OF


def test_kidney_results_show_what_the_screens_have_to_show(clinic: Any) -> None:
    assert KidneyResult.objects.exclude(comparator="").count() == 1
    held = QuarantinedResult.objects.get()
    assert (held.reason_code, held.resolved_at) == ("UNIT-1", None)
    panels = [
        records.load(plan.patient, as_of=AS_OF).assessment.panel
        for plan in Plan.objects.active().select_related("patient__organisation")
    ]
    assert sum(panel.discordant for panel in panels) >= 3
    assert sum(bool(panel.unreliable) for panel in panels) >= 5
    assert sum(panel.lowest is not None and panel.lowest < 30 for panel in panels) >= 4


def test_overrides_have_reasons_and_one_has_a_second_clinician(clinic: Any) -> None:
    assert Override.objects.count() >= 6
    assert not Override.objects.filter(reason_text="").exists()
    second = Override.objects.get(second_clinician__isnull=False)
    assert second.rule_id == "KID-17"
    assert second.second_clinician != second.recorded_by


def test_reasons_are_sentences_that_repeat_nothing(clinic: Any) -> None:
    written = list(Step.objects.filter(replaces__isnull=True, state="signed").values_list("reason", flat=True))
    assert len(written) > 120
    assert all(reason.endswith(".") for reason in written)
    assert len(set(written)) >= len(written) * 9 // 10


def test_nobody_wrote_before_the_patient_was_there_or_after_today(clinic: Any) -> None:
    assert not Step.objects.filter(recorded_at__gte=AS_OF).exists()
    assert not Step.objects.filter(recorded_at__lt=F("patient__recorded_at")).exists()
    assert not KidneyResult.objects.filter(taken_at__gt=F("recorded_at")).exists()
    assert not Step.objects.filter(recorded_by__isnull=True).exists()


def test_each_clinician_sees_the_patients_of_the_own_team(clinic: Any) -> None:
    seen = {}
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE app_web")
    try:
        for person in User.objects.all():
            with as_actor(person):
                seen[person.email.partition("@")[0]] = Patient.objects.count()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE app_worker")
    assert seen["maya.okafor"] == seen["daniel.reyes"]
    assert seen["maya.okafor"] + seen["hanna.lindqvist"] == 60
    assert seen["priya.nair"] == seen["tom.whitaker"] == 0


def test_the_shipped_file_is_the_one_that_the_import_is_tested_with() -> None:
    assert demo_stories.PATIENTS.read_bytes() == (LABS / "renal_60_patients.ndjson").read_bytes()


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"number": "1", "spell": 1}, "unknown key spell"),
        ({"events": [{"d": -2, "dose": "5", "why": "x"}, {"d": -3, "ladder": True}]}, "not in time order"),
        ({"events": [{"d": 0, "ladder": True}]}, "not before today"),
        ({"events": [{"d": -1, "ladder": True, "dose": "5"}]}, "exactly one thing"),
        ({"events": [{"d": -1, "ladder": True, "why": "x"}]}, "unknown key why"),
    ],
)
def test_a_story_that_cannot_be_played_says_where(
    broken: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"number": "1", "phone": "", "cm": "1", "kg": "1", "conditions": [], "events": [{"d": -1, "ladder": True}]}
    monkeypatch.setattr("tomllib.loads", lambda text: {"clinician": "okafor", "patient": [told | broken]})
    with pytest.raises(demo_stories.StoryError, match=says):
        demo_stories.stories()


# The command


@pytest.fixture
def two_stories(transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Path:
    """An empty database, and a clinic of two stories."""
    told = demo_stories.stories()[:2]
    monkeypatch.setattr(demo, "stories", lambda: told)
    settings.VAR, settings.DEMO_ALLOWED = tmp_path / "var", True
    return tmp_path / "var" / "demo-sign-ins.txt"


def seed() -> str:
    said = StringIO()
    call_command("seed_demo", stdout=said)
    return said.getvalue()


def test_the_command_keeps_the_passwords_where_only_the_owner_reads_them(two_stories: Path) -> None:
    assert "60 patients, 2 of them with a history" in seed()
    assert stat.S_IMODE(two_stories.stat().st_mode) == 0o600
    table = two_stories.read_text()
    assert "maya.okafor@demo.example" in table
    line = next(line for line in table.splitlines() if "maya.okafor" in line)
    assert authenticate(email="maya.okafor@demo.example", password=line.split()[-1])
    with pytest.raises(CommandError, match="already holds people"):
        seed()
    assert two_stories.read_text() == table


def test_a_seed_that_fails_leaves_the_database_empty(two_stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_stories.parent.mkdir()
    two_stories.mkdir()  # the list of sign-ins cannot be written
    with pytest.raises(OSError, match=r"demo-sign-ins\.txt"):
        seed()
    with as_owner():
        assert not User.objects.exists()
        assert not Patient.objects.exists()
        assert not Installation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_is_refused_where_demo_data_do_not_belong(settings: Any) -> None:
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="not allowed here"):
        seed()
