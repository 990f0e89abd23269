"""What happens to a flag after it was raised: seen, acted on in time or escalated, snoozed."""

from datetime import timedelta

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.services.flag_story import (
    DAY,
    HOUR,
    calm,
    do,
    kinds,
    look,
    open_flags,
    pressing,
    read,
    reassess_at,
)
from titration.models import FlagNote, Urgency
from titration.services import flag_life, plans

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("H31")]


def test_a_flag_has_the_time_of_its_severity_and_the_plan_is_looked_at_when_it_passes(raised):
    assert pressing(raised).act_by == w.NOW + timedelta(hours=14, minutes=55)  # midnight in New York
    assert calm(raised).act_by == w.NOW + 7 * DAY
    assert all(one.act_by is None for one in open_flags(raised).values() if one.urgency == Urgency.INFORMATION)
    assert reassess_at(raised) == pressing(raised).act_by


def test_an_event_has_hours_and_the_plan_is_looked_at_when_they_have_passed(world):
    w.start(world, world.alder, by=world.ann, days_ago=2)
    w.creatinine(world, world.alder, by=world.ann, mg_dl="4.0")
    event = open_flags(world)["KID-21"]
    assert event.act_by == w.NOW + 4 * HOUR
    assert reassess_at(world) == event.act_by  # before the next midnight, at which days turn
    look(world, w.NOW + HOUR)
    assert reassess_at(world) == event.act_by
    do(world, flag_life.act, event, text="Sent to hospital", as_of=w.NOW + HOUR)
    look(world, w.NOW + 2 * HOUR)
    assert reassess_at(world) > event.act_by


def test_when_nobody_acts_in_time_it_is_escalated_once_and_at_that_instant(raised):
    flag = pressing(raised)
    look(raised, flag.act_by - timedelta(seconds=1))
    assert read(raised, flag).escalated_at is None
    look(raised, flag.act_by)
    assert read(raised, flag).escalated_at == flag.act_by
    look(raised, flag.act_by + DAY)
    assert read(raised, flag).escalated_at == flag.act_by
    assert calm(raised).escalated_at is None


@pytest.mark.parametrize("who", ["bea", "ann"])
def test_the_first_action_is_kept_and_keeps_it_from_being_escalated(raised, who):
    flag, person = pressing(raised), raised.people[who]
    do(raised, flag_life.act, flag, by=person, text="Told to halve the dose", as_of=w.NOW + HOUR)
    do(raised, flag_life.act, flag, by=person, text="Called again", as_of=w.NOW + 2 * HOUR)
    look(raised, flag.act_by)
    found = read(raised, flag)
    assert (found.acted_at, found.escalated_at) == (w.NOW + HOUR, None)
    assert kinds(raised, flag) == ["acted", "acted"]


@pytest.mark.parametrize(
    ("verb", "more", "acts"),
    [
        (flag_life.log_call, {"text": "Will halve the dose"}, True),
        (flag_life.log_call, {"text": "  "}, False),  # nobody answered
        (flag_life.acknowledge, {}, False),
    ],
)
def test_who_only_looked_or_reached_nobody_has_not_acted(raised, verb, more, acts):
    flag = pressing(raised)
    do(raised, verb, flag, **more)
    look(raised, flag.act_by)
    assert (read(raised, flag).acted_at is not None) is acts
    assert (read(raised, flag).escalated_at is None) is acts


def test_to_own_a_flag_is_no_action(raised):
    flag = pressing(raised)
    do(raised, flag_life.assign, flag, to=raised.bea)
    assert read(raised, flag).acted_at is None
    assert read(raised, flag).owner_id == raised.bea.pk


def test_the_first_who_has_seen_it_is_kept(raised):
    flag = pressing(raised)
    assert do(raised, flag_life.acknowledge, flag) is True
    assert do(raised, flag_life.acknowledge, flag, by=raised.bea, as_of=w.NOW + HOUR) is False
    found = read(raised, flag)
    assert (found.acknowledged_at, found.acknowledged_by_id) == (w.NOW, raised.ann.pk)
    assert kinds(raised, flag) == ["acknowledged"]


def test_a_signed_order_is_an_action_on_what_asks_for_the_dose(raised):
    flag = pressing(raised)
    seen = raised.seen_by(raised.ann, raised.alder)
    with as_actor(raised.ann, raised.alder):
        plans.change_dose(
            patient=seen,
            order=w.order(w.NOW.date() + timedelta(days=2), w.three_times("2.5")),
            decision=w.GO_ON,
            expected_version=seen.plans.get(status="active").version,
            by=raised.ann,
            as_of=w.NOW + HOUR,
        )
        note = FlagNote.objects.get(flag=flag)
    assert read(raised, flag).acted_at == w.NOW + HOUR
    assert (note.kind, note.text.replace("\u00a0", " ")) == ("answered", "Signed: 7.5 mg a day from 24-Nov-2026.")


def test_a_kidney_result_by_a_person_is_an_action_on_a_check_and_on_nothing_else(raised):
    late = w.NOW + 200 * DAY
    look(raised, late)
    check = next(one for one in open_flags(raised).values() if one.next_action == "log_result")
    dose = pressing(raised)
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="4.0", as_of=late + HOUR)
    assert read(raised, check).acted_at == late + HOUR
    assert read(raised, check).closed_code == "by_rule"
    assert read(raised, dose).acted_at is None


def test_a_flag_is_snoozed_until_an_instant_and_the_snooze_can_be_ended(raised):
    flag = calm(raised)
    do(raised, flag_life.snooze, flag, until=w.NOW + DAY)
    assert read(raised, flag).snoozed_until == w.NOW + DAY
    do(raised, flag_life.snooze, flag, until=w.NOW + HOUR, as_of=w.NOW + HOUR)
    assert read(raised, flag).snoozed_until == w.NOW + HOUR
    with as_actor(raised.ann, raised.alder):
        said = list(FlagNote.objects.filter(flag=flag).order_by("recorded_at").values_list("text", flat=True))
    assert said == ["Until 23-Nov-2026 09:05", "Ended"]


@pytest.mark.ui("UI-41")
def test_act_now_is_never_snoozed(raised):
    flag = pressing(raised)
    with pytest.raises(flag_life.NotPossible, match="cannot be snoozed"):
        do(raised, flag_life.snooze, flag, until=w.NOW + HOUR)
    assert read(raised, flag).snoozed_until is None


def test_an_escalation_ends_a_snooze_and_refuses_the_next_one_until_somebody_acts(raised):
    flag = calm(raised)
    do(raised, flag_life.snooze, flag, until=w.NOW + 30 * DAY)
    look(raised, flag.act_by)
    found = read(raised, flag)
    assert (found.escalated_at, found.snoozed_until) == (flag.act_by, flag.act_by)
    with pytest.raises(flag_life.NotPossible, match="Nobody acted on this flag in time"):
        do(raised, flag_life.snooze, flag, until=flag.act_by + DAY, as_of=flag.act_by)
    do(raised, flag_life.act, flag, text="Sent for a test", as_of=flag.act_by)
    do(raised, flag_life.snooze, flag, until=flag.act_by + DAY, as_of=flag.act_by)
    assert read(raised, flag).snoozed_until == flag.act_by + DAY


def test_a_late_flag_cannot_be_hidden_before_the_escalation_is_written(raised):
    flag = calm(raised)
    with pytest.raises(flag_life.NotPossible, match="in time"):
        do(raised, flag_life.snooze, flag, until=flag.act_by + DAY, as_of=flag.act_by)
    do(raised, flag_life.snooze, flag, until=flag.act_by + DAY, as_of=flag.act_by - HOUR)
