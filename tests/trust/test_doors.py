"""Sign-in, refused sign-in, sign-out and the second signature are in the audit, and say no more than they must."""

import pytest
import time_machine
from django.test import Client

from baclofen_portal import checks, env
from baclofen_portal.accounts import views
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


# --- the limit of an address ----------------------------------------------------------------------------------------------


def tries(count: int, first: int = 0, **meta: str) -> list[int]:
    """The statuses of so many sign-ins, each under another name."""
    client = Client(**meta)
    return [sign_in(client, f"nobody{number}").status_code for number in range(first, first + count)]


@pytest.fixture
def two_a_minute(monkeypatch):
    monkeypatch.setattr("baclofen_portal.accounts.views._RATES", {"sign_in": "2/m/ip"})


def test_an_address_that_tries_too_often_is_answered_429_which_is_written_down(world, two_a_minute):
    assert tries(3) == [200, 200, 429]
    last = lines("denied")[-1]
    assert (last.outcome, last.actor, last.page) == ("429", None, "account_login")
    assert last.detail == f"address {address_digest('nobody2@example.test')}"
    assert "nobody2" not in last.detail


def test_the_limit_of_an_address_is_a_hundred_a_minute():
    assert views._RATES == {"sign_in": "100/m/ip"}


@pytest.mark.parametrize(
    "sent", [{}, {"login": "ann@example.test"}, {"password": "x"}, {"login": " ", "password": "x"}]
)
def test_a_form_with_an_empty_box_is_no_try(world, client, two_a_minute, sent):
    assert [client.post(DOOR, sent).status_code for _ in range(4)] == [200] * 4
    assert sign_in(client, "ann").status_code == 302


def test_behind_a_proxy_each_client_has_tries_of_its_own(world, two_a_minute, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    one, other = ({"HTTP_X_FORWARDED_FOR": f"198.51.100.9, 203.0.113.{number}"} for number in (1, 2))
    assert tries(3, **one) == [200, 200, 429]
    assert tries(2, 10, **other) == [200, 200]


def test_without_a_proxy_nobody_chooses_an_address(world, two_a_minute):
    assert [tries(1, number, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")[0] for number in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(("proxies", "sent"), [(2, "203.0.113.7"), (1, "nonsense"), (1, "")])
def test_an_address_that_cannot_be_read_is_no_error(world, two_a_minute, settings, proxies, sent):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert tries(3, HTTP_X_FORWARDED_FOR=sent) == [200, 200, 429]
    assert Client(REMOTE_ADDR="").post(DOOR, {"login": "a@example.test", "password": "x"}).status_code == 200


@pytest.mark.parametrize(
    ("production", "proxies", "warned"), [(True, None, 1), (True, 0, 0), (True, 1, 0), (False, None, 0)]
)
def test_production_says_how_many_proxies_there_are(settings, production, proxies, warned):
    settings.PRODUCTION, settings.PROXIES = production, proxies
    assert [one.id for one in checks.proxies_are_counted(None)] == ["portal.W001"] * warned


@pytest.mark.parametrize("value", ["", "-1", "1.5", "one", "11", "٣"])
def test_a_number_of_proxies_that_cannot_be_read_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("PORTAL_PROXIES", value)
    with pytest.raises(env.ImproperlyConfigured, match="PORTAL_PROXIES"):
        env.count("PORTAL_PROXIES", 10)
    monkeypatch.setenv("PORTAL_PROXIES", "2")
    assert env.count("PORTAL_PROXIES", 10) == 2
    monkeypatch.delenv("PORTAL_PROXIES")
    assert env.count("PORTAL_PROXIES", 10) is None


# --- the second signature -------------------------------------------------------------------------------------------------


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
    return client.post(
        url("steps:check", patient), {"token": token, "gate-code": "specialist_advice", **decide(**answers)}
    )


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
