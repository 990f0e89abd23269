"""What PostgreSQL itself lets a person see and do, whatever Python asks for."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import world as w
from tests.database import as_actor, as_owner
from titration.models import CareRelation, Flag, KidneyResult, Patient, Plan, Step
from titration.selectors import patients, worklist

pytestmark = pytest.mark.bar("B-09")


def test_tests_run_as_the_web_role_which_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, "
            "(SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("app_web", False, False, 0)


def test_without_a_person_there_are_no_patients(world):
    assert Patient.objects.count() == 0


def test_a_team_sees_its_own_patients_only(world):
    def seen(person):
        with as_actor(person):
            return set(Patient.objects.values_list("family_name", flat=True))

    assert seen(world.ann) == {"Alder", "Aspen"}
    assert seen(world.dan) == {"Elder"}
    assert seen(world.finn) == {"Furze"}
    assert seen(world.lena) == set()
    assert seen(world.edith) == set()
    assert seen(world.ada) == set()


def test_a_page_about_one_patient_can_reach_no_other(world):
    with as_actor(world.ann, world.alder):
        assert list(Patient.objects.values_list("family_name", flat=True)) == ["Alder"]


def test_an_ended_relation_shows_nothing_at_the_next_statement(world):
    with as_owner():
        CareRelation.objects.filter(patient=world.alder.pk).update(valid_to=w.LONG_AGO.replace(year=2025))
    with as_actor(world.ann):
        assert set(Patient.objects.values_list("family_name", flat=True)) == {"Aspen"}


def test_every_table_of_a_plan_follows_its_patient(world):
    w.start(world, world.alder, by=world.ann)
    with as_actor(world.dan):
        assert [model.objects.count() for model in (Plan, Step, KidneyResult, Flag)] == [0, 0, 0, 0]
    with as_actor(world.ann):
        assert Step.objects.count() == 1


def test_who_may_only_read_and_log_cannot_write_a_step(world):
    w.start(world, world.alder, by=world.ann)
    with as_actor(world.bea):
        assert Step.objects.count() == 1
        assert Step.objects.update(voided_at=w.NOW) == 0
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO titration_slot SELECT * FROM titration_slot LIMIT 1")


def test_a_person_cannot_be_written_into_another_patients_record(world):
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.dan), pytest.raises(DatabaseError), transaction.atomic():
        KidneyResult.objects.bulk_create(
            [
                KidneyResult(
                    patient=seen, analyte="creatinine", value=1, unit="mg/dL", taken_at=w.NOW, taken_on=w.NOW.date(),
                    source="typed", recorded_at=w.NOW, recorded_by=world.dan,
                )
            ]
        )  # fmt: skip


def test_rights_are_those_that_relation_and_membership_share(world):
    with as_actor(world.ann):
        assert patients.with_rights(world.alder.pk, world.ann).rights == set(w.ALL)
    with as_actor(world.bea):
        assert patients.with_rights(world.alder.pk, world.bea).rights == {"read", "log"}
    with as_actor(world.dan):
        assert patients.with_rights(world.alder.pk, world.dan) is None


def test_the_worklist_of_another_team_is_empty(world):
    w.start(world, world.alder, by=world.ann, mg_dl=None, days_ago=40)
    with as_actor(world.ann):
        mine = worklist.rows(world.ann, as_of=w.NOW, urgency=None, owner="all", page=1)
    with as_actor(world.dan):
        theirs = worklist.rows(world.dan, as_of=w.NOW, urgency=None, owner="all", page=1)
    assert [row.patient.family_name for row in mine.rows] == ["Alder"]
    assert theirs.rows == ()
    assert theirs.counts == {1: 0, 2: 0, 3: 0, "unassigned": 0, "snoozed": 0, "all": 0}


def test_search_finds_by_the_beginnings_of_names_by_birth_date_and_by_number(world):
    with as_actor(world.ann):

        def found(text, born=None):
            page = patients.search(world.ann, text=text, born=born, page=1, as_of=w.NOW)
            return [row.patient.family_name for row in page.rows]

        assert found("") == ["Alder", "Aspen"]
        assert found("ald") == ["Alder"]
        assert found("Test, asp") == ["Aspen"]
        assert found("smyth") == []
        assert found(patients.search(world.ann, text="alder", page=1, as_of=w.NOW).rows[0].record_number) == ["Alder"]
        assert found("", born=world.alder.birth_date) == ["Alder", "Aspen"]
