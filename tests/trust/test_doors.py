"""Sign-in, refused sign-in, sign-out and the second signature are in the audit, and say no more than they must."""

import pytest
import time_machine
from django.test import Client

from tests import world as w
from tests.database import as_owner
from tests.titration.views.ordering import checked, decide, signed_in, typed, url
from titration.models import AuditEvent
from titration.services.audit import address_digest

pytestmark = [pytest.mark.bar("B-13"), pytest.mark.bar("B-55"), pytest.mark.hazard("H38"), pytest.mark.django_db]

DOOR = "/accounts/login/"
PAGES = ("account_login", "account_logout", "steps:check")


def lines(*actions: str) -> list[AuditEvent]:
    with as_owner():
        return list(AuditEvent.objects.filter(action__in=actions, page__in=PAGES).order_by("at"))


def sign_in(client: Client, name: str, password: str = w.PASSWORD):
    return client.post(DOOR, {"login": f"{name}@example.test", "password": password})


def test_signing_in_and_out_is_written_down(world, client):
    assert sign_in(client, "ann").status_code == 302
    assert client.post("/accounts/logout/").status_code == 302
    came, went = lines("login", "logout", "denied")
    assert (came.action, came.actor, came.actor_role, came.page, came.outcome) == (
        "login", world.ann.pk, "clinician", "account_login", "done",
    )  # fmt: skip
    assert (went.action, went.actor, went.page, went.patient) == ("logout", world.ann.pk, "account_logout", None)
    assert came.request_id != went.request_id
    assert len(came.request_id) == 36


def test_each_empty_box_says_what_belongs_in_it(client, db):
    page = client.post(DOOR, {"login": "", "password": ""}).text
    assert page.count("Enter your email address.") == page.count("Enter your password.") == 2  # summary and box
    assert "This field is required" not in page


def test_signing_out_twice_is_written_once(world, client):
    sign_in(client, "ann")
    client.post("/accounts/logout/")
    client.post("/accounts/logout/")
    assert len(lines("logout")) == 1


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "a wrong password"), ("nobody", w.PASSWORD), ("omar", w.PASSWORD)]
)
def test_a_refused_sign_in_is_written_without_what_was_typed(world, client, name, password):
    sign_in(client, name, password)
    [line] = lines("login", "denied")
    assert (line.action, line.actor, line.page, line.outcome) == ("denied", None, "account_login", "refused")
    assert line.detail == f"address {address_digest(f' {name.upper()}@example.test')}"
    with as_owner():
        [row] = AuditEvent.objects.filter(pk=line.pk).values()
    said = " ".join(map(str, row.values()))
    assert password not in said
    assert name not in said
    assert "example" not in said


def test_the_digest_of_an_address_says_nothing_without_the_key(settings):
    before = address_digest("ann@example.test")
    settings.SECRET_KEY = "another key of this length, which is long enough for a key"
    assert address_digest("ann@example.test") != before


def test_tries_beyond_the_limit_are_written_as_such(world, client):
    for _ in range(6):
        sign_in(client, "ann", "a wrong password")
    assert [line.outcome for line in lines("denied")] == ["refused"] * 5 + ["limited"]


# --- the second clinician ------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(world):
    """Ann has an order for Alder that needs a second clinician; the clock stands still."""
    with time_machine.travel(w.NOW, tick=False):
        w.start(world, world.alder, by=world.ann, days_ago=10)
        w.creatinine(world, world.alder, by=world.ann, mg_dl="0.9", days_ago=2)
        w.fact(world, world.alder, by=world.ann, kind="dialysis", answer="yes")
        yield world


def cosign(client, patient, token, email, password):
    answers = {
        "typed_total": "30", "reason_code": "specialist_advice", "reason_text": "Renal team agrees",
        "specialist_name": "Dr Renal", "specialist_on_day": "20", "specialist_on_month": "11", "specialist_on_year": "2026",
        "second_email": f"{email}@example.test", "second_password": password,
    }  # fmt: skip
    return client.post(url("steps:check", patient), {"token": token, **decide(**answers)})


def said(answer) -> list[str]:
    return list(answer.context["form"].errors.get("second_email", []))


@pytest.mark.parametrize("name", ["bea", "dan", "lena", "omar", "edith"])
def test_the_answer_is_the_same_whether_the_password_was_right_or_not(waiting, name):
    client = signed_in(waiting.ann)
    token = checked(client, waiting.alder, typed())
    right = cosign(client, waiting.alder, token, name, w.PASSWORD)
    wrong = cosign(client, waiting.alder, token, name, "a wrong password")
    assert right.status_code == wrong.status_code == 422
    assert said(right) == said(wrong) != []


@pytest.mark.parametrize(
    ("name", "password"), [("cora", "a wrong password"), ("bea", w.PASSWORD), ("omar", w.PASSWORD)]
)
def test_a_refused_second_signature_is_written_as_denied(waiting, name, password):
    client = signed_in(waiting.ann)
    cosign(client, waiting.alder, checked(client, waiting.alder, typed()), name, password)
    [line] = lines("denied")
    assert (line.actor, line.patient, line.page, line.outcome) == (
        waiting.ann.pk, waiting.alder.pk, "steps:check", "refused",
    )  # fmt: skip
    assert line.detail == f"address {address_digest(f'{name}@example.test')}"


def test_a_right_password_of_who_may_not_sign_uses_up_tries_like_a_wrong_one(waiting):
    """Otherwise the tries that are left at the door would tell which password was right."""
    client = signed_in(waiting.ann)
    token = checked(client, waiting.alder, typed())
    for _ in range(5):
        cosign(client, waiting.alder, token, "bea", w.PASSWORD)
    assert "Too many failed" in said(cosign(client, waiting.alder, token, "bea", w.PASSWORD))[0]
    assert "Too many failed" in sign_in(Client(), "bea").text
    assert [line.outcome for line in lines("denied")][-2:] == ["limited", "limited"]


def test_one_person_does_not_try_the_names_of_many(waiting):
    client = signed_in(waiting.ann)
    token = checked(client, waiting.alder, typed())
    answers = [said(cosign(client, waiting.alder, token, f"name{number}", w.PASSWORD))[0] for number in range(11)]
    assert "Too many failed" not in " ".join(answers[:10])
    assert "Too many failed" in answers[10]


def test_signatures_that_are_given_use_up_nothing(waiting):
    client = signed_in(waiting.ann)
    token = checked(client, waiting.alder, typed())
    for _ in range(4):
        cosign(client, waiting.alder, token, "cora", "a wrong password")
    assert cosign(client, waiting.alder, token, "cora", w.PASSWORD).status_code == 302
    assert [line.outcome for line in lines("denied")] == ["refused"] * 4
    assert sign_in(Client(), "cora").status_code == 302
