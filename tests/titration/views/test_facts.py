"""Dated facts: each kind has its form, unknown is said with its cost, and corrections keep the old entry."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.titration.views.kidney_forms import add_fact, fact, facts_of
from tests.titration.views.ordering import TODAY, signed_in, text_of, url
from titration.forms.facts import QUESTIONS
from titration.models import FactKind

ANSWER_OF = {
    "height_cm": {"number": "170"},
    "weight_kg": {"number": "72.5"},
    "infant_born": {},
    "setting": {"answer": "inpatient"},
    "albuminuria": {"answer": "A2"},
    "condition": {"code": "epilepsy", "answer": "yes"},
    "medicine": {"code": "ibuprofen", "answer": "yes"},
    "sign": {"code": "confusion", "answer": "yes"},
    "event": {"code": "sepsis"},
    "benefit": {"answer": "some"},
    "spasticity_nrs": {"answer": "7"},
    "penn": {"answer": "2"},
    "ashworth": {"answer": "1+"},
    "side_effects": {"answer": "some"},
}


@pytest.fixture
def ann(frozen):
    return signed_in(frozen.ann)


def answers(kind):
    return ANSWER_OF.get(kind, {"answer": "yes"})


def the_page(client, patient):
    return text_of(client.get(url("patients:facts", patient)))


def correct(client, row, **fields):
    page = url("patients:fact_correct", row.patient, fact_id=row.pk)
    return client.post(page, {**fact(on=row.on_date, note="Misread"), "action": "correct", **fields})


def withdraw(client, row, note="Never so"):
    page = url("patients:fact_correct", row.patient, fact_id=row.pk)
    return client.post(page, {"action": "withdraw", "withdraw-note": note})


def test_every_kind_has_a_form():
    assert set(QUESTIONS) == set(FactKind.values)


@pytest.mark.ui("UI-16")
@pytest.mark.parametrize("kind", FactKind.values)
def test_each_kind_is_recorded_from_an_empty_form(ann, frozen, kind):
    page = text_of(ann.get(url("patients:fact_add", frozen.alder, kind=kind)))
    assert " checked" not in page
    assert 'type="number"' not in page
    answer = add_fact(ann, frozen.alder, kind, **answers(kind))
    assert answer.status_code == 302, text_of(answer)
    (row,) = facts_of(frozen.alder)
    assert (row.kind, row.on_date, row.recorded_by) == (kind, TODAY, frozen.ann)
    assert the_page(ann, frozen.alder).count("22-Nov-2026") >= 1


@pytest.mark.ui("UI-12")
def test_what_is_unknown_is_said_with_what_it_costs(ann, frozen):
    page = the_page(ann, frozen.alder)
    assert page.count('<span class="missing">Not recorded.</span>') == 14
    assert "Cockcroft–Gault and the de-indexed estimate need a weight." in page
    assert not re.search(r"<t[dh][^>]*>\s*</t[dh]>", page)
    assert "None" not in page


def test_a_fact_is_shown_with_its_date_its_author_and_its_note(ann, frozen):
    add_fact(ann, frozen.alder, "weight_kg", number="72.50 kg", on=TODAY - timedelta(days=3), note="Ward scales")
    page = the_page(ann, frozen.alder)
    assert "72.5\u00a0kg" in page
    assert "19-Nov-2026</span> (3 days ago)" in page
    assert "Ward scales" in page
    assert '<td data-label="Recorded by">Ann</td>' in page


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("weight_kg", {"number": "1"}, "Weight must be between 2\u00a0kg and 350\u00a0kg"),
        ("weight_kg", {"number": "351"}, "Weight must be between"),
        ("weight_kg", {"number": "72,5"}, "Use a full stop"),
        ("weight_kg", {"number": "72.555"}, "at most 2 decimals"),
        ("weight_kg", {"number": "160 lb"}, "must be a number in digits"),
        ("weight_kg", {"number": ""}, "Weight is missing"),
        ("height_cm", {"number": "1.7"}, "Height must be between 40\u00a0cm and 250\u00a0cm"),
        ("dialysis", {}, "Choose an answer"),
        ("dialysis", {"answer": "maybe"}, "Choose one of the answers listed"),
        ("condition", {"answer": "yes"}, "or choose one from the list"),
        ("condition", {"answer": "yes", "code": "ibuprofen"}, "“ibuprofen” is not on the list"),
        ("medicine", {"answer": "yes", "code": "x" * 101}, "at most 100 characters"),
        ("sign", {"answer": "yes", "code": "ibuprofen"}, "Choose one of the answers listed"),
        ("event", {"code": "sepsis", "on": None}, "is missing"),
        ("event", {"code": "sepsis", "on": TODAY + timedelta(days=1)}, "23-Nov-2026"),
        ("pregnancy", {"answer": "yes", "note": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_stored(ann, frozen, kind, fields, said):
    answer = add_fact(ann, frozen.alder, kind, **fields)
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert "<title>Error: " in page
    assert facts_of(frozen.alder) == []


@pytest.mark.parametrize("kind", ["blood_group", "height-cm", "HEIGHT"])
def test_an_unknown_kind_is_not_found(ann, frozen, kind):
    assert ann.get(url("patients:fact_add", frozen.alder, kind=kind)).status_code == 404


@pytest.mark.ui("UI-18")
def test_the_error_of_a_group_is_named_by_its_fieldset(ann, frozen):
    page = text_of(add_fact(ann, frozen.alder, "dialysis"))
    assert re.search(r'<fieldset class="field__group" aria-describedby="[^"]*id_answer_error', page)
    assert 'href="#id_answer_0"' in page


@pytest.mark.ui("UI-21")
def test_the_same_fact_sent_twice_is_stored_once(ann, frozen):
    for _ in range(2):
        assert add_fact(ann, frozen.alder, "weight_kg", number="72.5").status_code == 302
    assert len(facts_of(frozen.alder)) == 1


def test_a_condition_that_ended_leaves_the_list_and_stays_in_the_history(ann, frozen):
    add_fact(ann, frozen.alder, "condition", code="epilepsy", answer="yes", on=TODAY - timedelta(days=9))
    form = ann.get(url("patients:fact_add", frozen.alder, kind="condition") + "?code=epilepsy").context["form"]
    assert form["code"].value() == "Epilepsy"
    add_fact(ann, frozen.alder, "condition", code="epilepsy", answer="no")
    now, past = the_page(ann, frozen.alder).split("Earlier entries")
    assert "Epilepsy" not in now
    assert "Epilepsy: no, or ended" in past
    assert "<s>" not in past


def test_a_newer_answer_takes_the_place_of_the_older_one(ann, frozen):
    add_fact(ann, frozen.alder, "dialysis", answer="yes")
    w.fact(frozen, frozen.alder, by=frozen.ann, kind="dialysis", answer="no", on=TODAY - timedelta(days=30))
    now, past = the_page(ann, frozen.alder).split("Earlier entries")
    assert "On dialysis" in now
    assert "Not on dialysis" in past


@pytest.mark.ui("UI-57")
def test_a_correction_keeps_the_old_entry_struck_through(ann, frozen):
    add_fact(ann, frozen.alder, "weight_kg", number="725")
    add_fact(ann, frozen.alder, "weight_kg", number="275")
    (row,) = facts_of(frozen.alder)
    assert correct(ann, row, number="72.5").status_code == 302
    old, new = facts_of(frozen.alder)
    assert (new.replaces_id, new.number, new.note) == (old.pk, Decimal("72.5"), "Misread")
    now, past = the_page(ann, frozen.alder).split("Earlier entries")
    assert "72.5\u00a0kg" in now
    assert "<s>Weight: 275\u00a0kg, 22-Nov-2026</s>" in past
    assert "Corrected by Ann" in past


@pytest.mark.ui("UI-57")
def test_a_withdrawal_leaves_the_fact_unknown_again(ann, frozen):
    add_fact(ann, frozen.alder, "pregnancy", answer="yes")
    (row,) = facts_of(frozen.alder)
    assert withdraw(ann, row).status_code == 302
    now, past = the_page(ann, frozen.alder).split("Earlier entries")
    assert now.count("Not recorded.</span>") == 14
    assert "<s>Pregnancy: Pregnant" in past
    assert "Withdrawn by Ann" in past
    assert "Never so" in past


def test_what_is_corrected_already_is_refused_and_leads_to_the_newest_entry(ann, frozen):
    add_fact(ann, frozen.alder, "weight_kg", number="80")
    (row,) = facts_of(frozen.alder)
    correct(ann, row, number="81")
    second = facts_of(frozen.alder)[-1]
    for answer in (correct(ann, row, number="82"), withdraw(ann, row)):
        assert answer.status_code == 409
        assert url("patients:fact_correct", frozen.alder, fact_id=second.pk) in text_of(answer)
    opened = ann.get(url("patients:fact_correct", frozen.alder, fact_id=row.pk))
    assert "This entry no longer counts" in text_of(opened)
    assert "Corrected by Ann" in text_of(opened)
    assert len(facts_of(frozen.alder)) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": "80"}, "Nothing was changed"),
        ({"number": "81", "note": ""}, "Write down what was wrong"),
        ({"number": "9999"}, "must be between"),
    ],
)
def test_a_correction_needs_a_change_and_a_reason(ann, frozen, fields, said):
    add_fact(ann, frozen.alder, "weight_kg", number="80")
    (row,) = facts_of(frozen.alder)
    answer = correct(ann, row, **fields)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert withdraw(ann, row, note="").status_code == 422
    assert len(facts_of(frozen.alder)) == 1


def test_bea_may_record_and_a_stranger_finds_nobody(frozen):
    assert add_fact(signed_in(frozen.bea), frozen.alder, "weight_kg", number="80").status_code == 302
    (row,) = facts_of(frozen.alder)
    dan = signed_in(frozen.dan)
    assert dan.get(url("patients:facts", frozen.alder)).status_code == 404
    assert add_fact(dan, frozen.alder, "weight_kg", number="81").status_code == 404
    assert dan.get(url("patients:fact_correct", frozen.alder, fact_id=row.pk)).status_code == 404
    ann = signed_in(frozen.ann)
    assert ann.get(url("patients:fact_correct", frozen.aspen, fact_id=row.pk)).status_code == 404


def test_the_page_costs_the_same_for_20_facts_as_for_5(ann, frozen):
    counts = []
    for total in (5, 20):
        for number in range(len(facts_of(frozen.alder)), total):
            w.fact(frozen, frozen.alder, by=frozen.ann, kind="weight_kg", number=Decimal(60 + number))
        with CaptureQueriesContext(connection) as captured:
            assert ann.get(url("patients:facts", frozen.alder)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
