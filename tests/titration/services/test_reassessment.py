"""Looking again at what is due: all of it, each plan once, the most pressing first, and no plan in the way of another."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_owner
from tests.titration.services.due_plans import due, flags_now, make_plans, overdue, raise_flag
from tests.titration.services.lab_files import as_job
from titration.models import Flag, Plan
from titration.models.due import FIRST, take_due
from titration.services import flag_rows, flags, reassessment, wanted_flags
from titration.services.reassessment import Looked, reassess

pytestmark = [pytest.mark.bar("B-30"), pytest.mark.hazard("H25"), pytest.mark.django_db]


def look(**how: Any) -> Looked:
    with as_job("reassess"):
        return reassess(clock=lambda: w.NOW, **how)


def in_order(size: int, *, pressing: bool = False) -> list[Any]:
    """What is taken, batch by batch."""
    found, after = [], FIRST
    with as_job("reassess"), transaction.atomic():
        while batch := take_due(as_of=w.NOW, size=size, pressing=pressing, after=after):
            assert len(batch) <= size
            found += batch
            after = max((one.due_at, one.plan) for one in batch)
    return found


def test_everything_that_is_due_comes_once_and_in_order(world):
    plans = make_plans(world, 9)
    expected = [one.pk for one in sorted(plans, key=lambda plan: (plan.reassess_at, plan.pk))]
    for size in (1, 2, 3, 4, 9, 500):
        found = in_order(size)
        assert [one.plan for one in found] == expected, size
        assert {one.plan: one.patient for one in found} == {one.pk: one.patient_id for one in plans}
        assert all(one.free for one in found)
    with as_job("reassess"):
        assert take_due(as_of=w.NOW - timedelta(days=30), size=500, pressing=False) == []
        without = take_due(as_of=w.NOW, size=500, pressing=False, without=expected[2:5])
        assert [one.plan for one in without] == expected[:2] + expected[5:]


def test_plans_that_say_act_now_come_first(world, monkeypatch):
    plans = make_plans(world, 6)
    raise_flag(plans[4])
    raise_flag(plans[5])
    raise_flag(plans[3], urgency=2)
    closed = raise_flag(plans[2])
    with as_owner():
        Flag.objects.filter(pk=closed.pk).update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="Over"
        )
    looked_at: list[Any] = []
    real = flags.changes

    def changes(record: Any, **how: Any) -> Any:
        looked_at.append(record.plan.pk)
        return real(record, **how)

    monkeypatch.setattr(flags, "changes", changes)
    assert look(size=1).plans == 6
    oldest_first = sorted(plans, key=lambda plan: (plan.reassess_at, plan.pk))
    pressing = [plans[4].pk, plans[5].pk]
    assert set(looked_at[:2]) == set(pressing)
    assert looked_at[2:] == [one.pk for one in oldest_first if one.pk not in pressing]


def test_plans_that_stay_due_keep_nobody_waiting(world, monkeypatch):
    """The safety check fails for the first four, which are therefore due again at once."""
    plans = make_plans(world, 6)
    broken = {one.patient_id for one in plans[:4]}
    looked_at = []
    real = wanted_flags._from_facts

    def check(record: Any) -> Any:
        looked_at.append(record.patient.pk)
        if record.patient.pk in broken:
            raise RuntimeError("the check")
        return real(record)

    monkeypatch.setattr(wanted_flags, "_from_facts", check)
    assert look(size=2).plans == 6
    assert sorted(looked_at) == sorted(one.patient_id for one in plans)
    assert set(due(plans)) == {one.pk for one in plans[:4]}


def fails_for(plan: Plan, real: Any) -> Any:
    def perhaps(record: Any, **how: Any) -> Any:
        if record.plan.pk == plan.pk:
            raise KeyError("ROW000, Test")
        return real(record, **how)

    return perhaps


def test_a_plan_that_cannot_be_judged_stops_none_of_the_others(world, monkeypatch, caplog):
    plans = make_plans(world, 4)
    monkeypatch.setattr(flags, "changes", fails_for(plans[0], flags.changes))
    assert look() == Looked(plans=3, stuck=1)
    assert due(plans) == [plans[0].pk]
    assert str(plans[0].pk) in caplog.text
    assert "ROW000" not in caplog.text
    assert "one by one" not in caplog.text


def test_a_plan_that_cannot_be_read_stops_none_of_the_others(world, monkeypatch, caplog):
    plans = make_plans(world, 4)
    real = reassessment.records.load_many

    def load_many(patients: Any, **how: Any) -> Any:
        if plans[1].patient_id in patients:
            raise KeyError("ROW001, Test")
        return real(patients, **how)

    monkeypatch.setattr(reassessment.records, "load_many", load_many)
    assert look() == Looked(plans=3, stuck=1)
    assert due(plans) == [plans[1].pk]
    assert "ROW001" not in caplog.text
    assert look(size=2) == Looked(stuck=1)


def test_a_plan_that_cannot_be_written_stops_none_of_the_others(world, monkeypatch):
    plans = make_plans(world, 4)
    real = flag_rows.write

    def write(found: Any, **how: Any) -> None:
        real(found, **how)
        if any(record.plan.pk == plans[2].pk for record, _ in found):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE titration_plan SET status = 'a status that is too long'")

    monkeypatch.setattr(flag_rows, "write", write)
    assert look() == Looked(plans=3, stuck=1)
    assert due(plans) == [plans[2].pk]


def test_a_database_that_is_gone_is_not_the_fault_of_a_plan(world, monkeypatch):
    make_plans(world, 2)
    asked = []

    def write(found: Any, **how: Any) -> None:
        asked.append(found)
        raise reassessment.OperationalError("the server is gone")

    monkeypatch.setattr(flag_rows, "write", write)
    with pytest.raises(reassessment.OperationalError):
        look()
    assert len(asked) == 1
    monkeypatch.setattr(reassessment, "take_due", lambda **how: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        look()


def test_together_is_what_each_is_alone(world):
    """Overdue kidney checks, an open flag that has had its day, a stop that has begun: in one batch or one by one."""
    overdue(world, world.alder, by=world.ann)
    w.start(world, world.aspen, by=world.ann, days_ago=20)
    overdue(world, world.elder, by=world.dan)
    overdue(world, world.furze, by=world.finn)
    w.creatinine(world, world.elder, by=world.dan, mg_dl="0.9", days_ago=10)
    w.stop(world, world.aspen, by=world.ann, as_of=w.NOW - timedelta(days=9), days_ago=-2)
    with as_owner():
        Plan.objects.update(reassess_at=w.NOW)
        raise_flag(Plan.objects.get(patient=world.furze.pk), rule_id="KID-99")
        Flag.objects.filter(patient=world.alder.pk).update(owner=world.cora)
        Flag.objects.exclude(rule_id="KID-99").update(because="As it was")
    before = flags_now()
    seen = []
    for size in (1, 500):
        with transaction.atomic():
            looked = look(size=size)
            seen.append((looked, flags_now()))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    looked, after = seen[1]
    assert looked.plans == 4
    assert looked.raised > 0
    assert looked.closed > 0
    assert len(set(after) - set(before)) > 6
    assert any(row[1] == "ended" and row[2] == "None" and row[4] == str(world.ann.pk) for row in after if len(row) == 5)


def statements(world: Any, count: int) -> int:
    plans = make_plans(world, count)
    with as_owner():
        Plan.objects.filter(pk__in=[one.pk for one in plans]).update(next_decision_on=w.NOW.date())
    with CaptureQueriesContext(connection) as captured:
        assert look().plans == count
    return len(
        [one for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "SET ", "SELECT set_config"))]
    )


@pytest.mark.bar("B-49")
def test_fifty_cost_the_statements_of_five(world):
    assert statements(world, 5) == statements(world, 50) <= 12


def test_each_batch_is_judged_by_its_own_hour_and_told_of(world):
    plans = make_plans(world, 5)
    hours = iter(w.NOW + timedelta(hours=number) for number in range(100))
    told: list[Looked] = []
    with as_job("reassess"):
        reassess(clock=lambda: next(hours), size=2, tell=told.append)
    assert [one.plans for one in told] == [2, 4, 5, 5]
    with as_owner():
        assert len(Plan.objects.filter(pk__in=[one.pk for one in plans], reassess_at__gt=w.NOW)) == 5


def test_nothing_that_is_due_is_told_as_well(world):
    told: list[Looked] = []
    look(tell=told.append)
    assert told == [Looked()]


def test_it_can_be_stopped_between_two_batches(world):
    plans = make_plans(world, 6)
    answers = iter([False, False, False, True, True])
    told: list[Looked] = []
    assert look(size=2, stop=lambda: next(answers), tell=told.append).plans == 4
    assert len(due(plans)) == 2
    assert [one.plans for one in told] == [2, 4]
