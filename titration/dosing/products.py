"""Products, and what can be made of them: whole parts of a tablet, or a volume of a liquid."""

import re
from dataclasses import dataclass
from decimal import Decimal

from titration.dosing.doses import NBSP, Mg, format_dose, format_ml, format_number
from titration.dosing.errors import DosingError
from titration.dosing.wording import count_words

TABLET = "tablet"
LIQUID = "liquid"

_CUTS = {1: "that are not cut", 2: "cut into halves", 4: "cut into quarters"}
# What was taken is kept to these parts; the mg beside them are exact.
_TABLET_PART, _ML_PART = Decimal("0.01"), Decimal("0.001")
_PARTS = {Decimal("0.25"): "a quarter", Decimal("0.5"): "a half", Decimal("0.75"): "three quarters"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One strength of one form. ``splits`` is the number of parts a tablet may be cut into: 1, 2 or 4; a liquid has 1.

    A product whose fields contradict each other raises DosingError.
    """

    code: str
    name: str
    form: str
    strength: Mg | None
    mg_per_ml: Decimal | None
    strength_words: str
    splits: int
    jurisdictions: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.form == TABLET:
            whole = self.strength is not None and self.strength.value > 0 and self.mg_per_ml is None
            if not whole or self.splits not in _CUTS:
                raise DosingError(f"Tablet {self.code} needs a strength in mg, no mg per mL, and 1, 2 or 4 parts.")
        elif self.form == LIQUID:
            whole = self.mg_per_ml is not None and self.mg_per_ml.is_finite() and self.mg_per_ml > 0
            if not whole or self.strength is not None or self.splits != 1:
                raise DosingError(f"Liquid {self.code} needs mg per mL above 0, no tablet strength, and 1 part.")
        else:
            raise DosingError(f"“{self.form}” of {self.code} is not a form: it must be {TABLET} or {LIQUID}.")

    @property
    def mg_per_tablet(self) -> Decimal:
        """The mg of one tablet; DosingError for a liquid."""
        if self.strength is None:
            raise DosingError(f"{self.name} is a liquid: it has mg per mL and no tablet strength.")
        return self.strength.value

    @property
    def concentration(self) -> Decimal:
        """The mg in one mL; DosingError for a tablet."""
        if self.mg_per_ml is None:
            raise DosingError(f"{self.name} is a tablet: it has a strength and no mg per mL.")
        return self.mg_per_ml


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """How much of a product one dose is: a number of tablets, or a volume in mL; never both."""

    product: Product
    tablets: Decimal | None
    ml: Decimal | None

    def __post_init__(self) -> None:
        counted, other = (self.tablets, self.ml) if self.product.form == TABLET else (self.ml, self.tablets)
        if counted is None or other is not None or not counted.is_finite() or counted <= 0:
            raise DosingError(
                f"A quantity of {self.product.name} is a number above 0 of its own kind and nothing else."
            )

    @property
    def amount(self) -> Mg:
        """The mg in this quantity."""
        if self.tablets is not None:
            return Mg(self.tablets * self.product.mg_per_tablet)
        return Mg((self.ml or Decimal(0)) * self.product.concentration)


class CannotBeMade(DosingError):
    """A dose that is not on the product's grid; ``nearest`` are the doses next to it that are, lowest first."""

    def __init__(self, message: str, nearest: tuple[Mg, ...]) -> None:
        super().__init__(message)
        self.message = message
        self.nearest = nearest


def make(amount: Mg, product: Product, ml_step: Decimal | None = None) -> Quantity:
    """How many tablets or mL are one dose of ``amount``, exactly; ``CannotBeMade`` when the grid does not hold it.

    ``ml_step`` is the smallest volume a liquid is measured in, from the protocol; a liquid without it is a DosingError.
    """
    if product.form == TABLET:
        grid = product.mg_per_tablet / product.splits
    elif ml_step is None or not ml_step.is_finite() or ml_step <= 0:
        raise DosingError(f"{product.name} needs the smallest volume that can be measured, as a number of mL above 0.")
    else:
        grid = product.concentration * ml_step
    parts, rest = divmod(amount.value, grid)
    if rest or not parts:
        raise _refusal(amount, product, ml_step, parts, grid)
    if product.form == TABLET:
        return Quantity(product=product, tablets=parts / product.splits, ml=None)
    return Quantity(product=product, tablets=None, ml=parts * (ml_step or Decimal(0)))


def as_taken(amount: Mg, product: Product) -> Quantity:
    """How much of a product was one dose that somebody really took, to 0.01 tablet or 0.001 mL, whatever the tablet's splits."""
    if product.form == TABLET:
        return Quantity(product=product, tablets=_at_least(amount.value / product.mg_per_tablet, _TABLET_PART), ml=None)
    return Quantity(product=product, tablets=None, ml=_at_least(amount.value / product.concentration, _ML_PART))


def _at_least(exact: Decimal, part: Decimal) -> Decimal:
    return max(exact.quantize(part), part)


def volume_ml(amount: Mg, mg_per_ml: Decimal) -> Decimal:
    """The mL that hold an amount at a strength in mg per mL, not rounded; DosingError for a strength of 0 or less."""
    if not mg_per_ml.is_finite() or mg_per_ml <= 0:
        raise DosingError(f"A strength of {mg_per_ml} mg per mL was read: it must be above 0.")
    return amount.value / mg_per_ml


def quantity_words(quantity: Quantity) -> str:
    """The quantity as it is read aloud: "one and a half 10 mg tablets", "7.5 mL of 5 mg in 5 mL".

    A part that no tablet is cut into stays a number: "0.33 of a 10 mg tablet".
    """
    if quantity.ml is not None:
        return f"{format_ml(quantity.ml)} of {_joined(quantity.product.strength_words)}"
    tablets = quantity.tablets or Decimal(0)
    tablet = f"{format_number(quantity.product.mg_per_tablet)}{NBSP}mg tablet"
    whole, part = divmod(tablets, 1)
    if not part:
        return f"{count_words(int(whole))} {tablet}{'' if whole == 1 else 's'}"
    if part not in _PARTS:
        number = format_number(tablets)
        return f"{number} tablets of {tablet.removesuffix(' tablet')}" if whole else f"{number} of a {tablet}"
    if whole:
        return f"{count_words(int(whole))} and {_PARTS[part].removesuffix('s')} {tablet}s"
    return f"half a {tablet}" if part * 2 == 1 else f"{_PARTS[part]} of a {tablet}"


def _refusal(amount: Mg, product: Product, ml_step: Decimal | None, parts: Decimal, grid: Decimal) -> CannotBeMade:
    nearest = tuple(Mg(grid * count) for count in (parts, parts + 1) if count)
    doses = " and ".join(format_dose(dose) for dose in nearest)
    near = f"The nearest doses are {doses}." if len(nearest) > 1 else f"The nearest dose is {doses}."
    if product.form == TABLET:
        of = f"{format_dose(Mg(product.mg_per_tablet))} tablets {_CUTS[product.splits]}"
    else:
        of = f"{_joined(product.strength_words)} liquid in steps of {format_ml(ml_step or Decimal(0))}"
    return CannotBeMade(f"{format_dose(amount)} cannot be made from {of}. {near}", nearest)


def _joined(words: str) -> str:
    """Each number and its unit held together by a non-breaking space."""
    return re.sub(r"([0-9]) +(mg|mL)\b", rf"\1{NBSP}\2", words)
