"""A passkey opens the account that it was made for, here, once for each question, and after fingerprint, face or PIN."""

import json
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from baclofen_portal.accounts import passkeys as keeping
from tests import world as w
from tests.database import as_owner
from tests.titration.views.joining import account, address, invited
from tests.trust.device import Device
from tests.trust.passkeys import ADD, DOOR, WAYS, ask, by_password, device_of, is_in, join_by_passkey, refused, sign_in
from titration.models import AuditEvent, CareRelation
from titration.services.audit import address_digest

pytestmark = [pytest.mark.bar("B-55"), pytest.mark.hazard("H38"), pytest.mark.django_db]


def lines(action: str, page: str) -> list[AuditEvent]:
    with as_owner():
        return list(AuditEvent.objects.filter(action=action, page=page).order_by("at"))


# --- getting in ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "leads_to"), [("ann", "/"), ("pia", "/"), ("edith", "/")])
def test_whoever_has_a_passkey_signs_in_with_it(world, name, leads_to):
    device, client = device_of(name), Client()
    answer = sign_in(device, client)
    assert (answer.status_code, answer.headers["Location"], is_in(client)) == (302, leads_to, True)
    [line] = lines("login", "passkey_sign_in")
    assert (line.actor, line.outcome) == (world.people[name].pk, "done")
    with as_owner():
        assert Authenticator.objects.get().last_used_at is not None


def test_the_page_that_was_asked_for_is_the_one_that_opens(world):
    assert sign_in(device_of("ann"), next="/patients/").headers["Location"] == "/patients/"
    assert sign_in(device_of("bea"), next="https://evil.example/").headers["Location"] == "/"


def test_a_patient_joins_by_passkey_and_comes_back_by_it(world):
    device, client, link = Device(), Client(), invited(world, world.alder)
    answer = join_by_passkey(link, device, client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain[-1][0] == f"/me/{world.alder.pk}/"
    with as_owner():
        person = keeping.User.objects.get(email="new@example.test")
        assert Authenticator.objects.get().user_id == person.pk
    assert not person.has_usable_password()
    assert "You have no password" in client.get(WAYS).text
    again = Client()
    assert sign_in(device, again).status_code == 302
    assert again.get(f"/me/{world.alder.pk}/").status_code == 200
    wrong = Client().post("/accounts/login/", {"login": "new@example.test", "password": "!"})
    assert wrong.status_code == 200
    assert client.get(address(link)).status_code == 404


def test_a_carer_joins_by_passkey_under_their_own_name(world):
    link = invited(world, world.alder, kind="proxy", scope="view", name="Grace Alder")
    assert join_by_passkey(link, Device(), Client(), name="Grace B. Alder").status_code == 302
    with as_owner():
        assert keeping.User.objects.get(email="new@example.test").name == "Grace B. Alder"


def test_the_way_back_to_a_password_keeps_what_was_typed(world):
    link, client = invited(world, world.alder), Client()
    sent = {**account(), "password": "", "way": "passkey"}
    assert "Choose a password instead" in client.post(address(link), sent).text
    back = client.post(address(link), {**sent, "way": "back"})
    assert (back.status_code, 'value="new@example.test"' in back.text) == (200, True)
    assert client.post(address(link), account(key=sent["key"])).status_code == 302


@pytest.mark.parametrize(("email", "said"), [("new", "Write the whole email"), ("ann@example.test", "sign in first")])
def test_an_address_that_cannot_be_used_is_told_before_the_device_is_asked(world, email, said):
    link, client = invited(world, world.alder), Client()
    page = client.post(address(link), {**account(email), "password": "x", "way": "passkey"})
    assert (page.status_code, said in page.text, "data-options" in page.text) == (422, True, False)
    [box] = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page.text)
    assert "disabled" not in box
    assert "(optional)" not in page.text


# --- what is refused -----------------------------------------------------------------------------------------------------
def test_an_answer_is_good_once(world):
    device, client = device_of("ann"), Client()
    answer = device.sign(ask(client))
    before = client.cookies["portal_session"].value
    assert client.post(DOOR, {"answer": answer}).status_code == 302
    client.post("/accounts/logout/")
    assert refused(client.post(DOOR, {"answer": answer}), client)
    ask(client)  # a newer question
    assert refused(client.post(DOOR, {"answer": answer}), client)
    thief = Client()
    thief.cookies["portal_session"] = before
    assert refused(thief.post(DOOR, {"answer": answer}), thief)


def test_an_answer_that_two_send_at_once_lets_one_in(world, monkeypatch):
    """Both requests read the session before either has written it."""
    device, client = device_of("ann"), Client()
    answer = device.sign(ask(client))
    session = client.session
    stored = dict(session.items())
    assert client.post(DOOR, {"answer": answer}).status_code == 302
    second = Client()
    second.post("/accounts/passkey/start/")
    again = second.session
    again.update(stored)
    again.save()
    assert refused(second.post(DOOR, {"answer": answer}), second)


def test_an_answer_is_good_for_five_minutes_and_for_the_session_that_asked(world):
    with time_machine.travel(w.NOW, tick=False) as clock:
        device, client = device_of("ann"), Client()
        answer = device.sign(ask(client))
        assert refused(Client().post(DOOR, {"answer": answer}))
        clock.shift(301)
        assert refused(client.post(DOOR, {"answer": answer}), client)


def test_without_fingerprint_face_or_pin_nobody_gets_in(world):
    assert refused(sign_in(device_of("ann", verifies=False)))


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"origin": "http://evil.example", "site": "evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "http://cms.testserver"},
        {"origin": "https://testserver"},
        {"origin": "http://testserver:8001"},
        {"site": "evil.example"},
    ],
)
def test_what_was_signed_for_another_address_opens_nothing(world, elsewhere):
    assert refused(sign_in(device_of("ann", **elsewhere)))


def test_the_passkey_of_one_account_opens_no_other(world):
    anns, bobs = device_of("ann"), device_of("dan")
    forged = Device(id=anns.id, handle=anns.handle)  # knows everything of Ann's but the secret
    assert refused(sign_in(forged))
    mixed = Device(id=bobs.id, key=bobs.key, handle=anns.handle)  # Dan's, in the name of Ann
    assert refused(sign_in(mixed))
    stranger = Device(handle=anns.handle)
    assert refused(sign_in(stranger))


def test_who_was_switched_off_does_not_get_in(world):
    device = device_of("ann")
    with as_owner():
        type(world.ann).objects.filter(pk=world.ann.pk).update(is_active=False)
    assert refused(sign_in(device))


def test_ended_access_shows_nothing_to_who_comes_in_by_passkey(world):
    device, client = device_of("pol"), Client()
    with as_owner():
        CareRelation.objects.filter(person=world.pol.pk).update(valid_to=w.NOW)
    sign_in(device, client)
    assert client.get(f"/me/{world.alder.pk}/").status_code == 404


@pytest.mark.parametrize(
    "answer",
    ["", "x", "{}", "[]", "1", "null", '"x"', "[" * 9000, "x" * 20_000, '{"id": "AA", "rawId": "AA", "response": 1}',
     '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}}',
     '{"id": "\\u0000", "rawId": "\\u0000", "response": {}}'],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_no_error(world, answer):
    client = Client()
    ask(client)
    assert client.post(DOOR, {"answer": answer}).status_code == 422
    mine = by_password("ann")
    mine.get(ADD)
    assert mine.post(ADD, {"name": "My phone", "answer": answer}).status_code == 422


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_an_answer_with_a_changed_part_opens_nothing(world, part):
    device, client = device_of("ann"), Client()
    said = json.loads(device.sign(ask(client)))
    said["response"][part] = said["response"][part][:-4] + "AAAA"
    assert refused(client.post(DOOR, {"answer": json.dumps(said)}))
    client = Client()
    said = json.loads(device.sign(ask(client)))
    del said["response"][part]
    assert refused(client.post(DOOR, {"answer": json.dumps(said)}))


# --- limits and what is written down -------------------------------------------------------------------------------------
def test_tries_count_for_the_account_whichever_way_they_come(world):
    device = device_of("ann")
    forged = Device(id=device.id, handle=device.handle)
    for _ in range(3):
        assert refused(sign_in(forged))
    for _ in range(2):
        Client().post("/accounts/login/", {"login": "ann@example.test", "password": "wrong"})
    assert "Too many failed" in sign_in(device).text
    said = lines("denied", "passkey_sign_in")
    assert [one.outcome for one in said] == ["refused"] * 3 + ["limited"]
    assert {one.detail for one in said} == {f"address {address_digest('ann@example.test')}"}
    assert {one.actor for one in said} == {None}


def test_signing_in_uses_up_no_try(world):
    device = device_of("ann")
    for _ in range(7):
        assert sign_in(device).status_code == 302


def test_an_address_that_tries_too_often_is_slowed_down(world, monkeypatch):
    monkeypatch.setattr("baclofen_portal.accounts.views._RATES", {"sign_in": "2/m/ip"})
    assert [sign_in(Device(handle="AA")).status_code for _ in range(3)] == [422, 422, 429]
    assert [one.outcome for one in lines("denied", "passkey_sign_in")] == ["refused", "refused", "429"]
    monkeypatch.setattr("baclofen_portal.accounts.passkey_views._START", {"passkey_start": "1/m/ip"})
    assert [Client().post("/accounts/passkey/start/").status_code for _ in range(2)] == [200, 429]


def test_the_question_says_nothing_of_any_account(world):
    device_of("ann")
    first, second = ask(Client()), ask(Client())
    assert first["challenge"] != second["challenge"]
    assert first == {**second, "challenge": first["challenge"]}
    assert (first["allowCredentials"], first["userVerification"], first["rpId"]) == ([], "required", "testserver")
