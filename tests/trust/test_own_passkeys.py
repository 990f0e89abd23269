"""One's own passkeys: made for the account that is signed in, kept once, removed unless nothing else opens the account."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from baclofen_portal.accounts import passkeys as keeping
from tests import world as w
from tests.database import as_owner
from tests.titration.views.joining import invited
from tests.trust.device import Device
from tests.trust.passkeys import (
    ADD,
    WAYS,
    add,
    by_password,
    device_of,
    is_in,
    join_by_passkey,
    offered,
    refused,
    sign_in,
)
from titration.models import AuditEvent

pytestmark = [pytest.mark.bar("B-55"), pytest.mark.hazard("H38"), pytest.mark.django_db]


def test_what_is_made_stays_on_the_device_and_asks_for_fingerprint_face_or_pin(world):
    options = offered(by_password("ann").get(ADD))
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert (options["rp"]["id"], options["user"]["name"]) == ("testserver", "ann@example.test")
    assert options["rp"]["name"] == "Care portal"


@pytest.mark.parametrize("about", [{"verifies": False}, {"origin": "http://evil.example"}, {"site": "evil.example"}])
def test_a_passkey_that_was_made_otherwise_is_not_kept(world, about):
    client = by_password("ann")
    assert add(client, Device(**about)).status_code == 422
    assert "You have none yet" in client.get(WAYS).text


def test_a_passkey_is_kept_once_and_for_one_account(world):
    device = device_of("ann")
    assert add(by_password("dan"), device).status_code == 422
    assert add(by_password("ann"), device).status_code == 422
    client, link = Client(), invited(world, world.alder)
    assert join_by_passkey(link, device, client).status_code == 422
    with as_owner():
        assert not keeping.User.objects.filter(email="new@example.test").exists()
        assert Authenticator.objects.count() == 1
    assert not is_in(client)
    assert join_by_passkey(link, Device(), client).status_code == 302


def test_an_answer_for_one_account_makes_no_passkey_of_another(world):
    """Somebody else signs in where the page was open."""
    client = by_password("ann")
    answer = Device().make(offered(client.get(ADD)))
    session = dict(client.session.items())["passkey_question"]
    other = by_password("dan")
    stored = other.session
    stored["passkey_question"] = session
    stored.save()
    assert other.post(ADD, {"name": "x", "answer": answer}).status_code == 422


def test_removing_acts_at_once_and_the_last_way_in_stays(world):
    device, spare, client = Device(), Device(), Client()
    join_by_passkey(invited(world, world.alder), device, client)
    [first] = client.get(WAYS).context["passkeys"]
    remove = f"/accounts/ways/{first.key}/remove/"
    assert "You need this passkey" in client.get(remove).text
    client.post(remove)
    assert sign_in(device).status_code == 302
    assert add(client, spare).status_code == 302
    assert client.post(remove).status_code == 302
    assert refused(sign_in(device))
    assert sign_in(spare).status_code == 302
    assert client.post(remove).status_code == 404
    with as_owner():
        said = AuditEvent.objects.filter(object_type="authenticator").order_by("at")
        assert [(one.action, one.detail) for one in said] == [("create", "passkey")] * 2 + [("update", "passkey")]


def test_nobody_removes_the_passkey_of_somebody_else(world):
    device = device_of("ann")
    with as_owner():
        key = Authenticator.objects.get().data["key"]
    client = by_password("dan")
    remove = f"/accounts/ways/{key}/remove/"
    assert client.get(remove).status_code == client.post(remove).status_code == 404
    assert sign_in(device).status_code == 302


def test_an_open_session_of_some_time_ago_changes_nothing(world):
    with time_machine.travel(w.NOW, tick=False) as clock:
        client = by_password("ann")
        add(client, Device())
        [one] = client.get(WAYS).context["passkeys"]
        remove = f"/accounts/ways/{one.key}/remove/"
        clock.shift(301)
        for answer in (client.get(ADD), client.post(ADD, {"name": "x"}), client.get(remove), client.post(remove)):
            assert (answer.status_code, "Sign in again first" in answer.text) == (403, True)
        assert len(client.get(WAYS).context["passkeys"]) == 1
        out = client.post("/accounts/logout/", {"next": f"/accounts/login/?next={WAYS}"})
        assert out.headers["Location"] == f"/accounts/login/?next={WAYS}"


def test_an_account_has_ten_at_most(world, monkeypatch):
    monkeypatch.setattr(keeping, "MOST", 2)
    client = by_password("ann")
    assert [add(client, Device()).status_code for _ in range(3)] == [302, 302, 422]
    assert "as many as you can have" in client.get(WAYS).text


def test_a_passkey_leaves_the_password_as_it_was(world):
    device_of("ann")
    assert by_password("ann").get("/worklist/").status_code == 200
