"""Why a dose was not taken may say more than of that dose, and is answered with whom to call."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import signed_in
from tests.titration.views.own.test_today import said, today
from tests.titration.views.test_doses import words_of
from titration.models import FeelingReport, Flag


def flags(world: Any) -> dict[str, int]:
    with as_actor(world.ann, world.alder):
        return {one.rule_id: one.urgency for one in Flag.objects.filter(patient=world.alder.pk, status="open")}


@pytest.mark.parametrize(
    ("reason", "rule", "stopped", "out"),
    [("no_supply", "MISS-6", False, True), ("own_decision", "DOSES-STOPPED", True, False)],
)
def test_what_cannot_wait_raises_its_flag_at_once_and_is_answered_with_whom_to_call(
    alma: Any, alder: Any, ticking: Any, reason: str, rule: str, stopped: bool, out: bool
) -> None:
    answer = said(alma, alder, state="skipped", reason_code=reason)
    assert answer.status_code == 200
    assert "Call your clinic now" in words_of(answer)
    assert "555 0100" in words_of(answer)
    assert flags(ticking)[rule] == 1
    with as_actor(ticking.ann, alder):
        (told,) = FeelingReport.objects.filter(patient=alder.pk)
    assert (told.has_stopped, told.has_run_out, told.reported_by) == (stopped, out, "patient")
    assert "Call your clinic today" in today(alma, alder)


def test_any_other_reason_says_nothing_more(alma: Any, alder: Any, ticking: Any) -> None:
    assert said(alma, alder, state="skipped", reason_code="forgot").status_code == 302
    assert said(alma, alder, state="taken", reason_code="no_supply").status_code == 302
    with as_actor(ticking.ann, alder):
        assert not FeelingReport.objects.filter(patient=alder.pk).exists()


def test_a_time_that_is_told_late_is_of_the_day_on_which_it_was_possible(alder: Any, ticking: Any) -> None:
    """At nine in the evening half past eight was just now, also for the dose of the morning."""
    with time_machine.travel(w.NOW + timedelta(hours=12), tick=False):  # 21:05 in New York
        client = signed_in(ticking.alma)
        assert said(client, alder, state="taken", taken_time="20:30").status_code == 302
    with as_actor(ticking.ann, alder):
        plan = ticking.alder.plans.get(status="active")
        (told,) = plan.doseevents.filter(local_date="2026-11-22")
    assert told.taken_at.isoformat() == "2026-11-23T01:30:00+00:00"
