"""A batch of a laboratory file locks its patients in one order, before it writes, and waits for who is saving to one."""

import re

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.database import as_actor
from tests.titration.services.lab_files import as_job, person, result, send
from tests.trust.test_waiting import WRITES, hold, other, place, sent  # noqa: F401  one is a fixture
from titration.models import AuditEvent
from titration.models.locks import lock_patient, lock_patients, try_lock_patient

pytestmark = [pytest.mark.bar("B-31"), pytest.mark.hazard("H38"), pytest.mark.django_db]


def locked_in(statement: str) -> list[str]:
    return re.findall(r"patient:([0-9a-f-]{36})", statement)


def test_a_batch_locks_its_patients_in_order_before_it_writes(world):
    oak = world.ann.memberships.get().team
    people = [person(f"p{number}", f"MRN-{number}") for number in range(1, 9)]
    send(oak, *people)
    results = [result(f"r{number}", of=f"p{number}") for number in range(8, 0, -1)]
    with CaptureQueriesContext(connection) as captured:
        send(oak, *results)
    statements = sent(captured)
    lock = place(statements, "patient:")
    names = locked_in(statements[lock])
    assert len(names) == 8
    assert names == sorted(names)
    assert 0 <= lock < place(statements, WRITES.pattern)
    assert (
        place(statements, r'FROM "titration_kidneyresult".*replaces') > lock
    )  # what is compared is read under the lock
    assert [one for one in statements if "patient:" in one] == [statements[lock]]


def test_a_batch_of_known_people_locks_them_before_it_records_a_death(world):
    oak = world.ann.memberships.get().team
    send(oak, *[person(f"p{number}", f"MRN-{number}") for number in range(1, 5)])
    with CaptureQueriesContext(connection) as captured:
        send(oak, *[person(f"p{number}", f"MRN-{number}", deceasedBoolean=True) for number in range(4, 0, -1)])
    statements = sent(captured)
    lock = place(statements, "patient:")
    assert locked_in(statements[lock]) == sorted(locked_in(statements[lock]))
    assert len(locked_in(statements[lock])) == 4
    assert 0 <= lock < place(statements, 'UPDATE "titration_patient"')


def test_a_withdrawal_that_names_nobody_locks_whose_result_it_is(world):
    oak = world.ann.memberships.get().team
    send(oak, person(), result())
    with CaptureQueriesContext(connection) as captured:
        report = send(oak, {"resourceType": "Observation", "id": "r1", "status": "entered-in-error"})
    assert not report.refused
    statements = sent(captured)
    lock = place(statements, "patient:")
    assert len(locked_in(statements[lock])) == 1
    assert 0 <= lock < place(statements, 'INSERT INTO "titration_kidneyresult"')


def test_a_batch_waits_for_who_is_saving_to_one_of_its_patients(world, other):  # noqa: F811
    oak = world.ann.memberships.get().team
    send(oak, person())
    with as_job():
        [patient] = list(type(world.alder).objects.filter(family_name="Variant"))
    hold(other, patient)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")
    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        send(oak, result())


# --- the locks themselves, and the limits --------------------------------------------------------------------------------


def test_one_lock_of_a_patient_is_the_same_as_one_of_many(world, other):  # noqa: F811
    hold(other, world.aspen)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")
    assert try_lock_patient(world.alder.pk)
    assert not try_lock_patient(world.aspen.pk)
    for waits in (lambda: lock_patient(world.aspen.pk), lambda: lock_patients([world.alder.pk, world.aspen.pk])):
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            waits()
    lock_patients([])
    with as_actor(world.ann):
        assert AuditEvent.objects.count() == 0
