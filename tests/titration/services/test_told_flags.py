"""An emergency that is told raises a flag of its own, unless somebody is being asked about the same one already."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests import world as w
from titration.dosing.protocol import load_protocol
from titration.services.told_flags import TOLD, from_told


def flag(rule: str, status: str, by: str | None = None) -> Any:
    return SimpleNamespace(rule_id=rule, status=status, closed_by_id=by)


@pytest.mark.hazard("H05")
@pytest.mark.parametrize(
    ("found", "flags", "raised"),
    [
        ("", [], True),
        ("MISS-7", [], False),  # its flag is raised in this very moment
        ("MISS-7", [flag("MISS-7", "open")], False),
        ("MISS-7", [flag("MISS-7", "closed", by="ann")], True),  # closed this morning, it may stay quiet
        ("MISS-7", [flag("MISS-7", "closed")], False),  # closed by the facts, it is raised again
        ("CAU-1", [flag("CAU-1", "closed", by="ann")], True),
        ("MISS-7 CAU-1", [flag("CAU-1", "closed", by="ann")], False),
    ],
)
def test_an_emergency_is_never_kept_quiet(found: str, flags: list[Any], raised: bool) -> None:
    record = SimpleNamespace(
        flags=flags,
        told_signs={"seizure": SimpleNamespace(recorded_at=w.NOW)},
        protocol=load_protocol("us"),
        patient=SimpleNamespace(time_zone="America/New_York"),
    )
    told = from_told(record, dict.fromkeys(found.split()))  # type: ignore[arg-type]
    assert (TOLD in told) is raised
