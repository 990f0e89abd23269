"""The history of a plan: what a person decided, what it changed, what became of it."""

from datetime import timedelta

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import signed_in
from titration.dosing.facts import StopReason
from titration.models import Step
from titration.presenters.history import history
from titration.selectors import records
from titration.services import plans

TODAY = w.NOW.date()


def entries(world, patient):
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        record = records.load(seen, as_of=w.NOW)
    return history(record.steps, patient=seen)


def told(world, patient):
    return [(one.what.replace("\u00a0", " "), one.was.replace("\u00a0", " ")) for one in entries(world, patient)]


@pytest.fixture
def raised(world):
    """15, then 30, then 45 mg a day."""
    w.creatinine(world, world.alder, by=world.ann, mg_dl="0.9", days_ago=41)
    w.start(world, world.alder, by=world.ann, days_ago=40)
    w.change(world, world.alder, by=world.ann, mg="10", days_ago=30)
    w.change(world, world.alder, by=world.ann, mg="15", days_ago=20)
    return world


def past_change(world, mg, *, days_ago, until_days_ago=None):
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        plans.record_past_change(
            patient=seen,
            order=w.past_order(
                TODAY - timedelta(days=days_ago),
                w.three_times(mg),
                reason="Halved by the family",
                until=None if until_days_ago is None else TODAY - timedelta(days=until_days_ago),
            ),
            expected_version=seen.plans.get().version,
            by=world.ann,
            as_of=w.NOW,
        )


def test_newest_first_each_with_what_it_changed(raised):
    assert told(raised, raised.alder) == [
        ("45 mg a day from 02-Nov-2026", "30 mg a day"),
        ("30 mg a day from 23-Oct-2026", "15 mg a day"),
        ("Started: 15 mg a day from 13-Oct-2026", ""),
    ]
    assert not any(one.replaced for one in entries(raised, raised.alder))


def test_copies_that_only_shortened_a_step_are_no_decisions(raised):
    with as_actor(raised.ann, raised.alder):
        assert Step.objects.filter(patient=raised.alder).count() > 3
    assert len(entries(raised, raised.alder)) == 3
    assert [one.by for one in entries(raised, raised.alder)] == ["Ann"] * 3


@pytest.mark.ui("UI-57")
def test_a_past_change_says_for_ever_that_it_was_recorded_late(raised):
    past_change(raised, "5", days_ago=10, until_days_ago=5)
    late, *others = entries(raised, raised.alder)
    assert late.late
    assert late.what.replace("\u00a0", " ") == "15 mg a day from 12-Nov-2026 to 16-Nov-2026"
    assert late.instead_of.replace("\u00a0", " ") == "45 mg a day"
    assert late.was.replace("\u00a0", " ") == "45 mg a day"
    assert late.reason == "Halved by the family."
    assert not any(one.late or one.replaced or one.instead_of for one in others)
    page = signed_in(raised.ann).get(f"/patients/{raised.alder.pk}/")
    assert "Recorded late" in page.text


@pytest.mark.ui("UI-57")
def test_a_step_that_is_gone_stays_struck_through(raised):
    seen = raised.seen_by(raised.ann, raised.alder)
    later = TODAY + timedelta(days=10)
    for on, mg in ((later, "20"), (TODAY + timedelta(days=3), "10")):
        with as_actor(raised.ann, raised.alder):
            plans.change_dose(
                patient=seen, order=w.order(on, w.three_times(mg)),
                decision=plans.Decision(typed_total=w.Mg(w.Decimal(mg) * 3), reason_code="other", reason_text="So it is",
                                        gate_code="specialist_advice"),
                expected_version=seen.plans.get().version, by=raised.ann, as_of=w.NOW + timedelta(minutes=int(mg) * -1),
            )  # fmt: skip
    gone = [one for one in entries(raised, raised.alder) if one.replaced]
    assert [one.what.replace("\u00a0", " ") for one in gone] == ["60 mg a day from 02-Dec-2026"]
    assert gone[0].replaced_words.startswith("Replaced on 22-Nov-2026 by Ann.")
    page = signed_in(raised.ann).get(f"/patients/{raised.alder.pk}/")
    assert "<s>60\u00a0mg a day from 02-Dec-2026</s>" in page.text


def test_a_stop_says_the_first_day_without_and_a_change_after_it_changes_nothing(raised):
    seen = raised.seen_by(raised.ann, raised.alder)
    with as_actor(raised.ann, raised.alder):
        plans.stop_plan(
            patient=seen,
            order=plans.StopOrder(
                key=w.uuid.uuid4(), stops_on=TODAY, stop_reason=StopReason.OTHER, reason="No benefit", monitoring_plan="Calls"
            ),
            decision=plans.Decision(
                typed_total=w.Mg(w.Decimal(0)), reason_code="other", reason_text="Agreed", monitoring_plan="Calls"
            ),
            expected_version=seen.plans.get().version,
            by=raised.ann,
            as_of=w.NOW,
        )  # fmt: skip
    stop = entries(raised, raised.alder)[0]
    assert stop.what == "Stopped: no baclofen from 22-Nov-2026"
    assert stop.was.replace("\u00a0", " ") == "45 mg a day"
    assert "Signed in spite of STOP-1." in stop.reason


def test_an_unchecked_past_change_is_marked(raised):
    past_change(raised, "5", days_ago=10)
    seen = raised.seen_by(raised.ann, raised.alder)
    with as_actor(raised.ann, raised.alder):
        record = records.load(seen, as_of=w.NOW)
    for step in record.steps:
        step.checked = not step.recorded_late
    assert [one.unchecked for one in history(record.steps, patient=seen)] == [True, False, False, False]
