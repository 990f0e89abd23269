"""Who can sign in: clinicians invite and end, the patient sees who sees them and ends a carer."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.database import as_owner
from tests.titration.views.joining import address, invited, invited_long_ago, join
from titration.models import AuditEvent, CareRelation, Invitation, Patient

pytestmark = [pytest.mark.bar("B-54"), pytest.mark.hazard("H38"), pytest.mark.django_db]

CARER = {"kind": "proxy", "name": "Grace Alder", "scope": "log", "checked": "on"}


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(patient, rest: str = "") -> str:
    return f"/patients/{patient.pk}/access/{rest}"


def own(patient, rest: str = "") -> str:
    return f"/me/{patient.pk}/about/people/{rest}"


def invite(client, patient, **sent):
    return client.post(page(patient, "invite/"), {"key": str(uuid.uuid4()), "kind": "self", "checked": "on", **sent})


def invitations() -> list[Invitation]:
    with as_owner():
        return list(Invitation.objects.order_by("created_at"))


def relation(person) -> CareRelation:
    with as_owner():
        return CareRelation.objects.get(person=person.pk)


def token_in(answer) -> str:
    return re.search(r"/join/([a-z2-9-]+)/", answer.text)[1]


# --- staff ---------------------------------------------------------------------------------------------------------------
def test_the_link_is_shown_once_and_leads_in(world):
    client = signed_in(world.ann)
    answer = invite(client, world.alder, **CARER)
    assert (answer.status_code, "Grace Alder" in answer.text) == (200, True)
    [one] = invitations()
    assert (one.kind, one.scope, one.name, one.created_by_id) == ("proxy", "log", "Grace Alder", world.ann.pk)
    token = token_in(answer)
    assert len(token.replace("-", "")) == 28
    for path in (page(world.alder), page(world.alder, "invite/"), f"/patients/{world.alder.pk}/"):
        assert token not in client.get(path).text
    assert join(token, name="Grace").status_code == 302


def test_the_same_form_twice_makes_one_link_and_does_not_tell_it_again(world):
    client, key = signed_in(world.ann), str(uuid.uuid4())
    token = token_in(invite(client, world.alder, key=key))
    again = invite(client, world.alder, key=key)
    assert (again.status_code, "sent before" in again.text) == (200, True)
    assert token not in again.text
    assert len(invitations()) == 1
    other = invite(client, world.alder, key=key, **CARER)
    assert (other.status_code, "used for another invitation" in other.text) == (422, True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": ""}, "Choose who is invited"),
        ({"kind": "treating"}, "Choose one of the answers"),
        ({**CARER, "name": ""}, "Write the name of the carer"),
        ({**CARER, "scope": ""}, "Choose what the carer or parent may do"),
        ({**CARER, "scope": "prescribe"}, "Choose one of the answers"),
        ({"checked": ""}, "Check who this person is"),
        ({"key": ""}, "without its key"),
    ],
)
def test_an_invitation_that_is_not_whole_is_not_made(world, sent, said):
    answer = invite(signed_in(world.ann), world.alder, **sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert invitations() == []


def test_what_is_typed_for_a_carer_does_not_count_for_the_patient(world):
    assert invite(signed_in(world.ann), world.alder, **{**CARER, "kind": "self"}).status_code == 200
    [one] = invitations()
    assert (one.kind, one.scope, one.name) == ("self", "", "")


@pytest.mark.parametrize(
    ("change", "said"),
    [({"birth_date": None}, "birth date of this patient is not recorded"), ({"is_deceased": True}, "has died")],
)
def test_who_cannot_be_invited_and_why(world, change, said):
    with as_owner():
        Patient.objects.filter(pk=world.alder.pk).update(**change)
    client = signed_in(world.ann)
    assert said in client.get(page(world.alder)).text
    assert "Invite somebody" not in client.get(page(world.alder)).text
    assert said in client.get(page(world.alder, "invite/")).text
    answer = invite(client, world.alder)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert invitations() == []


def test_the_list_says_who_sees_what_since_when_and_what_became_of_each_link(world):
    client = signed_in(world.ann)
    invite(client, world.alder, **{**CARER, "name": "Waiting"})
    join(
        invited(world, world.alder, kind="proxy", scope="view", name="Used"), email="used@example.test", name="Una Used"
    )
    invited_long_ago(world, world.alder)
    locked = invited(world, world.alder, kind="proxy", scope="view", name="Locked")
    for _ in range(5):
        Client().post(address(locked), {"born_day": "9", "born_month": "9", "born_year": "1999"})
    text = re.sub(r"<[^>]+>", " ", client.get(page(world.alder)).text)
    text = re.sub(r"\s+", " ", text)
    for words in (
        "Alma The patient All that the patient may do", "Pia Carer or parent See the plan", "Pol Carer or parent See the plan and say",
        "Una Used Carer or parent See the plan", "Waits to be opened", "Locked after five wrong birth dates", "5 of 5",
        "Used by Una Used", "Not used by", "Pex , Carer or parent", "Waiting See the plan and say what was taken Ann,",
    ):  # fmt: skip
        assert words in text, words
    signed_in(world.pia).get(f"/me/{world.alder.pk}/")
    assert client.get(page(world.alder)).text.count("Never") == 4  # Alma, Pol, Pru and Una; Pia has looked


def test_the_chart_leads_there(world):
    assert f'href="{page(world.alder)}"' in signed_in(world.ann).get(f"/patients/{world.alder.pk}/").text


def test_who_may_not_share_sees_people_and_no_links(world):
    invited(world, world.alder, kind="proxy", scope="view", name="Waiting")
    text = signed_in(world.bea).get(page(world.alder)).text
    assert "Alma" in text
    for words in ("Waiting", "End access", "Invite somebody"):
        assert words not in text


def test_the_list_costs_the_same_for_many(world):
    client = signed_in(world.ann)
    client.get(page(world.alder))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(page(world.alder))
    for number in range(5):
        join(invited(world, world.alder), email=f"n{number}@example.test")
        invited(world, world.alder)
    with CaptureQueriesContext(connection) as many:
        assert "n4@example.test" not in client.get(page(world.alder)).text
    assert len(many) == len(few) <= 15


def test_ending_a_link_asks_first_and_acts_at_once(world):
    link, client = invited(world, world.alder, kind="proxy", scope="view", name="Grace"), signed_in(world.ann)
    ending = page(world.alder, f"invitations/{link.invitation.pk}/end/")
    asked = client.get(ending)
    assert (asked.status_code, "Grace" in asked.text, "End invitation" in asked.text) == (200, True, True)
    assert Client().get(address(link)).status_code == 200
    assert "is ended" in client.post(ending, follow=True).text
    assert Client().get(address(link)).status_code == 404
    assert client.get(ending).status_code == 404
    assert "over already" in client.post(ending, follow=True).text
    [one] = invitations()
    assert one.ended_by_id == world.ann.pk


@pytest.mark.bar("B-08")
@pytest.mark.parametrize("who", ["alma", "pia", "pru"])
def test_ending_access_asks_first_and_acts_at_the_next_request(world, who):
    client, theirs = signed_in(world.ann), signed_in(world.people[who])
    ending = page(world.alder, f"{relation(world.people[who]).pk}/end/")
    assert who.capitalize() in client.get(ending).text
    assert theirs.get(f"/me/{world.alder.pk}/").status_code == 200
    assert "is ended" in client.post(ending, follow=True).text
    assert theirs.get(f"/me/{world.alder.pk}/").status_code == 404
    assert "over already" in client.post(ending, follow=True).text
    assert client.get(ending).status_code == 404
    with as_owner():
        assert AuditEvent.objects.filter(action="update", object_type="carerelation", actor=world.ann.pk).count() == 1


def test_the_relation_of_a_team_or_of_another_patient_is_not_ended_here(world):
    client = signed_in(world.ann)
    with as_owner():
        team = CareRelation.objects.get(patient=world.alder.pk, kind="team")
    elmas = relation(world.elma).pk
    for key in (team.pk, elmas, uuid.uuid4()):
        for answer in (client.get(page(world.alder, f"{key}/end/")), client.post(page(world.alder, f"{key}/end/"))):
            assert answer.status_code == 404
    other = invited(world, world.elder, by=world.dan)
    assert client.post(page(world.alder, f"invitations/{other.invitation.pk}/end/")).status_code == 404
    with as_owner():
        assert CareRelation.objects.in_force().filter(pk__in=[team.pk, elmas]).count() == 2


# --- the patient ---------------------------------------------------------------------------------------------------------
def test_the_patient_sees_the_team_and_the_carers(world):
    client = signed_in(world.alma)
    assert own(world.alder) in client.get(f"/me/{world.alder.pk}/about/").text
    text = client.get(own(world.alder)).text
    for words in (
        "Team Oak of Northern Clinic",
        "Pia",
        "Can see your plan.",
        "Pol",
        "say what you took",
        "Pru",
        "and see who looked",
    ):
        assert words in text, words
    assert "Pex" not in text
    assert text.count("Stop this") == 3


def test_without_carers_it_says_so(world):
    assert "No one else can see your plan." in signed_in(world.elma).get(own(world.elder)).text


@pytest.mark.bar("B-08")
def test_the_patient_ends_a_carer_after_being_asked(world):
    client, theirs = signed_in(world.alma), signed_in(world.pia)
    ending = own(world.alder, f"{relation(world.pia).pk}/end/")
    assert "Stop Pia seeing your plan?" in client.get(ending).text
    assert theirs.get(f"/me/{world.alder.pk}/").status_code == 200
    assert "can no longer see your plan" in client.post(ending, follow=True).text
    assert theirs.get(f"/me/{world.alder.pk}/").status_code == 404
    assert "Pia" not in client.get(own(world.alder)).text


def test_a_carer_sees_who_else_and_ends_nobody(world):
    client = signed_in(world.pru)
    text = client.get(own(world.alder)).text
    assert "Pia" in text
    assert "Stop this" not in text
    ending = own(world.alder, f"{relation(world.pia).pk}/end/")
    assert [client.get(ending).status_code, client.post(ending).status_code] == [403, 403]
    for name in ("pia", "pol"):
        other = signed_in(world.people[name])
        assert other.get(own(world.alder)).status_code == 403
        assert own(world.alder) not in other.get(f"/me/{world.alder.pk}/about/").text


def test_the_patient_ends_neither_themselves_nor_the_team(world):
    client = signed_in(world.alma)
    with as_owner():
        team = CareRelation.objects.get(patient=world.alder.pk, kind="team")
    for key in (relation(world.alma).pk, team.pk, relation(world.elma).pk):
        assert client.get(own(world.alder, f"{key}/end/")).status_code == 404
        assert client.post(own(world.alder, f"{key}/end/")).status_code == 404
