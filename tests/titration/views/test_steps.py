"""The form of a dose step, its live check, a past change and the page of a step."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.titration.views.ordering import (
    TODAY,
    checked,
    parts,
    record_of,
    rows_of,
    save,
    send,
    signed_in,
    text_of,
    typed,
    url,
    version,
)
from titration.views import orders

pytestmark = pytest.mark.django_db


def errors(response):
    return {name: list(said) for name, said in response.context["form"].errors.items()}


def live(client, patient, **fields):
    return client.post(url("steps:live", patient), {"purpose": "change", **fields})


def break_the_check(monkeypatch):
    def broken(record, order):
        raise ZeroDivisionError

    monkeypatch.setattr(orders, "assess_order", broken)


@pytest.mark.ui("UI-16")
def test_nothing_is_chosen_on_a_new_form(titrated, ann):
    page = text_of(ann.get(url("steps:add", titrated.alder)))
    assert "checked" not in re.sub(
        r"data-\S+|checked_at|class=\S+", "", page.split("<main")[1].split("safety-panel")[0]
    )
    assert 'type="number"' not in page
    assert "15\u00a0mg" in page  # the dose in force, above the form


def test_the_form_posts_to_the_live_check_and_never_shows_an_older_answer_over_a_newer(titrated, ann):
    page = text_of(ann.get(url("steps:add", titrated.alder)))
    assert url("steps:live", titrated.alder) in page
    assert 'hx-sync="this:replace"' in page
    assert 'role="status"' in page


@pytest.mark.ui("UI-15")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1O", "Dose must be a number, like 15 or 7.5"),
        ("1e2", "Dose must be a number, like 15 or 7.5"),
        ("-5", "Dose must be a number, like 15 or 7.5"),
        ("½", "Dose must be a number, like 15 or 7.5"),
        ("1,5", "Use a full stop, not a comma"),
        ("015", "Write the number in full, like 15 or 0.5"),
        (".5", "Write the number in full, like 15 or 0.5"),
        ("10 mcg", "Enter the dose in mg"),
        ("10 mL", "Enter the dose in mg"),
        ("0", "Dose must be more than 0. To stop baclofen, build a taper"),
        ("1000", "Dose must be between 0.5\u00a0mg and 100\u00a0mg"),
        ("", "Enter the dose each time, in mg"),
    ],
)
def test_a_dose_that_cannot_be_read_says_why(titrated, ann, text, message):
    answer = send(ann, "steps:add", titrated.alder, typed(dose=text))
    assert answer.status_code == 422
    assert errors(answer) == {"dose": [message]}
    assert rows_of(titrated, titrated.alder) == 1
    assert "<title>Error: " in text_of(answer)


@pytest.mark.ui("UI-15")
@pytest.mark.parametrize(("text", "shown"), [("7.5", "7.5"), ("10 mg", "10"), ("10mg", "10"), ("10.0", "10")])
def test_a_dose_that_can_be_read_goes_to_the_check_page(titrated, ann, text, shown):
    answer = send(ann, "steps:add", titrated.alder, typed(dose=text))
    assert answer.status_code == 200
    assert f"{shown}\u00a0mg by mouth three times a day: 08:00, 14:00, 20:00" in text_of(answer)
    assert rows_of(titrated, titrated.alder) == 1


@pytest.mark.ui("UI-23")
def test_a_dose_that_cannot_be_made_names_the_nearest(titrated, ann):
    answer = send(ann, "steps:add", titrated.alder, typed(dose="11"))
    assert "The nearest doses are 10\u00a0mg and 12.5\u00a0mg." in errors(answer)["dose"][0]


def test_everything_that_is_missing_is_said_at_once(titrated, ann):
    answer = send(ann, "steps:add", titrated.alder, {})
    assert set(errors(answer)) == {"product", "frequency", "starts_on", "reason"}
    assert text_of(answer).count('href="#id_') >= 4


def test_different_doses_are_read_in_the_order_of_their_times(titrated, ann):
    rows = {"row_1_time": "20:00", "row_1_dose": "10", "row_2_time": "8:00", "row_2_dose": "5"}
    answer = send(ann, "steps:add", titrated.alder, typed(frequency="different", dose="nonsense", **rows))
    assert answer.status_code == 200
    assert "5\u00a0mg at 08:00, 10\u00a0mg at 20:00, by mouth twice a day" in text_of(answer)


@pytest.mark.parametrize(
    ("rows", "name", "message"),
    [
        ({}, "row_1_time", "Enter at least one time and its dose."),
        ({"row_1_dose": "5"}, "row_1_time", "Enter the time of the dose of 5\u00a0mg."),
        ({"row_1_time": "08:00"}, "row_1_dose", "Enter the dose at 08:00, in mg."),
        (
            {"row_1_time": "08:00", "row_1_dose": "5", "row_2_time": "08:00", "row_2_dose": "5"},
            "row_2_time",
            "Two doses are at 08:00. Give each dose its own time.",
        ),
        (
            {"row_1_time": "8pm", "row_1_dose": "5"},
            "row_1_time",
            "Time must be on 24 hours, like 08:00 or 14:30, and “8pm” was read.",
        ),
    ],
)
def test_a_row_that_cannot_be_read_says_why(titrated, ann, rows, name, message):
    answer = send(ann, "steps:add", titrated.alder, typed(frequency="different", **rows))
    assert answer.status_code == 422
    assert errors(answer) == {name: [message]}


def test_a_day_above_the_entry_limit_is_refused(titrated, ann):
    answer = send(ann, "steps:add", titrated.alder, typed(dose="70"))
    assert "at most 200\u00a0mg together, and they add up to 210\u00a0mg" in errors(answer)["frequency"][0]


@pytest.mark.ui("UI-7")
def test_a_liquid_shows_its_volume_and_a_volume_that_disagrees_is_refused(titrated, ann):
    right = send(ann, "steps:add", titrated.alder, typed(product="liquid_1", volume_ml="10"))
    assert right.status_code == 200
    assert "10\u00a0mL of 5\u00a0mg in 5\u00a0mL" in text_of(right)
    wrong = send(ann, "steps:add", titrated.alder, typed(product="liquid_1", volume_ml="2"))
    assert wrong.status_code == 422
    assert "UNIT-4" in errors(wrong)["volume_ml"][0]


def test_a_start_date_in_the_past_is_refused(titrated, ann):
    answer = send(ann, "steps:add", titrated.alder, typed(on=TODAY - timedelta(days=1)))
    assert "Start date must be between 22-Nov-2026" in errors(answer)["starts_on"][0]


def test_change_opens_the_form_as_it_was_typed(titrated, ann):
    page = send(ann, "steps:add", titrated.alder, typed(dose="12.5", reason="Tight legs"))
    form = ann.get(page.context["change_url"]).context["form"]
    assert [form[name].value() for name in ("product", "dose", "frequency", "reason")] == [
        "tablet_10",
        "12.5",
        "3",
        "Tight legs",
    ]
    elsewhere = ann.get(page.context["change_url"].replace(str(titrated.alder.pk), str(titrated.aspen.pk)), follow=True)
    assert "Tight legs" not in text_of(elsewhere)


def test_the_live_check_says_what_the_check_page_says(titrated, ann):
    fields = typed(dose="30")
    answer = live(ann, titrated.alder, **fields)
    assert answer.status_code == 200
    page = send(ann, "steps:add", titrated.alder, fields)
    result = answer.context["result"]
    assert set(result.key.split()) - {line.key for line in result.gate} == {
        one.rule for one in page.context["findings"]
    }
    assert result.gate == page.context["gate_lines"] != ()
    assert "UP 75\u00a0mg a day (500% more). New total 90\u00a0mg a day." in text_of(answer)
    assert "three 10\u00a0mg tablets by mouth 3\u00a0times a day" in text_of(answer)
    assert "Checked, nothing found" in text_of(answer)


def test_the_live_check_of_half_an_order_says_what_is_still_needed(titrated, ann):
    assert "Choose the product" in text_of(live(ann, titrated.alder))
    wrong = text_of(live(ann, titrated.alder, **typed(dose="1O")))
    assert "Dose must be a number" in wrong
    assert 'data-key="unfinished"' in wrong


def test_the_live_check_knows_only_forms_that_exist(titrated, ann):
    assert live(ann, titrated.alder, purpose="pump").status_code == 404


@pytest.mark.ui("UI-28")
def test_nothing_can_be_saved_while_the_check_is_down(titrated, ann, monkeypatch):
    token = checked(ann, titrated.alder, typed())
    break_the_check(monkeypatch)
    assert live(ann, titrated.alder, **typed()).status_code == 503
    form = send(ann, "steps:add", titrated.alder, typed())
    assert form.status_code == 422
    assert errors(form)["__all__"] == ["The safety check is not working. You cannot save."]
    assert "disabled" not in text_of(form).split("Continue to check")[0].rsplit("<button", 1)[1]
    assert save(ann, titrated.alder, token).status_code == 422
    assert rows_of(titrated, titrated.alder) == 1


@pytest.mark.ui("UI-29")
def test_a_past_change_is_recorded_late_and_never_blocked(titrated, ann):
    token = checked(ann, titrated.alder, typed(on=TODAY - timedelta(days=3), dose="40"), "steps:past")
    answer = save(ann, titrated.alder, token)
    assert answer.status_code == 302
    record = record_of(titrated, titrated.alder)
    step = next(one for one in record.in_force if one.recorded_late)
    assert (step.daily_mg, step.checked) == (120, True)
    # What is taken from today on is signed as a step, never slipped in as the past.
    assert (step.end_day, record.current_step.daily_mg) == (TODAY, 15)
    page = text_of(ann.get(url("steps:detail", titrated.alder, step_id=step.pk)))
    assert "Recorded late" in page
    assert "Signed by" in page


@pytest.mark.ui("UI-29")
def test_a_past_change_is_recorded_while_the_check_is_down(titrated, ann, monkeypatch):
    def broken(record, order):
        raise ZeroDivisionError

    break_the_check(monkeypatch)
    monkeypatch.setattr("titration.services.plans.assess_order", broken)
    fields = typed(on=TODAY - timedelta(days=4)) | parts("last_day", TODAY - timedelta(days=3))
    page = send(ann, "steps:past", titrated.alder, fields)
    assert "Not safety-checked" in text_of(page)
    assert save(ann, titrated.alder, page.context["token"]).status_code == 302
    record = record_of(titrated, titrated.alder)
    late = next(step for step in record.in_force if step.recorded_late)
    assert (late.checked, late.first_day, late.end_day) == (False, date(2026, 11, 18), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (typed(on=TODAY), "starts_on"),
        (typed(on=TODAY - timedelta(days=3), reason=""), "reason"),
        (typed(on=TODAY - timedelta(days=3), dose="1O"), "dose"),
        (typed(on=TODAY - timedelta(days=3)) | parts("last_day", TODAY - timedelta(days=4)), "last_day"),
    ],
)
def test_a_past_change_is_stopped_by_a_value_that_cannot_be_read(titrated, ann, fields, name):
    answer = send(ann, "steps:past", titrated.alder, fields)
    assert answer.status_code == 422
    assert list(errors(answer)) == [name]


@pytest.mark.ui("UI-57")
def test_a_replaced_step_stays_readable_and_struck_through(titrated, ann):
    first = record_of(titrated, titrated.alder).current_step
    save(ann, titrated.alder, checked(ann, titrated.alder, typed()))
    page = text_of(ann.get(url("steps:detail", titrated.alder, step_id=first.pk)))
    assert "<s>15\u00a0mg a day" in page
    assert "no longer holds" in page
    new = record_of(titrated, titrated.alder).current_step
    page = text_of(ann.get(url("steps:detail", titrated.alder, step_id=new.pk)))
    assert "Changed from" in page
    assert "5\u00a0mg by mouth three times a day" in page


def test_a_step_of_another_patient_is_not_found(titrated, ann):
    assert ann.get(url("steps:detail", titrated.alder, step_id=uuid.uuid4())).status_code == 404
    step = record_of(titrated, titrated.alder).current_step
    assert ann.get(url("steps:detail", titrated.aspen, step_id=step.pk)).status_code == 404


def test_a_patient_without_a_plan_starts_first(titrated, ann):
    for name in ("steps:add", "steps:past"):
        assert ann.get(url(name, titrated.aspen)).headers["Location"] == url("plans:start", titrated.aspen)


def test_who_may_not_prescribe_gets_no_form(titrated):
    bea = signed_in(titrated.bea)
    assert bea.get(url("steps:add", titrated.alder)).status_code == 403
    assert signed_in(titrated.dan).get(url("steps:add", titrated.alder)).status_code == 404
    assert bea.post(reverse("steps:live", args=[titrated.alder.pk])).status_code == 403


def test_a_form_that_was_opened_on_an_older_plan_shows_both_versions(titrated, ann):
    old = version(ann, url("steps:add", titrated.alder))
    save(ann, titrated.alder, checked(ann, titrated.alder, typed()))
    answer = ann.post(url("steps:add", titrated.alder), typed(dose="15", version=old))
    assert answer.status_code == 409
    assert "Your version was <strong>not saved</strong>" in text_of(answer)
    again = ann.get(answer.context["again_url"]).context["form"]
    assert again["dose"].value() == "15"
