"""The page of a flag: seen, acted on, snoozed, and closed by hand; what says act now through a check page alone."""

from datetime import timedelta

import pytest
import time_machine

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.ordering import signed_in
from tests.titration.views.reading import words
from titration.models import CareRelation, Flag, FlagNote, Urgency

DAY = timedelta(days=1)
CLOSING = {"code": "not_applicable", "text": "Dialysis began and the dose is agreed"}


@pytest.fixture
def raised(titrated):
    """Alder's creatinine is high enough that the standing dose must be looked at today."""
    w.creatinine(titrated, titrated.alder, by=titrated.ann, mg_dl="4.0", hours_ago=2)
    return titrated


@pytest.fixture
def ann(raised):
    return signed_in(raised.ann)


def flag_of(world, urgency):
    with as_actor(world.ann, world.alder):
        return Flag.objects.open().filter(patient=world.alder, urgency=urgency).order_by("act_by", "rule_id").first()


@pytest.fixture
def pressing(raised):
    return flag_of(raised, Urgency.ACT_NOW)


@pytest.fixture
def calm(raised):
    """A flag that can wait, put beside the others as the facts may not raise one."""
    with as_owner():
        one = Flag.objects.open().filter(patient=raised.alder).first()
        return Flag.objects.create(
            plan=one.plan, plan_number=one.plan_number, patient=one.patient, rule_id="LAB-HELD", urgency=2,
            because="For the test.", evidence=one.evidence, protocol_id="us", protocol_version=1,
            next_action="decide_held", opened_at=w.NOW - DAY, act_by=w.NOW + 6 * DAY,
        )  # fmt: skip


def url(flag, verb=""):
    return f"/patients/{flag.patient_id}/flags/{flag.pk}/{verb}"


def read(world, flag):
    with as_actor(world.ann, world.alder):
        return Flag.objects.get(pk=flag.pk)


def notes(world):
    with as_actor(world.ann, world.alder):
        return FlagNote.objects.filter(patient=world.alder).count()


def test_one_click_says_that_it_was_seen(raised, ann, pressing):
    assert "Mark as seen" in words(ann.get(url(pressing)))
    said = words(ann.post(url(pressing, "seen/"), follow=True))
    assert "The flag is marked as seen by you." in said
    assert "Seen by Ann on 22-Nov-2026 09:05." in said
    assert "Mark as seen" not in said
    assert "Somebody must act by 22-Nov-2026 11:05." in said
    again = words(signed_in(raised.bea).post(url(pressing, "seen/"), follow=True))
    assert "Somebody had already marked this flag as seen." in again


def test_what_was_done_is_written_down_and_ends_the_time_to_act(raised, ann, pressing):
    said = words(ann.post(url(pressing, "act/"), {"text": "Told to halve the dose"}, follow=True))
    assert "What was done is written down." in said
    assert "Acted on Told to halve the dose" in said
    assert "First acted on 22-Nov-2026 09:05." in said
    assert "Somebody must act" not in said


def test_nothing_done_is_nothing_written(raised, ann, pressing):
    page = ann.post(url(pressing, "act/"), {"text": " "})
    assert page.status_code == 422
    assert "Write what was done." in words(page)
    assert 'id="act-text"' in page.text
    assert notes(raised) == 0


def test_an_escalated_flag_says_so_until_somebody_acts(raised, pressing):
    with time_machine.travel(pressing.act_by, tick=False):
        ann = signed_in(raised.ann)
        assert "Escalated: nobody acted within 4 hours." in words(ann.get(f"/patients/{raised.alder.pk}/"))
        said = words(ann.get(url(pressing)))
        assert "Escalated: nobody acted within 4 hours." in said
        assert "Escalated Nobody had acted within 4 hours. By a rule" in said
        said = words(ann.post(url(pressing, "act/"), {"text": "Called the ward"}, follow=True))
        assert "Escalated: nobody acted" not in said
        assert "Escalated Nobody had acted within 4 hours." in said


@pytest.mark.parametrize(("days", "until"), [("1", "23-Nov-2026"), ("3", "25-Nov-2026"), ("7", "29-Nov-2026")])
def test_one_click_snoozes_for_a_time_that_is_offered(raised, ann, calm, days, until):
    said = words(ann.post(url(calm, "snooze/"), {"days": days}, follow=True))
    assert f"Snoozed until {until} 09:05." in said
    assert ("It comes back on 28-Nov-2026 09:05 if nobody acts." in said) is (days == "7")
    assert "End the snooze" in said
    said = words(ann.post(url(calm, "snooze/"), {"days": "0"}, follow=True))
    assert "The flag is on the worklist again." in said
    assert "1 day 3 days 1 week" in said


@pytest.mark.parametrize("days", ["2", "", "-1", "1e3"])
def test_no_other_time_is_taken(raised, ann, calm, days):
    page = ann.post(url(calm, "snooze/"), {"days": days})
    assert page.status_code == 422
    assert "There is a problem" in words(page)
    assert read(raised, calm).snoozed_until is None


@pytest.mark.ui("UI-41")
def test_a_flag_that_says_act_now_is_not_snoozed(raised, ann, pressing):
    assert "1 week" not in words(ann.get(url(pressing)))
    said = words(ann.post(url(pressing, "snooze/"), {"days": "1"}, follow=True))
    assert "A flag that says act now cannot be snoozed." in said
    assert read(raised, pressing).snoozed_until is None
    assert notes(raised) == 0


def test_a_flag_that_can_wait_is_closed_with_a_coded_reason(raised, ann, calm):
    assert "Close flag" in words(ann.get(url(calm)))
    said = words(ann.post(url(calm, "close/"), {"code": "data_error", "text": ""}, follow=True))
    assert "is closed." in said
    assert "Closed: it rests on wrong data Ann" in said
    assert "Write down what was done" not in said
    found = read(raised, calm)
    assert (found.closed_code, found.closed_by_id) == ("data_error", raised.ann.pk)


@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        ({}, "Choose why this flag is closed."),
        ({"code": "by_rule", "text": "x"}, "Choose one of the answers listed"),
        ({"code": "other", "text": ""}, "Say in your words why this flag is closed."),
        ({"code": "other", "text": "x" * 501}, "Write at most 500 characters. You wrote 501."),
    ],
)
def test_a_closing_without_its_reason_is_refused(raised, ann, calm, sent, missing):
    page = ann.post(url(calm, "close/"), sent)
    assert page.status_code == 422
    assert missing in words(page)
    assert read(raised, calm).status == "open"


@pytest.mark.ui("UI-41")
def test_what_says_act_now_is_closed_through_its_check_page_only(raised, ann, pressing):
    assert ann.post(url(pressing, "close/"), {"code": "not_applicable", "text": ""}).status_code == 422
    page = ann.post(url(pressing, "close/"), CLOSING)
    said = words(page)
    assert "Check before you close this flag" in said
    assert CLOSING["text"] in said
    assert "not raised again for 7 days" in said
    assert read(raised, pressing).status == "open"
    said = words(ann.post(url(pressing, "close/check/"), {"token": page.context["token"]}, follow=True))
    assert "is closed." in said
    assert f"Closed: it does not apply to this patient {CLOSING['text']} Ann" in said
    chart = words(ann.get(f"/patients/{raised.alder.pk}/"))
    assert pressing.rule_id in chart.split("Safety check of what stands now")[1]
    assert pressing.rule_id not in chart.split("Safety check of what stands now")[0]


@pytest.mark.ui("UI-41")
@pytest.mark.parametrize("token", ["", "x", "{other flag}", "{other person}", "{reworded}", "{an hour ago}"])
def test_without_the_token_of_this_flag_and_person_nothing_is_closed(raised, ann, pressing, calm, token):
    client = ann
    if token == "{other flag}":
        with as_owner():
            Flag.objects.filter(pk=calm.pk).update(because=pressing.because)
        token = ann.post(url(pressing, "close/"), CLOSING).context["token"]
        assert ann.post(url(calm, "close/check/"), {"token": token}).status_code == 302
        assert read(raised, calm).status == "open"
        return
    if token in ("{other person}", "{reworded}", "{an hour ago}"):
        client = signed_in(raised.bea) if token == "{other person}" else ann
        sent = ann.post(url(pressing, "close/"), CLOSING).context["token"]
        if token == "{reworded}":
            with as_owner():
                Flag.objects.filter(pk=pressing.pk).update(because="It has become worse.")
        later = timedelta(hours=1, seconds=1) if token == "{an hour ago}" else timedelta(0)
        with time_machine.travel(w.NOW + later, tick=False):
            answer = signed_in(raised.ann) if later else client
            said = words(answer.post(url(pressing, "close/check/"), {"token": sent}, follow=True))
    else:
        said = words(client.post(url(pressing, "close/check/"), {"token": token}, follow=True))
    assert "Nothing was saved." in said
    assert read(raised, pressing).status == "open"


def test_what_was_closed_meanwhile_is_told_and_nothing_is_written(raised, ann, calm):
    ann.post(url(calm, "close/"), {"code": "acted_on"})
    for verb, sent in (("seen/", {}), ("act/", {"text": "x"}), ("snooze/", {"days": "1"}), ("close/", CLOSING)):
        said = words(ann.post(url(calm, verb), sent, follow=True))
        assert "This flag was closed meanwhile. Nothing was saved." in said, verb
    assert notes(raised) == 0


def test_who_may_only_read_is_offered_nothing_and_refused_everything(raised, pressing):
    with as_owner():
        CareRelation.objects.filter(patient=raised.alder).update(rights=["read"])
    reader = signed_in(raised.ann)
    said = reader.get(url(pressing)).text
    main = said[said.index("<main") :]
    assert "<form" not in main
    for verb in ("seen/", "act/", "snooze/", "close/", "close/check/"):
        assert reader.post(url(pressing, verb), {**CLOSING, "days": "1"}).status_code == 403, verb
