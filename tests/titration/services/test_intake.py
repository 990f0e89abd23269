"""Recording doses: each once, with the time and the milligrams of its moment; corrections are rows of their own."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tests import world as w
from tests.database import as_actor
from titration.dosing.doses import Mg
from titration.dosing.falling import OWN_DECISION
from titration.dosing.intake import LOST_REASONS, DoseState, SilenceReason, Tracking
from titration.models import AuditEvent, DoseEvent, SkipReason
from titration.selectors import records
from titration.selectors.dose_day import dose_day
from titration.selectors.intake import intake_of
from titration.services import intake, plans

YESTERDAY = date(2026, 11, 21)
# Alder lives in New York: 08:00, 14:00 and 20:00 there are 13:00, 19:00 and 01:00 UTC of the next day.
MORNING = datetime(2026, 11, 21, 13, tzinfo=UTC)


@pytest.fixture
def alder(world: Any) -> Any:
    with time_machine.travel(w.NOW, tick=False):
        w.start(world, world.alder, by=world.ann, days_ago=10)
        yield world.alder


def plan_of(world: Any, patient: Any) -> Any:
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        return seen.plans.get(status="active")


def said(state: str = "taken", **fields: Any) -> intake.Said:
    given = {"taken": None, "taken_at": None, "reason_code": "", "said_by": "patient", "note": "", **fields}
    return intake.Said(state=state, **given)


def record(world: Any, patient: Any, what: intake.Said, **fields: Any) -> DoseEvent:
    given = {"key": uuid.uuid4(), "position": 0, "replaces": None, **fields}
    day, as_of = given.pop("day", YESTERDAY), given.pop("as_of", w.NOW)
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        return intake.record_dose(doses=dose_day(seen, day, as_of=as_of), said=what, by=world.ann, **given)


def call(world: Any, patient: Any, until: datetime, *, key: uuid.UUID | None = None, **fields: Any) -> int:
    given = {"state": DoseState.TAKEN, "reason_code": "", "said_by": "patient", "note": "", **fields}
    plan = plan_of(world, patient)
    with as_actor(world.ann, patient):
        return intake.record_call(key=key or uuid.uuid4(), plan=plan, until=until, by=world.ann, as_of=w.NOW, **given)


def known(world: Any, patient: Any) -> Any:
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        return intake_of(records.load(seen, as_of=w.NOW).plan)


def test_a_dose_copies_time_zone_and_milligrams_of_its_moment(world: Any, alder: Any) -> None:
    event = record(world, alder, said(taken_at=MORNING + timedelta(minutes=5)))
    assert (event.slot_at.hour, event.time_zone, event.due_at) == (8, "America/New_York", MORNING)
    assert (event.amount_mg, event.taken_mg) == (Decimal(5), Decimal(5))
    [one] = known(world, alder).events
    assert (one.day, one.slot, one.state, one.taken) == (YESTERDAY, 0, DoseState.TAKEN, Mg(Decimal(5)))
    assert one.taken_at == MORNING + timedelta(minutes=5)
    with as_actor(world.ann, alder):
        assert AuditEvent.objects.filter(object_type="doseevent", object_id=str(event.pk)).count() == 1


def test_the_same_form_sent_five_times_writes_one_row(world: Any, alder: Any) -> None:
    key = uuid.uuid4()
    keys = {record(world, alder, said(note="On the phone"), key=key).pk for _ in range(5)}
    assert keys == {key}
    with as_actor(world.ann, alder):
        assert DoseEvent.objects.count() == 1


def test_a_key_that_wrote_something_else_is_refused(world: Any, alder: Any) -> None:
    key = uuid.uuid4()
    record(world, alder, said(), key=key)
    with pytest.raises(intake.KeyUsed, match="used for another record"):
        record(world, alder, said("held"), key=key)


def test_a_key_of_a_record_that_may_not_be_seen_is_refused_without_a_word_of_it(world: Any, alder: Any) -> None:
    key = uuid.uuid4()
    w.start(world, world.aspen, by=world.ann, days_ago=10)
    record(world, world.aspen, said(), key=key)
    with pytest.raises(intake.KeyUsed, match="used for another record"):
        record(world, alder, said(), key=key)
    assert known(world, alder).events == ()
    call(world, world.aspen, w.NOW, key=key)
    with pytest.raises(intake.KeyUsed, match="used for another record"):
        call(world, alder, w.NOW, key=key)
    assert known(world, alder).events == ()


def test_a_form_sent_again_after_the_dose_was_changed_for_that_day_is_still_its_own_record(
    world: Any, alder: Any
) -> None:
    """What it wrote stands with the milligrams of its moment; the answer is the first one again."""
    key = uuid.uuid4()
    first = record(world, alder, said(), key=key)
    seen, version = world.seen_by(world.ann, alder), plan_of(world, alder).version
    with as_actor(world.ann, alder):
        plans.record_past_change(
            patient=seen, order=w.past_order(YESTERDAY, w.three_times("2.5"), until=w.NOW.date()),
            expected_version=version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip
    assert record(world, alder, said(), key=key).pk == first.pk
    with as_actor(world.ann, alder):
        assert DoseEvent.objects.count() == 1


def test_a_correction_points_to_what_it_corrects_and_alone_counts(world: Any, alder: Any) -> None:
    first = record(world, alder, said())
    second = record(world, alder, said("partly", taken=Mg(Decimal("2.5"))), replaces=first.pk)
    assert second.replaces_id == first.pk
    [one] = known(world, alder).events
    assert (one.state, one.taken) == (DoseState.PARTLY, Mg(Decimal("2.5")))


def test_who_did_not_see_the_record_does_not_write_over_it(world: Any, alder: Any) -> None:
    first = record(world, alder, said())
    with pytest.raises(intake.Superseded) as other:
        record(world, alder, said("held"))
    assert other.value.current.pk == first.pk


def test_a_correction_that_changes_nothing_is_no_correction(world: Any, alder: Any) -> None:
    first = record(world, alder, said())
    with pytest.raises(intake.IntakeRefused, match="Nothing was changed"):
        record(world, alder, said(), replaces=first.pk)


def test_a_record_that_is_taken_back_leaves_nothing_recorded(world: Any, alder: Any) -> None:
    first = record(world, alder, said())
    record(world, alder, said("undone", said_by="staff", note="Wrong patient"), replaces=first.pk)
    assert known(world, alder).events == ()


@pytest.mark.parametrize("taken", [None, Mg(Decimal(0)), Mg(Decimal(5)), Mg(Decimal(6))])
def test_a_part_is_more_than_nothing_and_less_than_all(world: Any, alder: Any, taken: Mg | None) -> None:
    with pytest.raises(intake.IntakeRefused, match="more than 0 and less than all"):
        record(world, alder, said("partly", taken=taken))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"position": 3}, "no dose number 4 on 21-Nov-2026"),
        ({"day": date(2026, 11, 23)}, "lies ahead"),
    ],
)
def test_a_dose_that_the_plan_does_not_have_is_refused(world: Any, alder: Any, fields: Any, says: str) -> None:
    with pytest.raises(intake.IntakeRefused, match=says):
        record(world, alder, said(), **fields)


def test_a_day_that_no_step_covers_has_no_doses(world: Any, alder: Any) -> None:
    seen = world.seen_by(world.ann, alder)
    with as_actor(world.ann, alder):
        assert dose_day(seen, date(2026, 11, 1), as_of=w.NOW) is None
        assert dose_day(seen, YESTERDAY, as_of=w.NOW) is not None


def test_a_dose_is_not_taken_at_a_time_that_lies_ahead(world: Any, alder: Any) -> None:
    with pytest.raises(intake.IntakeRefused, match="lies ahead"):
        record(world, alder, said(taken_at=w.NOW + timedelta(minutes=1)))


def test_a_slot_that_moves_moves_no_past_event(world: Any, alder: Any) -> None:
    record(world, alder, said())
    seen, version = world.seen_by(world.ann, alder), plan_of(world, alder).version
    slots = tuple((time(at.hour + 1), mg) for at, mg in w.three_times("5"))
    with as_actor(world.ann, alder):
        plans.change_dose(
            patient=seen, order=w.order(w.NOW.date(), slots), decision=w.GO_ON,
            expected_version=version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip
    [one] = known(world, alder).events
    assert (one.day, one.slot, one.due_at) == (YESTERDAY, 0, MORNING)


def test_a_call_sent_again_with_other_words_is_refused_and_not_called_recorded(world: Any, alder: Any) -> None:
    key = uuid.uuid4()
    many = call(world, alder, MORNING, key=key)
    assert call(world, alder, MORNING, key=key) == many
    for until, fields in (
        (MORNING + timedelta(hours=6), {}),
        (MORNING - timedelta(hours=6), {}),
        (MORNING, {"said_by": "carer"}),
        (MORNING, {"state": DoseState.SKIPPED, "reason_code": SkipReason.FORGOT}),
    ):
        with pytest.raises(intake.KeyUsed):
            call(world, alder, until, key=key, **fields)
    assert len(known(world, alder).events) == many


def test_a_call_records_every_dose_since_the_newest_recorded_one(world: Any, alder: Any) -> None:
    record(world, alder, said(), day=date(2026, 11, 19), position=1)
    assert (
        call(world, alder, datetime(2026, 11, 21, 17, tzinfo=UTC)) == 5
    )  # 19th evening, three of the 20th, one of the 21st
    slots = [(one.day.day, one.slot) for one in known(world, alder).events]
    assert slots == [(19, 1), (19, 2), (20, 0), (20, 1), (20, 2), (21, 0)]


def test_a_call_sent_twice_is_recorded_once(world: Any, alder: Any) -> None:
    key, until = uuid.uuid4(), datetime(2026, 11, 21, 17, tzinfo=UTC)
    first = call(world, alder, until, key=key)
    assert call(world, alder, until, key=key) == first
    with as_actor(world.ann, alder):
        assert DoseEvent.objects.count() == first


def test_a_call_says_when_nothing_is_left_to_record(world: Any, alder: Any) -> None:
    until = datetime(2026, 11, 21, 17, tzinfo=UTC)
    call(world, alder, until)
    with pytest.raises(intake.IntakeRefused, match="recorded already"):
        call(world, alder, until)


def test_a_call_does_not_reach_into_the_future(world: Any, alder: Any) -> None:
    with pytest.raises(intake.IntakeRefused, match="lies ahead"):
        call(world, alder, w.NOW + timedelta(minutes=1))


def test_a_dose_whose_record_was_taken_back_is_not_filled_in(world: Any, alder: Any) -> None:
    first = record(world, alder, said(), day=date(2026, 11, 20))
    record(world, alder, said("undone", note="Not sure"), day=date(2026, 11, 20), replaces=first.pk)
    call(world, alder, datetime(2026, 11, 21, 17, tzinfo=UTC))
    assert (20, 0) not in [(one.day.day, one.slot) for one in known(world, alder).events]


def test_how_doses_are_known_holds_from_the_moment_it_is_said(world: Any, alder: Any) -> None:
    assert known(world, alder).tracking is Tracking.NOT_TRACKED
    plan = plan_of(world, alder)
    with as_actor(world.ann, alder):
        intake.set_tracking(key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=world.ann, as_of=w.NOW)
    assert (known(world, alder).tracking, known(world, alder).since) == (Tracking.TICKED, w.NOW)


def silence(world: Any, patient: Any, reason: SilenceReason, hours: int) -> Any:
    plan = plan_of(world, patient)
    with as_actor(world.ann, patient):
        return intake.record_silence(
            key=uuid.uuid4(), plan=plan, reason=reason, starts_at=w.NOW, ends_at=w.NOW + timedelta(hours=hours), note="", by=world.ann,
            as_of=w.NOW,
        )  # fmt: skip


def test_a_silence_has_an_end(world: Any, alder: Any) -> None:
    silence(world, alder, SilenceReason.ADMISSION, 72)
    [one] = known(world, alder).silences
    assert (one.reason, one.ends_at) == (SilenceReason.ADMISSION, w.NOW + timedelta(hours=72))
    with pytest.raises(intake.IntakeRefused, match="at most 28 days"):
        silence(world, alder, SilenceReason.LOST_PHONE, 28 * 24 + 1)


@pytest.mark.hazard("H05")
def test_a_hold_that_is_a_stop_is_not_recorded_as_a_hold(world: Any, alder: Any) -> None:
    silence(world, alder, SilenceReason.HOLD, 47)
    with pytest.raises(intake.IntakeRefused, match="48 hours or more is a stop"):
        silence(world, alder, SilenceReason.HOLD, 48)


def test_the_reasons_for_which_a_dose_is_lost_can_be_chosen() -> None:
    """The core and the records name them by the same words."""
    assert set(LOST_REASONS) <= set(SkipReason.values)
    assert SkipReason.OWN_DECISION == OWN_DECISION


def test_ticking_that_began_before_the_days_that_are_read_keeps_its_day(world: Any, alder: Any) -> None:
    """What was not read is unknown, and the page does not say that ticking began where reading did."""
    plan, long_ago = plan_of(world, alder), w.NOW - timedelta(days=60)
    with as_actor(world.ann, alder):
        intake.set_tracking(key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=world.ann, as_of=long_ago)
    found = known(world, alder)
    assert found.since == long_ago
    assert found.silence_counts_from == found.read_from == datetime(2026, 10, 25, 4, tzinfo=UTC)
