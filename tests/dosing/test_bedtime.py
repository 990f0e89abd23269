"""Moving the larger dose to bedtime: what changes place, and when there is nothing to move."""

from datetime import time
from decimal import Decimal

import pytest

from titration.dosing.bedtime import larger_at_bedtime
from titration.dosing.doses import Mg


def day(*amounts: str) -> tuple[tuple[time, Mg], ...]:
    return tuple((time(8 + 4 * place), Mg(Decimal(amount))) for place, amount in enumerate(amounts))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("20", "10", "10"), ("10", "10", "20")),
        (("10", "20", "5"), ("10", "5", "20")),
        (("20", "20", "10"), ("20", "10", "20")),
        (("10", "5"), ("5", "10")),
    ],
)
def test_the_largest_dose_and_the_last_one_change_places(before, after):
    moved = larger_at_bedtime(day(*before))
    assert moved == day(*after)
    assert sum(amount.value for _, amount in moved) == sum(Decimal(one) for one in before)
    assert larger_at_bedtime(tuple(reversed(day(*before)))) == moved  # the order of the rows does not matter


@pytest.mark.parametrize("amounts", [(), ("10",), ("10", "10", "10"), ("5", "10"), ("20", "10", "20")])
def test_nothing_moves_when_the_last_dose_is_a_largest_one(amounts):
    assert larger_at_bedtime(day(*amounts)) is None
