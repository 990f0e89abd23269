"""Starting, the ladder of drafts, stopping, and the day of the next decision."""

from datetime import date, timedelta

import pytest

from tests import world as w
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
from tests.titration.views.test_steps import break_the_check

pytestmark = pytest.mark.django_db


def start_fields(**fields):
    return typed(dose="5", taken_before="no", **fields)


def stop_fields(on=TODAY, **fields):
    return {**parts("stops_on", on), "stop_reason": "not_needed", "reason": "", "monitoring_plan": "", **fields}


@pytest.fixture
def new(frozen):
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=2)
    return frozen


@pytest.fixture
def prescriber(new):
    return signed_in(new.ann)


def test_a_start_is_checked_and_then_signed(new, prescriber):
    page = send(prescriber, "plans:start", new.alder, start_fields())
    assert "Has taken baclofen before" in text_of(page)
    assert rows_of(new, new.alder) == 0
    assert save(prescriber, new.alder, page.context["token"]).status_code == 302
    record = record_of(new, new.alder)
    assert (record.plan.taken_before, record.current_step.daily_mg, record.drafts) == ("no", 15, ())


def test_a_start_asks_whether_baclofen_was_taken_before(new, prescriber):
    answer = send(prescriber, "plans:start", new.alder, typed(dose="5"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["taken_before"]


def test_the_ladder_is_drafted_after_signing_and_a_draft_opens_the_form(new, prescriber):
    token = checked(prescriber, new.alder, start_fields(draft_ladder="on"), "plans:start")
    save(prescriber, new.alder, token)
    drafts = record_of(new, new.alder).drafts
    assert [draft.daily_mg for draft in drafts] == [30, 45, 60]
    page = prescriber.get(url("steps:add", new.alder), {"from_draft": str(drafts[0].pk)})
    form = page.context["form"]
    assert [form[name].value() for name in ("product", "frequency", "dose")] == ["tablet_10", "3", "10"]
    assert form["starts_on"].value() == ["25", "11", "2026"]
    assert "UP 15\u00a0mg a day" in text_of(page)


def test_a_ladder_that_does_not_fit_the_pattern_keeps_the_start(new, prescriber):
    token = checked(prescriber, new.alder, start_fields(draft_ladder="on", frequency="2"), "plans:start")
    answer = prescriber.post(url("steps:check", new.alder), {"token": token})
    assert answer.status_code == 302
    record = record_of(new, new.alder)
    assert (record.current_step.daily_mg, record.drafts) == (10, ())


def test_two_starts_make_one_plan(new, prescriber):
    first, second = (checked(prescriber, new.alder, start_fields(), "plans:start") for _ in range(2))
    assert save(prescriber, new.alder, first).status_code == 302
    assert save(prescriber, new.alder, first).status_code == 302
    assert save(prescriber, new.alder, second).status_code == 409
    assert rows_of(new, new.alder) == 1


def test_a_patient_with_a_plan_adds_a_step(titrated, ann):
    assert ann.get(url("plans:start", titrated.alder)).headers["Location"] == url("steps:add", titrated.alder)


def test_the_dead_are_not_started(new, prescriber):
    with w.as_owner():
        w.Patient.objects.filter(pk=new.alder.pk).update(is_deceased=True)
    page = send(prescriber, "plans:start", new.alder, start_fields())
    answer = save(prescriber, new.alder, page.context["token"])
    assert answer.status_code == 422
    assert "has died" in text_of(answer)


# --- stopping --------------------------------------------------------------------------------------------------------


@pytest.fixture
def long_on_it(frozen):
    """Alder takes 5 mg three times a day since 40 days."""
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=42)
    w.start(frozen, frozen.alder, by=frozen.ann, days_ago=40)
    return frozen


def test_a_sudden_stop_interrupts_and_the_total_to_type_is_zero(long_on_it):
    client = signed_in(long_on_it.ann)
    page = send(client, "plans:stop", long_on_it.alder, stop_fields())
    assert "STOP-1" in [one.rule for one in page.context["findings"]]
    token = page.context["token"]
    said = {"reason_code": "other", "reason_text": "Patient insists"}
    assert save(client, long_on_it.alder, token, typed_total="15", **said).status_code == 422
    assert rows_of(long_on_it, long_on_it.alder) == 1
    assert save(client, long_on_it.alder, token, typed_total="0", **said).status_code == 302
    record = record_of(long_on_it, long_on_it.alder)
    assert (record.current_step.kind, record.is_on_plan) == ("stop", False)
    assert "you do not take baclofen any more" in text_of(page).lower()


def test_a_stop_without_its_token_or_with_the_check_down_changes_nothing(long_on_it, monkeypatch):
    client = signed_in(long_on_it.ann)
    assert save(client, long_on_it.alder, "", typed_total="0", reason_code="other").status_code == 400
    break_the_check(monkeypatch)
    assert send(client, "plans:stop", long_on_it.alder, stop_fields()).status_code == 422
    assert rows_of(long_on_it, long_on_it.alder) == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"stop_reason": ""}, "stop_reason"),
        ({"stop_reason": "other"}, "reason"),
        ({"stop_reason": "overdose"}, "monitoring_plan"),
        ({"stops_on_day": ""}, "stops_on"),
        (parts("stops_on", TODAY - timedelta(days=1)), "stops_on"),
    ],
)
def test_a_stop_that_is_not_whole_says_why(long_on_it, fields, name):
    answer = send(signed_in(long_on_it.ann), "plans:stop", long_on_it.alder, stop_fields(**fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]


def test_a_stop_for_an_overdose_carries_its_plan_to_the_check_page(long_on_it):
    fields = stop_fields(stop_reason="overdose", monitoring_plan="Seen daily for a week")
    client = signed_in(long_on_it.ann)
    page = send(client, "plans:stop", long_on_it.alder, fields)
    assert "STOP-2" in [one.rule for one in page.context["findings"]]
    assert page.context["form"]["monitoring_plan"].value() == "Seen daily for a week"


def test_the_live_check_judges_a_stop(long_on_it):
    client = signed_in(long_on_it.ann)
    answer = client.post(url("steps:live", long_on_it.alder), {"purpose": "stop", **stop_fields()})
    assert "STOP-1" in text_of(answer)
    assert "DOWN 15\u00a0mg a day (100% less). New total 0\u00a0mg a day." in text_of(answer)


def test_nothing_to_stop(new, prescriber):
    assert prescriber.get(url("plans:stop", new.alder)).headers["Location"] == url("patients:chart", new.alder)


# --- the next decision -----------------------------------------------------------------------------------------------


def test_the_next_decision_is_set_and_taken_away(titrated, ann):
    page = url("plans:next_decision", titrated.alder)
    on = {"version": version(ann, page), **parts("on", date(2026, 12, 1))}
    assert ann.post(page, on).status_code == 302
    assert record_of(titrated, titrated.alder).plan.next_decision_on == date(2026, 12, 1)
    assert ann.post(page, {"version": version(ann, page)}).status_code == 302
    assert record_of(titrated, titrated.alder).plan.next_decision_on is None


def test_a_next_decision_in_the_past_or_on_an_older_plan_is_refused(titrated, ann):
    page = url("plans:next_decision", titrated.alder)
    old = version(ann, page)
    assert ann.post(page, {"version": old, **parts("on", TODAY - timedelta(days=1))}).status_code == 422
    w.change(titrated, titrated.alder, by=titrated.ann, mg="7.5")
    answer = ann.post(page, {"version": old, **parts("on", date(2026, 12, 1))})
    assert answer.status_code == 409
    assert "01-Dec-2026" in text_of(answer)
    assert record_of(titrated, titrated.alder).plan.next_decision_on is None
