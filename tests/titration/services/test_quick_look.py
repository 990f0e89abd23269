"""A quick look says that nothing has changed only when a full look says so, and it writes no flag."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.database import as_owner
from tests.dosing.courses import course_of
from tests.titration.services.lab_files import as_job
from tests.titration.services.random_doses import random_plan
from titration.dosing.packed import NONE, number_of
from titration.dosing.schedule import local_date
from titration.models import Flag, Patient, PatientFact, Plan
from titration.models.due import take_plans
from titration.selectors import compact, records
from titration.selectors.intake import first_day_read
from titration.services import flags, quick_look, reassessment

pytestmark = [pytest.mark.hazard("H05"), pytest.mark.bar("B-42")]


@pytest.fixture(params=[3, 4])
def settled(world: Any, request: Any) -> tuple[Plan, Any]:
    """A plan that was looked at, and a moment a second later, at which it will be due by mistake."""
    dice = random.Random(request.param)
    while True:
        plan, now = random_plan(world, dice)
        with time_machine.travel(now, tick=False), as_job("reassess"):
            reassessment.reassess(clock=lambda now=now: now)
            moment = now + timedelta(seconds=1)
            if quick_look.look(take_plans([plan.pk]), as_of=moment):
                return plan, moment
        with as_owner():
            Plan.objects.filter(pk=plan.pk).update(reassess_at=None)


def flags_of() -> list[Any]:
    with as_owner():
        return sorted(Flag.objects.values_list("pk", "status", "because", "opened_at"))


def look_at(plan: Plan, moment: Any) -> reassessment.Looked:
    with as_owner():
        Plan.objects.filter(pk=plan.pk).update(reassess_at=moment)
    with as_job("reassess"):
        return reassessment.reassess(clock=lambda: moment)


def test_where_nothing_has_changed_only_the_time_of_the_next_look_is_written(settled, monkeypatch):
    def never(record: Any, *, as_of: Any) -> None:
        raise AssertionError("Nobody has to look in full.")

    monkeypatch.setattr(flags, "changes", never)
    plan, moment = settled
    with as_owner():
        before = Plan.objects.get(pk=plan.pk)
    flags_before = flags_of()
    assert look_at(plan, moment) == reassessment.Looked(plans=1)
    with as_owner():
        now = Plan.objects.get(pk=plan.pk)
    assert (now.reassess_at, now.others_at, now.version) == (before.reassess_at, before.others_at, before.version)
    assert flags_of() == flags_before


@pytest.mark.parametrize("known", [False, True])
def test_what_else_may_have_changed_is_looked_at_in_full(settled, monkeypatch, known):
    """The time of the others has come, or is not known."""
    looked: list[Any] = []
    monkeypatch.setattr(quick_look.compact, "read_rows", lambda plans, *_, **__: looked.append(plans) or [])
    plan, moment = settled
    with as_owner():
        Plan.objects.filter(pk=plan.pk).update(others_at=moment if known else None)
    assert look_at(plan, moment).plans == 1
    assert looked == []
    with as_owner():
        assert Plan.objects.get(pk=plan.pk).others_at > moment


UNREAD = {
    "kidneys": lambda facts: facts.kidneys.results,
    "medicines": lambda facts: len(facts.person.medicines),
    "setting": lambda facts: facts.person.setting is not None and facts.person.setting == "inpatient",
    "formulation": lambda facts: bool(facts.therapy.formulation),
    "benefit": lambda facts: facts.benefit in ("none",),
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_rule_that_reads_more_than_was_read_is_judged_in_full(settled, monkeypatch, name):
    seen = []

    def judge(j: Any) -> None:
        seen.append(name)
        seen.append(UNREAD[name](j.facts))

    monkeypatch.setattr(quick_look, "calm", lambda *_, **__: None)
    monkeypatch.setattr(quick_look, "RULES", (*quick_look.RULES, replace(quick_look.RULES[0], judge=judge)))
    plan, moment = settled
    with as_job("reassess"):
        assert quick_look.look(take_plans([plan.pk]), as_of=moment) == {}
    assert seen == [name]


def read(plan: Plan, moment: Any) -> compact.Compact:
    with as_job("reassess"):
        [row] = compact.read_rows([plan.pk], quick_look.RULE_IDS, as_of=moment)
    return compact.from_row(row, as_of=moment)


def test_with_a_sign_on_record_the_rules_judge(settled):
    plan, moment = settled
    assert read(plan, moment).course is not None
    with as_owner():
        sign = {"kind": "sign", "code": "anxiety", "answer": "yes", "on_date": local_date(moment, plan.time_zone)}
        PatientFact.objects.create(patient_id=plan.patient_id, recorded_at=moment, recorded_by=plan.prescriber, **sign)
    assert read(plan, moment).course is None


def test_in_another_zone_than_that_of_the_plan_the_rules_judge(settled):
    plan, moment = settled
    with as_owner():
        Patient.objects.filter(pk=plan.patient_id).update(time_zone="Asia/Tokyo")
    assert read(plan, moment).course is None


@pytest.mark.parametrize("seed", range(4))
def test_what_is_packed_is_what_is_on_record(world: Any, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(6):
        plan, now = random_plan(world, dice)
        one = read(plan, now)
        with as_job("reassess"):
            facts = records.load_many([plan.patient_id], as_of=now)[plan.patient_id].rule_facts()
        wanted, course = course_of(facts), one.course
        if course is None:
            assert facts.person.signs
            continue
        read_from = number_of(first_day_read(now)) << 32
        doses = {one for one in zip(*wanted.doses, strict=True) if one[2] >= read_from}
        assert {(due, at, _any_reason(what)) for due, at, what in zip(*course.doses, strict=True)} == doses
        assert course.supply is None or course.taken_today == wanted.taken_today
        same = {"doses": NONE, "steps": (), "taken_today": 0}
        assert course._replace(**same) == wanted._replace(**same)
        assert [one.times for one in course.steps] == [one.times for one in wanted.steps]


def _any_reason(what: int) -> int:
    return what & ~(0xFF << 24) | (1 + ((what >> 24 & 0xFF) > 1)) << 24


def test_who_is_locked_by_another_is_not_looked_at(settled):
    plan, moment = settled
    with as_job("reassess"):
        [taken] = take_plans([plan.pk])
        assert list(quick_look.look([taken], as_of=moment)) == [plan.pk]
        assert quick_look.look([taken._replace(free=False)], as_of=moment) == {}


@pytest.mark.parametrize("seed", range(6))
def test_it_says_nothing_has_changed_only_when_a_full_look_says_so(world: Any, seed: int) -> None:
    """Random plans at random instants before anything but the doses can turn; and it seldom leaves to the full look what that
    would find unchanged."""
    dice = random.Random(seed)
    said = unchanged = 0
    for _ in range(12):
        plan, now = random_plan(world, dice)
        with time_machine.travel(now, tick=False), as_job("reassess"):
            reassessment.reassess(clock=lambda now=now: now)
            [taken] = take_plans([plan.pk])
        assert taken.others_at is not None
        for _ in range(6):
            ahead = min(taken.others_at - now, timedelta(days=dice.choice((1, 4, 20)))) * dice.random()
            moment = now + ahead
            with as_job("reassess"):
                quick = quick_look.look([taken], as_of=moment)
                record = records.load_many([plan.patient_id], as_of=moment)[plan.patient_id]
            needed = flags.changes(record, as_of=moment)
            same = not needed.changes_flags and not needed.reworded
            unchanged += same
            if plan.pk in quick:
                said += 1
                assert same, (seed, plan.time_zone, moment)
                # The next turn of the doses is the same. A day on which others may turn is named earlier at most.
                assert quick[plan.pk] == min(needed.again, taken.others_at)
                assert needed.others >= taken.others_at
    assert said >= unchanged * 0.9
    assert said > 10
