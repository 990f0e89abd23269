"""Every way to stop baclofen at once is refused or flagged, walked one after the other."""

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import Error, connection, transaction
from django.urls import get_resolver

from tests import world as w
from tests.database import as_actor, as_owner
from tests.ticking import THREE, signed_plan
from tests.titration.services.lab_files import as_job
from titration.dosing.facts import StopReason
from titration.dosing.intake import Tracking
from titration.dosing.protocol import load_protocol
from titration.dosing.schedule import instant
from titration.models import Flag, Plan, SkipReason, Step
from titration.selectors import records
from titration.selectors.dose_day import dose_day
from titration.services import flags, intake, plans, supply
from titration.services.reassessment import reassess

pytestmark = [pytest.mark.hazard("H05")]

NEW_YORK = "America/New_York"
TODAY = w.NOW.date()


@pytest.fixture
def alder(world: Any) -> Any:
    """60 mg a day for 100 days, ticked from yesterday on, and a step down in a week that is signed already."""
    with as_owner():
        turns = ((TODAY - timedelta(days=100), 20), (TODAY + timedelta(days=7), 15))
        signed_plan(world, world.alder, THREE, turns, look_at=w.NOW)
    seen = world.seen_by(world.ann, world.alder)
    with time_machine.travel(w.NOW, tick=False), as_actor(world.ann, world.alder):
        yield seen


def refused(world: Any, patient: Any, sign: Any, order: Any) -> set[str]:
    """The rules in whose way an order is that nothing was answered about."""
    with pytest.raises(plans.Refused) as error, transaction.atomic():
        sign(
            patient=patient, order=order, decision=plans.Decision.none(),
            expected_version=patient.plans.get(status="active").version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip
    return {one.rule for one in error.value.review.assessment.blocking}


def flagged(patient: Any, at: datetime = w.NOW) -> set[str]:
    """What is raised once somebody or the worker has looked at an instant."""
    flags.sync(records.load(patient, as_of=at, with_names=False), as_of=at)
    return set(Flag.objects.open().values_list("rule_id", flat=True))


def test_ending_a_plan_is_refused(world: Any, alder: Any) -> None:
    order = plans.StopOrder(
        key=uuid.uuid4(), stops_on=TODAY, stop_reason=StopReason.NOT_NEEDED, reason="", monitoring_plan=""
    )
    assert "STOP-1" in refused(world, alder, plans.stop_plan, order)


def test_cutting_by_more_than_half_is_refused(world: Any, alder: Any) -> None:
    order = w.order(TODAY, tuple((at, w.Mg(Decimal("7.5"))) for at in THREE))
    assert "TAPER-3" in refused(world, alder, plans.change_dose, order)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM titration_step",
        "DELETE FROM titration_slot",
        "UPDATE titration_step SET period = daterange(lower(period), lower(period) + 1)",
        "UPDATE titration_step SET daily_mg = 5",
        "UPDATE titration_slot SET amount_mg = 1",
    ],
)
def test_steps_that_lie_ahead_cannot_be_deleted_or_rewritten(world: Any, alder: Any, statement: str) -> None:
    """Not by the web role, and not by the owner of the tables."""
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(Error), transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
    with as_owner():
        assert Step.objects.filter(voided_at__isnull=True).count() == 2


def test_no_page_deletes_a_step() -> None:
    names = {str(one) for one in get_resolver().reverse_dict if isinstance(one, str)}
    steps = get_resolver().namespace_dict["steps"][1].reverse_dict
    names |= {str(one) for one in steps if isinstance(one, str)}
    names.discard("ways_remove")  # a passkey of one's own account
    assert not [name for name in names if "delete" in name or "remove" in name]


def test_a_supply_that_lapses_is_flagged(world: Any, alder: Any) -> None:
    tablet = next(one for one in load_protocol("us").products if one.code == "tablet_20")
    supply.record_issue(
        key=uuid.uuid4(), plan=alder.plans.get(), on=TODAY - timedelta(days=8), product=tablet, units=Decimal(30), repeat_on=None,
        by=world.ann, as_of=w.NOW,
    )  # fmt: skip
    assert "MISS-6" in flagged(alder)


def test_silence_is_flagged(world: Any, alder: Any) -> None:
    intake.set_tracking(key=uuid.uuid4(), plan=alder.plans.get(), mode=Tracking.TICKED, by=world.ann, as_of=w.NOW)
    found = set()
    for _ in range(60):
        with as_owner():
            due = Plan.objects.get().reassess_at
        if due is None or due > w.NOW + timedelta(days=3):
            break
        with as_job("reassess"):
            reassess(clock=lambda due=due: due)
        with as_owner():
            found |= set(Flag.objects.values_list("rule_id", flat=True))
    assert {"MISS-4", "MISS-5", "MISS-8", "MISS-9"} <= found


def test_a_patient_who_says_that_they_stopped_is_flagged_at_once(world: Any, alder: Any) -> None:
    """Also where doses are not tracked: a report speaks by itself."""
    said = intake.Said(
        state="skipped", taken=None, taken_at=None, reason_code=SkipReason.OWN_DECISION, said_by="patient", note=""
    )
    for back, place in ((1, 0), (1, 1), (1, 2)):
        doses = dose_day(alder, TODAY - timedelta(days=back), as_of=w.NOW)
        intake.record_dose(key=uuid.uuid4(), doses=doses, position=place, said=said, replaces=None, by=world.ann)
    # More than a day without, at 60 mg a day: tier 3, which replaces tier 2.
    assert {"MISS-8", "DOSES-STOPPED"} <= set(Flag.objects.open().values_list("rule_id", flat=True))


def test_a_hold_without_a_near_end_is_refused(world: Any, alder: Any) -> None:
    with pytest.raises(intake.IntakeRefused, match="is a stop"):
        intake.record_silence(
            key=uuid.uuid4(), plan=alder.plans.get(), reason=intake.SilenceReason.HOLD, starts_at=instant(TODAY, time(0), NEW_YORK),
            ends_at=instant(TODAY + timedelta(days=3), time(0), NEW_YORK), note="", by=world.ann, as_of=w.NOW,
        )  # fmt: skip
