"""The verbs of a plan, felt through row-level security."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import world as w
from tests.database import as_actor
from titration.dosing.doses import Mg
from titration.dosing.facts import StopReason
from titration.models import AuditEvent, Override, Plan, Step
from titration.selectors import records
from titration.services import plans

TODAY = w.NOW.date()


def change(world, patient, slots, *, version, on=TODAY, decision=None, key=None):
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        return plans.change_dose(
            patient=seen,
            order=replace(w.order(on, slots), key=key or uuid.uuid4()),
            decision=replace(decision or w.GO_ON, gate_code=w.GO_ON.gate_code),
            expected_version=version,
            by=world.ann,
            as_of=w.NOW,
        )


def record_of(world, patient):
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        return records.load(seen, as_of=w.NOW)


def test_start_makes_a_plan_with_its_first_signed_step(world):
    step = w.start(world, world.alder, by=world.ann)
    record = record_of(world, world.alder)
    assert record.current_step.pk == step.pk
    assert record.current_step.daily_mg == Decimal(15)
    assert [row.tablets for row in record.current_step.slot_rows] == [Decimal("0.5")] * 3
    assert record.plan.protocol_id == "us"
    assert record.plan.reassess_at is not None


def test_a_second_start_is_superseded_by_the_plan_that_exists(world):
    w.start(world, world.alder, by=world.ann)
    with pytest.raises(plans.Superseded):
        w.start(world, world.alder, by=world.ann)


def test_a_change_closes_the_old_step_and_names_what_it_replaces(world):
    first = w.start(world, world.alder, by=world.ann, days_ago=10)
    w.change(world, world.alder, by=world.ann, mg="10")
    record = record_of(world, world.alder)
    old, trimmed, new = sorted(record.steps, key=lambda step: (step.first_day, step.recorded_at))
    assert old.pk == first.pk
    assert old.voided_at is not None
    assert (trimmed.replaces_id, trimmed.end_day) == (first.pk, TODAY)
    assert (new.kind, new.daily_mg, new.end_day) == ("increase", Decimal(30), None)
    assert record.plan.version > 1


def test_the_same_order_sent_twice_makes_one_step(world):
    w.start(world, world.alder, by=world.ann, days_ago=10)
    key, version = uuid.uuid4(), record_of(world, world.alder).plan.version
    one = change(world, world.alder, w.three_times("10"), version=version, key=key)
    two = change(world, world.alder, w.three_times("10"), version=version, key=key)
    assert one.pk == two.pk == key


def test_a_form_of_an_older_plan_is_refused(world):
    w.start(world, world.alder, by=world.ann, days_ago=10)
    version = record_of(world, world.alder).plan.version
    change(world, world.alder, w.three_times("10"), version=version)
    with pytest.raises(plans.Superseded) as refused:
        change(world, world.alder, w.three_times("7.5"), version=version)
    assert refused.value.record.current_step.daily_mg == Decimal(30)


def test_a_dose_above_the_maximum_waits_for_total_and_reason(world):
    w.start(world, world.alder, by=world.ann, days_ago=30)
    w.change(world, world.alder, by=world.ann, mg="10", days_ago=20)
    w.change(world, world.alder, by=world.ann, mg="15", days_ago=10)
    version = record_of(world, world.alder).plan.version
    before = Step.objects.count()
    with pytest.raises(plans.Refused) as refused:
        change(world, world.alder, w.three_times("30"), version=version)
    assert [one.rule for one in refused.value.review.asked.interrupting] == ["MAX-1"]
    assert len(refused.value.missing) == 2
    assert Step.objects.count() == before
    wrong = plans.Decision(typed_total=Mg(Decimal(80)), reason_code="specialist")
    with pytest.raises(plans.Refused, match="adds up to 90"):
        change(world, world.alder, w.three_times("30"), version=version, decision=wrong)
    right = plans.Decision(typed_total=Mg(Decimal(90)), reason_code="specialist")
    step = change(world, world.alder, w.three_times("30"), version=version, decision=right)
    with as_actor(world.ann):
        override = Override.objects.exclude(rule_id="GATE").get(step=step)
    assert (override.rule_id, override.protocol_version, override.recorded_by_id) == ("MAX-1", 1, world.ann.pk)


def test_a_stop_from_a_working_dose_asks_for_zero_typed_and_a_reason(world):
    w.start(world, world.alder, by=world.ann, days_ago=30)
    seen = world.seen_by(world.ann, world.alder)
    version = record_of(world, world.alder).plan.version
    order = plans.StopOrder(
        key=uuid.uuid4(), stops_on=TODAY, stop_reason=StopReason.NO_BENEFIT, reason="No change", monitoring_plan=""
    )

    def stop(decision):
        with as_actor(world.ann, world.alder):
            return plans.stop_plan(
                patient=seen, order=order, decision=decision, expected_version=version, by=world.ann, as_of=w.NOW
            )

    with pytest.raises(plans.Refused) as refused:
        stop(plans.Decision.none())
    assert [one.rule for one in refused.value.review.asked.interrupting] == ["STOP-1"]
    stop(plans.Decision(typed_total=Mg(Decimal(0)), reason_code="specialist"))
    with as_actor(world.ann):
        assert Plan.objects.get(patient=world.alder.pk).status == "ended"


def test_a_past_change_is_never_held_back_by_findings(world):
    w.start(world, world.alder, by=world.ann, days_ago=30)
    seen = world.seen_by(world.ann, world.alder)
    version = record_of(world, world.alder).plan.version
    with as_actor(world.ann, world.alder):
        step = plans.record_past_change(
            patient=seen,
            order=w.past_order(
                TODAY - timedelta(days=5),
                w.three_times("30"),
                reason="The hospital raised it",
                until=TODAY - timedelta(days=2),
            ),
            expected_version=version,
            by=world.ann,
            as_of=w.NOW,
        )
    record = record_of(world, world.alder)
    assert step.recorded_late
    assert [(one.daily_mg, one.end_day) for one in record.in_force] == [
        (Decimal(15), TODAY - timedelta(days=5)),
        (Decimal(90), TODAY - timedelta(days=2)),
        (Decimal(15), None),
    ]


def test_a_change_whose_audit_fails_leaves_nothing_behind(world, monkeypatch):
    w.start(world, world.alder, by=world.ann, days_ago=10)
    version, before = record_of(world, world.alder).plan.version, Step.objects.count()

    def broken(**_):
        raise RuntimeError("no audit")

    monkeypatch.setattr("titration.services.audit.write", broken)
    with pytest.raises(RuntimeError):
        change(world, world.alder, w.three_times("10"), version=version)
    assert Step.objects.count() == before
    assert record_of(world, world.alder).plan.version == version


def test_every_change_writes_its_line_of_the_audit(world):
    step = w.start(world, world.alder, by=world.ann)
    with as_actor(world.ann):
        assert AuditEvent.objects.filter(object_id=str(step.pk), actor=world.ann.pk).count() == 1


def stop_review(world, patient):
    order = plans.StopOrder(
        key=uuid.uuid4(), stops_on=TODAY, stop_reason=StopReason.NO_BENEFIT, reason="", monitoring_plan=""
    )
    return plans.assess_order(record_of(world, patient), order)


@pytest.mark.hazard("H05")
def test_cuts_signed_on_one_day_are_the_one_cut_that_they_are(world):
    w.start(world, world.alder, by=world.ann, mg="5", days_ago=60)
    for mg, days in (("10", 50), ("15", 40), ("20", 30)):
        w.change(world, world.alder, by=world.ann, mg=mg, days_ago=days)
    change(world, world.alder, w.three_times("10"), version=record_of(world, world.alder).plan.version)
    review = stop_review(world, world.alder)
    assert [one.rule for one in review.asked.interrupting] == ["STOP-1"]
    assert review.previous_daily == Mg(Decimal(60))


@pytest.mark.hazard("H05")
def test_a_taper_of_a_few_days_is_judged_from_the_dose_it_began_at(world):
    w.start(world, world.alder, by=world.ann, mg="5", days_ago=60)
    for mg, days in (("10", 50), ("15", 40), ("20", 30), ("10", 3), ("5", 2)):
        w.change(world, world.alder, by=world.ann, mg=mg, days_ago=days)
    assert "TAPER-1" in [one.rule for one in stop_review(world, world.alder).asked.interrupting]


def test_a_cut_of_last_spring_does_not_make_a_sudden_stop_slow(world):
    w.start(world, world.alder, by=world.ann, mg="10", days_ago=200, reason="Taken over", taken_before="yes")
    w.change(world, world.alder, by=world.ann, mg="7.5", days_ago=150)
    assert [one.rule for one in stop_review(world, world.alder).asked.interrupting] == ["STOP-1"]


@pytest.mark.hazard("H05")
def test_a_restart_does_not_make_a_long_use_short(world):
    w.start(world, world.alder, by=world.ann, mg="10", days_ago=300, reason="Taken over", taken_before="yes")
    seen, version = world.seen_by(world.ann, world.alder), record_of(world, world.alder).plan.version
    with as_actor(world.ann, world.alder):
        plans.stop_plan(
            patient=seen,
            order=plans.StopOrder(
                key=uuid.uuid4(), stops_on=TODAY, stop_reason=StopReason.OTHER, reason="", monitoring_plan=""
            ),
            decision=plans.Decision(
                typed_total=Mg(Decimal(0)),
                reason_code="other",
                reason_text="Asked for it",
                specialist_name="Dr Sato",
                specialist_on=TODAY,
            ),
            expected_version=version,
            by=world.ann,
            as_of=w.NOW,
        )
        plans.start_plan(
            patient=seen,
            order=w.order(TODAY, w.three_times("10"), taken_before="no"),
            decision=plans.Decision(typed_total=Mg(Decimal(30)), reason_code="other", reason_text="Stopped in error"),
            by=world.ann,
            as_of=w.NOW,
        )
    review = stop_review(world, world.alder)
    assert [one.rule for one in review.asked.interrupting] == ["STOP-1"]
    assert len(record_of(world, world.alder).earlier) > 0
