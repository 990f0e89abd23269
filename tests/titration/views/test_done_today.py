"""Logging a call in the row of a list, and what was done today under the list."""

import re
from datetime import timedelta

import pytest
import time_machine

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.test_page_cost import many_flags, statements
from tests.titration.views.ordering import TODAY, signed_in
from tests.titration.views.reading import words
from titration.models import Flag, FlagNote
from titration.selectors.done import Done, done_since
from titration.services import flag_life, plans


@pytest.fixture
def raised(titrated):
    """Alder's creatinine is high enough that the standing dose is above the ceiling."""
    w.creatinine(titrated, titrated.alder, by=titrated.ann, mg_dl="4.0", hours_ago=2)
    return titrated


@pytest.fixture
def ann(raised):
    return signed_in(raised.ann)


def first_flag(world):
    with as_actor(world.ann, world.alder):
        return Flag.objects.open().filter(patient=world.alder).order_by("urgency", "opened_at", "pk").first()


def call_form(page):
    """Where the first row of a list sends a call, and the way back."""
    row = re.search(r'<li class="worklist-row .*?</li>', page.text, re.DOTALL)[0]
    form = re.search(r'<details class="row-call">.*?</details>', row, re.DOTALL)[0]
    return re.search(r'action="([^"]+)"', form)[1], re.search(r'name="next" value="([^"]+)"', form)[1]


def done(page):
    """The part of the worklist that says what was done."""
    return words(page).split("Done today", 1)[1]


@pytest.mark.parametrize("list_url", ["/worklist/?severity=1", "/kidney-checks/"])
def test_a_call_is_logged_in_the_row_and_comes_back_to_it(raised, ann, list_url):
    if list_url == "/kidney-checks/":
        many_flags(raised, 1)
    page = ann.get(list_url)
    action, back = call_form(page)
    assert "#row-" in back
    assert "#log-call" not in page.text
    answer = ann.post(action, {"text": "Slept well, will come", "next": back})
    assert answer.headers["Location"] == back
    assert back.startswith(list_url + "#row-")
    assert f'id="{back.split("#")[1]}"' in ann.get(back).text
    with as_owner():
        assert FlagNote.objects.get(kind="call").text == "Slept well, will come"


def test_the_way_back_names_the_row_of_this_flag_and_no_other_place(raised, ann):
    flag = first_flag(raised)
    action = f"/patients/{flag.patient_id}/flags/{flag.pk}/call/"
    for fragment in ("row-1", f"row-{flag.pk}x", "log-call", "//elsewhere.example"):
        assert ann.post(action, {"text": "", "next": f"/worklist/#{fragment}"}).headers["Location"] == "/worklist/"


def test_a_call_stands_in_its_row_for_the_rest_of_the_day(raised, ann):
    action, back = call_form(ann.get("/worklist/"))
    ann.post(action, {"text": "", "next": back})
    assert "Call logged today at 09:05 by Ann: Called, no answer" in words(ann.get("/worklist/"))


def test_a_call_stays_in_its_row_however_much_is_done_after_it(raised, ann):
    action, back = call_form(ann.get("/worklist/"))
    ann.post(action, {"text": "Will come on Monday", "next": back})
    many_flags(raised, 12)
    with as_owner():
        later = w.NOW + timedelta(seconds=1)
        Flag.objects.filter(because="Due").update(
            status="closed", closed_at=later, closed_code="by_rule", closed_because="For the test."
        )
    page = ann.get("/worklist/")
    assert "Will come on Monday" not in done(page)
    assert "Will come on Monday" in words(page)


def test_calls_signed_steps_and_closed_flags_of_today_are_listed_with_patient_and_person(raised, ann):
    assert done(ann.get("/worklist/")).startswith(" (0) No flag was closed")
    action, back = call_form(ann.get("/worklist/"))
    ann.post(action, {"text": "Will come on Monday", "next": back})
    w.change(raised, raised.alder, by=raised.ann, mg="2.5")
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="0.9")
    said = done(ann.get("/worklist/"))
    assert "Call logged" in said
    assert "Will come on Monday" in said
    assert "Dose step signed: 7.5 mg a day" in said
    assert "Flag closed" in said
    assert said.count("ALDER, Test") >= 3
    assert "Ann" in said
    assert "By a rule" in said


def test_what_was_done_before_midnight_of_the_clinic_is_gone(raised, ann):
    action, back = call_form(ann.get("/worklist/"))
    ann.post(action, {"text": "Before midnight", "next": back})
    # 22-Nov 23:30 and 23-Nov 00:30 in New York.
    for hours, there in ((14.4, True), (15.5, False)):
        with time_machine.travel(w.NOW + timedelta(hours=hours), tick=False):
            assert ("Before midnight" in done(signed_in(raised.ann).get("/worklist/"))) is there


def test_what_others_did_for_patients_of_another_team_is_not_listed(raised, ann):
    action, back = call_form(ann.get("/worklist/"))
    ann.post(action, {"text": "Will come on Monday", "next": back})
    assert "Will come on Monday" in done(signed_in(raised.bea).get("/worklist/"))
    assert "Will come on Monday" not in words(signed_in(raised.dan).get("/worklist/"))


def decide(world):
    """Something is done about a flag, and it is snoozed."""
    with as_actor(world.ann, world.alder):
        flag = Flag.objects.open().filter(urgency__gt=1).select_related("patient").first()
        flag_life.act(flag=flag, text="Told the family", by=world.ann, as_of=w.NOW)
        flag_life.snooze(flag=flag, until=w.NOW + timedelta(days=1), by=world.ann, as_of=w.NOW)


def test_what_was_done_about_a_flag_is_listed_with_who_did_it(raised, ann):
    decide(raised)
    flag = first_flag(raised)
    closing = {"code": "data_error", "text": "The sample was somebody else's"}
    token = ann.post(f"/patients/{flag.patient_id}/flags/{flag.pk}/close/", closing).context["token"]
    ann.post(f"/patients/{flag.patient_id}/flags/{flag.pk}/close/check/", {"token": token})
    said = done(ann.get("/worklist/"))
    assert "Told the family Ann" in said
    assert "Snooze: " in said
    assert "Until 23-Nov-2026 09:05 Ann" in said
    assert "The sample was somebody else&#x27;s Ann" in said
    assert "By a rule" not in said


def test_what_was_signed_is_not_listed_once_more_as_an_answer_to_a_flag(raised, ann):
    w.change(raised, raised.alder, by=raised.ann, mg="2.5")
    said = done(ann.get("/worklist/"))
    assert said.count("7.5 mg a day") == 1


def test_the_selector_itself_finds_what_the_reader_may_see_and_no_more(raised, ann):
    action, back = call_form(ann.get("/worklist/"))
    ann.post(action, {"text": "Will come on Monday", "next": back})
    decide(raised)
    w.change(raised, raised.alder, by=raised.ann, mg="2.5")
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="0.9")
    with as_owner():  # whom row-level security shows everything
        rows, _ = done_since(raised.ann, w.NOW - timedelta(hours=1))
        assert {one.kind for one in rows} == set(Done)
        assert done_since(raised.dan, w.NOW - timedelta(hours=1)) == ((), False)


def test_a_trimmed_copy_of_a_step_is_not_signed_again(raised, ann):
    seen = raised.seen_by(raised.ann, raised.alder)
    with as_actor(raised.ann, raised.alder):
        for days, mg in ((1, "4"), (3, "2")):  # the second ends the first early: what is left of it is a copy
            plans.change_dose(
                patient=seen,
                order=w.order(TODAY + timedelta(days=days), w.three_times(mg), product="liquid_1"),
                decision=w.GO_ON,
                expected_version=seen.plans.get(status="active").version,
                by=raised.ann,
                as_of=w.NOW,
            )
    assert done(ann.get("/worklist/")).count("Dose step signed: 12 mg a day") == 1


@pytest.mark.bar("B-49")
def test_a_busy_day_costs_no_more_statements_and_says_when_it_lists_a_part(raised, ann):
    few = statements(ann, "/worklist/")
    many_flags(raised, 120)
    with as_owner():
        Flag.objects.filter(because="Due").update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="For the test."
        )
    assert len(statements(ann, "/worklist/")) == len(few) <= 10
    page = ann.get("/worklist/")
    assert "Done today (more than 10)" in words(page)
    assert done(page).count("Flag closed") == 10
