"""Drafts are shown to prescribers alone: what somebody else records must not close what was found with them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.services.lab_files import as_job
from tests.titration.views.ordering import signed_in, url
from titration.models import Flag, Plan
from titration.selectors import records
from titration.services import flags, full_look, plans

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("H05")]
LATER = w.NOW + timedelta(days=12)


@pytest.fixture
def waiting(world: Any) -> Any:
    """The next step is drafted and waits, although a day for the next decision is set."""
    with time_machine.travel(w.NOW, tick=False):
        w.start(world, world.alder, by=world.ann, days_ago=10)
    with as_actor(world.ann, world.alder):
        seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        version = seen.plans.get(status="active").version
        plans.draft_ladder(patient=seen, expected_version=version, by=world.ann, as_of=w.NOW)
        version = seen.plans.get(status="active").version
        on = w.NOW.date() + timedelta(days=30)
        plans.set_next_decision(patient=seen, on=on, expected_version=version, by=world.ann, as_of=w.NOW)
    with time_machine.travel(LATER, tick=False):
        yield world


def told(world: Any) -> None:
    sent = {"key": str(uuid.uuid4()), "note": "", "falls": "1"}
    signed_in(world.alma).post(url("own:feel", world.alder), sent)


def logged(world: Any) -> None:
    w.fact(world, world.alder, by=world.bea, kind="weight_kg", number=70, as_of=LATER)


@pytest.mark.parametrize("write", [told, logged])
@pytest.mark.parametrize("raised", [True, False])
def test_what_waits_for_a_drafted_step_is_as_it_was(waiting, write, raised):
    alder = waiting.alder
    if raised:
        seen = waiting.seen_by(waiting.ann, alder)
        with as_actor(waiting.ann, alder):
            flags.sync(records.load(seen, as_of=LATER), as_of=LATER)
    write(waiting)
    with as_owner():
        stands = Flag.objects.open().filter(patient=alder, rule_id="STEP-WAITING").exists()
        plan = Plan.objects.get(patient=alder)
    assert stands is raised
    with as_job("reassess"):
        found = full_look.full_look(clock=lambda: LATER + timedelta(minutes=1))
    # What was not raised yet is due at once, so nothing is found that nobody would have looked at.
    assert found.missed == 0
    assert raised or plan.reassess_at <= LATER
