"""Signing an increase whose gate is not open: refused without a reason, kept with it, whatever page it came from."""

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from titration.models import Override, Step
from titration.services import plans
from titration.services.signed_gate import gate_as_finding, gate_override

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("H04")]


def raise_dose(world, decision):
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        return plans.change_dose(
            patient=seen, order=w.order(w.NOW.date(), w.three_times("10")), decision=decision,
            expected_version=seen.plans.get(status="active").version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (plans.Decision.none(), "Choose why to go on although the next step is not open."),
        (plans.Decision(gate_code=" "), "Choose why to go on although the next step is not open."),
        (plans.Decision(gate_code="other", gate_text=" "), "Write why to go on although the next step is not open."),
    ],
)
def test_without_a_reason_nothing_is_signed(world, decision, words):
    w.start(world, world.alder, by=world.ann, days_ago=10)
    with pytest.raises(plans.Refused) as refused:
        raise_dose(world, decision)
    assert refused.value.missing == (words,)
    with as_owner():
        assert Step.objects.filter(patient=world.alder).count() == 1


def test_the_step_and_the_override_keep_what_was_missing(world):
    w.start(world, world.alder, by=world.ann, days_ago=10)
    step = raise_dose(world, plans.Decision(gate_code="other", gate_text=" Seen on the ward "))
    kept = next(one for one in step.findings if one["rule"] == "GATE")
    with as_owner():
        override = Override.objects.get(step=step)
    assert override.values_shown == {"because": kept["because"], "values": kept["values"]}
    assert (override.reason_code, override.reason_text) == ("other", "Seen on the ward")
    assert [label for label, _ in kept["values"]] == ["Doses taken", "Kidneys and highest dose", "Side effects"]
    assert kept["values"][2][1].startswith("missing: Nobody has asked about side effects")


def test_nothing_is_kept_of_an_order_without_a_gate():
    assert gate_as_finding(None) == []
    assert gate_override(None, code="other", text="words") == []
