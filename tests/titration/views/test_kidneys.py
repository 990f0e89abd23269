"""Kidney results: typing, asking again about a unit, and the list with its estimates."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_owner
from tests.titration.views.kidney_forms import ESTIMATE, add, result, results_of, the_list
from tests.titration.views.ordering import signed_in, text_of, url
from titration.models import ReportedEstimate


@pytest.fixture
def ann(frozen):
    return signed_in(frozen.ann)


def test_a_typed_result_is_stored_with_its_unit_and_the_minute_it_was_taken(ann, frozen):
    answer = add(ann, frozen.alder, value="106", unit="umol/L")
    assert answer.status_code == 302
    (row,) = results_of(frozen.alder)
    assert (row.value, row.unit, row.source, row.recorded_by) == (Decimal(106), "umol/L", "typed", frozen.ann)
    assert row.taken_at.isoformat() == "2026-11-22T13:30:00+00:00"  # 08:30 in New York
    page = the_list(ann, frozen.alder)
    assert "106\u00a0µmol/L" in page
    assert "1.2\u00a0mg/dL" in page
    assert "Typed by Ann" in page


@pytest.mark.ui("UI-16")
@pytest.mark.ui("UI-19")
def test_the_empty_form_chooses_nothing(ann, frozen):
    page = text_of(ann.get(url("kidney:add", frozen.alder)))
    assert " checked" not in page
    assert "(optional)" in page
    assert page.index("The number alone") < page.index('name="value"')
    assert 'type="number"' not in page


@pytest.mark.ui("UI-17")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value": "1,2"}, "Use a full stop, not a comma"),
        ({"value": "1O"}, "must be the number alone"),
        ({"value": "1.2 mg/dL"}, "must be the number alone"),
        ({"value": "0"}, "must be more than 0"),
        ({"value": "-1"}, "must be the number alone"),
        ({"value": "1e2"}, "must be the number alone"),
        ({"value": ""}, "Value is missing"),
        ({"unit": ""}, "Choose the unit"),
        ({"unit": "mmol/L"}, "Choose one of the answers listed"),
        ({"analyte": ""}, "Choose creatinine or cystatin C"),
        ({"comparator": "~"}, "Choose one of the answers listed"),
        ({"on": None}, "Date of the sample is missing"),
        ({"on": w.NOW.date() + timedelta(days=1)}, "22-Nov-2026"),
        ({"taken_time": "23:59"}, "is still to come"),
        ({"taken_time": "8 am"}, "Time must be on 24 hours"),
        ({"unit": "mg/L"}, "Creatinine is recorded in mg/dL or µmol/L, and mg/L was chosen"),
        ({"analyte": "cystatin_c"}, "Cystatin C is recorded in mg/L, and mg/dL was chosen"),
        ({"analyte": "cystatin_c", "unit": "mg/L", "value": "90"}, "Cystatin C must be between"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_summary_and_nothing_is_stored(ann, frozen, typed, said):
    answer = add(ann, frozen.alder, **typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert said in page
    assert "<title>Error: " in page
    assert 'role="alert"' in page
    assert results_of(frozen.alder) == []


def test_a_day_before_birth_is_refused(ann, frozen):
    day = frozen.alder.birth_date - timedelta(days=1)
    assert add(ann, frozen.alder, on=day).status_code == 422


def test_without_a_time_it_is_noon_of_that_day_and_never_ahead_of_now(ann, frozen):
    assert add(ann, frozen.alder, taken_time="").status_code == 302  # it is 09:05 in New York
    assert add(ann, frozen.alder, taken_time="", on=w.NOW.date() - timedelta(days=3)).status_code == 302
    today, earlier = results_of(frozen.alder)
    if today.taken_on < earlier.taken_on:
        today, earlier = earlier, today
    assert (today.taken_at, today.time_known) == (w.NOW, False)
    assert (earlier.taken_at.isoformat(), earlier.time_known) == ("2026-11-19T17:00:00+00:00", False)
    assert "22-Nov-2026</span>, time not known" in the_list(ann, frozen.alder)


@pytest.mark.ui("UI-21")
def test_the_same_result_sent_twice_is_stored_once(ann, frozen):
    assert add(ann, frozen.alder).status_code == 302
    the_list(ann, frozen.alder)  # shows the message of the first one
    again = ann.post(url("kidney:add", frozen.alder), result(), follow=True)
    assert "already recorded" in text_of(again)
    assert len(results_of(frozen.alder)) == 1
    assert add(ann, frozen.alder, value="1.3").status_code == 302
    assert len(results_of(frozen.alder)) == 2


def test_a_limit_is_stored_and_gives_no_estimate(ann, frozen):
    add(ann, frozen.alder, comparator="<", value="0.2")
    page = the_list(ann, frozen.alder)
    assert "&lt; 0.2\u00a0mg/dL" in page
    assert "counts as a check and gives no estimate" in page
    assert not ESTIMATE.search(page.split("All results", 1)[1].split("<p class", 1)[0])


# --- UNIT-1 and UNIT-2 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "rule", "meant"),
    [
        ("105", "mg/dL", "UNIT-1", "If the report says 105\u00a0µmol/L"),
        ("1.2", "umol/L", "UNIT-2", "If the report says 1.2\u00a0mg/dL"),
    ],
)
def test_an_unusual_unit_is_asked_about_before_any_estimate(ann, frozen, value, unit, rule, meant):
    answer = add(ann, frozen.alder, value=value, unit=unit)
    page = text_of(answer)
    assert answer.status_code == 422
    assert rule in page
    assert meant in page
    assert results_of(frozen.alder) == []
    assert not ESTIMATE.search(page)
    assert 'name="confirm"' in page
    assert " checked" not in page.split('name="confirm"', 1)[1].split(">", 1)[0]


def question(client, patient, **fields):
    return add(client, patient, **fields).context["form"].question


def test_the_value_is_stored_once_the_box_is_ticked(ann, frozen):
    token = question(ann, frozen.alder, value="105")
    answer = add(ann, frozen.alder, value="105", question=token, confirm="on")
    assert answer.status_code == 302
    (row,) = results_of(frozen.alder)
    assert (row.value, row.confirmed) == (Decimal(105), True)
    assert "Unit confirmed" in the_list(ann, frozen.alder)


def test_the_box_left_empty_is_asked_again(ann, frozen):
    token = question(ann, frozen.alder, value="105")
    answer = add(ann, frozen.alder, value="105", question=token)
    assert answer.status_code == 422
    assert "Tick the box if the report says 105\u00a0mg/dL" in text_of(answer)


def test_the_right_unit_is_stored_without_a_box(ann, frozen):
    token = question(ann, frozen.alder, value="105")
    assert add(ann, frozen.alder, value="105", unit="umol/L", question=token).status_code == 302


@pytest.mark.parametrize("changed", [{"value": "106"}, {"value": "1.1", "unit": "umol/L"}])
def test_a_tick_for_another_value_counts_for_nothing(ann, frozen, changed):
    token = question(ann, frozen.alder, value="105")
    answer = add(ann, frozen.alder, **{"value": "105", **changed}, question=token, confirm="on")
    assert answer.status_code == 422
    assert " checked" not in text_of(answer).split('name="confirm"', 1)[1].split(">", 1)[0]
    assert results_of(frozen.alder) == []


@pytest.mark.parametrize("whose", ["person", "patient", "forged"])
def test_a_tick_of_someone_else_or_for_someone_else_counts_for_nothing(ann, frozen, whose):
    asked = signed_in(frozen.bea) if whose == "person" else ann
    token = question(asked, frozen.aspen if whose == "patient" else frozen.alder, value="105")
    token = "forged" if whose == "forged" else token
    assert add(ann, frozen.alder, value="105", question=token, confirm="on").status_code == 422
    assert results_of(frozen.alder) == []


# --- rights and the list ---------------------------------------------------------------------------------------------


def test_bea_may_log_and_a_stranger_finds_nobody(frozen):
    bea, dan = signed_in(frozen.bea), signed_in(frozen.dan)
    assert add(bea, frozen.alder).status_code == 302
    for name in ("kidney:list", "kidney:add"):
        assert dan.get(url(name, frozen.alder)).status_code == 404


@pytest.mark.ui("UI-12")
def test_the_empty_list_says_so_and_offers_to_log(ann, frozen):
    page = the_list(ann, frozen.alder)
    assert "No kidney results recorded yet." in page
    assert url("kidney:add", frozen.alder) in page
    assert not re.search(r"<t[dh][^>]*>\s*</t[dh]>", page)


def test_results_stay_in_sight_when_the_estimates_cannot_be_worked_out(ann, frozen, monkeypatch):
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="1.9")

    def broken(*_):
        raise RuntimeError("for the test")

    monkeypatch.setattr("titration.selectors.records.assess", broken)
    answer = ann.get(url("kidney:list", frozen.alder))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "The estimates could not be worked out" in page
    assert "1.9\u00a0mg/dL" in page
    assert not ESTIMATE.search(page.split("All results", 1)[1].split("<p class", 1)[0])


def test_every_estimate_is_shown_with_the_weight_used_and_the_one_that_decides(ann, frozen):
    for kind, number in (("height_cm", "170"), ("weight_kg", "120")):
        w.fact(frozen, frozen.alder, by=frozen.ann, kind=kind, number=Decimal(number))
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="1.9")
    add(ann, frozen.alder, analyte="cystatin_c", value="1.4", unit="mg/L")
    page = the_list(ann, frozen.alder)
    for said in ("With adjusted weight", "de-indexed", "cystatin C", "headline"):
        assert said in page
    assert page.count('<tr class="estimate-table__decides">') == 1
    assert page.count('class="tag tag--lab">Decides') >= 2


def test_a_printed_30_that_counts_as_below_30_is_explained(ann, frozen):
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="2.632")  # eGFR 29.6 at the age of 45
    page = the_list(ann, frozen.alder)
    assert "29.6 is printed as 30 (stage G3b), but the dose rules read 29.6: 15 to below 30." in page
    assert "Band 15 to below 30" in page
    assert "Stage <strong>G3b</strong>" in page


def test_injury_marks_the_newest_result_as_not_steady(ann, frozen):
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=2)
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="1.9")
    page = the_list(ann, frozen.alder)
    newest, before = page.split("All results", 1)[1].split("</tr>")[1:3]
    assert "Not steady state" in newest
    assert "Not steady state" not in before
    assert "Decides" in before
    assert "Decides" not in newest


def test_unreliable_creatinine_says_why_and_asks_for_cystatin_c(ann, frozen):
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9")
    w.fact(frozen, frozen.alder, by=frozen.ann, kind="condition", code="cerebral_palsy", answer="yes")
    page = the_list(ann, frozen.alder)
    assert "Creatinine may mislead: Cerebral palsy." in page
    assert "KID-5" in page
    assert "cystatin C is asked for" in page


def test_a_check_that_is_due_names_its_rule_its_number_and_since_when(ann, frozen):
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=500)
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=490)
    ann.get(url("patients:chart", frozen.alder))
    page = the_list(ann, frozen.alder)
    assert "KID-29" in page
    assert re.search(r"Overdue since <span class=\"date\">\d\d-\w{3}-2026", page)
    assert "Open the flag" in page


def test_the_list_costs_the_same_for_20_results_as_for_5(ann, frozen):
    counts = []
    for total in (5, 20):
        for number in range(len(results_of(frozen.alder)), total):
            w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=number * 10)
        with CaptureQueriesContext(connection) as captured:
            assert ann.get(url("kidney:list", frozen.alder)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_reported_estimates_stand_apart_and_are_not_used(ann, frozen):
    with as_owner():
        ReportedEstimate.objects.create(
            patient=frozen.alder, value=Decimal(58), unit="mL/min/{1.73_m2}", code="33914-3", taken_at=w.NOW,
            taken_on=w.NOW.date(), source_system="urn:lab", source_key="x", recorded_at=w.NOW, job="import_labs",
        )  # fmt: skip
    page = the_list(ann, frozen.alder)
    assert "58\u00a0mL/min/1.73 m²" in page
    assert "As reported, not used" in page
    assert "No kidney results recorded yet." in page
    chart = text_of(ann.get(url("patients:chart", frozen.alder)))
    assert "Sent by the laboratory, in mL/min/1.73 m²" in chart
    assert "1.73_m2" not in chart
    assert "Not judged" in chart
