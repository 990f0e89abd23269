"""No dose is at the wrong instant when clocks change: every zone, against what the clocks themselves show.

Two years of them; ``PORTAL_CLOCK_YEARS=10`` takes ten.
"""

import os
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.dosing.clock_grid import grid
from tests.dosing.intakes import taking
from titration.dosing.doses import Mg
from titration.dosing.doses_due import DosesDue
from titration.dosing.facts import SlotDose, Step, StepKind
from titration.dosing.schedule import instant

YEARS = int(os.environ.get("PORTAL_CLOCK_YEARS", "2"))


@pytest.mark.bar("B-33")
@pytest.mark.hazard("H21")
@pytest.mark.hazard("H22")
def test_every_zone_around_every_change(capsys: pytest.CaptureFixture[str]) -> None:
    """Both what makes instants, and the doses that a plan asks for on these days."""
    facts, amount = taking(now="03 12:00", ticked=True, since="03 06:00"), Mg(Decimal(5))
    cases, wrong, zones = 0, [], set()
    for zone, found in grid(YEARS):
        zones.add(zone)
        cases += len(found)
        wrong += [(zone, case) for case in found if instant(case.wall.date(), case.wall.time(), zone) != case.meant]
        times = sorted({case.wall.time() for case in found})
        step = Step(
            kind=StepKind.START, starts_on=date(2026, 1, 1), ends_on=None,
            slots=tuple(SlotDose(at=at, amount=amount) for at in times),
        )  # fmt: skip
        plan = replace(facts, therapy=replace(facts.therapy, steps=(step,)))
        due = DosesDue(plan, replace(facts.intake, zone=zone), not_taken_after=timedelta(hours=2))
        for day in {case.wall.date() for case in found}:
            asked = {one.due_at for one in due.on(day)}
            wrong += [(zone, case) for case in found if case.wall.date() == day and case.meant not in asked]
    with capsys.disabled():
        print(
            f"\n  clocks: {YEARS} years, {len(zones)} zones, {cases // 25} changes, {cases} times, {len(wrong)} wrong"
        )
    assert wrong == []
    assert cases > 9_000 * YEARS
