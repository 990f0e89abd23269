"""The chart of one patient: what it says, in which order, what it costs, and what it says when something fails."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.ordering import signed_in
from tests.titration.views.reading import words
from titration.dosing.doses import Mg
from titration.models import Flag, Patient
from titration.selectors import records
from titration.selectors.records import PatientRecord
from titration.services import plans


def chart(world, patient, *, by="ann", query=""):
    return signed_in(world.people[by]).get(f"/patients/{patient.pk}/{query}")


@pytest.fixture
def falling(titrated):
    """Alder's creatinine has risen to a band where the dose is too high."""
    w.creatinine(titrated, titrated.alder, by=titrated.ann, mg_dl="4.0", hours_ago=2)
    return titrated


def test_the_order_is_who_what_now_what_is_wrong_what_can_be_done_then_the_picture(falling):
    text = chart(falling, falling.alder).text
    places = [
        text.index(mark)
        for mark in (
            'class="patient-banner"', 'class="medication-line"', "Latest eGFR", 'id="flags-title"', "Add dose step",
            "<svg class=\"chart-drawing\"", 'id="kidney-title"', 'id="history-title"',
        )
    ]  # fmt: skip
    assert places == sorted(places)


@pytest.mark.ui("UI-9")
def test_the_medication_line_since_when_and_by_whom(titrated):
    said = words(chart(titrated, titrated.alder))
    assert "baclofen — 10 mg — tablet — DOSE 5 mg — oral — three times a day" in said
    assert "15 mg a day since 12-Nov-2026 (10 days), set by Ann." in said
    assert "No change is planned." in said


def test_different_doses_of_a_day_carry_their_times(titrated):
    slots = ((time(8), Mg(Decimal(5))), (time(20), Mg(Decimal(10))))
    with as_actor(titrated.ann, titrated.alder):
        patient = titrated.seen_by(titrated.ann, titrated.alder)
    with as_actor(titrated.ann, titrated.alder):
        plans.change_dose(
            patient=patient, order=w.order(w.NOW.date(), slots), decision=w.GO_ON,
            expected_version=patient.plans.get().version, by=titrated.ann, as_of=w.NOW,
        )  # fmt: skip
    said = words(chart(titrated, titrated.alder))
    assert re.search(r"DOSE 5 mg at 08:00, 10 mg at 20:00 — oral — twice a day", said)


def test_the_next_planned_dose_and_the_next_decision(titrated):
    patient = titrated.seen_by(titrated.ann, titrated.alder)
    on = w.NOW.date() + timedelta(days=5)
    with as_actor(titrated.ann, titrated.alder):
        version = patient.plans.get().version
        plans.change_dose(
            patient=patient, order=w.order(on, w.three_times("10")), decision=w.GO_ON,
            expected_version=version, by=titrated.ann, as_of=w.NOW,
        )  # fmt: skip
        plans.set_next_decision(patient=patient, on=on, expected_version=version + 1, by=titrated.ann, as_of=w.NOW)
    said = words(chart(titrated, titrated.alder))
    assert "Next planned: 30 mg a day from 27-Nov-2026" in said
    assert "Next decision: 27-Nov-2026" in said


def test_drafts_say_that_they_are_not_signed_and_lead_to_the_form(titrated):
    patient = titrated.seen_by(titrated.ann, titrated.alder)
    with as_actor(titrated.ann, titrated.alder):
        drafts = plans.draft_ladder(
            patient=patient, expected_version=patient.plans.get().version, by=titrated.ann, as_of=w.NOW
        )
    page = chart(titrated, titrated.alder)
    assert "Planned, not signed" in words(page)
    assert f"/patients/{titrated.alder.pk}/steps/add/?from_draft={drafts[0].pk}" in page.text


def test_the_kidney_line_names_the_newest_the_one_before_and_what_decides(titrated):
    said = words(chart(titrated, titrated.alder))
    assert re.search(r"Latest eGFR \d+ on 20-Nov-2026 \(2 days ago\), was \d+ on 12-Nov-2026", said)
    assert "Decides: eGFR (CKD-EPI 2021, creatinine)" in said
    assert "It is the only estimate that the recorded facts allow." in said
    assert re.search(r"Decides: [^.]+, [\d.]+ mL/min/1\.73 m²", said)  # in its own unit


def test_every_creatinine_since_kidney_function_was_steady_is_marked(titrated):
    for mg_dl, days in (("2.4", 1), ("2.9", 0)):
        w.creatinine(titrated, titrated.alder, by=titrated.ann, mg_dl=mg_dl, days_ago=days)
    page = chart(titrated, titrated.alder).context["page"]
    assert [row[-1] for row in page.chart.tables[1].rows] == ["Not steady: not reliable"] * 2 + ["Steady"] * 3


def test_findings_are_worked_out_and_flags_raised_when_the_chart_is_opened(falling):
    with as_owner():
        Flag.objects.all().update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="For the test."
        )
    text = chart(falling, falling.alder).text
    assert 'class="flag-row flag-row--act"' in text  # shown by the page that raised it, not by the next one
    with as_actor(falling.ann, falling.alder):
        assert Flag.objects.open().filter(patient=falling.alder).exists()


def test_a_flag_says_what_holds_now_and_what_it_said_when_it_was_raised(falling):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE titration_flag DISABLE TRIGGER USER")  # evidence is written once
        for flag in Flag.objects.filter(status="open"):
            Flag.objects.filter(pk=flag.pk).update(evidence={**flag.evidence, "because": "Old words."})
        cursor.execute("ALTER TABLE titration_flag ENABLE TRIGGER USER")
    said = words(chart(falling, falling.alder))
    assert "When it was raised: Old words." in said
    assert said.count("Old words.") == said.count("When it was raised: Old words.")


def test_what_could_not_be_judged_is_said(titrated):
    assert "Not judged It is not recorded whether the patient is on dialysis." in words(chart(titrated, titrated.alder))


@pytest.mark.ui("UI-46")
def test_when_the_safety_check_fails_the_chart_opens_and_says_so(titrated, monkeypatch):
    def broken(self):
        raise ZeroDivisionError

    monkeypatch.setattr(PatientRecord, "assessment", property(broken))
    page = chart(titrated, titrated.alder)
    said = words(page)
    assert page.status_code == 200
    assert "The safety check is not working." in said
    assert "Kidney results could not be loaded. Try again" in said
    assert "The chart could not be drawn. Try again" in said
    assert "DOSE 5 mg" in said
    assert "No kidney results recorded yet" not in said


@pytest.mark.ui("UI-46")
def test_a_patient_without_a_plan_is_told_apart_from_one_with_an_error(frozen):
    page = chart(frozen, frozen.aspen)
    said = words(page)
    assert "No baclofen plan. No dose is recorded here." in said
    assert "No kidney results recorded yet." in said
    assert ">Start baclofen</a>" in page.text
    assert "Add dose step" not in said


def test_a_first_dose_to_come_is_announced_with_its_time(frozen):
    on = w.NOW.date() + timedelta(days=1)
    patient = frozen.seen_by(frozen.ann, frozen.aspen)
    with as_actor(frozen.ann, frozen.aspen):
        plans.start_plan(
            patient=patient, order=w.order(on, w.three_times("5")), decision=plans.Decision.none(), by=frozen.ann,
            as_of=w.NOW,
        )  # fmt: skip
    assert "No doses recorded yet. First dose due 23-Nov-2026 08:00." in words(chart(frozen, frozen.aspen))


def test_a_patient_who_died_has_no_actions_of_the_plan(titrated):
    with as_owner():
        Patient.objects.filter(pk=titrated.alder.pk).update(is_deceased=True, deceased_on=date(2026, 11, 20))
    page = chart(titrated, titrated.alder)
    said = words(page)
    assert "Died 20-Nov-2026" in said
    assert "This patient has died. The plan cannot be changed any more." in said
    for label in ("Add dose step", "Start baclofen", "Stop baclofen", "Record a past change", "Log kidney result"):
        assert label not in said
    assert "button--primary" not in page.text


def test_who_may_not_prescribe_is_told_and_offered_nothing_of_the_plan(falling):
    assert "Review dose" in words(chart(falling, falling.alder))
    said = words(chart(falling, falling.alder, by="bea"))
    assert "does not include changing the dose" in said
    assert "Log kidney result" in said
    assert "Add dose step" not in said
    assert "Review dose" not in said


@pytest.mark.ui("UI-73")
def test_there_is_one_primary_button_and_one_heading(falling):
    text = chart(falling, falling.alder).text
    assert text.count("button--primary") == 1
    assert text.count("<h1") == 1


@pytest.mark.ui("UI-65")
def test_the_range_is_in_the_address_and_not_remembered(titrated):
    ann = signed_in(titrated.ann)
    current = re.compile(r'<a href="\?range=(\w+)" aria-current="true"')
    first = ann.get(f"/patients/{titrated.alder.pk}/?range=1y")
    assert set(current.findall(first.text)) == {"1y"}
    w.start(titrated, titrated.aspen, by=titrated.ann, days_ago=3)
    assert current.findall(ann.get(f"/patients/{titrated.aspen.pk}/").text) == ["12w", "4w"]
    assert ann.get(f"/patients/{titrated.alder.pk}/?range=<script>").status_code == 200


@pytest.mark.ui("UI-12")
def test_nothing_is_printed_as_none_and_no_cell_is_empty(falling):
    for patient in (falling.alder, falling.aspen):
        for path in ("", "summary/"):
            text = signed_in(falling.ann).get(f"/patients/{patient.pk}/{path}").text
            assert not re.search(r">\s*(None|nan|null)\s*<", text)
            assert not re.search(r"<t[dh][^>]*>\s*</t[dh]>", text)


def test_the_chart_costs_the_same_for_a_long_history(titrated):
    ann = signed_in(titrated.ann)
    short = statements(ann, titrated.alder)
    for number in range(12):
        w.creatinine(titrated, titrated.alder, by=titrated.ann, mg_dl="0.9", days_ago=1, hours_ago=number)
    w.change(titrated, titrated.alder, by=titrated.ann, mg="10")
    statements(ann, titrated.alder)  # the flags that the new facts raise
    assert statements(ann, titrated.alder) == short <= 14


def statements(client, patient):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/patients/{patient.pk}/").status_code == 200
    return len([one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]])


@pytest.mark.ui("UI-55")
def test_the_summary_has_banner_time_of_printing_numbers_to_ring_and_no_buttons(falling):
    page = signed_in(falling.ann).get(f"/patients/{falling.alder.pk}/summary/")
    said = words(page)
    assert 'class="patient-banner"' in page.text
    assert "Printed 22-Nov-2026 09:05" in said
    assert "Never stop baclofen suddenly." in said
    assert "call 911 at once" in said
    assert "555 0100" in said
    assert "By mouth, every day: 08:00 5 mg, 14:00 5 mg, 20:00 5 mg." in said
    assert "Open flags" in said
    assert "<button" not in page.text[page.text.index("<main") :]


@pytest.mark.ui("UI-82")
def test_the_summary_of_a_uk_clinic_names_999_only(frozen):
    said = words(signed_in(frozen.finn).get(f"/patients/{frozen.furze.pk}/summary/"))
    assert "call 999 at once" in said
    assert not re.search(r"\b911\b", said)


def test_the_chart_is_looked_at_again_when_time_has_passed(titrated):
    with time_machine.travel(w.NOW + timedelta(days=40), tick=False):
        said = words(chart(titrated, titrated.alder))
        assert "Step waiting for review" in said
        patient = titrated.seen_by(titrated.ann, titrated.alder)
        with as_actor(titrated.ann, titrated.alder):
            record = records.load(patient, as_of=w.NOW + timedelta(days=40))
            assert {flag.rule_id for flag in record.flags} >= {"STEP-WAITING"}
