"""Once a day every plan is looked at: it finds nothing, and what it finds is repaired, logged, audited and counted."""

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from tests import world as w
from tests.database import as_owner
from tests.titration.services.due_plans import flags_now, overdue, raise_flag
from tests.titration.services.lab_files import as_job
from titration.models import AuditEvent, Flag, Plan, Watchbeat
from titration.services import flags, heartbeat, reassessment
from titration.services.full_look import full_look
from titration.services.reassessment import Looked, reassess

pytestmark = [pytest.mark.bar("B-42"), pytest.mark.hazard("H25"), pytest.mark.django_db]


@pytest.fixture
def watched(world):
    """Three plans with flags, looked at as the watch does: nothing is due."""
    overdue(world, world.alder, world.aspen, by=world.ann)
    overdue(world, world.elder, by=world.dan)
    w.creatinine(world, world.elder, by=world.dan, mg_dl="2.1", days_ago=3)
    with as_job("reassess"):
        reassess(clock=lambda: w.NOW)
        assert not Plan.objects.due(w.NOW).exists()
        assert Flag.objects.open().count() > 3
    return world


def look(as_of: Any = w.NOW, **how: Any) -> Looked:
    with as_job("reassess"):
        return full_look(clock=lambda: as_of, **how)


def open_flags() -> set[tuple[Any, ...]]:
    with as_owner():
        return set(Flag.objects.open().values_list("plan", "rule_id", "urgency", "because"))


def test_it_finds_nothing_and_writes_nothing(watched):
    before = flags_now()
    for size in (1, 2, 500):
        assert look(size=size) == Looked(plans=3)
    assert flags_now() == before


def test_nothing_is_found_until_the_next_look_is_due(watched):
    """At forty instants until then, the last one a minute before it."""
    with as_job("reassess"):
        earliest = Plan.objects.order_by("reassess_at").values_list("reassess_at", flat=True)[0]
    span = earliest - timedelta(minutes=1) - w.NOW
    assert span > timedelta(hours=1)
    for part in range(1, 41):
        assert look(w.NOW + span * part / 40).missed == 0, part
    assert look(earliest).plans == 3


def test_what_was_missed_is_repaired_and_reported(watched, caplog):
    before, stood = flags_now(), open_flags()
    with as_owner():
        alder, aspen, elder = (
            Plan.objects.get(patient=one.pk) for one in (watched.alder, watched.aspen, watched.elder)
        )
        gone = Flag.objects.open().filter(plan=alder).order_by("rule_id").first()
        Flag.objects.filter(pk=gone.pk).update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="Over"
        )
        Plan.objects.filter(pk=elder.pk).update(reassess_at=w.NOW + timedelta(days=3000))
    raise_flag(aspen, rule_id="KID-99")
    with caplog.at_level(logging.ERROR):
        assert look(size=2) == Looked(plans=3, raised=1, closed=1, missed=3)
    assert f"Plan {alder.pk}: Wrong though not due. Raised: {gone.rule_id}. Closed: nothing." in caplog.text
    assert f"Plan {aspen.pk}: Wrong though not due. Raised: nothing. Closed: KID-99." in caplog.text
    assert f"Plan {elder.pk}" in caplog.text
    with as_owner():
        lines = AuditEvent.objects.filter(job="reassess").values_list("patient", "object_type", "object_id", "actor")
        assert set(lines) == {(one.patient_id, "plan", str(one.pk), None) for one in (alder, aspen, elder)}
    assert open_flags() == stood
    assert {row for row in flags_now() if len(row) == 5} == {row for row in before if len(row) == 5}
    assert look() == Looked(plans=3)


def test_a_plan_that_is_due_is_looked_at_and_is_no_miss(watched):
    with as_owner():
        Plan.objects.update(reassess_at=w.NOW)
    assert look() == Looked(plans=3)
    with as_owner():
        assert not Plan.objects.due(w.NOW).exists()
        assert not AuditEvent.objects.filter(job="reassess").exists()


def test_a_plan_that_cannot_be_judged_is_counted_and_stops_none_of_the_others(watched, monkeypatch):
    with as_owner():
        alder, aspen = (Plan.objects.get(patient=one.pk) for one in (watched.alder, watched.aspen))
    raise_flag(aspen, rule_id="KID-99")
    real = flags.changes

    def changes(record: Any, **how: Any) -> Any:
        if record.plan.pk == alder.pk:
            raise KeyError("ALDER, Test")
        return real(record, **how)

    monkeypatch.setattr(flags, "changes", changes)
    assert look() == Looked(plans=3, closed=1, stuck=1, missed=1)
    real_read = reassessment.records.load_many

    def load_many(patients: Any, **how: Any) -> Any:
        if alder.patient_id in patients:
            raise KeyError("ALDER, Test")
        return real_read(patients, **how)

    monkeypatch.setattr(reassessment.records, "load_many", load_many)
    assert look() == Looked(plans=3, stuck=1)


def test_it_is_told_when_all_have_been_seen_and_not_when_it_was_stopped(watched):
    told: list[Looked] = []
    answers = iter([False, False, True])
    assert look(size=1, stop=lambda: next(answers), tell=told.append).plans == 2
    assert told == []
    assert look(tell=told.append).plans == 3
    assert told == [Looked(plans=3)]


def test_once_a_day(watched):
    with as_job("reassess"):
        assert heartbeat.full_look_is_due()
        heartbeat.beat_full(Looked(plans=3, missed=1, stuck=2))
        assert not heartbeat.full_look_is_due()
        heartbeat.beat(Looked(plans=9))
        assert not heartbeat.full_look_is_due()
        for hours, is_due in ((23, False), (24, True)):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE titration_watchbeat SET full_finished_at = clock_timestamp() - make_interval(hours => %s)",
                    [hours],
                )
                assert heartbeat.full_look_is_due() is is_due
        row = Watchbeat.objects.values_list("plans", "full_plans", "full_found", "full_stuck")
        assert list(row) == [(9, 3, 1, 2)]
        Watchbeat.objects.all().update(id=1)


# --- what an operator is told -------------------------------------------------------------------------------------------


def state() -> str:
    said = StringIO()
    call_command("watch_state", stdout=said)
    return said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_operator_is_told_how_the_watch_is(world, settings):
    settings.WATCH_SILENT_SECONDS = 120
    with as_owner():
        Watchbeat.objects.all().delete()
    with pytest.raises(CommandError, match="has not looked yet"):
        state()
    with as_job("reassess"):
        heartbeat.beat(Looked(plans=5, raised=2, closed=1))
    assert "5 plans looked at, 2 flags raised, 1 closed, 0 plans stuck." in state()
    assert "Last look at every plan: none yet." in state()
    with as_job("reassess"):
        heartbeat.beat_full(Looked(plans=70))
    assert "70 plans, 0 wrong though not due, 0 stuck." in state()
    complaints = (
        ({"finished_at": "clock_timestamp() - interval '121 s'"}, "The watch is silent."),
        ({"stuck": "1"}, "Plans cannot be looked at"),
        ({"full_stuck": "1"}, "Plans cannot be looked at"),
        ({"full_found": "1"}, "wrong though not due"),
        ({"full_finished_at": "clock_timestamp() - interval '27 hours'"}, "Not every plan was looked at within a day."),
    )
    for change, said in complaints:
        with as_job("reassess"):
            heartbeat.beat(Looked())
            heartbeat.beat_full(Looked())
            with connection.cursor() as cursor:
                for column, value in change.items():
                    cursor.execute(f"UPDATE titration_watchbeat SET {column} = {value}")
        with pytest.raises(CommandError, match=said):
            state()
