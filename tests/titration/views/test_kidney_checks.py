"""Laboratory records that were held back for a person, and the checks that are due."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests import world as w
from tests.database import as_actor
from tests.titration.views.kidney_forms import ESTIMATE, add, hold_back, results_of, the_list
from tests.titration.views.ordering import TODAY, signed_in, text_of, url
from titration.models import Flag
from titration.presenters.flags import actions_of


@pytest.fixture
def ann(frozen):
    return signed_in(frozen.ann)


def decide_on(client, row, **fields):
    return client.post(url("kidney:quarantine", row.patient, held_id=row.pk), fields)


def test_a_held_record_is_listed_and_stored_as_a_person_has_corrected_it(ann, frozen):
    row = hold_back(frozen.alder)
    page = the_list(ann, frozen.alder)
    assert url("kidney:quarantine", frozen.alder, held_id=row.pk) in page
    assert not ESTIMATE.search(page)
    answer = decide_on(ann, row, action="store", value="105", unit="umol/L", reason="The laboratory confirmed µmol/L")
    assert answer.status_code == 302
    (stored,) = results_of(frozen.alder)
    assert (stored.value, stored.unit, stored.source) == (Decimal(105), "umol/L", "laboratory")
    assert "Held back" not in the_list(ann, frozen.alder)


def test_a_held_value_that_is_still_unusual_is_asked_about(ann, frozen):
    row = hold_back(frozen.alder)
    fields = {"action": "store", "value": "105", "unit": "mg/dL", "reason": "As on the report"}
    asked = decide_on(ann, row, **fields)
    assert asked.status_code == 422
    assert "UNIT-1" in text_of(asked)
    assert results_of(frozen.alder) == []
    token = asked.context["form"].question
    assert decide_on(ann, row, **fields, question=token, confirm="on").status_code == 302
    assert results_of(frozen.alder)[0].confirmed


@pytest.mark.parametrize("fields", [{"action": "store", "value": "105", "unit": "umol/L"}, {"action": "discard"}])
def test_a_decision_needs_a_reason(ann, frozen, fields):
    row = hold_back(frozen.alder)
    answer = decide_on(ann, row, **fields)
    assert answer.status_code == 422
    assert "<title>Error: " in text_of(answer)


def test_a_held_record_is_decided_on_once(ann, frozen):
    row = hold_back(frozen.alder)
    discard = {"action": "discard", "discard-reason": "Another patient's sample"}
    assert decide_on(ann, row, **discard).status_code == 302
    again = decide_on(ann, row, **discard)
    assert again.status_code == 409
    assert "Another patient&#x27;s sample" in text_of(again)
    assert results_of(frozen.alder) == []


def test_a_held_record_without_a_date_can_only_be_discarded(ann, frozen):
    row = hold_back(frozen.alder, taken_at=None)
    page = text_of(ann.get(url("kidney:quarantine", frozen.alder, held_id=row.pk)))
    assert 'value="discard"' in page
    assert 'value="store"' not in page
    assert decide_on(ann, row, action="store", value="1", unit="mg/dL", reason="x").status_code == 200
    assert results_of(frozen.alder) == []


def test_a_held_record_with_a_date_and_no_time_keeps_its_date(ann, frozen):
    row = hold_back(frozen.alder, taken_at=None, taken_on=TODAY - timedelta(days=3))
    said = "19-Nov-2026</span>, time not known"
    assert said in the_list(ann, frozen.alder)
    assert said in text_of(ann.get(url("kidney:quarantine", frozen.alder, held_id=row.pk)))
    fields = {"action": "store", "value": "105", "unit": "umol/L", "reason": "The laboratory confirmed it"}
    assert decide_on(ann, row, **fields).status_code == 302
    (stored,) = results_of(frozen.alder)
    assert (stored.taken_on, stored.time_known) == (TODAY - timedelta(days=3), False)
    assert said in the_list(ann, frozen.alder)


@pytest.mark.parametrize(
    ("taken_on", "said"),
    [(TODAY + timedelta(days=1), "dated in the future"), (date(1980, 1, 1), "before the patient was born")],
)
def test_a_held_record_of_an_impossible_date_is_not_stored(ann, frozen, taken_on, said):
    row = hold_back(frozen.alder, taken_at=None, taken_on=taken_on)
    answer = decide_on(ann, row, action="store", value="105", unit="umol/L", reason="As on the report")
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert results_of(frozen.alder) == []


def test_a_held_record_of_another_patient_is_not_found(ann, frozen):
    row = hold_back(frozen.aspen)
    assert ann.get(url("kidney:quarantine", frozen.alder, held_id=row.pk)).status_code == 404


# --- the due list ----------------------------------------------------------------------------------------------------


@pytest.mark.ui("UI-39")
def test_due_checks_of_all_my_patients_each_with_a_working_button_to_log(ann, frozen):
    for patient, days in ((frozen.alder, 500), (frozen.aspen, 600)):
        w.creatinine(frozen, patient, by=frozen.ann, mg_dl="0.9", days_ago=days)
        w.start(frozen, patient, by=frozen.ann, days_ago=days)
        ann.get(url("patients:chart", patient))
    page = text_of(ann.get("/kidney-checks/"))
    assert page.count('<li class="worklist-row ') == 2
    assert "Last creatinine: 0.9\u00a0mg/dL on" in page
    for patient in (frozen.alder, frozen.aspen):
        assert url("kidney:add", patient) in page
        assert ann.get(url("kidney:add", patient)).status_code == 200
    add(ann, frozen.alder, value="0.9")
    assert text_of(ann.get("/kidney-checks/")).count('<li class="worklist-row ') == 1


def test_nothing_due_says_so(frozen):
    assert "No kidney checks are due today." in text_of(signed_in(frozen.dan).get("/kidney-checks/"))


def test_the_chart_says_that_results_are_held_back_and_leads_to_them(ann, frozen):
    """Also for a patient without a plan, who has no flags."""
    chart = url("patients:chart", frozen.alder)
    assert "held back" not in text_of(ann.get(chart))
    hold_back(frozen.alder)
    said = f'href="{url("kidney:list", frozen.alder)}">1 laboratory result is held back</a>'
    assert said in text_of(ann.get(chart))
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=10)
    hold_back(frozen.alder, source_key="two", fingerprint="two")
    page = text_of(ann.get(chart))
    assert "2 laboratory results are held back" in page
    assert "Laboratory result held back" in page
    with as_actor(frozen.ann, frozen.alder):
        flag = Flag.objects.open().filter(rule_id="LAB-HELD").get()
    for address in (chart, reverse("worklist"), url("flags:detail", frozen.alder, flag_id=flag.pk)):
        assert re.search(rf'href="{url("kidney:list", frozen.alder)}"[^>]*>Decide\b', text_of(ann.get(address))), (
            address
        )


def test_a_reader_who_may_not_log_is_not_sent_to_decide(ann, frozen):
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=10)
    hold_back(frozen.alder)
    ann.get(url("patients:chart", frozen.alder))
    with as_actor(frozen.ann, frozen.alder):
        flag = Flag.objects.open().filter(rule_id="LAB-HELD").get()
    assert [one.label for one in actions_of(flag, rights=frozenset({"read"}))] == ["Open flag"]
    assert actions_of(flag, rights=frozenset({"read", "log"}))[0].label == "Decide"
