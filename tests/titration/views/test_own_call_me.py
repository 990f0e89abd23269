"""Asking for a call: it reaches the worklist, says when an answer comes, and ends when somebody has called."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests import world as w
from tests.database import as_owner
from tests.titration.services.lab_files import as_job
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.reading import words
from titration.models import CallRequest, Flag, Organisation, Urgency
from titration.services import full_look, reassessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def alder(titrated: Any) -> Any:
    with as_owner():
        Organisation.objects.update(closed_weekdays=[5, 6], closed_dates=[date(2026, 11, 26)])
    return titrated.alder


def ask(world: Any, *, by: Any = None, patient: Any = None, key: str = "", follow: bool = True, **fields: str) -> Any:
    sent = {"about": "supply", "best_time": "morning", "phone": "555 0123", "note": "", **fields}
    page = url("own:call_me", patient or world.alder)
    return signed_in(by or world.alma).post(page, {"key": key or str(uuid.uuid4()), **sent}, follow=follow)


def flag_of(patient: Any) -> Flag | None:
    with as_owner():
        return Flag.objects.open().filter(patient=patient, rule_id="CALL-ASKED").first()


def page_of(world: Any, person: Any = None) -> str:
    return words(signed_in(person or world.alma).get(url("own:call_me", world.alder)))


def test_it_reaches_the_worklist_and_says_by_when_the_clinic_calls(titrated, alder):
    """Asked on a Sunday; the clinic is open on the Monday after it."""
    page = words(ask(titrated, note="Tablets end on Friday"))
    assert "We will call by the end of 23 November 2026." in page
    assert "You asked about: Getting more medicine." in page
    flag = flag_of(alder)
    assert flag is not None
    assert flag.urgency == Urgency.THIS_WEEK
    assert flag.act_by == datetime(2026, 11, 24, 5, tzinfo=UTC)  # midnight in New York
    for said in ("555 0123", "in the morning", "more medicine", "Tablets end on Friday", "22-Nov-2026 09:05"):
        assert said in flag.because
    row = words(signed_in(titrated.ann).get("/worklist/?severity=2"))
    assert "The patient asks for a call" in row
    assert "Tablets end on Friday" in row
    detail = words(signed_in(titrated.ann).get(url("flags:detail", alder, flag_id=flag.pk)))
    assert "23-Nov-2026" in detail


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, date(2026, 11, 23)), (3, date(2026, 11, 27)), (5, date(2026, 11, 30)), (6, date(2026, 11, 30))],
)
def test_the_day_that_is_promised_is_the_next_one_on_which_the_clinic_is_open(titrated, alder, days, expected):
    with time_machine.travel(w.NOW + timedelta(days=days), tick=False):
        ask(titrated)
    with as_owner():
        assert CallRequest.objects.get().expected_on == expected


def test_a_clinic_that_is_never_open_promises_no_day(titrated, alder):
    with as_owner():
        Organisation.objects.update(closed_weekdays=list(range(7)))
    assert "We will call when the clinic is open again." in words(ask(titrated))
    assert flag_of(alder).act_by is not None  # what waits for a person always has a time


def test_nobody_who_calls_in_time_escalates_it(titrated, alder):
    ask(titrated)
    after = datetime(2026, 11, 24, 5, 1, tzinfo=UTC)
    with time_machine.travel(after, tick=False), as_job("reassess"):
        reassessment.reassess(clock=lambda: after)
        assert full_look.full_look(clock=lambda: after).missed == 0
    assert flag_of(alder).escalated_at == after
    with time_machine.travel(after, tick=False):
        row = words(signed_in(titrated.ann).get("/worklist/?severity=2"))
    assert "Escalated: nobody acted by the end of the day that was promised." in row


def test_a_call_that_was_answered_ends_it_and_one_that_was_not_does_not(titrated, alder):
    ask(titrated)
    flag = flag_of(alder)
    client = signed_in(titrated.bea)
    client.post(url("flags:call", alder, flag_id=flag.pk), {"text": ""})
    assert flag_of(alder) is not None
    assert "We tried to call on 22 November 2026. We will call by the end of 23 November 2026." in page_of(titrated)
    with time_machine.travel(w.NOW + timedelta(hours=1), tick=False):
        client.post(url("flags:call", alder, flag_id=flag.pk), {"text": "Repeat ordered"})
        assert flag_of(alder) is None
        page = page_of(titrated)
    assert "We called on 22 November 2026." in page
    assert "Repeat ordered" not in page
    with time_machine.travel(w.NOW + timedelta(hours=2), tick=False):
        ask(titrated, about="dose")
        assert flag_of(alder) is not None  # asked again


def test_a_call_that_is_written_on_another_flag_is_a_call_all_the_same(titrated, alder):
    w.fact(titrated, alder, by=titrated.ann, kind="sign", code="slow_breathing", answer="yes")
    ask(titrated)
    with as_owner():
        other = Flag.objects.open().filter(patient=alder).exclude(rule_id="CALL-ASKED").first()
    signed_in(titrated.ann).post(url("flags:call", alder, flag_id=other.pk), {"text": "Spoke to the wife"})
    assert flag_of(alder) is None


def test_closing_the_flag_answers_it_and_it_is_not_raised_again(titrated, alder):
    ask(titrated)
    closed = {"code": "acted_on", "text": "Seen in clinic"}
    signed_in(titrated.ann).post(url("flags:close", alder, flag_id=flag_of(alder).pk), closed)
    assert flag_of(alder) is None
    assert "Your clinic has dealt with this on 22 November 2026." in page_of(titrated)
    later = w.NOW + timedelta(days=60)
    with as_job("reassess"):
        full_look.full_look(clock=lambda: later)
    assert flag_of(alder) is None


def test_sent_again_it_writes_nothing_and_another_text_is_refused(titrated, alder):
    key = str(uuid.uuid4())
    for _ in range(2):
        assert ask(titrated, key=key).status_code == 200
    assert ask(titrated, key=key, note="Other").status_code == 422
    with as_owner():
        assert CallRequest.objects.count() == 1


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(titrated, alder):
    answer = ask(titrated, about="", phone="", note="Still here")
    page = words(answer)
    assert answer.status_code == 422
    assert "Choose what it is about." in page
    assert "Write the number that we should call." in page
    assert "Still here" in page
    assert ask(titrated, phone="call my wife").status_code == 422


def test_the_number_on_record_is_called_unless_another_is_given(titrated, alder):
    with as_owner():
        type(alder).objects.filter(pk=alder.pk).update(phone="555 0777")
    assert "Leave it empty and we call 555 0777." in page_of(titrated)
    ask(titrated, phone="")
    assert "555 0777" in flag_of(alder).because


def test_first_of_all_it_says_what_cannot_wait(titrated, alder):
    page = page_of(titrated)
    assert page.index("Not for emergencies") < page.index("What is it about?")
    for said in ("911", "555 0100", "555 0199", "Monday to Friday, 9am to 5pm"):
        assert said in page


def test_a_carer_asks_in_their_own_name_and_who_only_looks_cannot(titrated, alder):
    ask(titrated, by=titrated.pru)
    assert flag_of(alder).because.startswith("A carer asked on")
    assert "Pru asked about" in page_of(titrated)
    assert ask(titrated, by=titrated.pia).status_code == 403
    assert (
        "<form" not in signed_in(titrated.pia).get(url("own:call_me", alder)).text.split("<main")[1].split("</main>")[0]
    )


def test_without_a_plan_it_says_whom_to_call(frozen):
    page = words(signed_in(frozen.elma).get(url("own:call_me", frozen.elder)))
    assert "Your team has not added your plan yet" in page
    ask(frozen, by=frozen.elma, patient=frozen.elder)
    with as_owner():
        assert not CallRequest.objects.exists()


def test_after_a_stop_a_call_can_still_be_asked_for(titrated, alder):
    w.stop(titrated, alder, by=titrated.ann)
    ask(titrated)
    assert flag_of(alder) is not None
