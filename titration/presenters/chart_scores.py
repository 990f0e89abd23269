"""Which of a patient's facts are outcome scores, and how the chart names them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from titration.models import FactKind
from titration.presenters.chart_inputs import ChartScore

# Name of the scale, and its answers from none to the worst.
_SCALES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    FactKind.SPASTICITY: ("Spasticity, 0 to 10", tuple(str(number) for number in range(11))),
    FactKind.SPASMS: ("Penn spasm frequency, 0 to 4", ("0", "1", "2", "3", "4")),
    FactKind.TONE: ("Modified Ashworth, 0 to 4", ("0", "1", "1+", "2", "3", "4")),
}


def chart_scores(facts: Iterable[Any]) -> tuple[ChartScore, ...]:
    """The scores that count, by scale and newest first; of two of one scale on one day, the one that was recorded last.

    ``facts`` come newest first, as they are read.
    """
    found: dict[tuple[str, date], ChartScore] = {}
    for fact in facts:
        if fact.is_current and fact.kind in _SCALES:
            name, answers = _SCALES[fact.kind]
            found.setdefault((fact.kind, fact.on_date), ChartScore(fact.on_date, name, fact.answer, answers))
    order = [name for name, _ in _SCALES.values()]
    return tuple(sorted(found.values(), key=lambda score: (order.index(score.scale), -score.on.toordinal())))
