"""The second wall as each role feels it: a person with and without relations, a job, a migration."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from baclofen_portal.roles import APPEND_ONLY
from tests.database import as_actor, as_owner
from tests.trust import catalogue
from tests.trust.catalogue import clinical_tables
from tests.trust.marked_world import Marked
from titration.models.database_roles import WEB, WORKER

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38"), pytest.mark.hazard("H39"), pytest.mark.django_db]

AUDIT = "titration_auditevent"
# job: the clinical tables that it may write; it reads all of them and may only add to the log of accesses
JOBS = {
    "seed_demo": "all",
    "import_labs": {
        "titration_patient", "titration_patientidentifier", "titration_carerelation", "titration_kidneyresult",
        "titration_reportedestimate", "titration_quarantinedresult", "titration_plan", "titration_flag",
        "titration_patientevent", "titration_carerelationevent", "titration_planevent", "titration_flagevent",
    },
    "reassess": {"titration_plan", "titration_flag", "titration_planevent", "titration_flagevent"},
}  # fmt: skip
# What no job has any business with, but the one that makes the people of the demonstration.
UNREAD = {"titration_invitation", "titration_pageread"}
# Jobs that are about no patient: they only add to the log of accesses.
NO_PATIENT = ("closed_days", "education_role")


def test_policies_of_jobs_are_those_listed():
    policies = catalogue.rows("SELECT DISTINCT policyname FROM pg_policies WHERE roles = %s", [[WORKER]])
    assert {name for (name,) in policies} == {*JOBS, *NO_PATIENT}


@contextmanager
def as_job(job: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WORKER}")
        cursor.execute("SELECT set_config('app.job', %s, false)", [job])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.job', '', false)")
            cursor.execute(f"SET ROLE {WEB}")


def count(table: str) -> int:
    return catalogue.rows(f"SELECT count(*) FROM {table}")[0][0]


def touched(table: str) -> str:
    """How a statement that changes nothing ends: "changed", "nothing" when no row is seen, or "refused"."""
    column = catalogue.columns(table)[-1][0]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = {column}")
            return "changed" if cursor.rowcount else "nothing"
    except DatabaseError as error:
        # A trigger that keeps rows as they are was reached: row security had let the row through.
        return "changed" if "pgtrigger" in str(error) else "refused"


def test_the_marked_world_fills_every_clinical_table(marked: Marked):
    with as_owner():
        assert [table for table in clinical_tables() if not count(table)] == []


def test_the_owner_sees_nothing_without_saying_that_it_migrates(marked: Marked):
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.job', '', false)")
        assert {table: count(table) for table in clinical_tables()} == dict.fromkeys(clinical_tables(), 0)


@pytest.mark.parametrize("job", ["", "unknown", "migrate", "web", "seed_demo ", *NO_PATIENT])
def test_a_worker_without_a_known_job_sees_nothing(job: str, marked: Marked):
    with as_job(job):
        assert {table: count(table) for table in clinical_tables()} == dict.fromkeys(clinical_tables(), 0)


def test_an_actor_does_not_open_anything_for_a_worker(marked: Marked):
    with as_actor(marked.world.ann), as_job(""):
        assert count("titration_patient") == 0


def test_a_job_does_not_open_anything_for_the_web(marked: Marked):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.job', 'seed_demo', true)")
    assert {table: count(table) for table in clinical_tables()} == dict.fromkeys(clinical_tables(), 0)


@pytest.mark.parametrize("job", sorted(JOBS))
def test_a_job_writes_only_what_its_policy_says(job: str, marked: Marked):
    writes = JOBS[job]
    with as_job(job):
        for table in sorted(set(clinical_tables()) - {AUDIT}):
            allowed = writes == "all" or table in writes
            assert (count(table) > 0) == (writes == "all" or table not in UNREAD), table
            expected = "refused" if table in APPEND_ONLY else "changed" if allowed else "nothing"
            assert touched(table) == expected, table
        assert count(AUDIT) == 0


def test_who_has_no_relation_sees_no_row_of_any_clinical_table(marked: Marked):
    for name in ("lena", "edith", "ada"):
        with as_actor(marked.world.people[name]):
            assert {table: count(table) for table in clinical_tables()} == dict.fromkeys(clinical_tables(), 0), name


def test_every_row_that_a_clinician_sees_is_of_a_patient_of_theirs(marked: Marked):
    world = marked.world
    for name, mine in (("ann", {"alder", "aspen"}), ("dan", {"elder"}), ("finn", {"furze"})):
        keys = {world.patients[one].pk for one in mine}
        with as_actor(world.people[name]):
            for table, column in clinical_tables().items():
                seen = {key for (key,) in catalogue.rows(f"SELECT DISTINCT {column} FROM {table}")}
                assert seen, (name, table)
                assert seen <= keys, (name, table)


def test_nothing_of_the_actor_outlives_its_transaction(marked: Marked):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', %s, true)", [str(marked.world.ann.pk)])
        assert count("titration_patient") == 2
        transaction.set_rollback(True)
    assert count("titration_patient") == 0
