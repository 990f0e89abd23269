"""A link and a birth date lead to an account that sees one patient; nothing else does."""

import pytest
from django.test import Client

from baclofen_portal.accounts import joining
from baclofen_portal.accounts.models import User
from tests.database import as_actor, as_owner
from tests.titration.views.joining import BORN, PASSWORD, WRONG, account, address, invited, invited_long_ago, join
from titration.models import AuditEvent, CareRelation, Invitation
from titration.models.invitations import hash_of
from titration.services.invitations import InvitationRefused, end_access, end_invitation

pytestmark = [pytest.mark.bar("B-54"), pytest.mark.hazard("H38"), pytest.mark.django_db]


def relations_of(email: str) -> list[CareRelation]:
    with as_owner():
        return list(CareRelation.objects.filter(person__email=email))


def stored(link) -> Invitation:
    with as_owner():
        return Invitation.objects.get(pk=link.invitation.pk)


def gone(answer) -> bool:
    return answer.status_code == 404 and "This link does not work" in answer.text


# --- getting in ----------------------------------------------------------------------------------------------------------
def test_a_patient_gets_in_with_the_link_and_the_birth_date(world):
    link, client = invited(world, world.alder), Client()
    first = client.get(address(link))
    assert first.status_code == 200
    assert "Your birth date" in first.text
    second = client.post(address(link), BORN)
    assert (second.status_code, "Choose a password" in second.text) == (200, True)
    third = client.post(address(link), account())
    assert (third.status_code, third.headers["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain[-1][0] == f"/me/{world.alder.pk}/"
    person = User.objects.get(email="new@example.test")
    assert (person.role, person.name, person.is_active) == ("patient", "Test Alder", True)
    [relation] = relations_of("new@example.test")
    assert (relation.kind, relation.rights) == ("self", ["read", "tell", "audit"])
    assert (relation.patient_id, relation.granted_by_id, relation.valid_to) == (world.alder.pk, world.ann.pk, None)
    assert stored(link).claimed_by_id == person.pk


@pytest.mark.parametrize(
    ("scope", "rights"), [("view", ["read"]), ("log", ["read", "tell"]), ("full", ["read", "tell", "audit"])]
)
def test_a_carer_gets_an_account_of_their_own_with_the_rights_of_the_scope(world, scope, rights):
    link = invited(world, world.alder, kind="proxy", scope=scope, name="Grace Alder")
    client = Client()
    asked = client.post(address(link), BORN).text
    assert 'value="Grace Alder"' in asked
    assert join(link, client, email="grace@example.test", name="Grace B. Alder").status_code == 302
    assert User.objects.get(email="grace@example.test").name == "Grace B. Alder"
    [relation] = relations_of("grace@example.test")
    assert (relation.kind, relation.rights) == ("proxy", rights)
    assert client.get(f"/me/{world.alder.pk}/").status_code == 200


def test_who_joined_signs_in_later_with_email_and_password(world):
    join(invited(world, world.alder))
    client = Client()
    assert client.post("/accounts/login/", {"login": "NEW@example.test", "password": PASSWORD}).status_code == 302
    assert client.get("/", follow=True).status_code == 200


def test_whoever_is_signed_in_adds_a_patient_to_their_account(world):
    """Pol cares for Alder and is invited to care for Elder as well."""
    link = invited(world, world.elder, by=world.dan, kind="proxy", scope="view", name="Pol")
    client = Client()
    client.force_login(world.pol)
    assert "Add to my account" in client.get(address(link)).text
    assert client.get(f"/me/{world.elder.pk}/").status_code == 404
    assert client.post(address(link), BORN).status_code == 302
    assert client.get(f"/me/{world.elder.pk}/").status_code == 200
    assert stored(link).claimed_by_id == world.pol.pk


@pytest.mark.parametrize("name", ["ann", "dan", "lena", "edith", "ada"])
def test_staff_do_not_claim(world, name):
    link, client = invited(world, world.alder), Client()
    client.force_login(world.people[name])
    for answer in (client.get(address(link)), client.post(address(link), BORN), join(link, client)):
        assert answer.status_code == 403
        assert "You are signed in as staff" in answer.text
    assert stored(link).claimed_at is None


def test_a_link_is_read_in_capitals_and_without_its_hyphens(world):
    link = invited(world, world.alder)
    assert join(link.token.upper().replace("-", "")).status_code == 302


def test_opening_a_link_changes_nothing(world):
    link = invited(world, world.alder)
    before = stored(link)
    for _ in range(8):
        assert Client().get(address(link)).status_code == 200
    after = stored(link)
    assert (after.tries, after.claimed_at) == (before.tries, before.claimed_at) == (0, None)


# --- what is refused -----------------------------------------------------------------------------------------------------
def test_a_link_is_used_once(world):
    link = invited(world, world.alder)
    assert join(link).status_code == 302
    for answer in (Client().get(address(link)), join(link, email="second@example.test")):
        assert gone(answer)
    assert not User.objects.filter(email="second@example.test").exists()
    assert len(relations_of("new@example.test")) == 1


def test_used_ended_expired_and_unknown_links_are_answered_in_one_way(world):
    used, ended, old = *(invited(world, world.alder) for _ in range(2)), invited_long_ago(world, world.alder)
    join(used)
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        assert end_invitation(invitation=ended.invitation.pk, patient=seen, by=world.ann)
    for send in (
        lambda link: Client().get(address(link)),
        lambda link: Client().post(address(link), BORN),
        lambda link: Client().post(address(link), WRONG),
        lambda link: join(link, email="late@example.test"),
    ):
        answers = [send(one) for one in (used, ended, old, "abcd-abcd-abcd-abcd-abcd-abcd-abcd")]
        assert all(gone(answer) for answer in answers)
        assert len({answer.text for answer in answers}) == 1
    assert [stored(one).tries for one in (used, ended, old)] == [0, 0, 0]


def test_after_five_wrong_birth_dates_the_right_one_opens_nothing(world):
    link = invited(world, world.alder)
    said = [Client().post(address(link), WRONG) for _ in range(5)]
    assert [one.status_code for one in said] == [422] * 4 + [403]
    for one, words in zip(said, ("4 more times", "3 more times", "2 more times", "once more"), strict=False):
        assert words in one.text
    for answer in (said[4], Client().get(address(link)), Client().post(address(link), BORN), join(link)):
        assert answer.status_code == 403
        assert "Call the clinic" in answer.text
    assert (stored(link).tries, stored(link).claimed_at) == (5, None)
    assert not User.objects.filter(email="new@example.test").exists()


def test_four_wrong_ones_leave_the_fifth(world):
    link = invited(world, world.alder)
    for _ in range(4):
        Client().post(address(link), WRONG)
    assert join(link).status_code == 302


def test_a_date_that_cannot_be_read_is_no_try(world):
    link = invited(world, world.alder)
    for sent in (
        {},
        {**BORN, "born_day": ""},
        {**BORN, "born_month": "13"},
        {**BORN, "born_day": "31", "born_month": "2"},
    ):
        assert Client().post(address(link), sent).status_code == 422
    assert stored(link).tries == 0


def test_the_link_of_one_patient_opens_nobody_else(world):
    """Both were born on the same day, so only the link tells them apart."""
    alders, aspens = invited(world, world.alder), invited(world, world.aspen)
    client = Client()
    client.post(address(alders), BORN)
    sent = {"patient_id": str(world.aspen.pk), "patient": str(world.aspen.pk), "token": aspens.token, "kind": "proxy"}
    assert join(alders, client, **sent).status_code == 302
    assert client.get(f"/me/{world.alder.pk}/").status_code == 200
    assert client.get(f"/me/{world.aspen.pk}/").status_code == 404
    assert stored(aspens).claimed_at is None


def test_an_address_that_has_an_account_is_told_only_after_the_right_date(world):
    link, words = invited(world, world.alder), "sign in first"
    wrong = Client().post(address(link), account("ann@example.test", born_day="5"))
    assert words not in wrong.text
    right = join(link, email="Ann@Example.test")
    assert (right.status_code, words in right.text) == (422, True)
    assert stored(link).claimed_at is None
    for _ in range(4):
        assert join(link, email="dan@example.test").status_code == 422
    assert join(link, email="finn@example.test").status_code == 429
    assert join(link).status_code == 302


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("password", "short", "at least 12 characters"),
        ("password", "x" * 129, "at most 128 characters"),
        ("password", "newnewnewnew@example.test", "too similar"),
        ("password", "", "Choose a password"),
        ("email", "new", "Write the whole email address"),
        ("email", "", "Write your email address"),
        ("key", "", "without its key"),
    ],
)
def test_an_account_that_cannot_be_made_is_explained_and_the_link_stays(world, field, typed, said):
    link = invited(world, world.alder)
    answer = join(link, **{"email": "newnewnewnew@example.test", field: typed})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert 'name="born_day" value="4"' in answer.text
    assert (stored(link).tries, stored(link).claimed_at) == (0, None)


@pytest.mark.parametrize("length", [12, 128])
def test_passwords_of_12_to_128_characters_are_taken_as_typed(world, length):
    password = (" pässwörter " * 12)[:length]
    assert join(invited(world, world.alder), password=password).status_code == 302
    assert User.objects.get(email="new@example.test").check_password(password)


def test_the_same_form_sent_twice_makes_one_account_and_gets_in_both_times(world):
    link, sent = invited(world, world.alder), account()
    assert Client().post(address(link), sent).status_code == 302
    client = Client()
    assert client.post(address(link), sent).status_code == 302
    assert client.get(f"/me/{world.alder.pk}/").status_code == 200
    assert gone(Client().post(address(link), {**sent, "password": "another long password"}))
    assert len(relations_of("new@example.test")) == 1


def test_a_record_that_changed_since_opens_nothing(world):
    link = invited(world, world.alder)
    with as_owner():
        type(world.alder).objects.filter(pk=world.alder.pk).update(is_deceased=True)
    assert gone(join(link))
    assert not User.objects.filter(email="new@example.test").exists()
    with pytest.raises(InvitationRefused, match="has died"):
        invited(world, world.alder)


def test_without_a_birth_date_nobody_is_invited(world):
    with as_owner():
        type(world.alder).objects.filter(pk=world.alder.pk).update(birth_date=None)
    with pytest.raises(InvitationRefused, match="birth date of this patient is not recorded"):
        invited(world, world.alder)


def test_what_was_ended_acts_at_the_next_request(world):
    link, client = invited(world, world.alder), Client()
    join(link, client)
    assert client.get(f"/me/{world.alder.pk}/").status_code == 200
    [relation] = relations_of("new@example.test")
    with as_actor(world.ann, world.alder):
        assert end_access(relation=relation.pk, patient=world.alder, by=world.ann)
        assert not end_access(relation=relation.pk, patient=world.alder, by=world.ann)
    assert client.get(f"/me/{world.alder.pk}/").status_code == 404


# --- what is written down ------------------------------------------------------------------------------------------------
def test_tries_and_claims_are_in_the_audit_and_links_are_nowhere(world, caplog):
    link = invited(world, world.alder)
    Client().post(address(link), WRONG)
    join(link)
    with as_owner():
        lines = list(AuditEvent.objects.filter(patient=world.alder.pk, object_type__in=["invitation", "carerelation"]))
        person = User.objects.get(email="new@example.test")
        assert {(one.action, one.actor, one.detail.split(" ")[0]) for one in lines} == {
            ("create", world.ann.pk, "self"), ("denied", None, "birth"), ("create", person.pk, "invitation"),
        }  # fmt: skip
        assert AuditEvent.objects.filter(action="login", actor=person.pk, page="join").count() == 1
        everything = " ".join(str(vars(one)) for one in AuditEvent.objects.all())
    assert link.token not in everything
    assert stored(link).token_hash == hash_of(link.token)
    assert link.token not in str(vars(stored(link)))


def test_too_many_tries_from_one_address_are_slowed_down(world, monkeypatch):
    monkeypatch.setitem(joining._RATES, "join", "3/m/ip")
    link = invited(world, world.alder)
    assert [Client().post(address(link), {}).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert Client().get(address(link)).status_code == 200
