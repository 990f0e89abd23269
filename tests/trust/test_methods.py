"""A method that a page does not know is answered 405 before anything else of a form is asked, and is written down."""

import pytest
from django.test import Client

from tests.database import as_owner
from titration.models import AuditEvent

pytestmark = [pytest.mark.bar("B-01"), pytest.mark.hazard("H38"), pytest.mark.django_db]

STRANGE = ("put", "patch", "delete")


def strict(person=None) -> Client:
    client = Client(enforce_csrf_checks=True)
    if person is not None:
        client.force_login(person)
    return client


@pytest.mark.parametrize("method", STRANGE)
def test_without_a_token_of_a_form_a_strange_method_is_405(world, method):
    answer = getattr(strict(world.ann), method)(f"/patients/{world.alder.pk}/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    with as_owner():
        [line] = AuditEvent.objects.filter(action="denied")
    assert (line.actor, line.patient, line.page, line.outcome) == (
        world.ann.pk, world.alder.pk, "patients:chart", "405",
    )  # fmt: skip


@pytest.mark.parametrize("method", STRANGE)
def test_who_has_not_signed_in_is_asked_to_and_learns_no_method(world, method):
    answer = getattr(strict(), method)(f"/patients/{world.alder.pk}/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize("method", STRANGE)
def test_public_and_closed_pages_answer_in_the_same_way(world, method):
    assert getattr(strict(), method)("/help/").status_code == 405
    assert getattr(strict(), method)("/accounts/signup/").status_code == 404
    assert getattr(strict(world.ann), method)("/accounts/signup/").status_code == 404


def test_a_form_still_needs_its_token(world):
    client = strict(world.ann)
    assert client.post(f"/patients/{world.alder.pk}/facts/add/weight_kg/", {"number": "70"}).status_code == 403
    assert client.post("/accounts/logout/").status_code == 403
