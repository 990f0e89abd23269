"""Correcting and withdrawing kidney results: the old entry stays, struck through, and counts no more."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import world as w
from tests.titration.views.kidney_forms import result, results_of, the_list
from tests.titration.views.ordering import signed_in, text_of, url


@pytest.fixture
def ann(frozen):
    return signed_in(frozen.ann)


@pytest.fixture
def wrong(frozen):
    return w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="9.0", days_ago=2)


def page_of(row):
    return url("kidney:correct", row.patient, result_id=row.pk)


def correct(client, row, **fields):
    whole = {
        **result(on=row.taken_on, value="0.9", taken_time="09:05"),
        "action": "correct",
        "reason": "Full stop",
        **fields,
    }
    return client.post(page_of(row), whole)


def withdraw(client, row, **fields):
    return client.post(page_of(row), {"action": "withdraw", "withdraw-reason": "Another patient", **fields})


@pytest.mark.ui("UI-57")
def test_a_correction_is_a_new_row_and_the_old_one_is_struck_through(ann, frozen, wrong):
    assert correct(ann, wrong).status_code == 302
    old, new = results_of(frozen.alder)
    assert (new.replaces_id, new.value, new.reason) == (old.pk, Decimal("0.9"), "Full stop")
    assert new.taken_at == old.taken_at
    page = the_list(ann, frozen.alder)
    assert '<s>Creatinine <span class="measure">9\u00a0mg/dL</span></s>' in page
    assert "Corrected by Ann" in page
    assert page.count("Full stop") == 2
    assert url("kidney:correct", frozen.alder, result_id=new.pk) in page
    assert url("kidney:correct", frozen.alder, result_id=old.pk) not in page


@pytest.mark.ui("UI-57")
def test_a_withdrawal_strikes_the_row_through_and_it_counts_no_more(ann, frozen, wrong):
    assert withdraw(ann, wrong).status_code == 302
    assert results_of(frozen.alder)[-1].entered_in_error
    page = the_list(ann, frozen.alder)
    assert "Withdrawn by Ann" in page
    assert "Another patient" in page
    assert page.count("9\u00a0mg/dL") == 1
    assert "No kidney results recorded yet." in page  # nothing that counts is left


def test_a_chain_of_corrections_leads_to_the_newest_entry(ann, frozen, wrong):
    correct(ann, wrong)
    second = results_of(frozen.alder)[-1]
    correct(ann, second, value="1.0", reason="Read again")
    third = next(row for row in results_of(frozen.alder) if row.replaces_id == second.pk)
    page = text_of(ann.get(page_of(wrong)))
    assert "This entry no longer counts" in page
    assert page_of(third) in page
    assert the_list(ann, frozen.alder).count("<s>Creatinine") == 2


@pytest.mark.parametrize("send", [correct, withdraw])
def test_what_is_corrected_already_is_refused(ann, frozen, wrong, send):
    correct(ann, wrong)
    assert send(ann, wrong).status_code == 409
    assert len(results_of(frozen.alder)) == 2


def test_a_correction_that_comes_second_is_refused_even_when_both_read_at_once(ann, frozen, wrong, monkeypatch):
    """The row is corrected by someone else after this request has read it."""
    from titration.services import kidneys

    def overtaken(**fields):
        w.kidneys.withdraw_result(result=wrong, reason="First", by=frozen.ann, as_of=w.NOW)
        raise kidneys.ResultRefused(kidneys.ALREADY)

    monkeypatch.setattr("titration.services.kidneys.correct_result", overtaken)
    answer = correct(ann, wrong)
    assert answer.status_code == 409
    assert "Withdrawn by Ann" in text_of(answer)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "Write down an answer to “What was wrong”"),
        ({"reason": "x" * 301}, "Write at most 300 characters. You wrote 301."),
        ({"value": "9.0"}, "Nothing was changed"),
        ({"value": "9,0"}, "Use a full stop"),
        ({"unit": "mg/L"}, "Choose one of the answers listed for “Unit”"),
    ],
)
def test_a_correction_needs_a_reason_and_a_change(ann, frozen, wrong, fields, said):
    answer = correct(ann, wrong, **fields)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert len(results_of(frozen.alder)) == 1


def test_a_withdrawal_needs_a_reason_and_says_so_in_its_own_form(ann, frozen, wrong):
    answer = withdraw(ann, wrong, **{"withdraw-reason": " "})
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#id_withdraw-reason"' in page
    assert page.count('<div id="id_reason_error"') == 0
    assert len(results_of(frozen.alder)) == 1


def test_a_correction_to_an_unusual_unit_is_asked_about(ann, frozen, wrong):
    asked = correct(ann, wrong, value="80")
    assert asked.status_code == 422
    assert "UNIT-1" in text_of(asked)
    assert len(results_of(frozen.alder)) == 1
    token = asked.context["form"].question
    assert correct(ann, wrong, value="80", question=token, confirm="on").status_code == 302
    assert results_of(frozen.alder)[-1].confirmed


@pytest.mark.ui("UI-25")
def test_the_form_opens_with_what_is_recorded(ann, frozen, wrong):
    form = ann.get(page_of(wrong)).context["form"]
    assert form["value"].value() == "9"
    assert form["unit"].value() == "mg/dL"
    assert form["taken_time"].value() == "09:05"
    assert "analyte" not in form.fields


def test_a_long_laboratory_value_can_be_corrected_without_losing_a_digit(ann, frozen):
    row = w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.3836781779996925", days_ago=1)
    page = ann.get(page_of(row))
    assert page.context["form"]["value"].value() == "0.3836781779996925"
    assert "0.3836781779996925\u00a0mg/dL" in text_of(page)
    day = row.taken_on - timedelta(days=1)
    assert correct(ann, row, **result(on=day, value="0.3836781779996925")).status_code == 302
    assert results_of(frozen.alder)[-1].value == row.value


def test_rows_of_others_are_not_found(ann, frozen, wrong):
    assert ann.get(url("kidney:correct", frozen.aspen, result_id=wrong.pk)).status_code == 404
    assert signed_in(frozen.dan).get(page_of(wrong)).status_code == 404
