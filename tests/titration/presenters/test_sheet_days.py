"""What a printed day says, for steps that no test of a page comes by."""

from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from titration.dosing.doses import Mg
from titration.dosing.products import make
from titration.dosing.protocol import load_protocol
from titration.presenters.sheet_days import SheetDay, Writer, column_words, days_between, short_quantity
from titration.selectors.rows import SlotRow

NB = "\u00a0"
PROTOCOL = load_protocol("US")
PRODUCTS = {one.code: one for one in PROTOCOL.products}
ZONE = "America/New_York"


def step(first: date, end: date | None, *slots: tuple[time, str], product: str = "tablet_10") -> Any:
    made = [
        SlotRow(
            at=at, amount=Mg(Decimal(mg)),
            tablets=(quantity := make(Mg(Decimal(mg)), PRODUCTS[product], PROTOCOL.entry.volume_step_ml)).tablets,
            volume_ml=quantity.ml,
        )
        for at, mg in slots
    ]  # fmt: skip
    return SimpleNamespace(
        first_day=first, end_day=end, kind="hold" if slots else "stop", slot_rows=made, product_id=product if slots else None,
        product_name="Baclofen", daily_mg=sum((row.amount.value for row in made), Decimal(0)),
    )  # fmt: skip


def written(first: date, last: date, *steps: Any) -> tuple[SheetDay, ...]:
    writer = Writer(steps, PRODUCTS, ZONE)
    one = len(writer.used(first, last)) == 1
    return writer.table(days_between(first, last), one_product=one).days


@pytest.mark.parametrize(
    ("mg", "product", "words"),
    [
        ("2.5", "tablet_10", "a quarter of a tablet"),
        ("5", "tablet_10", "half a tablet"),
        ("7.5", "tablet_10", "three quarters of a tablet"),
        ("10", "tablet_10", "one tablet"),
        ("15", "tablet_10", "one and a half tablets"),
        ("27.5", "tablet_10", "two and three quarter tablets"),
        ("20", "tablet_20", "one tablet"),
        ("7.5", "liquid_1", f"7.5{NB}mL"),
    ],
)
def test_an_amount_without_its_strength(mg: str, product: str, words: str) -> None:
    assert short_quantity(make(Mg(Decimal(mg)), PRODUCTS[product], PROTOCOL.entry.volume_step_ml)) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0), "Midnight (as the day begins)"),
        (time(2, 30), "Early morning (2:30am)"),
        (time(4), "Morning (4am)"),
        (time(12), "Midday"),
        (time(22), "Bedtime (10pm)"),
    ],
)
def test_a_column_is_named_by_the_part_of_its_own_day(at: time, words: str) -> None:
    assert column_words(at) == words


def test_other_tablets_for_the_same_dose_are_told_and_each_dose_says_which() -> None:
    first, second = date(2026, 11, 23), date(2026, 11, 24)
    days = written(
        first, second, step(first, second, (time(8), "20")), step(second, None, (time(8), "20"), product="tablet_20")
    )
    assert [day.cells[0].amount for day in days] == [f"two 10{NB}mg tablets", f"one 20{NB}mg tablet"]
    assert days[1].notes == (f"From today, use the 20{NB}mg tablets.",)
    assert days[1].changes


def test_a_dose_that_moves_to_another_time_is_told() -> None:
    first, second = date(2026, 11, 23), date(2026, 11, 24)
    days = written(first, second, step(first, second, (time(8), "10")), step(second, None, (time(9), "10")))
    assert days[1].notes == (f"Your doses move today. It is still 10{NB}mg in total.",)
    assert [(cell.column, cell.dose) for cell in days[1].cells] == [
        ("Morning (8am)", None),
        ("Morning (9am)", Mg(Decimal(10))),
    ]


def test_a_day_that_no_step_covers_is_not_called_a_day_without_baclofen() -> None:
    first, second, third = (date(2026, 11, day) for day in (23, 24, 25))
    days = written(first, third, step(first, second, (time(8), "10")), step(third, None, (time(8), "10")))
    assert days[1].none == "No dose is planned. Call your clinic before this day."
    assert days[1].notes == ("No dose is planned from today on. Call your clinic before this day.",)
    assert days[2].notes == (f"Your plan starts today: 10{NB}mg in total.",)


def test_a_time_that_comes_twice_is_taken_once() -> None:
    day = date(2026, 11, 1)
    [found] = written(day, day, step(date(2026, 10, 1), None, (time(1, 30), "10"), (time(8), "10")))
    assert found.notes == (
        "The clocks go back today. Take each dose by the new time.",
        "It is 1:30am twice today: take that dose the first time only.",
    )
    assert not found.changes


def test_a_product_that_is_not_listed_any_more_is_named() -> None:
    day = date(2026, 11, 23)
    old = step(day, None, (time(8), "10"))
    old.product_id = "tablet_old"
    [found] = written(day, day, old)
    assert (found.cells[0].amount, found.cells[0].dose) == ("Baclofen", Mg(Decimal(10)))
