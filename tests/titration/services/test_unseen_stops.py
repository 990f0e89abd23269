"""Ways in which a stop could have gone unseen: each was tried, and is closed."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.services.lab_files import as_job
from titration.dosing.intake import DoseState, SilenceReason, Tracking
from titration.dosing.protocol import load_protocol
from titration.models import DoseEvent, Flag, SkipReason
from titration.selectors.dose_day import dose_day
from titration.services import intake, reports, silences, supply
from titration.services.patient_facts import FactRefused
from titration.services.reassessment import reassess

pytestmark = [pytest.mark.hazard("H05")]
TODAY = date(2026, 11, 22)


@pytest.fixture
def alder(world: Any) -> Any:
    with time_machine.travel(w.NOW, tick=False):
        w.start(world, world.alder, by=world.ann, mg="20", days_ago=40, reason="Taken over", taken_before="yes")
        yield world.alder


def acting(world: Any, patient: Any) -> tuple[Any, Any]:
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        return seen, seen.plans.get(status="active")


def open_flags(patient: Any) -> set[str]:
    with as_owner():
        return set(Flag.objects.open().filter(patient=patient.pk).values_list("rule_id", flat=True))


def call(world: Any, patient: Any, until: Any, state: DoseState, reason: str = "") -> int:
    _, plan = acting(world, patient)
    with as_actor(world.ann, patient):
        return intake.record_call(
            key=uuid.uuid4(), plan=plan, until=until, state=state, reason_code=reason, said_by="patient", note="",
            by=world.ann, as_of=w.NOW,
        )  # fmt: skip


def quiet(world: Any, patient: Any, reason: SilenceReason, starts: timedelta, ends: timedelta) -> Any:
    _, plan = acting(world, patient)
    with as_actor(world.ann, patient):
        return intake.record_silence(
            key=uuid.uuid4(), plan=plan, reason=reason, starts_at=w.NOW + starts, ends_at=w.NOW + ends, note="",
            by=world.ann, as_of=w.NOW,
        )  # fmt: skip


def looked() -> None:
    with as_job("reassess"):
        reassess(clock=lambda: w.NOW)


def test_a_reason_for_missing_ticks_explains_no_dose_that_was_said_not_to_be_taken(world: Any, alder: Any) -> None:
    call(world, alder, w.NOW - timedelta(days=4), DoseState.TAKEN)
    call(world, alder, w.NOW, DoseState.SKIPPED, SkipReason.OWN_DECISION)
    before = open_flags(alder)
    assert {"MISS-8", "MISS-9", "DOSES-STOPPED"} <= before
    quiet(world, alder, SilenceReason.LOST_PHONE, timedelta(days=-4), timedelta(days=14))
    assert {"MISS-8", "MISS-9", "DOSES-STOPPED"} <= open_flags(alder)


def test_a_silence_that_never_was_leaves_the_gap_as_long_as_it_is(world: Any, alder: Any) -> None:
    _, plan = acting(world, alder)
    with as_actor(world.ann, alder):
        intake.set_tracking(
            key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=world.ann, as_of=w.NOW - timedelta(days=4)
        )
    looked()
    before = open_flags(alder)
    assert "MISS-9" in before
    slip = quiet(world, alder, SilenceReason.ADMISSION, timedelta(days=-1), timedelta(days=3))
    with as_actor(world.ann, alder):
        silences.end_silence(plan=plan, silence=slip.pk, never=True, by=world.ann, as_of=w.NOW)
    assert open_flags(alder) == before


def test_a_supply_that_ends_before_the_repeat_is_expected_is_told(world: Any, alder: Any) -> None:
    _, plan = acting(world, alder)
    tablet = next(one for one in load_protocol("us").products if one.code == "tablet_20")
    for days, told in ((60, True), (1, False)):
        with as_actor(world.ann, alder):
            supply.record_issue(
                key=uuid.uuid4(), plan=plan, on=TODAY, product=tablet, units=Decimal(6 if told else 7),
                repeat_on=TODAY + timedelta(days=days), by=world.ann, as_of=w.NOW,
            )  # fmt: skip
        assert ("MISS-6" in open_flags(alder)) is told


def test_doses_that_are_held_one_by_one_add_up_to_a_stop(world: Any, alder: Any) -> None:
    seen, _ = acting(world, alder)
    said = intake.Said(state="held", taken=None, taken_at=None, reason_code="", said_by="staff", note="")

    def hold(back: int, place: int) -> None:
        with as_actor(world.ann, alder):
            doses = dose_day(seen, TODAY - timedelta(days=back), as_of=w.NOW)
            intake.record_dose(key=uuid.uuid4(), doses=doses, position=place, said=said, replaces=None, by=world.ann)

    for back in (8, 7):
        for place in (0, 1, 2):
            hold(back, place)
    with pytest.raises(intake.IntakeRefused, match="held for 48 hours or more"):
        hold(6, 0)


def test_holds_one_after_another_add_up_to_a_stop(world: Any, alder: Any) -> None:
    quiet(world, alder, SilenceReason.HOLD, timedelta(hours=-40), timedelta(hours=0))
    with pytest.raises(intake.IntakeRefused, match="A hold of 48 hours or more is a stop"):
        quiet(world, alder, SilenceReason.HOLD, timedelta(hours=0), timedelta(hours=9))


def test_a_call_leaves_out_what_the_team_asked_to_leave_out(world: Any, alder: Any) -> None:
    quiet(world, alder, SilenceReason.HOLD, timedelta(hours=-26), timedelta(hours=-13))
    call(world, alder, w.NOW, DoseState.TAKEN)
    with as_owner():
        days = set(DoseEvent.objects.filter(due_at__gte=w.NOW - timedelta(hours=26)).values_list("due_at", flat=True))
    assert days
    assert not [at for at in days if w.NOW - timedelta(hours=26) <= at < w.NOW - timedelta(hours=13)]


def test_signs_of_withdrawal_are_raised_after_the_last_dose_and_outlive_the_plan(world: Any, alder: Any) -> None:
    w.stop(world, alder, by=world.ann)
    w.fact(world, alder, by=world.ann, kind="sign", code="hallucination", answer="yes")
    assert open_flags(alder) == {"MISS-7"}
    looked()
    assert open_flags(alder) == {"MISS-7"}
    w.start(world, alder, by=world.ann, mg="5", days_ago=0, reason="Withdrawal", taken_before="yes")
    with as_owner():
        assert Flag.objects.open().exclude(plan__status="active").count() == 0


def test_a_used_key_with_another_report_is_refused(world: Any, alder: Any) -> None:
    key = uuid.uuid4()

    def report(**signs: bool) -> Any:
        seen = world.seen_by(world.ann, alder)
        said = reports.Report(
            effects="some" if signs else "none", signs=signs, on=TODAY, reported_by="patient", reported_how="phone",
            note="",
        )  # fmt: skip
        with as_actor(world.ann, alder):
            return reports.record_report(key=key, patient=seen, report=said, by=world.ann, as_of=w.NOW)

    assert report().pk == report().pk
    with pytest.raises(FactRefused, match="used for another entry"):
        report(hallucination=True)


def test_a_used_key_with_another_answer_is_refused(world: Any, alder: Any) -> None:
    _, plan = acting(world, alder)
    key = uuid.uuid4()
    with as_actor(world.ann, alder):
        for mode in (Tracking.NOT_TRACKED, Tracking.NOT_TRACKED):
            intake.set_tracking(key=key, plan=plan, mode=mode, by=world.ann, as_of=w.NOW)
        with pytest.raises(intake.KeyUsed):
            intake.set_tracking(key=key, plan=plan, mode=Tracking.TICKED, by=world.ann, as_of=w.NOW)
