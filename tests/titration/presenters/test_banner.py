"""Who the page is about, in words."""

from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from titration.models import Patient
from titration.presenters.banner import age_words, banner

TODAY = date(2026, 11, 22)


def patient(**fields):
    made = Patient(
        id=UUID(int=1), family_name="Sample", given_name="Alex", birth_date=date(1969, 7, 14), sex="F",
        time_zone="Europe/London",
    )  # fmt: skip
    made.record_number = "TEST 0001"
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@pytest.mark.ui("UI-54")
def test_the_order_is_name_birth_date_sex_id_and_there_is_no_image():
    html = render_to_string("_components/patient-banner.html", {"patient": banner(patient(title="Mx"), today=TODAY)})
    places = [html.index(part) for part in ("SAMPLE, Alex (Mx)", "14-Jul-1969", "(57y)", "Female", "TEST 0001")]
    assert places == sorted(places)
    assert "<img" not in html
    assert "<svg" not in html


@pytest.mark.ui("UI-12")
def test_what_is_not_known_is_said():
    html = render_to_string(
        "_components/patient-banner.html",
        {"patient": banner(patient(birth_date=None, sex="", record_number=""), today=TODAY)},
    )
    assert "Not known" in html
    assert html.count("Not recorded") == 2
    assert "None" not in html


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(1969, 11, 22), "57y"),
        (date(1969, 11, 23), "56y"),
        (date(2024, 11, 22), "2y"),
        (date(2024, 11, 23), "23 months"),
        (date(2026, 10, 22), "1 month"),
        (date(2026, 10, 23), "0 months"),
        (date(2026, 11, 23), ""),
        (None, ""),
    ],
)
def test_age_in_completed_years_and_in_months_below_two(born, words):
    assert age_words(SimpleNamespace(birth_date=born, is_deceased=False, deceased_on=None), TODAY) == words


def test_the_dead_have_the_age_of_their_death_and_say_so():
    dead = banner(patient(is_deceased=True, deceased_on=date(2025, 3, 3)), today=TODAY)
    assert (dead.dead_words, dead.age_words) == ("Died 03-Mar-2025", "55y")
    unknown = banner(patient(is_deceased=True), today=TODAY)
    assert (unknown.dead_words, unknown.age_words) == ("Died, date not recorded", "")


def test_a_name_cannot_bring_markup_into_the_page():
    html = render_to_string(
        "_components/patient-banner.html", {"patient": banner(patient(given_name="<b>x"), today=TODAY)}
    )
    assert "<b>x" not in html
