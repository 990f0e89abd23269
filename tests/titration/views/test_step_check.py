"""The check page: the signed order, what the findings ask, the second clinician, and two people at one plan."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import signing

from tests import world as w
from tests.titration.views.ordering import (
    TODAY,
    checked,
    record_of,
    rows_of,
    save,
    send,
    signed_in,
    text_of,
    typed,
    url,
)
from titration.forms import tokens
from titration.services import plans

pytestmark = pytest.mark.django_db

HIGH = {"dose": "30"}  # 90 mg a day: above the daily maximum, so that the page interrupts
RIGHT = {"typed_total": "90", "reason_code": "specialist_advice", "reason_text": "Agreed with neurology"}


def missing(response):
    return {name: list(said) for name, said in response.context["form"].errors.items()}


@pytest.fixture
def on_dialysis(titrated):
    """The rule for dialysis asks for a specialist and a second clinician above 5 mg a day."""
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="dialysis", answer="yes")
    return titrated


def test_an_order_without_interruption_is_saved_from_a_summary_with_change_links(titrated, ann):
    page = send(ann, "steps:add", titrated.alder, typed())
    said = text_of(page)
    assert not page.context["interrupts"]
    assert said.count(">Change<") == 4
    for words in (
        "15\u00a0mg a day",
        "30\u00a0mg a day",
        "one 10\u00a0mg tablet",
        "Sun 22-Nov-2026",
        "Spasms at night",
    ):
        assert words in said
    assert rows_of(titrated, titrated.alder) == 1
    answer = save(ann, titrated.alder, page.context["token"])
    assert answer.headers["Location"] == url("patients:chart", titrated.alder)
    step = record_of(titrated, titrated.alder).current_step
    assert (step.daily_mg, step.reason, step.author_name) == (30, "Spasms at night", "Ann")


@pytest.mark.ui("UI-31")
def test_an_interruption_puts_the_fact_first_and_the_safer_way_as_the_only_primary_button(titrated, ann):
    page = send(ann, "steps:add", titrated.alder, typed(**HIGH))
    said = text_of(page)
    assert said.count("button--primary") == 1
    assert 'button--primary" href="' + page.context["change_url"] in said
    assert '<h1 id="interruption-fact" class="interruption__fact">Test Alder: ' in said
    assert "90\u00a0mg a day" in said
    assert "15\u00a0mg a day" in said
    for finding in page.context["findings"]:
        assert finding.rule in said
        assert finding.number in said


@pytest.mark.ui("UI-31")
@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({**RIGHT, "typed_total": ""}, "typed_total"),
        ({**RIGHT, "typed_total": "9"}, "typed_total"),
        ({**RIGHT, "typed_total": "9O"}, "typed_total"),
        ({**RIGHT, "reason_code": ""}, "reason_code"),
        ({**RIGHT, "reason_code": "because"}, "reason_code"),
        ({**RIGHT, "reason_code": "other", "reason_text": ""}, "reason_text"),
        ({**RIGHT, "reason_code": "will_monitor"}, "monitoring_plan"),
    ],
)
def test_an_interruption_is_not_passed_without_its_answers(titrated, ann, answers, name):
    token = checked(ann, titrated.alder, typed(**HIGH))
    answer = save(ann, titrated.alder, token, **answers)
    assert answer.status_code == 422
    assert name in missing(answer)
    assert "<title>Error: " in text_of(answer)
    assert rows_of(titrated, titrated.alder) == 1


@pytest.mark.ui("UI-34")
def test_an_interruption_that_is_answered_is_kept_as_an_override(titrated, ann):
    token = checked(ann, titrated.alder, typed(**HIGH))
    assert save(ann, titrated.alder, token, **RIGHT).status_code == 302
    step = record_of(titrated, titrated.alder).current_step
    assert step.daily_mg == 90
    page = text_of(ann.get(url("steps:detail", titrated.alder, step_id=step.pk)))
    assert "specialist advice" in page
    assert "Agreed with neurology" in page
    assert "MAX-1" in page


def test_ten_times_the_dose_always_asks_for_the_total(titrated, ann):
    w.change(titrated, titrated.alder, by=titrated.ann, mg="2.5")
    page = send(ann, "steps:add", titrated.alder, typed(dose="25"))
    assert "UNIT-9" in [one.rule for one in page.context["findings"]]
    assert page.context["interrupts"]


# --- the token -------------------------------------------------------------------------------------------------------


@pytest.mark.ui("UI-41")
@pytest.mark.parametrize(
    "token",
    ["", "nonsense", signing.dumps({"purpose": "change"}, salt="another")],
    ids=["none", "nonsense", "of another page"],
)
def test_without_its_token_nothing_is_saved(titrated, ann, token):
    answer = save(ann, titrated.alder, token)
    assert answer.status_code == 400
    assert "Nothing was saved" in text_of(answer)
    assert rows_of(titrated, titrated.alder) == 1


def test_a_token_that_was_changed_is_refused(titrated, ann):
    assert save(ann, titrated.alder, "x" + checked(ann, titrated.alder, typed())[1:]).status_code == 400
    assert rows_of(titrated, titrated.alder) == 1


def test_a_token_of_another_patient_is_refused(titrated, ann):
    w.start(titrated, titrated.aspen, by=titrated.ann)
    token = checked(ann, titrated.alder, typed())
    answer = save(ann, titrated.aspen, token)
    assert answer.status_code == 400
    assert "another patient" in text_of(answer)
    assert rows_of(titrated, titrated.aspen) == rows_of(titrated, titrated.alder) == 1


def test_a_token_of_another_person_is_refused(titrated, ann):
    token = checked(ann, titrated.alder, typed())
    with w.as_owner():
        other = w.make_person("gus")
        team = titrated.ann.memberships.get().team
        w.TeamMembership.objects.create(team=team, person=other, rights=w.ALL, valid_from=w.LONG_AGO)
    answer = save(signed_in(other), titrated.alder, token)
    assert answer.status_code == 400
    assert "another person" in text_of(answer)
    assert rows_of(titrated, titrated.alder) == 1


def test_a_token_ends_after_an_hour(titrated, ann):
    token = checked(ann, titrated.alder, typed())
    with time_machine.travel(w.NOW + tokens.MAX_AGE + timedelta(seconds=2), tick=False):
        answer = save(ann, titrated.alder, token)
    assert answer.status_code == 400
    assert "more than an hour ago" in text_of(answer)
    assert rows_of(titrated, titrated.alder) == 1


@pytest.mark.ui("UI-21")
def test_the_same_page_sent_twice_makes_one_step(titrated, ann):
    token = checked(ann, titrated.alder, typed())
    first, second = (save(ann, titrated.alder, token) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert second.headers["Location"] == url("patients:chart", titrated.alder)
    assert len([step for step in record_of(titrated, titrated.alder).in_force if step.daily_mg == 30]) == 1


def test_midnight_does_not_move_the_times_of_an_order_that_was_checked(titrated, ann):
    seen = titrated.seen_by(titrated.ann, titrated.alder)
    early = tuple((time(hour), amount) for hour, (_, amount) in zip((7, 13, 19), w.three_times("5"), strict=True))
    with w.as_actor(titrated.ann, titrated.alder):
        plans.change_dose(
            patient=seen,
            order=w.order(TODAY + timedelta(days=1), early),
            decision=w.GO_ON,
            expected_version=seen.plans.get().version,
            by=titrated.ann,
            as_of=w.NOW,
        )
    before_midnight = datetime(2026, 11, 23, 4, 40, tzinfo=UTC)  # 23:40 at the clinic
    with time_machine.travel(before_midnight, tick=False):
        ann.force_login(titrated.ann)
        page = send(ann, "steps:add", titrated.alder, typed(on=TODAY + timedelta(days=3)))
    with time_machine.travel(before_midnight + timedelta(minutes=40), tick=False):
        assert save(ann, titrated.alder, page.context["token"]).status_code == 302
    step = record_of(titrated, titrated.alder).in_force[-1]
    assert [slot.at.hour for slot in step.slot_rows] == [8, 14, 20]


# --- two people at one plan ------------------------------------------------------------------------------------------


@pytest.mark.ui("UI-56")
def test_a_plan_that_moved_on_shows_both_versions_and_is_checked_again(titrated, ann):
    token = checked(ann, titrated.alder, typed())
    w.change(titrated, titrated.alder, by=titrated.ann, mg="7.5")
    answer = save(ann, titrated.alder, token)
    said = text_of(answer)
    assert answer.status_code == 409
    assert "22.5\u00a0mg a day" in said
    assert "30\u00a0mg a day" in said
    assert "Checked, nothing found" in said
    assert answer.context["findings"]
    assert record_of(titrated, titrated.alder).current_step.daily_mg == w.Decimal("22.5")
    form = ann.get(answer.context["again_url"]).context["form"]
    assert form["dose"].value() == "10"


# --- the second clinician --------------------------------------------------------------------------------------------


def cosign(client, patient, **answers):
    token = checked(client, patient, typed())
    whole = {
        "typed_total": "30",
        "reason_code": "specialist_advice",
        "reason_text": "Renal team agrees",
        "specialist_name": "Dr Renal",
        **{f"specialist_on_{name}": value for name, value in (("day", "20"), ("month", "11"), ("year", "2026"))},
        "second_email": "cora@example.test",
        "second_password": w.PASSWORD,
        **answers,
    }
    return save(client, patient, token, **whole)


def test_a_second_clinician_signs_on_the_page_and_the_session_stays_whose_it_is(on_dialysis, ann):
    answer = cosign(ann, on_dialysis.alder)
    assert answer.status_code == 302, missing(answer)
    step = record_of(on_dialysis, on_dialysis.alder).current_step
    assert (step.daily_mg, step.author_name, step.cosigner_name) == (30, "Ann", "Cora")
    assert ann.session["_auth_user_id"] == str(on_dialysis.ann.pk)
    page = text_of(ann.get(url("steps:detail", on_dialysis.alder, step_id=step.pk)))
    assert "Cora" in page
    assert "Dr Renal" in page


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"second_password": "not the password"}, "second_email"),
        ({"second_email": "nobody@example.test"}, "second_email"),
        ({"second_email": "ann@example.test"}, "second_email"),  # the author
        ({"second_email": "bea@example.test"}, "second_email"),  # no right to sign as second
        ({"second_email": "omar@example.test"}, "second_email"),  # switched off
        ({"second_email": "finn@example.test"}, "second_email"),  # another clinic
        ({"second_email": "lena@example.test"}, "second_email"),  # left the team
        ({"second_email": "", "second_password": ""}, "second_password"),
        ({"specialist_name": ""}, "specialist_name"),
        ({"specialist_on_day": "", "specialist_on_month": "", "specialist_on_year": ""}, "specialist_on"),
        ({"specialist_on_year": "2027"}, "specialist_on"),
    ],
)
def test_no_one_else_signs_as_second(on_dialysis, ann, answers, name):
    answer = cosign(ann, on_dialysis.alder, **answers)
    assert answer.status_code == 422
    assert name in missing(answer)
    assert w.PASSWORD not in text_of(answer)
    assert rows_of(on_dialysis, on_dialysis.alder) == 1
    assert ann.session["_auth_user_id"] == str(on_dialysis.ann.pk)


def test_a_wrong_password_and_an_unknown_address_read_the_same(on_dialysis, ann):
    wrong = missing(cosign(ann, on_dialysis.alder, second_password="not the password"))
    unknown = missing(cosign(ann, on_dialysis.alder, second_email="nobody@example.test"))
    assert wrong == unknown


def test_guessing_a_password_is_stopped(on_dialysis, ann):
    for _ in range(5):
        cosign(ann, on_dialysis.alder, second_password="not the password")
    answer = cosign(ann, on_dialysis.alder)
    assert answer.status_code == 422
    assert "Too many failed" in missing(answer)["second_email"][0]


def test_the_answers_of_the_page_are_asked_again_by_the_service(titrated, ann, monkeypatch):
    """A finding that appears between the page and the save is not passed over."""
    token = checked(ann, titrated.alder, typed())
    w.fact(titrated, titrated.alder, by=titrated.ann, kind="dialysis", answer="yes")
    answer = save(ann, titrated.alder, token)
    assert answer.status_code == 409
    assert "has changed since this page was opened" in text_of(answer)
    assert answer.context["interrupts"]
    assert rows_of(titrated, titrated.alder) == 1


def test_a_step_signed_today_is_what_the_next_order_of_today_changes(titrated, ann):
    w.change(titrated, titrated.alder, by=titrated.ann, mg="10")
    page = send(ann, "steps:add", titrated.alder, typed(dose="7.5"))
    assert "DOWN 7.5\u00a0mg a day (25% less). New total 22.5\u00a0mg a day." in text_of(page)
