"""Every URL name has an access rule; a URL that nobody classified fails the check and is answered 404."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, include, path, resolve

from baclofen_portal import access, checks, urls
from baclofen_portal.access import ACCESS, Rule, url_names
from tests.trust import addresses, matrix

pytestmark = [pytest.mark.bar("B-01"), pytest.mark.hazard("H38"), pytest.mark.hazard("H39")]


def says_hello(request):
    return HttpResponse("Hello from a page without a rule")


class WithMore:
    """The URLs of the portal and some that nobody classified."""

    urlpatterns = [
        *urls.urlpatterns,
        path("unruled/", says_hello, name="unruled"),
        path("nameless/", says_hello),
        path("", include(([path("inner/", says_hello, name="inner")], "outer"))),
        # A known name inside an unknown namespace is another name.
        path("", include(([path("hidden-help/", says_hello, name="help")], "shadow"))),
    ]
    handler404 = urls.handler404


NEW = ("/unruled/", "/nameless/", "/inner/", "/hidden-help/")


def test_every_url_has_a_name_and_a_rule():
    names = [name for name, _ in url_names(get_resolver())]
    assert None not in names
    assert set(names) == set(ACCESS)
    assert len(names) > 30


def test_the_names_that_are_walked_and_reviewed_are_all_names():
    names = {name for name, _ in url_names(get_resolver())}
    assert {name for name, _, _ in matrix.read()} == names
    assert set(addresses.PARAMETERS) == names


def test_the_addresses_that_are_walked_lead_to_their_names():
    for name in addresses.PARAMETERS:
        assert resolve(addresses.address(name, patient={}, child={})).view_name == name


def test_every_url_about_a_patient_loads_the_patient_through_the_registry():
    for name, pattern in url_names(get_resolver()):
        assert ("patient_id" in pattern) == (ACCESS[name].subject == "patient"), name


def test_what_is_open_to_everybody_is_written_down():
    public = {name for name, rule in ACCESS.items() if rule.public}
    assert public == {
        "learn:start",
        "learn:hub",
        "learn:search",
        "learn:page",
        "learn:handout",
        "learn:picture",
        "app:manifest",
        "app:worker",
        "app:offline",
        "help",
        "health:live",
        "health:ready",
        "account_login",
        "account_logout",
        "account_inactive",
        "join",
        "passkey_start",
        "passkey_sign_in",
    }
    assert all(rule.roles or rule.public or rule.closed for rule in ACCESS.values())


def test_every_page_that_shows_patients_is_audited():
    """The first page alone shows no patient."""
    silent = {name for name, rule in ACCESS.items() if rule.roles and not rule.audit}
    assert silent == {"home"}


@override_settings(ROOT_URLCONF=WithMore)
def test_a_url_without_a_rule_fails_the_check():
    found = [one for one in checks.every_url_has_a_rule(None) if one.id == "access.E001"]
    assert len(found) == len(NEW)
    with pytest.raises(SystemCheckError, match=r"access\.E001.*unruled"):
        call_command("check")


def test_the_portal_passes_the_check():
    assert checks.every_url_has_a_rule(None) == []


def test_a_rule_without_a_url_fails_the_check(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(ACCESS, "patients:everybody", Rule(public=True))
    assert [one.id for one in checks.every_url_has_a_rule(None)] == ["access.E002"]


@override_settings(ROOT_URLCONF=WithMore)
@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_url_without_a_rule_is_answered_404(world, method: str):
    for person in (None, world.ann, world.ada):
        client = Client()
        if person is not None:
            client.force_login(person)
        for new in NEW:
            answer = getattr(client, method)(new)
            assert answer.status_code == 404, new
            assert b"Hello" not in answer.content


@override_settings(ROOT_URLCONF=WithMore)
@pytest.mark.django_db
def test_the_page_itself_would_have_answered(monkeypatch: pytest.MonkeyPatch):
    """With a rule the same page is shown: it is the missing rule that answers 404, and not a mistake in this test."""
    monkeypatch.setitem(ACCESS, "unruled", Rule(public=True))
    assert Client().get("/unruled/").text == "Hello from a page without a rule"


def test_a_rule_that_is_removed_is_missed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(access.ACCESS, "patients:chart")
    assert [one.id for one in checks.every_url_has_a_rule(None)] == ["access.E001"]


def test_the_table_is_complete_and_says_no_in_so_many_words():
    table = matrix.read()
    names = {name for name, _ in url_names(get_resolver())}
    personas = (*matrix.PERSONAS, *matrix.LATER)
    assert set(table) == {(name, who, method) for name in names for who in personas for method in matrix.METHODS}
    assert {table[cell] for cell in table if cell[1] in matrix.LATER} == {"later"}
    assert not any(table[cell] == "later" for cell in table if cell[1] in matrix.PERSONAS)
    denials = sum(answer in ("403", "404", "405", "sign-in") for answer in table.values())
    assert denials >= 1.5 * len(names)


def test_a_line_that_is_there_twice_or_unknown_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch):
    text = matrix._FILE.read_text()
    changed = tmp_path / "access_matrix.csv"
    monkeypatch.setattr(matrix, "_FILE", changed)
    changed.write_text(text + text.splitlines()[1] + "\n")
    with pytest.raises(ValueError, match=f"line {len(text.splitlines()) + 1}: home GET"):
        matrix.read()
    changed.write_text(text.replace("sign-in", "perhaps", 1))
    with pytest.raises(ValueError, match="says 'perhaps'"):
        matrix.read()
