"""The page of the doses and its forms: every state in words, nothing guessed, nothing written twice."""

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import signed_in, url
from titration.dosing.intake import Tracking
from titration.models import DoseEvent, SupplyIssue
from titration.services import intake

YESTERDAY = "2026-11-21"


@pytest.fixture
def alder(titrated: Any) -> Any:
    return titrated.alder


def words_of(answer: Any) -> str:
    """What a page says, without its tags, with single plain spaces."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\u00a0", " ")
    return re.sub(r" ([.,:])", r"\1", " ".join(text.split()))


def page(client: Any, patient: Any) -> str:
    return words_of(client.get(url("doses:list", patient)))


def dose_url(patient: Any, day: str = YESTERDAY, position: int = 0) -> str:
    return url("doses:record", patient, day=day, position=position)


def sent(client: Any, patient: Any, **fields: str) -> Any:
    given = {"key": str(uuid.uuid4()), "state": "taken", "said_by": "patient", **fields}
    return client.post(dose_url(patient), given)


def events(world: Any, patient: Any) -> list[DoseEvent]:
    with as_actor(world.ann, patient):
        return list(DoseEvent.objects.order_by("recorded_at", "local_date", "position"))


def ticked(world: Any, patient: Any, *, days_ago: int) -> None:
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        plan = seen.plans.get(status="active")
        intake.set_tracking(
            key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=world.ann, as_of=w.NOW - timedelta(days=days_ago)
        )


@pytest.mark.bar("B-41")
def test_silence_on_a_plan_that_is_not_ticked_is_neither_taken_nor_missed(ann: Any, alder: Any) -> None:
    text = page(ann, alder)
    assert "Doses are not tracked: nothing follows from silence." in text
    assert "No dose is confirmed." in text
    assert "Nothing recorded (due 08:00)" in text
    assert "ticked (due" not in text
    assert "Taken" not in text.replace("Doses taken", "")


@pytest.mark.ui("UI-42")
@pytest.mark.ui("UI-43")
def test_silence_on_a_ticked_plan_is_said_to_be_silence(ann: Any, titrated: Any, alder: Any) -> None:
    ticked(titrated, alder, days_ago=2)
    text = page(ann, alder)
    assert "Not ticked (due 08:00, no record)" in text
    assert "Nothing recorded (due 08:00)" in text  # before anybody ticked
    assert "Due 14:00, 5 mg" in text
    assert "Doses: 0 of 5 ticked, 5 not ticked, 0 skipped in 28 days." in text


def test_a_dose_is_recorded_and_read_in_words(ann: Any, titrated: Any, alder: Any) -> None:
    assert sent(ann, alder, taken_time="08:05").status_code == 302
    text = page(ann, alder)
    assert "Taken 08:05, 5 mg (due 08:00)" in text
    assert "The patient said so; recorded by" in text
    assert "Last confirmed dose: 21-Nov-2026 08:05" in text
    chart = words_of(ann.get(url("patients:chart", alder)))
    assert "Last confirmed dose: 21-Nov-2026 08:05" in chart
    assert "Doses: 1 of 1 ticked, 0 not ticked, 0 skipped in 28 days." in chart


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "partly", "taken": "2.5"}, "Partly taken: 2.5 mg of 5 mg (due 08:00)"),
        ({"state": "skipped", "reason_code": "no_supply"}, "Skipped (due 08:00): none left"),
        ({"state": "held"}, "Held (due 08:00)"),
        ({}, "Taken, hour not known, 5 mg (due 08:00)"),
    ],
)
def test_each_state_has_its_words(ann: Any, alder: Any, fields: dict[str, str], words: str) -> None:
    assert sent(ann, alder, **fields).status_code == 302
    assert words in page(ann, alder)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"state": "partly"}, "Enter how much of 5 mg was taken, in mg."),
        ({"state": "partly", "taken": "5"}, "5 mg is all of it. Choose “Taken, all of it”."),
        ({"state": "partly", "taken": "7.5"}, "Dose must be between 0.5 mg and 5 mg"),
        ({"state": "skipped"}, "Choose why it was not taken"),
        ({"state": ""}, "Choose what is known of this dose."),
        ({"said_by": ""}, "Choose who said what was taken."),
        ({"taken_time": "8 o'clock"}, "Time must be on 24 hours"),
        ({"key": "none"}, "The key of this page cannot be read."),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_stored(
    ann: Any, titrated: Any, alder: Any, fields: dict[str, str], says: str
) -> None:
    answer = sent(ann, alder, **fields)
    assert answer.status_code == 422
    assert says in words_of(answer)
    assert events(titrated, alder) == []


@pytest.mark.bar("B-32")
def test_the_same_form_sent_again_is_one_record(ann: Any, titrated: Any, alder: Any) -> None:
    key = str(uuid.uuid4())
    assert {sent(ann, alder, key=key).status_code for _ in range(5)} == {302}
    assert len(events(titrated, alder)) == 1


def test_a_correction_needs_the_record_that_it_corrects(ann: Any, titrated: Any, alder: Any) -> None:
    sent(ann, alder)
    [first] = events(titrated, alder)
    assert f'value="{first.pk}"' in ann.get(dose_url(alder)).content.decode()
    answer = sent(ann, alder, state="held")
    assert answer.status_code == 409
    assert "Taken, hour not known, 5 mg (due 08:00)" in words_of(answer)
    assert sent(ann, alder, state="held", replaces=str(first.pk)).status_code == 302
    assert "Held (due 08:00)" in page(ann, alder)


def test_a_record_is_taken_back_with_a_reason(ann: Any, titrated: Any, alder: Any) -> None:
    sent(ann, alder)
    [first] = events(titrated, alder)
    form = {"action": "withdraw", "withdraw-key": str(uuid.uuid4()), "withdraw-replaces": str(first.pk)}
    assert ann.post(dose_url(alder), form).status_code == 422
    assert ann.post(dose_url(alder), {**form, "withdraw-note": "Another patient"}).status_code == 302
    assert "Nothing recorded (due 08:00)" in page(ann, alder)


@pytest.mark.parametrize("where", ["2026-11-23/0", "2026-11-21/3", "2026-01-01/0", "yesterday/0"])
def test_a_dose_that_the_plan_does_not_have_has_no_page(ann: Any, alder: Any, where: str) -> None:
    assert ann.get(f"{url('doses:list', alder)}{where}/").status_code == 404


def test_a_bedtime_dose_taken_after_midnight_is_of_its_own_day(ann: Any, titrated: Any, alder: Any) -> None:
    ann.post(
        dose_url(alder, position=2),
        {"key": str(uuid.uuid4()), "state": "taken", "said_by": "patient", "taken_time": "00:20"},
    )
    [one] = events(titrated, alder)
    assert (one.local_date.isoformat(), one.taken_at.isoformat()) == (YESTERDAY, "2026-11-22T05:20:00+00:00")


def call(client: Any, patient: Any, **fields: str) -> Any:
    given = {
        "key": str(uuid.uuid4()), "state": "taken", "said_by": "patient", "until_on_day": "21", "until_on_month": "11",
        "until_on_year": "2026", "until_time": "12:00", **fields,
    }  # fmt: skip
    return client.post(url("doses:call", patient), given)


def test_a_call_fills_in_what_nobody_recorded(ann: Any, titrated: Any, alder: Any) -> None:
    answer = call(ann, alder)
    assert answer.status_code == 302
    many = len(events(titrated, alder))
    assert many == 28  # nine whole days of three doses, and one of the morning
    assert f"{many} doses are recorded." in page(ann, alder)
    again = call(ann, alder)
    assert again.status_code == 422
    assert "Every dose up to then is recorded already." in words_of(again)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"state": "skipped"}, "Choose why they were not taken"),
        ({"until_on_day": "23"}, "must be 22-Nov-2026 or earlier"),
        ({"until_on_day": "22", "until_time": "23:00"}, "lies ahead. Record what was taken until now."),
        ({"until_time": ""}, "Fill in “and this time”."),
    ],
)
def test_a_call_that_cannot_be_read_stores_nothing(
    ann: Any, titrated: Any, alder: Any, fields: dict[str, str], says: str
) -> None:
    answer = call(ann, alder, **fields)
    assert answer.status_code == 422
    assert says in words_of(answer)
    assert events(titrated, alder) == []


def test_how_doses_are_known_is_chosen(ann: Any, alder: Any) -> None:
    assert "Choose how doses are known." in words_of(ann.post(url("doses:tracking", alder), {}))
    ann.post(url("doses:tracking", alder), {"mode": "ticked", "key": str(uuid.uuid4())})
    assert "Each dose is ticked, since 22-Nov-2026 09:05." in page(ann, alder)


def issue(client: Any, patient: Any, **fields: str) -> Any:
    given = {
        "key": str(uuid.uuid4()), "product": "tablet_10", "units": "84", "on_date_day": "20", "on_date_month": "11",
        "on_date_year": "2026", **fields,
    }  # fmt: skip
    return client.post(url("doses:issue", patient), given)


def test_what_was_handed_out_is_listed_and_taken_back(ann: Any, titrated: Any, alder: Any) -> None:
    assert issue(ann, alder).status_code == 302
    assert "84 × Baclofen 10 mg tablet (840 mg in all)" in page(ann, alder)
    again = issue(ann, alder)
    assert again.status_code == 422
    assert "is recorded already" in words_of(again)
    with as_actor(titrated.ann, alder):
        [one] = SupplyIssue.objects.all()
    taken_back = url("doses:issue_withdraw", alder, issue_id=one.pk)
    ann.post(taken_back)
    assert "No issue is recorded" in page(ann, alder)
    ann.post(taken_back)
    assert "This issue was taken back already." in page(ann, alder)


def test_the_next_issue_comes_after_this_one(ann: Any, alder: Any) -> None:
    answer = issue(ann, alder, repeat_on_day="20", repeat_on_month="11", repeat_on_year="2026")
    assert "The next issue must come after this one." in words_of(answer)


def test_who_may_log_and_not_prescribe_records_doses(titrated: Any, alder: Any) -> None:
    bea = signed_in(titrated.bea)
    assert "Record a call" in page(bea, alder)
    assert call(bea, alder).status_code == 302


def test_a_patient_without_a_plan_has_no_doses(frozen: Any) -> None:
    client = signed_in(frozen.ann)
    assert "There is no plan yet, so there are no doses." in page(client, frozen.aspen)
    assert client.get(url("doses:call", frozen.aspen)).status_code == 404


def test_the_page_costs_the_same_for_many_doses_as_for_few(ann: Any, titrated: Any, alder: Any) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ann.get(url("doses:list", alder)).status_code == 200
        return len(captured)

    sent(ann, alder)
    page(ann, alder)  # the notice of what was recorded is shown once
    few = statements()
    call(ann, alder, until_on_day="22", until_time="08:30")
    page(ann, alder)
    assert statements() == few
