"""A plan that comes down: its rows worked out from a pace that somebody typed, and what is needed to take it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from titration.dosing.doses import Mg, format_dose, format_total
from titration.dosing.errors import DosingError
from titration.dosing.products import CannotBeMade, Product, make
from titration.dosing.wording import format_date

Slots = tuple[tuple[time, Mg], ...]
_NOTHING = Decimal(0)
_MINUS = "\u2212"


class TaperRefused(DosingError):
    """A plan that cannot be worked out. ``about`` is what to change: ``to``, ``reduce_by``, ``every_days`` or ``slots``."""

    def __init__(self, message: str, about: str) -> None:
        super().__init__(message)
        self.message = message
        self.about = about


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperRow:
    """The doses of a day from a day on, in the order of the day; no slots: no baclofen any more."""

    starts_on: date
    slots: Slots

    @property
    def daily(self) -> Mg:
        return total_of(self.slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``reduce_by`` a day, every so many calendar days, down to ``to`` a day; ``latest`` is the last day a row may begin."""

    to: Mg
    reduce_by: Mg
    every_days: int
    starts_on: date
    latest: date
    rows_at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What a plan uses up in so many days: mg, and tablets or mL of its product (the other is None)."""

    days: int
    total: Mg
    tablets: Decimal | None
    ml: Decimal | None


def total_of(slots: Slots) -> Mg:
    """The mg of one day."""
    return Mg(sum((amount.value for _, amount in slots), _NOTHING))


def build(slots: Slots, pace: Pace, product: Product, ml_step: Decimal) -> tuple[TaperRow, ...]:
    """The rows of a plan from ``slots`` down; ``ml_step`` is the smallest mL a liquid is measured in. Raises TaperRefused.

    One dose of the day comes down at a time, the earliest first, then the next one, and round again. The last reduction is
    as small as is left to do.
    """
    _check_pace(total_of(slots), pace, product, ml_step)
    rows: list[TaperRow] = []
    amounts, turn = [amount.value for _, amount in slots], 0
    while (daily := sum(amounts, _NOTHING)) > pace.to.value:
        left = min(pace.reduce_by.value, daily - pace.to.value)
        while left:
            cut = min(left, amounts[turn])
            amounts[turn] -= cut
            left -= cut
            turn = (turn + 1) % len(amounts)
        kept = tuple((at, Mg(value)) for (at, _), value in zip(slots, amounts, strict=True) if value)
        rows.append(TaperRow(starts_on=pace.starts_on + timedelta(days=pace.every_days * len(rows)), slots=kept))
    return tuple(rows)


def _check_pace(daily: Mg, pace: Pace, product: Product, ml_step: Decimal) -> None:
    """Refuse what has no end, what does not come down, and what the product cannot make."""
    if pace.to >= daily:
        raise TaperRefused(
            f"The plan comes down from {format_total(daily)} a day, so it must end below that. "
            f"{format_total(pace.to)} a day was read.",
            "to",
        )
    if not pace.reduce_by.value:
        raise TaperRefused("Reduce by more than 0 mg a day.", "reduce_by")
    if pace.every_days < 1:
        raise TaperRefused("Wait at least 1 day before the next reduction.", "every_days")
    for about, amount in (("reduce_by", pace.reduce_by), ("to", pace.to)):
        if amount.value:
            _check_made(amount, product, ml_step, about)
    count = int(((daily - pace.to).value / pace.reduce_by.value).to_integral_value(ROUND_CEILING))
    if count > pace.rows_at_most:
        raise TaperRefused(
            f"This pace makes {count} steps, and a plan has at most {pace.rows_at_most}. Reduce by more at a time, or end at "
            "a higher dose and plan the rest later.",
            "reduce_by",
        )
    if (pace.latest - pace.starts_on).days < pace.every_days * (count - 1):
        raise TaperRefused(
            f"At this pace the last step begins after {format_date(pace.latest)}, which is further ahead than a plan is "
            "signed. Wait fewer days, or end at a higher dose and plan the rest later.",
            "every_days",
        )


def _check_made(amount: Mg, product: Product, ml_step: Decimal, about: str) -> None:
    try:
        make(amount, product, ml_step)
    except CannotBeMade as cannot:
        raise TaperRefused(cannot.message, about) from cannot


def last_is_smaller(first: Mg, rows: Sequence[TaperRow]) -> bool:
    """The last reduction takes away less than the one before it. ``first`` is the daily dose that the rows come down from."""
    dailies = [first, *(row.daily for row in rows)]
    cuts = [before.value - after.value for before, after in pairwise(dailies)]
    return len(cuts) > 1 and _NOTHING < cuts[-1] < cuts[-2]


def out_of_order(first: Mg, rows: Sequence[TaperRow]) -> Iterator[tuple[int, str]]:
    """What no plan that comes down can be, as (place of the row, sentence)."""
    before, day = first, None
    for place, row in enumerate(rows):
        if row.daily > before:
            yield (
                place,
                f"{format_total(row.daily)} a day is more than the {format_total(before)} before it. A reducing plan never goes up.",
            )
        if day is not None and row.starts_on <= day:
            yield place, f"This step begins on {format_date(row.starts_on)}, not after the one before it."
        if not row.slots and place < len(rows) - 1:
            yield place, "No baclofen is taken from this step on, so no step can follow it."
        before, day = row.daily, row.starts_on


def needed(rows: Sequence[TaperRow], product: Product, ml_step: Decimal, *, last_days: int) -> Needed:
    """What the rows use up. A last row that goes on is counted for ``last_days``. CannotBeMade names a dose that is not made.

    Parts of tablets are kept and used: the tablets of all days are added up before anybody rounds them.
    """
    days, total, units = 0, _NOTHING, _NOTHING
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        if not row.slots:
            continue
        lasts = last_days if following is None else (following.starts_on - row.starts_on).days
        made = [make(amount, product, ml_step) for _, amount in row.slots]
        days += lasts
        total += lasts * row.daily.value
        units += lasts * sum(((one.tablets or _NOTHING) + (one.ml or _NOTHING) for one in made), _NOTHING)
    liquid = product.mg_per_ml is not None
    return Needed(days=days, total=Mg(total), tablets=None if liquid else units, ml=units if liquid else None)


def change_words(before: Mg, after: Mg) -> str:
    """The change of one row: ``−5 mg``, or ``no change``."""
    if before == after:
        return "no change"
    return f"+{format_dose(after - before)}" if after > before else f"{_MINUS}{format_dose(before - after)}"
