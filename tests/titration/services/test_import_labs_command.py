"""The command around the import: which team, which files, what it prints and how it exits."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.database import as_owner
from tests.titration.services.lab_files import LABS
from titration.intake.records import Where
from titration.models import KidneyResult, Organisation, Patient, Team
from titration.services.lab_report import FileReport, add

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = LABS / "variants" / "ok_comparator.ndjson"
ODD = LABS / "variants" / "ok_duplicate_id_other_value.ndjson"


@pytest.fixture
def oak() -> Team:
    with as_owner():
        clinic = Organisation.objects.create(
            name="Clinic",
            phone="1",
            out_of_hours_phone="2",
            hours="always",
            jurisdiction="US",
            time_zone="America/New_York",
        )
        team = Team.objects.create(organisation=clinic, name="Oak")
    return team


def run(*words: Any) -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command("import_labs", *map(str, words), stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def stored() -> int:
    with as_owner():
        return KidneyResult.objects.count()


def test_the_only_team_needs_no_name_and_the_summary_accounts_for_everything(oak: Team) -> None:
    said, _ = run(GOOD, ODD)
    assert "ok_comparator.ndjson: 4 records" in said
    assert "Patients    1 new, 0 known" in said
    assert "Creatinine  3 stored, 0 already known, 0 corrected, 0 withdrawn, 0 held back" in said
    assert "Creatinine  0 stored, 2 already known, 0 corrected, 0 withdrawn, 1 held back" in said
    assert "1 × value_changed: The sender already used this id" in said
    assert "(first: ok_duplicate_id_other_value.ndjson, line 3, Observation good-1)" in said
    assert stored() == 3


def test_a_second_run_stores_nothing(oak: Team) -> None:
    run(GOOD)
    said, _ = run(GOOD)
    assert "Patients    0 new, 1 known" in said
    assert "Creatinine  0 stored, 3 already known" in said
    assert stored() == 3


def test_a_team_is_chosen_by_name_or_id_and_never_guessed(oak: Team) -> None:
    with as_owner():
        elm = Team.objects.create(organisation=oak.organisation, name="Elm")
    with pytest.raises(CommandError, match=r"More than one team fits.*Elm.*Oak"):
        run(GOOD)
    with pytest.raises(CommandError, match=r"There is no team “Ash”.*Clinic, Elm"):
        run(GOOD, "--team", "Ash")
    assert stored() == 0
    run(GOOD, "--team", "Elm", "--time-zone", "America/Chicago")
    with as_owner():
        patient = Patient.objects.get()
        assert patient.care_relations.get().team == elm
        assert patient.time_zone == "America/Chicago"
    run(ODD, "--team", oak.pk)
    with as_owner():
        assert patient.care_relations.count() == 1


def test_without_any_team_nothing_is_read() -> None:
    with pytest.raises(CommandError, match=r"There is no team. .*there is none yet"):
        run(GOOD)


def test_a_file_that_cannot_be_opened_fails_the_run_and_spares_the_others(oak: Team, tmp_path: Path) -> None:
    errors = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command(
            "import_labs", str(tmp_path / "none.ndjson"), str(tmp_path), str(GOOD), stdout=StringIO(), stderr=errors
        )
    assert exit_.value.code == 1
    assert errors.getvalue().count("could not be read") == 2
    assert stored() == 3


@pytest.mark.parametrize("words", [("--time-zone", "Mars/Base"), ("--source", ""), ("--source", "x" * 81)])
def test_a_zone_or_source_that_cannot_be_is_refused(words: tuple[str, str], oak: Team) -> None:
    with pytest.raises(CommandError, match=r"time zone|source"):
        run(GOOD, *words)
    assert stored() == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[2Jb.ndjson", r"a\x1b[2Jb.ndjson"),
        ("a\nlabs.ndjson: 9 records", r"a\nlabs.ndjson: 9 records"),
        ("a\u202eb.ndjson", r"a\u202eb.ndjson"),
        ("a\udcffb.ndjson", r"a\udcffb.ndjson"),
        ("Größe é.ndjson", "Größe é.ndjson"),
    ],
)
def test_a_name_cannot_move_the_cursor_or_forge_a_line(oak: Team, tmp_path: Path, name: str, shown: str) -> None:
    file = tmp_path / name
    file.write_bytes(ODD.read_bytes() + b'{"resourceType": "Observation", "id": "x\\u001b[2J", "status": "final"}\n')
    said, _ = run(file)
    assert said.startswith(f"{shown}: ")
    assert f"(first: {shown}, line" in said
    missing = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_labs", str(tmp_path / f"no {name}"), stdout=StringIO(), stderr=missing)
    assert f"no {shown} could not be read" in missing.getvalue()
    assert all(one.isprintable() for one in (said + missing.getvalue()).replace("\n", ""))


def test_what_a_report_says_of_a_file_cannot_move_the_cursor(oak: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of files escapes what it quotes; the terminal does not rely on it."""
    report = FileReport(name="labs.ndjson")
    add(
        report.held,
        "unit",
        "In x\x1b[2J.",
        Where(file="labs.ndjson", line=1, entry=None, resource_type="Observation", resource_id="r\u202e1"),
    )
    monkeypatch.setattr("titration.management.commands.import_labs.import_file", lambda *a, **k: report)
    said, _ = run(GOOD)
    assert r"1 × unit: In x\x1b[2J. (first: labs.ndjson, line 1, Observation r\u202e1)" in said
    assert all(one.isprintable() for one in said.replace("\n", ""))


def test_a_team_that_does_not_exist_is_named_without_its_controls(oak: Team) -> None:
    with pytest.raises(CommandError) as refused:
        run(GOOD, "--team", "A\x1b[2J")
    assert str(refused.value).isprintable()
