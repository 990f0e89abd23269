"""The portal's own doors: first page, help, probes and error pages."""

import pytest
from django.db import connection
from django.test import Client

from baclofen_portal import views
from tests import world as w
from tests.database import as_owner
from titration.models import CareRelation, Scope
from titration.models.relations import RIGHTS_OF_SCOPE


def test_a_clinician_is_taken_to_the_worklist_and_others_to_a_page_without_patients(world, client):
    client.force_login(world.ann)
    assert client.get("/").headers["Location"] == "/worklist/"
    client.force_login(world.edith)
    page = client.get("/")
    assert page.status_code == 200
    assert "Your account does not open them" in page.text
    assert "/patients/" not in page.text


@pytest.mark.ui("UI-51")
def test_help_answers_signed_out_and_begins_with_the_emergency_card(world, client, settings):
    settings.PUBLIC_ORGANISATION = "Northern Clinic"
    text = client.get("/help/").text
    assert text.index("Emergency advice:") < text.index("Urgent advice:") < text.index("Never stop baclofen suddenly")
    assert "Northern Clinic" in text
    assert "555 0100" in text


@pytest.mark.ui("UI-82")
@pytest.mark.parametrize(
    ("person", "rings", "never"),
    [("ann", ["911"], ["999", "111"]), ("finn", ["999", "111"], ["911"]), ("alma", ["911"], ["999", "111"])],
)
def test_help_rings_the_numbers_of_the_country_and_no_others(world, client, person, rings, never):
    client.force_login(world.people[person])
    text = client.get("/help/").text
    assert all(f"tel:{number}" in text for number in rings)
    assert not any(number in text for number in never)


def test_help_tells_a_patient_the_numbers_of_their_own_clinic(world, client, settings):
    settings.PUBLIC_ORGANISATION = "Southern Clinic"
    client.force_login(world.alma)
    text = client.get("/help/").text
    for number in (world.north.phone, world.north.out_of_hours_phone):
        assert f'href="tel:{number.replace(" ", "")}"' in text
    assert "Southern Clinic" not in text
    assert "ALDER" not in text


def test_patients_read_nothing_that_is_meant_for_staff(world, client):
    """Help, a page that is not theirs, and a right that they have not."""
    client.force_login(world.pia)
    alder = world.alder.pk
    for path, status in (("/help/", 200), ("/no-such-page/", 404), (f"/me/{alder}/looked/", 403)):
        page = client.get(path)
        assert page.status_code == status
        assert "for-patients" in page.text
        assert not [words for words in ("administrator", "judgement", "your work", "look after") if words in page.text]
    assert "They can send you a new link." in client.get("/help/").text
    client.force_login(world.ann)
    assert "administrator" in client.get("/help/").text


def test_help_tells_a_carer_each_clinic_and_no_number_of_one_country(world, client):
    with as_owner():
        CareRelation.objects.create(
            person=world.pia, patient=world.furze, kind="proxy", rights=list(RIGHTS_OF_SCOPE[Scope.VIEW]),
            valid_from=w.LONG_AGO, reason="Invited",
        )  # fmt: skip
    client.force_login(world.pia)
    text = client.get("/help/").text
    assert text.index("Northern Clinic") < text.index("Southern Clinic")
    assert "Dial the emergency number of the country you are in" in text
    assert not any(f"tel:{number}" in text for number in ("911", "999", "111"))


def test_help_tells_who_no_longer_cares_for_anybody_no_clinic(world, client):
    client.force_login(world.pex)
    assert "tel:" not in client.get("/help/").text


def test_help_names_no_number_when_the_clinic_is_not_known(world, client, settings):
    settings.PUBLIC_ORGANISATION = ""
    text = client.get("/help/").text
    assert "Dial the emergency number of the country you are in" in text
    assert "tel:" not in text


def test_the_first_probe_asks_no_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        page = client.get("/livez")
    assert page.json() == {"status": "ok"}


def test_the_second_probe_says_when_migrations_are_missing_and_nothing_else(client, db, monkeypatch):
    assert client.get("/readyz").json() == {"status": "ok", "watch": "silent"}
    monkeypatch.setattr(views, "_known_complete", set())
    monkeypatch.setattr(views.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    page = client.get("/readyz")
    assert page.status_code == 503
    assert page.json() == {"status": "not ready"}


@pytest.mark.bar("B-59")
@pytest.mark.django_db(transaction=True)
def test_the_second_probe_answers_503_when_the_database_is_gone(client, monkeypatch):
    connection.close()
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "HOST", "/nowhere")
        page = client.get("/readyz")
        assert page.status_code == 503
        assert page.json() == {"status": "not ready"}
        assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_what_is_complete_is_asked_once(client, db, monkeypatch):
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(views, "MigrationExecutor", None)
    assert client.get("/readyz").status_code == 200


def test_a_form_without_a_token_is_refused_in_words(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.ann)
    page = strict.post("/accounts/logout/")
    assert page.status_code == 403
    assert "This form is too old" in page.text


def test_error_pages_show_no_patient_and_the_last_one_needs_neither_database_nor_request(world, client, rf):
    w.start(world, world.alder, by=world.ann)
    client.force_login(world.dan)
    page = client.get(f"/patients/{world.alder.pk}/")
    assert page.status_code == 404
    assert "Alder" not in page.text
    request = rf.get("/")
    with connection.execute_wrapper(_no_database):
        failed = views.server_error(request)
    assert failed.status_code == 500
    assert "it was not saved" in failed.text
    for handler, status in ((views.bad_request, 400), (views.forbidden, 403), (views.not_found, 404)):
        assert handler(request, ValueError("ALDER, Test")).status_code == status
        assert "ALDER" not in handler(request, ValueError("ALDER, Test")).text


def _no_database(*args, **kwargs):
    raise AssertionError("this page must not ask the database")
