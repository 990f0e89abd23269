"""Slips of weight and height: the other reading is offered only where it fits better."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from titration.dosing.errors import DosingError
from titration.dosing.measures import Measure, better_reading

KG, CM = Measure.WEIGHT, Measure.HEIGHT
positive = st.decimals("0.5", 400, places=2)


def read(measure, typed, other):
    found = better_reading(measure, Decimal(typed), Decimal(other))
    return None if found is None else (found.meant.replace("\u00a0", " "), str(found.value), found.of_earlier)


@pytest.mark.parametrize(
    ("measure", "typed", "other", "expected"),
    [
        (KG, "176", "80", ("176 lb", "79.8", False)),
        (KG, "80", "176", ("176 lb", "79.8", True)),
        (KG, "8.2", "82", ("82 kg", "82.0", False)),
        (KG, "325", "32", ("32.5 kg", "32.5", False)),
        (CM, "68", "172", ("68 in", "172.7", False)),
        (CM, "172", "68", ("68 in", "172.7", True)),
        # A change that only time or illness explains is no slip of the unit.
        (KG, "80", "80", None),
        (KG, "110", "80", None),
        (KG, "58", "80", None),
        (CM, "150", "110", None),
    ],
)
def test_a_number_is_read_another_way_where_that_fits_the_other_entry_better(measure, typed, other, expected):
    assert read(measure, typed, other) == expected


@given(st.sampled_from([KG, CM]), positive, positive)
def test_what_is_offered_always_lies_nearer_than_what_was_typed(measure, typed, other):
    found = better_reading(measure, typed, other)
    if found is None:
        return
    beside = typed if found.of_earlier else other
    assert max(found.value, beside) / min(found.value, beside) < max(typed, other) / min(typed, other)


@pytest.mark.parametrize("pair", [("0", "80"), ("80", "0"), ("-1", "80")])
def test_nothing_and_less_cannot_be_compared(pair):
    with pytest.raises(DosingError, match="above zero"):
        better_reading(KG, *map(Decimal, pair))
