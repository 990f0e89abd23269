"""Finding a patient: by name, birth date and identifier, and what is said when nobody is found."""

import re
from datetime import date

import pytest

from tests import world as w
from tests.database import as_owner
from tests.titration.views.ordering import signed_in
from titration.forms.search import SearchForm, read_birth_date
from titration.models import AuditEvent


@pytest.fixture
def clinic(frozen):
    """Alder has a dose; Aspen was born on a day of her own."""
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=12)
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=10)
    with as_owner():
        frozen.aspen.birth_date = date(1969, 7, 14)
        frozen.aspen.save(update_fields=["birth_date"])
    return frozen


def found(page):
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page.text)


def words(page):
    return " ".join(re.sub(r"<[^>]+>", "", page.text).split())


def test_all_of_one_s_patients_with_their_daily_dose_and_flags(clinic):
    page = signed_in(clinic.ann).get("/patients/")
    assert found(page) == ["ALDER, Test", "ASPEN, Test"]
    assert "2 patients" in words(page)
    alder, aspen = re.findall(r"<tr>(?:(?!</tr>).)*<th scope=\"row\">.*?</tr>", page.text, re.DOTALL)
    assert '<span class="dose">15\u00a0mg</span>' in alder
    assert "No plan" in aspen
    assert "No open flags" in aspen


@pytest.mark.parametrize("typed", ["asp", "Aspen", "aspen test", "ASPEN, Test"])
def test_a_name_is_found_by_its_beginning_in_any_case(clinic, typed):
    assert found(signed_in(clinic.ann).get("/patients/", {"q": typed})) == ["ASPEN, Test"]


@pytest.mark.parametrize("typed", ["14-Jul-1969", "14 July 1969", "14 jul 1969", "1969-07-14", "14th July, 1969"])
def test_a_birth_date_is_found_as_it_is_written(clinic, typed):
    page = signed_in(clinic.ann).get("/patients/", {"q": typed})
    assert found(page) == ["ASPEN, Test"]
    assert "1 patient matches born 14-Jul-1969" in words(page)


def test_an_identifier_is_found(clinic):
    number = clinic.seen_by(clinic.ann, clinic.alder).record_number
    assert found(signed_in(clinic.ann).get("/patients/", {"q": number})) == ["ALDER, Test"]


@pytest.mark.parametrize("typed", ["03/04/2026", "3.4.2026", "03-04-2026", "2026/04/03", "4/3/26"])
def test_a_date_with_two_readings_is_not_searched_for(clinic, typed):
    page = signed_in(clinic.ann).get("/patients/", {"q": typed})
    assert page.status_code == 422
    assert found(page) == []
    assert page.text.count("Write a birth date like 14-Jul-1969, 14 July 1969 or 1969-07-14.") == 2
    assert "<title>Error: Patients" in page.text
    assert 'aria-describedby="search-error search-hint"' in page.text


@pytest.mark.ui("UI-10")
def test_no_message_writes_a_date_in_figures(clinic):
    page = signed_in(clinic.ann).get("/patients/", {"q": "03/04/2026"})
    assert not re.search(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", words(page))


def test_a_day_that_does_not_exist_is_named(clinic):
    page = signed_in(clinic.ann).get("/patients/", {"q": "31-Feb-1969"})
    assert page.status_code == 422
    assert "there is no such day" in page.text


@pytest.mark.parametrize(("typed", "read"), [("May", None), ("14 Smarch 1969", None), ("TEST 1000", None), ("", None)])
def test_what_is_no_date_is_searched_as_text(typed, read):
    assert read_birth_date(typed) is read


def test_a_null_or_a_novel_is_refused_in_words():
    assert not SearchForm({"q": "a\x00b"}).is_valid()
    assert not SearchForm({"q": "a" * 201}).is_valid()


@pytest.mark.ui("UI-46")
def test_nobody_found_names_the_search_and_offers_to_clear_it(clinic):
    page = signed_in(clinic.ann).get("/patients/", {"q": "smyth"})
    assert "No patients match ‘smyth’." in words(page)
    assert '<a href="/patients/">Clear search</a>' in page.text


@pytest.mark.ui("UI-46")
def test_a_clinician_without_patients_is_told_so(clinic):
    assert "You have no patients yet." in words(signed_in(clinic.lena).get("/patients/"))


@pytest.mark.bar("B-01")
def test_nobody_else_s_patient_is_found_under_any_word(clinic):
    dan = signed_in(clinic.dan)
    number = clinic.seen_by(clinic.ann, clinic.alder).record_number
    for typed in ("alder", "1981-03-04", number, ""):
        assert "ALDER" not in dan.get("/patients/", {"q": typed}).text


def test_the_audit_names_everybody_on_the_page(clinic):
    assert signed_in(clinic.ann).get("/patients/").status_code == 200
    with as_owner():
        seen = set(AuditEvent.objects.filter(page="patients:list", action="search").values_list("patient", flat=True))
    assert seen == {clinic.alder.pk, clinic.aspen.pk}
