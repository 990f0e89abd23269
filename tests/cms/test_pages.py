"""What an editor is answered: the admin, own preferences, images, failures; and with which headers."""

import re

import pytest
from django.db import OperationalError
from django.test import Client
from wagtail.users.models import UserProfile

from education.models import LearnHub
from tests.cms_client import signed_in
from tests.database import as_owner

pytestmark = pytest.mark.django_db


def test_an_author_opens_the_admin_the_tree_and_a_page(cms, author, page):
    client = signed_in(author)
    assert client.get("/").url == "/cms/"
    for address in ("/cms/", f"/cms/pages/{LearnHub.objects.get().pk}/", f"/cms/pages/{page.pk}/edit/"):
        assert client.get(address).status_code == 200, address
    assert b"Ann Author" in client.get("/cms/").content


def test_after_signing_in_the_page_that_was_asked_for_is_shown(cms, author, page):
    from tests.cms_client import PASSWORD

    client = Client()
    wanted = f"/cms/pages/{page.pk}/edit/"
    assert client.get(wanted).url == f"/cms/login/?next={wanted}"
    answer = client.post("/cms/login/", {"login": author.email, "password": PASSWORD, "next": wanted})
    assert answer.url == wanted
    assert Client().post("/cms/login/", {"login": author.email, "password": PASSWORD}).url == "/cms/"


def test_an_editor_chooses_how_the_admin_looks_and_nothing_about_the_account(cms, author):
    client = signed_in(author)
    fields = set(re.findall(r'name="([a-z_]+)-', client.get("/cms/account/").content.decode()))
    assert "theme" in fields
    assert fields <= {"theme", "color"}  # the last is what browsers are told: color-scheme
    sent = {"theme-theme": "dark", "theme-contrast": "more_contrast", "theme-density": "default"}
    sent |= {
        "theme-keyboard_shortcuts": "on",
        "password-new_password1": "another password",
        "name_email-email": "a@b.c",
    }
    assert client.post("/cms/account/", sent).status_code == 302
    assert UserProfile.objects.get(user=author).theme == "dark"
    before = author.password
    author.refresh_from_db()
    assert (author.password, author.email) == (before, "ann.author@editors.example")


@pytest.mark.bar("B-25")
def test_the_policy_lets_scripts_come_from_here_only(cms, author):
    answer = signed_in(author).get("/cms/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'none'"
    assert (
        policy["frame-ancestors"] == policy["frame-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    )
    assert policy["base-uri"] == "'none'"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_no_page_holds_a_script(cms, author, page):
    """The policy would refuse it, and what it does would be missing."""
    client = signed_in(author)
    hub = LearnHub.objects.get().pk
    for address in (
        "/cms/login/", "/cms/", f"/cms/pages/{hub}/", f"/cms/pages/{page.pk}/edit/", f"/cms/pages/{page.pk}/history/",
        f"/cms/pages/add/education/learnpage/{hub}/", "/cms/reports/aging-pages/", "/cms/reports/workflow/",
        "/cms/account/",
    ):  # fmt: skip
        html = client.get(address).content.decode()
        for tag in re.findall(r"<script[^>]*>", html):
            assert "src=" in tag or 'type="application/json"' in tag, (address, tag)
        assert not re.search(r"<[^>]+\son(click|load|error|change|submit)=", html), address


def test_every_page_of_a_demonstration_says_so(cms, author, page):
    from titration.models import Installation

    client = signed_in(author)
    addresses = ("/cms/login/", "/cms/", f"/cms/pages/{page.pk}/edit/", "/cms/nothing-here/", "/cms/account/")
    assert all(b"Demonstration data" not in client.get(address).content for address in addresses[1:])
    with as_owner():
        Installation.objects.create(is_demo=True, stamped_at="2026-11-22T14:05:00Z")
    client_out = Client()
    assert b"Demonstration data. Not for care." in client_out.get(addresses[0]).content
    for address in addresses[1:]:
        assert b"Demonstration data. Not for care." in client.get(address).content, address


def test_an_image_is_shown_to_editors_and_runs_nothing(cms, author, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for folder in ("images", "documents"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "leg.png").write_bytes(b"\x89PNG")
    client = signed_in(author)
    answer = client.get("/media/images/leg.png")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.getvalue() == b"\x89PNG"
    assert client.get("/media/documents/leg.png").status_code == 404
    assert client.get("/media/images/../documents/leg.png").status_code == 404
    assert Client().get("/media/images/leg.png").status_code == 302


def test_a_failure_shows_a_page_of_its_own_and_leaves_nothing(cms, author, page, monkeypatch):
    from baclofen_portal.cms import views

    def broken(self, request):
        UserProfile.objects.create(user=request.user, theme="dark")
        raise RuntimeError

    monkeypatch.setattr(views.Account, "get", broken, raising=False)
    client = signed_in(author)
    client.raise_request_exception = False
    answer = client.get("/cms/account/")
    assert answer.status_code == 500
    assert b"The editor has a problem" in answer.content
    assert b"patient" not in answer.content.replace(b"what patients read", b"")
    assert not UserProfile.objects.exists()


def test_waiting_in_vain_for_somebody_is_no_failure(cms, author, monkeypatch):
    from baclofen_portal.cms import views

    class LockNotAvailable(Exception):
        sqlstate = "55P03"

    def held(self, request):
        raise OperationalError from LockNotAvailable()

    monkeypatch.setattr(views.Account, "get", held, raising=False)
    answer = signed_in(author).get("/cms/account/")
    assert answer.status_code == 503
    assert b"The editor is busy" in answer.content


def test_readiness_needs_the_database(cms, monkeypatch):
    from baclofen_portal.cms import views

    assert Client().get("/readyz").json() == {"status": "ok"}

    def gone():
        raise OperationalError

    monkeypatch.setattr(views, "migrations_missing", gone)
    monkeypatch.setattr(views.connection, "close", lambda: None)
    assert Client().get("/readyz").status_code == 503
    monkeypatch.setattr(views, "migrations_missing", lambda: True)
    assert Client().get("/readyz").status_code == 503
    assert Client().get("/livez").status_code == 200
