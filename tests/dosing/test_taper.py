"""A plan that comes down: its rows, what it needs, and what cannot be."""

from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dosing.test_products import STEP, liquid, mg, tablet
from titration.dosing.open_days import ClosedDays
from titration.dosing.products import CannotBeMade
from titration.dosing.taper import (
    Pace,
    TaperRefused,
    build,
    change_words,
    last_is_smaller,
    needed,
    out_of_order,
    total_of,
)

MONDAY = date(2026, 11, 23)
TIMES = (time(8), time(14), time(22))
NB = "\u00a0"


def slots(*amounts: str) -> Any:
    return tuple((at, mg(amount)) for at, amount in zip(TIMES, amounts, strict=False))


def pace(to: str = "0", by: str = "5", every: int = 7, **more: Any) -> Pace:
    return Pace(
        **{
            "to": mg(to),
            "reduce_by": mg(by),
            "every_days": every,
            "starts_on": MONDAY,
            "latest": MONDAY + timedelta(days=366),
            "rows_at_most": 60,
            **more,
        }
    )


def made(first: Any, asked: Pace, product: Any = None) -> Any:
    return build(first, asked, product or tablet("10"), STEP)


def amounts(rows: Any) -> list[str]:
    return ["/".join(f"{amount.value.normalize():f}" for _, amount in row.slots) for row in rows]


def test_one_dose_of_the_day_comes_down_at_a_time_the_morning_first():
    rows = made(slots("15", "15", "15"), pace(to="15"))
    assert amounts(rows) == ["10/15/15", "10/10/15", "10/10/10", "5/10/10", "5/5/10", "5/5/5"]
    assert [row.starts_on for row in rows] == [MONDAY + timedelta(days=7 * count) for count in range(6)]


@pytest.mark.parametrize(
    ("first", "asked", "expected"),
    [
        (
            ("5", "5", "5"),
            pace(),
            ["5/5", "5", ""],
        ),  # a dose that is gone leaves its time, and the last row is the stop
        (("10", "5", "20"), pace(), ["5/5/20", "5/20", "5/15", "15", "10", "5", ""]),
        (
            ("2.5", "10", "10"),
            pace(by="5"),
            ["7.5/10", "7.5/5", "2.5/5", "2.5", ""],
        ),  # more than a dose holds: the next too
        (("15",), pace(to="5", by="10"), ["5"]),
        (("15", "15", "15"), pace(by="20"), ["10/15", "5", ""]),
        (("15", "15", "15"), pace(by="45"), [""]),
    ],
)
def test_a_plan_comes_down_to_what_was_asked(first, asked, expected):
    assert amounts(made(slots(*first), asked)) == expected


def test_a_last_reduction_that_is_smaller_is_told():
    first = slots("15", "15", "15")
    smaller, even = made(first, pace(to="30", by="10")), made(first, pace(to="25", by="10"))
    assert amounts(smaller)[-1] == "5/10/15"
    assert last_is_smaller(mg("45"), smaller)
    assert not last_is_smaller(mg("45"), even)
    assert not last_is_smaller(mg("45"), smaller[:1])


@pytest.mark.parametrize(
    ("asked", "about", "words"),
    [
        (pace(to="45"), "to", "must end below that"),
        (pace(to="60"), "to", "must end below that"),
        (pace(by="0"), "reduce_by", "more than 0"),
        (pace(every=0), "every_days", "at least 1 day"),
        (pace(by="3"), "reduce_by", f"3{NB}mg cannot be made from 10{NB}mg tablets cut into quarters"),
        (pace(to="4"), "to", f"The nearest doses are 2.5{NB}mg and 5{NB}mg."),
        (pace(by="2.5", rows_at_most=17), "reduce_by", "makes 18 steps, and a plan has at most 17"),
        (pace(latest=MONDAY + timedelta(days=55)), "every_days", "begins after 17-Jan-2027"),
    ],
)
def test_what_cannot_be_is_refused_and_says_what_to_change(asked, about, words):
    with pytest.raises(TaperRefused) as refused:
        made(slots("15", "15", "15"), asked)
    assert refused.value.about == about
    assert words in refused.value.message


def test_the_limits_themselves_are_within_them():
    assert len(made(slots("15", "15", "15"), pace(by="2.5", rows_at_most=18))) == 18
    assert len(made(slots("15", "15", "15"), pace(latest=MONDAY + timedelta(days=56)))) == 9


@given(st.lists(st.integers(1, 12), min_size=1, max_size=3), st.integers(1, 10), st.integers(0, 11), st.integers(1, 30))
def test_every_plan_falls_by_the_pace_to_its_end_in_doses_that_can_be_made(parts, by, to, every):
    first = slots(*(str(Decimal("2.5") * part) for part in parts))
    if to >= sum(parts):
        return
    asked = pace(to=str(Decimal("2.5") * to), by=str(Decimal("2.5") * by), every=every, latest=date(2030, 1, 1))
    rows = made(first, asked)
    dailies = [total_of(first).value, *(row.daily.value for row in rows)]
    cuts = [before - after for before, after in pairwise(dailies)]
    assert all(cut == asked.reduce_by.value for cut in cuts[:-1])
    assert 0 < cuts[-1] <= asked.reduce_by.value
    assert rows[-1].daily == asked.to
    assert list(out_of_order(total_of(first), rows)) == []
    used = needed(rows, tablet("10"), STEP, last_days=every)
    assert used.tablets * 10 == used.total.value
    assert used.days == every * (len(rows) - (not to))


def test_the_tablets_of_the_sample_plan():
    rows = made(slots("15", "15", "15"), pace(to="15"))
    used = needed(rows, tablet("10"), STEP, last_days=7)
    assert (used.days, used.total, used.tablets, used.ml) == (42, mg("1155"), Decimal("115.5"), None)


def test_a_liquid_is_needed_in_ml_and_a_stop_needs_nothing():
    rows = made(slots("10", "10"), pace(by="10", every=10), liquid("2", "10 mg in 5 mL"))
    used = needed(rows, liquid("2", "10 mg in 5 mL"), STEP, last_days=99)
    assert (used.days, used.total, used.tablets, used.ml) == (10, mg("100"), None, Decimal(50))


def test_what_a_row_needs_is_not_guessed_when_it_cannot_be_made():
    rows = made(slots("15", "15", "15"), pace(to="15"))
    with pytest.raises(CannotBeMade, match="cut into halves"):
        needed(made(slots("7.5", "15"), pace(to="15")), tablet("10", splits=2), STEP, last_days=7)
    assert needed(rows, tablet("10", splits=2), STEP, last_days=7).tablets == Decimal("115.5")


def test_rows_that_were_typed_over_are_put_right_by_nobody():
    rows = list(made(slots("5", "5", "5"), pace()))
    assert [place for place, _ in out_of_order(mg("15"), [rows[1], rows[0], rows[2]])] == [1, 1]
    assert [place for place, _ in out_of_order(mg("15"), [rows[2], rows[1]])] == [0, 1, 1]
    ((place, words),) = out_of_order(mg("9"), rows[:2])
    assert (place, words) == (0, f"10{NB}mg a day is more than the 9{NB}mg before it. A reducing plan never goes up.")
    assert list(out_of_order(mg("10"), rows)) == []  # the same dose for longer is a pause, not a rise


def test_changes_are_written_with_their_sign():
    assert change_words(mg("45"), mg("40")) == f"\u22125{NB}mg"
    assert change_words(mg("40"), mg("45")) == f"+5{NB}mg"
    assert change_words(mg("40"), mg("40")) == "no change"


def test_closed_days_and_the_next_open_one():
    closed = ClosedDays(weekdays=frozenset({5, 6}), dates=frozenset({date(2026, 11, 30)}))
    friday = date(2026, 11, 27)
    assert [closed.why(friday + timedelta(days=count)) for count in range(5)] == [
        "",
        "a Saturday",
        "a Sunday",
        "a closed day",
        "",
    ]
    assert closed.next_open(friday) == friday
    assert closed.next_open(friday + timedelta(days=1)) == date(2026, 12, 1)
    assert ClosedDays(weekdays=frozenset(range(7)), dates=frozenset()).next_open(friday) is None
