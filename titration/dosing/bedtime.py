"""Moving the larger dose to bedtime: the same product, times and total, and nothing but two doses that change places."""

from collections.abc import Sequence
from datetime import time

from titration.dosing.doses import Mg

Doses = tuple[tuple[time, Mg], ...]


def larger_at_bedtime(doses: Sequence[tuple[time, Mg]]) -> Doses | None:
    """The doses of a day with the largest one at the last time of day, in exchange for the one that was there.

    Of several that are equally large the one nearest before it moves. None: the last one is a largest one already, or
    there is only one.
    """
    ordered = sorted(doses)
    if len(ordered) < 2:
        return None
    amounts = [amount for _, amount in ordered]
    largest = max(amounts)
    if amounts[-1] == largest:
        return None
    place = max(number for number, amount in enumerate(amounts) if amount == largest)
    amounts[place], amounts[-1] = amounts[-1], amounts[place]
    return tuple((at, amount) for (at, _), amount in zip(ordered, amounts, strict=True))
