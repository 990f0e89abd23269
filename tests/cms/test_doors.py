"""Who may come in, what somebody reads who may not, and how a sign-in is kept apart from that of the portal."""

import logging

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from baclofen_portal.accounts.models import EditorSession, User
from education.models.groundwork import AUTHORS, EDITORS, REVIEWERS
from tests import world as w
from tests.cms_client import PASSWORD, editor, signed_in
from tests.database import as_owner

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38")]

LOGIN = "/cms/login/"


def tried(email: str, password: str = PASSWORD) -> tuple[Client, str]:
    """A browser after one try, and what the page said; empty when it let in."""
    client = Client()
    response = client.post(LOGIN, {"login": email, "password": password})
    if response.status_code == 302:
        return client, ""
    assert response.status_code in (200, 422)
    return client, " ".join(response.context["form"].non_field_errors())


@pytest.mark.parametrize("group", [AUTHORS, EDITORS, REVIEWERS])
def test_editors_of_a_group_come_in(cms, group):
    client = signed_in(editor("Ann Author", group))
    assert client.get("/cms/").status_code == 200


@pytest.fixture
def wrong(cms):
    """What somebody reads whose password is wrong."""
    person = editor("Wanda Wrong", AUTHORS)
    words = tried(person.email, "not the password")[1]
    assert words
    return words


@pytest.mark.parametrize(
    ("role", "groups", "fields"),
    [
        ("editor", [], {}),
        ("admin", [], {}),
        ("editor", [AUTHORS], {"is_active": False}),
        ("clinician", [], {}),
        ("clinician", [AUTHORS, REVIEWERS], {}),  # a group that was given by mistake opens nothing
        ("patient", [], {}),
        ("patient", [EDITORS], {}),
    ],
)
def test_nobody_else_comes_in_and_nobody_learns_why(wrong, role, groups, fields):
    person = editor("Nora Nobody", *groups, role=role, **fields)
    client, words = tried(person.email)
    assert words == wrong
    assert client.get("/cms/").status_code == 302


def test_an_unknown_address_reads_the_same(wrong):
    assert tried("nobody@example.test")[1] == wrong


def test_a_group_without_the_right_to_enter_opens_nothing(wrong):
    with as_owner():
        Group.objects.get(name=AUTHORS).permissions.filter(codename="access_admin").delete()
        Group.objects.get(name=AUTHORS).permissions.clear()
    assert tried(editor("Ann Author", AUTHORS).email)[1] == wrong


def test_what_is_taken_away_is_gone_at_the_next_request(cms, author):
    client = signed_in(author)
    with as_owner():
        author.groups.clear()
    response = client.get("/cms/")
    assert response.status_code == 302
    assert response.url.startswith(LOGIN)


def test_an_account_that_is_switched_off_is_out_at_the_next_request(cms, author):
    client = signed_in(author)
    with as_owner():
        User.objects.filter(pk=author.pk).update(is_active=False)
    assert client.get("/cms/").status_code == 302


def test_failed_tries_are_limited_by_address_and_logged_without_it(cms, author, caplog):
    for _ in range(5):
        tried(author.email, "not the password")
    with caplog.at_level(logging.WARNING, logger="baclofen_portal.cms.doors"):
        _, words = tried(author.email)
    assert "Too many" in words
    assert "too many tries" in caplog.text
    assert author.email not in caplog.text


def test_tries_from_one_address_are_slowed_down(cms, author, settings):
    from baclofen_portal.accounts import views

    before, views._RATES["sign_in"] = views._RATES["sign_in"], "1/m/ip"
    try:
        tried(author.email, "not the password")
        response = Client().post(LOGIN, {"login": author.email, "password": PASSWORD})
    finally:
        views._RATES["sign_in"] = before
    assert response.status_code == 429
    assert b"Too many tries" in response.content


def test_a_sign_in_has_a_table_and_cookies_of_its_own(cms, author):
    client = signed_in(author)
    assert set(client.cookies) == {"cms_session", "cms_csrf"}
    assert client.cookies["cms_session"]["httponly"]
    assert EditorSession.objects.filter(session_key=client.cookies["cms_session"].value).exists()


def test_a_sign_in_of_the_portal_is_none_here(world, cms, author):
    from django.contrib.sessions.models import Session

    with as_owner():
        portal = Client()
        session = Session.objects.create(session_key="k" * 32, session_data="", expire_date=w.NOW)
    portal.cookies["portal_session"] = portal.cookies["cms_session"] = session.session_key
    assert portal.get("/cms/").status_code == 302


def test_signing_out_ends_the_session_and_empties_the_browser(cms, author):
    client = signed_in(author)
    key = client.cookies["cms_session"].value
    assert client.get("/cms/logout/").status_code == 200
    response = client.post("/cms/logout/")
    assert response.status_code == 302
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies"'
    assert not EditorSession.objects.filter(session_key=key).exists()
    assert client.get("/cms/").status_code == 302


def test_a_form_without_a_token_is_refused(cms, author):
    client = Client(enforce_csrf_checks=True)
    response = client.post(LOGIN, {"login": author.email, "password": PASSWORD})
    assert response.status_code == 403
    assert b"This form is too old" in response.content


def test_the_page_asks_in_the_look_of_the_portal(cms):
    response = Client().get(LOGIN)
    assert b"Sign in to write education pages" in response.content
    assert b"Demonstration data" not in response.content
