"""A reducing plan is signed at once: every step or none, once, and whoever follows it is left alone."""

import uuid
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.ordering import record_of
from titration.dosing.doses import Mg
from titration.dosing.intake import Tracking
from titration.dosing.products import CannotBeMade
from titration.dosing.schedule import instant
from titration.dosing.taper import TaperRow
from titration.models import AuditEvent, DoseEvent, Flag, Override, Plan, Step
from titration.services import intake, plans
from titration.services.intake import of_plan
from titration.services.orders import TaperOrder
from titration.services.reassessment import reassess
from titration.services.tapers import keys_of, sign_taper

TODAY = date(2026, 11, 22)
TIMES = (time(8), time(14), time(20))
ADVICE = "Take the dose of the week before and call us."

pytestmark = [pytest.mark.hazard("H05"), pytest.mark.django_db]


@pytest.fixture
def high(world: Any) -> Any:
    """Alder takes 20 mg three times a day since 20 days."""
    asked = plans.Decision(
        typed_total=Mg(Decimal(60)), reason_code="other", reason_text="Agreed", monitoring_plan="Calls"
    )
    w.start(world, world.alder, by=world.ann, days_ago=60)
    w.change(world, world.alder, by=world.ann, mg="20", days_ago=20, decision=asked)
    w.creatinine(world, world.alder, by=world.ann, mg_dl="0.9", days_ago=2)
    return world


def row(days: int, *amounts: str) -> TaperRow:
    slots = tuple((at, Mg(Decimal(amount))) for at, amount in zip(TIMES, amounts, strict=False) if amount != "0")
    return TaperRow(starts_on=TODAY + timedelta(days=days), slots=slots)


WEEKS = (row(1, "10", "20", "20"), row(8, "10", "10", "20"), row(15, "10", "10", "10"), row(22, "5", "5", "5"), row(29))


def order(*rows: TaperRow, **fields: Any) -> TaperOrder:
    values = {"key": uuid.uuid4(), "product_code": "tablet_10", "reason": "No benefit", "advice": ADVICE, **fields}
    return TaperOrder(rows=rows or WEEKS, **values)


def sign(world: Any, what: TaperOrder, *, version: int | None = None, decision: plans.Decision | None = None) -> Step:
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        known = Plan.objects.get(patient=world.alder).version if version is None else version
        return sign_taper(
            patient=seen, order=what, decision=decision or plans.Decision.none(), expected_version=known, by=world.ann,
            as_of=w.NOW,
        )  # fmt: skip


def ahead(world: Any) -> list[Any]:
    return list(record_of(world, world.alder).planned_steps)


def test_all_steps_are_signed_one_after_another_and_the_last_is_the_stop(high):
    first = sign(high, order())
    steps = ahead(high)
    assert [(step.kind, step.daily_mg, step.first_day, step.end_day) for step in steps] == [
        ("taper", 50, WEEKS[0].starts_on, WEEKS[1].starts_on),
        ("taper", 40, WEEKS[1].starts_on, WEEKS[2].starts_on),
        ("taper", 30, WEEKS[2].starts_on, WEEKS[3].starts_on),
        ("taper", 15, WEEKS[3].starts_on, WEEKS[4].starts_on),
        ("stop", 0, WEEKS[4].starts_on, None),
    ]
    assert first.pk == steps[0].pk
    assert {(step.reason, step.advice, step.state) for step in steps} == {("No benefit", ADVICE, "signed")}
    assert [slot.tablets for slot in steps[3].slot_rows] == [Decimal("0.5")] * 3
    assert record_of(high, high.alder).current_step.end_day == WEEKS[0].starts_on
    assert record_of(high, high.alder).is_on_plan


def test_a_plan_to_a_dose_goes_on_with_it(high):
    sign(high, order(*WEEKS[:3]))
    last = ahead(high)[-1]
    assert (last.kind, last.daily_mg, last.end_day) == ("taper", 30, None)


def test_sending_it_twice_makes_one_plan(high):
    what = order()
    assert sign(high, what).pk == sign(high, what).pk == what.key
    assert [step.pk for step in ahead(high)] == list(keys_of(what))


def test_it_replaces_what_was_planned_and_drafted(high):
    seen = high.seen_by(high.ann, high.alder)
    with as_actor(high.ann, high.alder):
        plans.change_dose(
            patient=seen, order=w.order(TODAY + timedelta(days=10), w.three_times("15")), decision=plans.Decision.none(),
            expected_version=Plan.objects.get(patient=high.alder).version, by=high.ann, as_of=w.NOW,
        )  # fmt: skip
    sign(high, order())
    assert [step.daily_mg for step in ahead(high)] == [50, 40, 30, 15, 0]


def test_drafts_of_a_rise_go_when_the_dose_comes_down(world):
    w.start(world, world.alder, by=world.ann, days_ago=10)
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        version = Plan.objects.get(patient=world.alder).version
        plans.draft_ladder(patient=seen, expected_version=version, by=world.ann, as_of=w.NOW)
    assert record_of(world, world.alder).drafts
    sign(world, order(row(1, "2.5", "5", "5")))
    assert record_of(world, world.alder).drafts == ()


def test_what_is_left_of_a_step_keeps_its_advice(high):
    """A change in the middle of the second step trims it to its first days."""
    sign(high, order())
    seen = high.seen_by(high.ann, high.alder)
    with as_actor(high.ann, high.alder):
        plans.change_dose(
            patient=seen, order=w.order(TODAY + timedelta(days=10), w.three_times("10")), decision=plans.Decision.none(),
            expected_version=Plan.objects.get(patient=high.alder).version, by=high.ann, as_of=w.NOW,
        )  # fmt: skip
    trimmed = ahead(high)[1]
    assert (trimmed.kind, trimmed.daily_mg, trimmed.advice) == ("taper", 40, ADVICE)
    assert trimmed.end_day == TODAY + timedelta(days=10)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((row(1, "20", "20", "20"),), "does not reduce"),
        ((row(1),), "at least one reduced step"),
        ((row(1, "25", "20", "20"),), "never goes up"),
        ((row(1, "10", "20", "20"), row(1, "10", "10", "20")), "not after the one before"),
        ((row(1, "10", "20", "20"), row(8, "20", "20", "20")), "never goes up"),
        ((row(1, "10"), row(8), row(15, "5")), "no step can follow"),
        ((row(-1, "10", "20", "20"),), "lies in the past"),
    ],
)
def test_what_is_no_reducing_plan_is_not_signed(high, rows, words):
    before = high.seen_by(high.ann, high.alder)
    with pytest.raises(plans.NotPossible, match=words):
        sign(high, order(*rows))
    with as_actor(high.ann, before):
        assert Step.objects.filter(kind__in=["taper", "stop"]).count() == 0


def test_another_product_and_a_dose_that_cannot_be_made_are_refused(high):
    with pytest.raises(plans.NotPossible, match="product that is taken now"):
        sign(high, order(product_code="tablet_20"))
    with pytest.raises(CannotBeMade):
        sign(high, order(row(1, "11", "20", "20")))
    assert ahead(high) == []


def test_an_old_form_is_told_of_the_newer_plan(high):
    with pytest.raises(plans.Superseded):
        sign(high, order(), version=1)
    assert ahead(high) == []


def test_a_plan_that_is_too_short_is_signed_with_its_reason_and_total_of_zero(high):
    short = order(row(1, "10", "10", "10"), row(4, "5", "5", "5"), row(6))
    with pytest.raises(plans.Refused) as refused:
        sign(high, short)
    assert {one.rule for one in refused.value.review.asked.interrupting} == {"TAPER-1"}
    with pytest.raises(plans.Refused, match="adds up to"):
        sign(
            high, short, decision=plans.Decision(typed_total=Mg(Decimal(15)), reason_code="other", reason_text="Agreed")
        )
    first = sign(
        high, short, decision=plans.Decision(typed_total=Mg(Decimal(0)), reason_code="other", reason_text="Agreed")
    )
    with as_actor(high.ann, high.alder):
        said = [(one.rule_id, one.step_id, one.reason_text) for one in Override.objects.filter(rule_id="TAPER-1")]
        assert said == [("TAPER-1", first.pk, "Agreed")]
        assert len(ahead(high)) == 3


def test_all_or_nothing(high, monkeypatch):
    """A failure at the last step leaves nothing of the plan."""
    from titration.services import signatures

    written, real = [], signatures.write_step

    def failing(**values: Any) -> Step:
        written.append(values["key"])
        if len(written) == len(WEEKS):
            raise RuntimeError("the disk is full")
        return real(**values)

    monkeypatch.setattr(signatures, "write_step", failing)
    with pytest.raises(RuntimeError):
        sign(high, order())
    assert len(written) == len(WEEKS)
    record = record_of(high, high.alder)
    assert record.planned_steps == ()
    assert record.current_step.end_day is None


def test_the_audit_names_the_plan_once(high):
    first = sign(high, order())
    with as_owner():
        lines = AuditEvent.objects.filter(object_type="step", action="publish", object_id=str(first.pk))
        assert lines.count() == 1


def ticks(world: Any, plan: Plan, day: date, slots: Any) -> None:
    written = of_plan(plan, by=world.ann, as_of=instant(day, time(23), plan.time_zone))
    DoseEvent.objects.bulk_create(
        DoseEvent(
            id=uuid.uuid4(), local_date=day, position=place, slot_at=slot.at, time_zone=plan.time_zone,
            due_at=instant(day, slot.at, plan.time_zone), state="taken", amount_mg=slot.amount.value,
            taken_mg=slot.amount.value, taken_at=instant(day, slot.at, plan.time_zone), said_by="patient", **written,
        )
        for place, slot in enumerate(slots)
    )  # fmt: skip


def test_who_follows_the_plan_raises_nothing_about_missed_doses_or_a_stop(high):
    """Every dose is ticked from today to the last day and a fortnight beyond, with a look at each due instant."""
    seen = high.seen_by(high.ann, high.alder)
    with as_actor(high.ann, high.alder):
        plan = Plan.objects.get(patient=high.alder)
        intake.set_tracking(key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=high.ann, as_of=w.NOW)
    sign(high, order())
    raised: set[str] = set()
    for days in range(45):
        day = TODAY + timedelta(days=days)
        with as_owner():
            now = instant(day, time(23, 30), plan.time_zone)
            steps = record_of(high, high.alder, as_of=now)
            step = steps.step_on(day)
            if step is not None:
                ticks(high, plan, day, step.slot_rows)
            for _ in range(8):
                at = Plan.objects.filter(pk=plan.pk).values_list("reassess_at", flat=True).get()
                if at is None or at > now:
                    break
                reassess(clock=lambda at=at: at)
            raised |= set(Flag.objects.filter(patient=seen).values_list("rule_id", flat=True))
    assert not {rule for rule in raised if rule.startswith(("MISS", "STOP", "TAPER"))}
    with as_owner():
        assert Plan.objects.get(pk=plan.pk).status == "ended"
