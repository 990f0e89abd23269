"""What can be made of a product, and how the quantity is said."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from titration.dosing.doses import Mg
from titration.dosing.errors import DosingError
from titration.dosing.products import CannotBeMade, Product, Quantity, as_taken, make, quantity_words, volume_ml

STEP = Decimal("0.1")
NB = "\u00a0"


def mg(text: str) -> Mg:
    return Mg(Decimal(text))


def tablet(strength: str, splits: int = 4) -> Product:
    return Product(
        code=f"tablet-{strength}", name=f"Baclofen {strength} mg tablets", form="tablet", strength=mg(strength),
        mg_per_ml=None, strength_words=f"{strength} mg", splits=splits, jurisdictions=("us",),
    )  # fmt: skip


def liquid(mg_per_ml: str, words: str) -> Product:
    return Product(
        code=f"liquid-{mg_per_ml}", name=f"Baclofen {words}", form="liquid", strength=None,
        mg_per_ml=Decimal(mg_per_ml), strength_words=words, splits=1, jurisdictions=("us",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        ("2.5", "a quarter of a 10_mg tablet"),
        ("5", "half a 10_mg tablet"),
        ("7.5", "three quarters of a 10_mg tablet"),
        ("10", "one 10_mg tablet"),
        ("12.5", "one and a quarter 10_mg tablets"),
        ("15", "one and a half 10_mg tablets"),
        ("17.5", "one and three quarter 10_mg tablets"),
        ("20", "two 10_mg tablets"),
        ("25", "two and a half 10_mg tablets"),
        ("210", "twenty-one 10_mg tablets"),
    ],
)
def test_tablets_are_counted_in_words(dose: str, words: str) -> None:
    quantity = make(mg(dose), tablet("10"))
    assert quantity_words(quantity) == words.replace("_", NB)
    assert quantity.amount == mg(dose)


@pytest.mark.parametrize(
    ("strength", "words", "dose", "said"),
    [
        ("1", "5 mg in 5 mL", "7.5", "7.5_mL of 5_mg in 5_mL"),
        ("2", "10 mg in 5 mL", "15", "7.5_mL of 10_mg in 5_mL"),
        ("5", "25 mg in 5 mL", "10", "2_mL of 25_mg in 5_mL"),
    ],
)
def test_liquids_are_a_volume_of_a_strength(strength: str, words: str, dose: str, said: str) -> None:
    quantity = make(mg(dose), liquid(strength, words), STEP)
    assert quantity_words(quantity) == said.replace("_", NB)
    assert quantity.amount == mg(dose)


@pytest.mark.ui("UI-23")
@pytest.mark.parametrize(
    ("product", "dose", "nearest", "named"),
    [
        (tablet("10"), "12", ("10", "12.5"), "The nearest doses are 10_mg and 12.5_mg."),
        (tablet("10", splits=2), "12.5", ("10", "15"), "The nearest doses are 10_mg and 15_mg."),
        (tablet("10", splits=1), "15", ("10", "20"), "The nearest doses are 10_mg and 20_mg."),
        (tablet("20"), "2.5", ("5",), "The nearest dose is 5_mg."),
        (tablet("15"), "15.01", ("15", "18.75"), "The nearest doses are 15_mg and 18.75_mg."),
        (tablet("5"), "0", ("1.25",), "The nearest dose is 1.25_mg."),
        (liquid("5", "25 mg in 5 mL"), "7.7", ("7.5", "8"), "The nearest doses are 7.5_mg and 8_mg."),
    ],
)
def test_a_dose_off_the_grid_is_refused_with_the_nearest(
    product: Product, dose: str, nearest: tuple[str, ...], named: str
) -> None:
    with pytest.raises(CannotBeMade) as refused:
        make(mg(dose), product, STEP)
    assert refused.value.nearest == tuple(mg(one) for one in nearest)
    assert refused.value.message.endswith(named.replace("_", NB))
    assert refused.value.message.startswith(f"{Decimal(dose)}{NB}mg cannot be made from ")
    assert all(make(one, product, STEP).amount == one for one in refused.value.nearest)


def test_the_refusal_says_how_the_tablet_may_be_cut() -> None:
    for splits, cut in ((1, "that are not cut"), (2, "cut into halves"), (4, "cut into quarters")):
        with pytest.raises(CannotBeMade, match=f"from 10{NB}mg tablets {cut}"):
            make(mg("11"), tablet("10", splits))


@given(
    st.decimals(min_value=0, max_value=Decimal("999.99"), places=2).map(abs),
    st.sampled_from(["5", "10", "15", "20", "25"]),
    st.sampled_from([1, 2, 4]),
)
def test_a_dose_is_made_exactly_or_lies_between_the_nearest(value: Decimal, strength: str, splits: int) -> None:
    product = tablet(strength, splits)
    try:
        quantity = make(Mg(value), product)
    except CannotBeMade as refused:
        gap = [one.value - value for one in refused.nearest]
        assert all(abs(one) < Decimal(strength) / splits or value == 0 for one in gap)
        assert gap[-1] > 0
    else:
        assert quantity.amount == Mg(value)
        assert quantity.tablets is not None
        assert quantity.tablets * splits % 1 == 0


def test_a_liquid_needs_the_smallest_volume() -> None:
    for step in (None, Decimal(0), Decimal("-0.1"), Decimal("NaN")):
        with pytest.raises(DosingError):
            make(mg("5"), liquid("1", "5 mg in 5 mL"), step)


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "granules"}, {"splits": 3}, {"splits": 8}, {"strength": None}, {"strength": Mg(Decimal(0))},
        {"mg_per_ml": Decimal(1)}, {"form": "liquid"}, {"form": "liquid", "strength": None},
        {"form": "liquid", "strength": None, "splits": 1, "mg_per_ml": Decimal(0)},
        {"form": "liquid", "strength": None, "splits": 2, "mg_per_ml": Decimal(1)},
        {"form": "liquid", "splits": 1, "mg_per_ml": Decimal(1)},
    ],
)  # fmt: skip
def test_a_product_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "code": "x", "name": "X", "form": "tablet", "strength": mg("10"), "mg_per_ml": None, "strength_words": "10 mg",
        "splits": 4, "jurisdictions": ("us",),
    }  # fmt: skip
    Product(**fields)
    with pytest.raises(DosingError):
        Product(**(fields | wrong))


def test_a_quantity_is_of_one_kind() -> None:
    for tablets, ml in ((None, None), (Decimal(1), Decimal(1)), (None, Decimal(1)), (Decimal(0), None)):
        with pytest.raises(DosingError):
            Quantity(product=tablet("10"), tablets=tablets, ml=ml)
    with pytest.raises(DosingError):
        Quantity(product=liquid("1", "5 mg in 5 mL"), tablets=Decimal(1), ml=None)


def test_what_was_taken_is_said_even_where_no_tablet_is_cut_so() -> None:
    for mg, words in (("3.3", "0.33 of a 10 mg tablet"), ("13", "1.3 tablets of 10 mg"), ("0.01", "0.01 of a 10 mg tablet"),
                      ("15", "one and a half 10 mg tablets")):  # fmt: skip
        assert quantity_words(as_taken(Mg(Decimal(mg)), tablet("10"))).replace("\u00a0", " ") == words
    assert as_taken(Mg(Decimal("0.37")), liquid("1", "5 mg in 5 mL")).ml == Decimal("0.370")


def test_a_strength_is_asked_of_the_right_form() -> None:
    with pytest.raises(DosingError):
        _ = tablet("10").concentration
    with pytest.raises(DosingError):
        _ = liquid("1", "5 mg in 5 mL").mg_per_tablet


def test_a_volume_is_the_dose_over_the_strength() -> None:
    assert volume_ml(mg("7.5"), Decimal(2)) == Decimal("3.75")
    for wrong in (Decimal(0), Decimal(-1), Decimal("NaN")):
        with pytest.raises(DosingError):
            volume_ml(mg("7.5"), wrong)
