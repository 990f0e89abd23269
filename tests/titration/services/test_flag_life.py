"""What happens to a flag between being raised and being closed, and that what a person closed stays closed."""

from datetime import timedelta

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from titration.models import ClosedCode, Flag, FlagNote, Plan, Urgency
from titration.selectors import records
from titration.services import flag_life, flags, plans

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("H31")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def raised(world):
    """Alder takes 15 mg a day with kidneys that are too weak for it: the dose must be looked at today."""
    w.start(world, world.alder, by=world.ann, days_ago=10)
    w.creatinine(world, world.alder, by=world.ann, mg_dl="4.0")
    return world


def open_flags(world):
    with as_actor(world.ann, world.alder):
        return {one.rule_id: one for one in Flag.objects.open().filter(patient=world.alder).select_related("patient")}


def pressing(world):
    """The open flag about the dose that says act now."""
    return open_flags(world)["KID-14"]


def calm(world):
    """An open flag that can wait for days."""
    [*found] = [one for one in open_flags(world).values() if one.urgency == Urgency.THIS_WEEK]
    return found[0]


def look(world, as_of):
    """Somebody opens the chart."""
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        return flags.look_again(records.load(seen, as_of=as_of), as_of=as_of)


def do(world, verb, flag, *, by=None, as_of=w.NOW, **more):
    with as_actor(by or world.ann, world.alder):
        return verb(flag=flag, by=by or world.ann, as_of=as_of, **more)


def again(flag):
    return Flag.objects.select_related("patient").get(pk=flag.pk)


def read(world, flag):
    with as_actor(world.ann, world.alder):
        return again(flag)


def reassess_at(world):
    with as_owner():
        return Plan.objects.get(patient=world.alder).reassess_at


def kinds(world, flag):
    with as_actor(world.ann, world.alder):
        return sorted(FlagNote.objects.filter(flag=flag).values_list("kind", flat=True))


# --- the time to act ---------------------------------------------------------------------------------------------------


def test_a_flag_has_the_time_of_its_severity_and_the_plan_is_looked_at_when_it_passes(raised):
    assert pressing(raised).act_by == w.NOW + timedelta(hours=14, minutes=55)  # midnight in New York
    assert calm(raised).act_by == w.NOW + 7 * DAY
    assert all(one.act_by is None for one in open_flags(raised).values() if one.urgency == Urgency.INFORMATION)
    assert reassess_at(raised) == pressing(raised).act_by


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
            decision=plans.Decision.none(),
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


# --- snoozing ------------------------------------------------------------------------------------------------------------


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


# --- closing -------------------------------------------------------------------------------------------------------------


def test_the_facts_close_a_flag_and_say_so(raised):
    flag = pressing(raised)
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="0.9", as_of=w.NOW + HOUR)
    found = read(raised, flag)
    assert (found.status, found.closed_code, found.closed_by_id) == ("closed", "by_rule", None)
    assert found.closed_because == "The facts no longer ask for it."


def test_a_flag_that_a_person_closed_is_not_raised_again_while_it_says_the_same(raised):
    flag = pressing(raised)
    do(raised, flag_life.close, flag, code=ClosedCode.NOT_APPLICABLE, text="Dialysis began, dose agreed")
    found = read(raised, flag)
    assert (found.closed_code, found.closed_by_id, found.acted_at) == ("not_applicable", raised.ann.pk, w.NOW)
    assert found.closed_because == "Dialysis began, dose agreed"
    quiet_until = w.NOW + 7 * DAY
    record = look(raised, quiet_until - timedelta(seconds=1))
    assert "KID-14" not in open_flags(raised)
    assert "KID-14" in {one.rule for one in record.assessment.findings}  # the chart still says it
    assert reassess_at(raised) == quiet_until
    look(raised, quiet_until)
    new = pressing(raised)
    assert new.opened_at == quiet_until
    assert new.evidence["again"] == (
        "Raised again. It was closed on 22-Nov-2026: it does not apply to this patient. It still holds."
    )
    look(raised, quiet_until + HOUR)
    assert pressing(raised) == new


def test_it_is_raised_at_once_when_it_says_something_else(raised):
    do(raised, flag_life.close, pressing(raised), code=ClosedCode.DATA_ERROR, text="")
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="3.6", as_of=w.NOW + HOUR)
    assert pressing(raised).opened_at == w.NOW + HOUR
    assert "It says something else now." in pressing(raised).evidence["again"]


def test_what_the_facts_closed_is_raised_again_at_once(raised):
    first = pressing(raised)
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="0.9", as_of=w.NOW + HOUR)
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="4.0", as_of=w.NOW + 20 * DAY)
    assert pressing(raised).pk != first.pk
    assert "again" not in pressing(raised).evidence


def test_that_nothing_is_checked_is_never_kept_quiet(raised, monkeypatch):
    def down(record):
        raise RuntimeError("the check")

    monkeypatch.setattr("titration.services.wanted_flags._from_facts", down)
    look(raised, w.NOW + HOUR)
    do(
        raised,
        flag_life.close,
        open_flags(raised)["CHECK-DOWN"],
        code=ClosedCode.OTHER,
        text="Known",
        as_of=w.NOW + HOUR,
    )
    assert open_flags(raised)["CHECK-DOWN"].opened_at == w.NOW + HOUR


def test_a_reason_without_words_says_the_words_of_its_code(raised):
    flag = calm(raised)
    do(raised, flag_life.close, flag, code=ClosedCode.DATA_ERROR, text="  ")
    assert read(raised, flag).closed_because == "It rests on wrong data"


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (flag_life.assign, {"to": None}),
        (flag_life.acknowledge, {}),
        (flag_life.act, {"text": "Too late"}),
        (flag_life.snooze, {"until": w.NOW + DAY}),
        (flag_life.close, {"code": ClosedCode.OTHER, "text": "Too late"}),
    ],
)
def test_nothing_is_decided_about_a_closed_flag(raised, verb, more):
    flag = calm(raised)
    do(raised, flag_life.close, flag, code=ClosedCode.ACTED_ON, text="")
    with pytest.raises(flag_life.NotPossible, match="closed meanwhile"):
        do(raised, verb, flag, **more)
    assert kinds(raised, flag) == []


def test_a_call_about_a_closed_flag_is_still_written_down(raised):
    flag = calm(raised)
    do(raised, flag_life.close, flag, code=ClosedCode.ACTED_ON, text="")
    do(raised, flag_life.log_call, flag, text="Called back", as_of=w.NOW + HOUR)
    assert kinds(raised, flag) == ["call"]
