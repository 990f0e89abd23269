"""Tries on one link at the same moment are counted one after the other: real connections, real commits."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from baclofen_portal.accounts.models import User
from tests.database import as_owner
from tests.titration.views.joining import BORN, WRONG, account, address, invited
from tests.world import make_world
from titration.models import CareRelation, Invitation, Patient
from titration.models.actors import set_actor, set_token
from titration.models.invitations import proof_of
from titration.selectors import patients
from titration.services.invitations import end_access

pytestmark = [pytest.mark.bar("B-54"), pytest.mark.hazard("H38"), pytest.mark.django_db(transaction=True)]

AT_ONCE = 8


@pytest.fixture
def world(transactional_db: None) -> Any:
    return make_world()


def all_at_once(send: Any, many: int = AT_ONCE) -> list[Any]:
    """What each of ``many`` clients was answered, all of which waited for one another before they sent."""
    ready = threading.Barrier(many)

    def one(number: int) -> Any:
        try:
            client = Client()
            ready.wait()
            return send(client, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


def test_parallel_tries_do_not_exceed_five(world):
    link = invited(world, world.alder)
    answers = all_at_once(lambda client, number: client.post(address(link), WRONG).status_code)
    assert sorted(answers) == [403] * (AT_ONCE - 4) + [422] * 4
    with as_owner():
        assert Invitation.objects.get(pk=link.invitation.pk).tries == 5
    assert Client().post(address(link), BORN).status_code == 403


def test_a_try_waits_for_the_one_before_it(world):
    """Four are counted. A fifth is held open; the right date sent meanwhile is judged after it, and finds the link locked."""
    link = invited(world, world.alder)
    for _ in range(4):
        Client().post(address(link), WRONG)
    answers: list[int] = []

    def right() -> None:
        try:
            answers.append(Client().post(address(link), account()).status_code)
        finally:
            connection.close()

    with transaction.atomic():
        set_actor(None)
        set_token(proof_of(link.token))
        assert Invitation.objects.select_for_update().get().tries == 4
        meanwhile = threading.Thread(target=right)
        meanwhile.start()
        _until_it_waits(meanwhile)
        assert Invitation.objects.update(tries=5) == 1
    meanwhile.join()
    assert answers == [403]


def _until_it_waits(meanwhile: threading.Thread) -> None:
    with connection.cursor() as cursor:
        waiting = 0
        while not waiting and meanwhile.is_alive():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (waiting,) = cursor.fetchone()


def test_a_link_that_is_used_by_many_at_once_makes_one_account(world):
    link = invited(world, world.alder)

    def use(client: Client, number: int) -> int:
        return client.post(address(link), account(f"new{number}@example.test")).status_code

    answers = all_at_once(use)
    assert sorted(answers) == [302] + [404] * (AT_ONCE - 1)
    with as_owner():
        assert User.objects.filter(email__startswith="new").count() == 1
        assert CareRelation.objects.filter(person__email__startswith="new").count() == 1


def test_one_address_on_two_links_at_once_makes_one_account(world):
    links = [invited(world, patient) for patient in (world.alder, world.aspen)]
    answers = all_at_once(lambda client, number: client.post(address(links[number]), account()).status_code, many=2)
    assert sorted(answers) == [302, 422]
    with as_owner():
        assert User.objects.filter(email="new@example.test").count() == 1


def test_the_wall_of_the_database_acts_at_the_next_request_too(world, monkeypatch):
    """Without the guard in Python, ended access shows nothing: the policies read the relation at every request."""
    client = Client()
    client.force_login(world.pia)
    page = f"/me/{world.alder.pk}/"
    assert client.get(page).status_code == 200
    with as_owner():
        relation = CareRelation.objects.get(person=world.pia.pk)
    with transaction.atomic():
        set_actor(world.ann.pk, world.alder.pk)
        assert end_access(relation=relation.pk, patient=world.alder, by=world.ann)
    monkeypatch.setattr(patients, "with_rights", lambda key, person: Patient.objects.filter(pk=key).first())
    assert client.get(page).status_code == 404
