"""Alder takes 5 mg at 8, 14 and 20 o'clock in New York, where it is five past nine, and ticks since yesterday."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import signed_in
from tests.titration.views.test_doses import ticked
from titration.dosing.intake import DoseState
from titration.services import intake


@pytest.fixture
def ticking(titrated: Any) -> Any:
    """Every dose of yesterday is ticked, and nothing of today."""
    ticked(titrated, titrated.alder, days_ago=2)
    seen = titrated.seen_by(titrated.ann, titrated.alder)
    with as_actor(titrated.ann, titrated.alder):
        plan = seen.plans.get(status="active")
        plan.patient = seen
        intake.record_call(
            key=uuid.uuid4(), plan=plan, until=w.NOW - timedelta(hours=9), state=DoseState.TAKEN, reason_code="",
            said_by="patient", note="", by=titrated.ann, as_of=w.NOW,
        )  # fmt: skip
    return titrated


@pytest.fixture
def alder(ticking: Any) -> Any:
    return ticking.alder


@pytest.fixture
def alma(ticking: Any) -> Any:
    """Alder's own browser."""
    return signed_in(ticking.alma)
