"""Laboratory results that are held back are flagged to clinicians while they wait, and no longer."""

from decimal import Decimal
from typing import Any

import pytest

from tests.database import as_actor
from tests.titration.services.lab_files import NOW, as_job, result, send
from tests.world import start
from titration.dosing.facts import LabUnit
from titration.models import Flag, Plan, QuarantinedResult
from titration.services import kidneys, wanted_flags
from titration.services.reassessment import reassess

pytestmark = [pytest.mark.hazard("H08")]


@pytest.fixture
def oak(world: Any) -> Any:
    start(world, world.alder, by=world.ann, days_ago=30, as_of=NOW)
    return world.ann.memberships.get().team


def of_alder(world: Any, key: str, value: Any, **fields: Any) -> dict[str, Any]:
    with as_job():
        number = world.alder.identifiers.get()
    subject = {"identifier": {"system": number.system, "value": number.value}}
    return result(key, value, subject=subject, **fields)


def raised() -> list[Flag]:
    """The open flags about held results."""
    with as_job():
        return list(Flag.objects.open().filter(rule_id="LAB-HELD"))


def test_an_import_raises_one_flag_for_all_that_it_holds_back(oak: Any, world: Any) -> None:
    send(oak, of_alder(world, "r1", 88))
    (first,) = raised()
    assert first.because == "1 laboratory result was held back and is not used until a person decides."
    assert (first.get_urgency_display(), first.next_action) == ("This week", "decide_held")
    send(oak, of_alder(world, "r2", 99))
    (one,) = raised()
    assert one.pk == first.pk
    assert one.because.startswith("2 laboratory results were held back and are not used")


def test_what_the_sender_settles_closes_the_flag(oak: Any, world: Any) -> None:
    send(oak, of_alder(world, "r1", 88), of_alder(world, "r2", 99))
    send(oak, of_alder(world, "r1", 0.88, status="corrected"))
    assert len(raised()) == 1
    taken_back = of_alder(world, "r2", 99, status="entered-in-error")
    del taken_back["subject"]  # the id alone says whose it was
    send(oak, taken_back)
    assert raised() == []


@pytest.mark.parametrize("decision", ["store", "discard"])
def test_a_decision_closes_the_flag(decision: str, oak: Any, world: Any) -> None:
    send(oak, of_alder(world, "r1", 88))
    with as_job():
        seen = QuarantinedResult.objects.select_related("patient__organisation").get()
    with as_actor(world.ann, world.alder):
        if decision == "store":
            kidneys.resolve_quarantine(
                held=seen, value=Decimal(88), unit=LabUnit.UMOL_L, reason="Asked.", by=world.ann, as_of=NOW
            )
        else:
            kidneys.discard_quarantine(held=seen, reason="Not hers.", by=world.ann, as_of=NOW)
    assert raised() == []


def test_looking_again_later_leaves_the_flag_open(oak: Any, world: Any) -> None:
    send(oak, of_alder(world, "r1", 88))
    with as_job():
        Plan.objects.update(reassess_at=NOW)
    with as_job("reassess"):
        assert reassess(clock=lambda: NOW).plans == 1
    assert len(raised()) == 1


def test_the_flag_is_raised_when_the_safety_check_fails(oak: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(record: Any) -> Any:
        raise RuntimeError("the check")

    monkeypatch.setattr(wanted_flags, "_from_facts", broken)
    send(oak, of_alder(world, "r1", 88))
    assert len(raised()) == 1
