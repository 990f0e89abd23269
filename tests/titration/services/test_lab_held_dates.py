"""When the sample of a held-back laboratory record was taken."""

from datetime import date
from typing import Any

import pytest

from tests.titration.services.lab_files import as_job, person, result, send
from titration.models import QuarantinedResult


@pytest.fixture
def oak(world: Any) -> Any:
    return world.ann.memberships.get().team


def test_a_held_record_keeps_the_date_that_came_without_a_time(oak: Any) -> None:
    send(oak, person(), result("r1", 88, effectiveDateTime="2026-05-04"))
    with as_job():
        (row,) = QuarantinedResult.objects.all()
    assert (row.reason_code, row.taken_at, row.taken_on) == ("UNIT-1", None, date(2026, 5, 4))


def test_a_second_value_under_the_id_of_a_dated_record_that_waits_is_held_back_too(oak: Any) -> None:
    send(oak, person(), result("r1", 88, effectiveDateTime="2026-05-04"), result("r1", 0.8))
    with as_job():
        assert set(QuarantinedResult.objects.values_list("reason_code", flat=True)) == {"UNIT-1", "value_changed"}
