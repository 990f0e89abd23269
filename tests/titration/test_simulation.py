"""A small clinic over three weeks: every real stop is flagged in time. ``script/simulate`` plays a thousand for half a year."""

import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from bench.simulated_patients import tier_two
from tests.ticking import FOUR, ONCE, THREE, TWICE, tiers
from titration.dosing.schedule import instant

ROOT = Path(__file__).resolve().parents[2]
ZONE = "America/New_York"
LAST_DAY = date(2026, 10, 31)


def asked(times: tuple[time, ...]) -> list[datetime]:
    """The doses from the day before the last one on."""
    return [instant(LAST_DAY + timedelta(days=day), at, ZONE) for day in range(-1, 5) for at in times]


@pytest.mark.parametrize("times", [ONCE, TWICE, THREE, FOUR])
def test_the_instants_of_the_simulation_are_those_of_the_written_rules(times: tuple[time, ...]) -> None:
    """Two ways to work them out, neither of them the portal's own."""
    last, due = instant(LAST_DAY, times[-1], ZONE), asked(times)
    assert tier_two(last, due, [None] * len(due)) == tiers(times, LAST_DAY, ZONE)["MISS-5"]


def test_three_doses_that_are_said_not_to_be_taken_are_flagged_with_the_third() -> None:
    last, due = instant(LAST_DAY, THREE[-1], ZONE), asked(THREE)
    said = [at + timedelta(minutes=10) if at > last else None for at in due]
    third = [at for at in due if at > last][2]
    assert tier_two(last, due, said) == min(third + timedelta(minutes=10), last + timedelta(hours=18))


@pytest.mark.hazard("H05")
@pytest.mark.hazard("H29")
def test_every_real_stop_of_a_small_clinic_is_flagged_in_time() -> None:
    """With this seed one patient falls silent, one says that they stopped, and one stop is ordered at once."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.simulate", "--patients", "12", "--days", "21", "--seed", "9"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    for kind in ("silent", "said so", "ordered at once"):
        assert f"real stops, {kind}: 1;" in done.stdout, done.stdout
    assert "interruptive alerts per 100 patient-weeks" in done.stdout
