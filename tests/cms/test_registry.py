"""Every URL of the editors' process is classified, what is closed is not there, and nothing leads to it."""

import re

import pytest
from django.core import checks
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve

from baclofen_portal.cms import access
from baclofen_portal.cms.access import ACCESS, CLOSED, EDITORS, PUBLIC, rule_of, url_keys
from education.models import LearnHub
from tests.cms.addresses import address_of, leads_to
from tests.cms_client import signed_in

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38")]

URLS = get_resolver("baclofen_portal.cms.urls")
ALL = sorted(set(url_keys(URLS)))
# Both are served by the view of the portal that stands before them, under another name.
SHADOWED = {"wagtailadmin_login", "wagtailadmin_logout"}


def addresses(rule: str) -> list[tuple[str, str]]:
    return [(key, address_of(pattern)) for key, pattern in ALL if ACCESS[key] == rule and key not in SHADOWED]


def test_every_url_is_listed_and_nothing_else_is():
    assert {key for key, _ in ALL} == set(ACCESS)


def test_nothing_is_listed_twice():
    listed = [*access._PUBLIC, *access._EDITORS, *access._CLOSED]
    assert len(listed) == len(set(listed))


def test_the_system_check_names_a_url_that_nobody_classified(cms, monkeypatch):
    assert [found for found in checks.run_checks() if str(found.id).startswith("access.")] == []
    monkeypatch.delitem(ACCESS, "wagtailadmin_home")
    monkeypatch.setitem(ACCESS, "wagtailadmin_attic", EDITORS)
    found = [found for found in checks.run_checks() if str(found.id).startswith("access.")]
    assert [one.id for one in found] == ["access.E001", "access.E002"]
    assert "'wagtailadmin_home'" in found[0].msg
    assert "'wagtailadmin_attic'" in found[1].msg
    assert "cms/access.py" in found[0].hint


def test_each_address_is_that_of_its_pattern():
    for rule in (EDITORS, PUBLIC, CLOSED):
        for key, address in addresses(rule):
            match = resolve(address, "baclofen_portal.cms.urls")
            assert key in (match.view_name, "cms/^.*/$", "cms/test404/"), address
            assert rule_of(match) == rule, address


def test_what_is_closed_is_not_there_whoever_asks_and_however(cms, author):
    client = signed_in(author)
    for key, address in addresses(CLOSED):
        for answer in (client.get(address), client.post(address), Client().get(address)):
            assert answer.status_code == 404, (key, address)
            assert b"Page not found" in answer.content


def test_what_nobody_listed_is_not_there(cms, author, monkeypatch):
    client = signed_in(author)
    assert client.get("/cms/reports/locked/").status_code in (200, 302)
    monkeypatch.delitem(ACCESS, "wagtailadmin_reports:locked_pages")
    assert client.get("/cms/reports/locked/").status_code == 404


def test_whoever_has_not_signed_in_is_asked_to(cms):
    for key, address in addresses(EDITORS):
        answer = Client().get(address)
        assert answer.status_code == 302, (key, address)
        assert answer.url.startswith("/cms/login/"), (key, answer.url)
        answer = Client().post(address)
        assert (answer.status_code, answer.url) == (302, "/cms/login/?next=/cms/"), (key, address)


def test_everybody_may_ask_for_the_door_and_the_probes(cms):
    assert {key for key, rule in ACCESS.items() if rule == PUBLIC} == {
        "account_login", "account_logout", "live", "ready",
    }  # fmt: skip
    for address in ("/cms/login/", "/livez", "/readyz"):
        assert Client().get(address).status_code == 200
    assert Client().get("/cms/logout/").status_code == 302


# Addresses that the scripts of the admin are told for buttons and choosers that are not there.
TOLD = {
    "wagtailadmin_pages:set_privacy", "wagtailadmin_api:documents:listing", "wagtailadmin_api:images:listing",
    "wagtail_bulk_action",
}  # fmt: skip


def test_no_page_leads_to_what_is_closed(cms, author, page):
    client = signed_in(author)
    hub = LearnHub.objects.get().pk
    for address in (
        "/cms/", f"/cms/pages/{hub}/", f"/cms/pages/{page.pk}/edit/", f"/cms/pages/{page.pk}/history/",
        f"/cms/pages/{page.pk}/usage/", f"/cms/pages/add/education/learnpage/{hub}/", "/cms/account/",
        "/cms/reports/workflow/", "/cms/reports/aging-pages/", "/cms/choose-page/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        for leads in leads_to(answer.content.decode()):
            assert is_open(leads), (address, leads)


def is_open(address: str) -> bool:
    try:
        match = resolve(re.split(r"[?#]", address)[0], "baclofen_portal.cms.urls")
    except Resolver404:
        return False
    return rule_of(match) != CLOSED or match.view_name in TOLD
