"""After a long gap nothing resumes before a prescriber has decided, and the form proposes no dose."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import checked, parts, save, send, signed_in, typed, url
from tests.titration.views.test_doses import ticked, words_of
from titration.models import Flag, RestartDecision, Step

pytestmark = [pytest.mark.hazard("H05")]


@pytest.fixture
def gap(titrated: Any) -> Any:
    """Alder ticked nothing for four days."""
    ticked(titrated, titrated.alder, days_ago=4)
    return titrated.alder


def decide(client: Any, patient: Any, choice: str = "resume", reason: str = "Well, seen today", key: str = "") -> Any:
    sent = {"choice": choice, "reason": reason, "key": key or str(uuid.uuid4())}
    return client.post(url("plans:restart", patient), sent)


def open_rules(world: Any, patient: Any) -> set[str]:
    with as_actor(world.ann, patient):
        return set(Flag.objects.open().values_list("rule_id", flat=True))


def test_an_order_is_not_signed_before_somebody_decided(ann: Any, titrated: Any, gap: Any) -> None:
    ann.get(url("patients:chart", gap))
    assert "MISS-9" in open_rules(titrated, gap)
    refused = send(ann, "steps:add", gap, typed(dose="7.5"))
    assert refused.status_code == 422
    assert "Complete the restart form first (MISS-9)." in words_of(refused)
    assert url("plans:restart", gap) in refused.content.decode()
    with as_actor(titrated.ann, gap):
        assert Step.objects.in_force().count() == 1


def test_a_decision_is_kept_with_what_stood_on_the_form_and_ends_the_flag(ann: Any, titrated: Any, gap: Any) -> None:
    ann.get(url("patients:chart", gap))
    page = words_of(ann.get(url("plans:restart", gap)))
    assert "No dose is confirmed" in page
    assert "15 mg a day" in page
    assert "eGFR" in page
    answer = decide(ann, gap)
    assert answer.url == url("patients:chart", gap)
    with as_actor(titrated.ann, gap):
        [kept] = RestartDecision.objects.all()
    assert (kept.choice, kept.daily_mg, kept.gap_hours, kept.recorded_by_id) == ("resume", 15, None, titrated.ann.pk)
    assert "eGFR" in kept.kidneys
    assert "MISS-9" not in open_rules(titrated, gap)
    assert checked(ann, gap, typed(dose="7.5"))


def test_a_page_that_was_checked_before_the_gap_signs_nothing(ann: Any, titrated: Any) -> None:
    token = checked(ann, titrated.alder, typed(dose="7.5"))
    ticked(titrated, titrated.alder, days_ago=4)
    assert save(ann, titrated.alder, token).status_code != 302
    with as_actor(titrated.ann, titrated.alder):
        assert Step.objects.in_force().count() == 1


def test_what_was_taken_is_recorded_whatever_is_undecided(ann: Any, titrated: Any, gap: Any) -> None:
    past = {**typed(dose="7.5", on=date(2026, 11, 15)), **parts("last_day", date(2026, 11, 16))}
    assert send(ann, "steps:past", gap, past).status_code == 200


def test_the_last_confirmed_dose_and_the_gap_are_on_the_form(ann: Any, titrated: Any, gap: Any) -> None:
    ann.post(
        url("doses:record", gap, day="2026-11-19", position=0),
        {"key": str(uuid.uuid4()), "state": "taken", "said_by": "patient", "taken_time": "08:05"},
    )
    assert "19-Nov-2026 08:05 (73 h ago)" in words_of(ann.get(url("plans:restart", gap)))
    decide(ann, gap)
    with as_actor(titrated.ann, gap):
        [kept] = RestartDecision.objects.all()
    assert (kept.gap_hours, kept.last_dose_at) == (73, w.NOW - timedelta(hours=73))


@pytest.mark.parametrize(
    ("choice", "page"),
    [("lower", "steps:add"), ("retitrate", "steps:add"), ("not_resumed", "plans:stop"), ("resume", "patients:chart")],
)
def test_what_was_chosen_leads_to_its_order_and_orders_nothing(
    ann: Any, titrated: Any, gap: Any, choice: str, page: str
) -> None:
    assert decide(ann, gap, choice).url == url(page, gap)
    with as_actor(titrated.ann, gap):
        assert Step.objects.in_force().count() == 1


@pytest.mark.parametrize(
    ("fields", "says"), [({"choice": ""}, "Choose how baclofen goes on."), ({"reason": " "}, "Write down why.")]
)
def test_a_decision_has_a_choice_and_a_reason(
    ann: Any, titrated: Any, gap: Any, fields: dict[str, str], says: str
) -> None:
    answer = decide(ann, gap, **fields)
    assert answer.status_code == 422
    assert says in words_of(answer)
    with as_actor(titrated.ann, gap):
        assert not RestartDecision.objects.exists()


@pytest.mark.parametrize("choice", ["lower", "retitrate", "not_resumed"])
def test_a_decision_for_another_dose_settles_nothing_before_it_is_ordered(
    ann: Any, titrated: Any, gap: Any, choice: str
) -> None:
    ann.get(url("patients:chart", gap))
    assert "MISS-9" in open_rules(titrated, gap)
    decide(ann, gap, choice)
    assert "MISS-9" in open_rules(titrated, gap)
    decide(ann, gap, "resume")
    assert "MISS-9" not in open_rules(titrated, gap)


def test_a_form_that_is_sent_twice_is_one_decision(ann: Any, titrated: Any, gap: Any) -> None:
    key = str(uuid.uuid4())
    assert [decide(ann, gap, key=key).status_code for _ in range(2)] == [302, 302]
    with as_actor(titrated.ann, gap):
        assert RestartDecision.objects.count() == 1


def test_only_who_prescribes_decides(titrated: Any, gap: Any) -> None:
    bea = signed_in(titrated.bea)
    assert bea.get(url("plans:restart", gap)).status_code == 403
    assert decide(bea, gap).status_code == 403


def test_who_never_had_a_plan_has_nothing_to_go_on_with(frozen: Any) -> None:
    client = signed_in(frozen.ann)
    assert client.get(url("plans:restart", frozen.aspen)).url == url("patients:chart", frozen.aspen)
