"""The kidneys of one patient on the chart: the newest result, the one before it, every estimate and which one decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from titration.dosing.facts import Analyte, KidneyResult
from titration.dosing.kidney import round_half_up
from titration.dosing.panel import Estimate, KidneyPanel
from titration.dosing.steadiness import usable
from titration.presenters.kidney_words import shown_estimate

_ANALYTES = {Analyte.CREATININE: "Creatinine", Analyte.CYSTATIN_C: "Cystatin C"}
UNITS = {"umol/L": "µmol/L"}
_WEIGHTS = {"actual": "actual weight", "ideal": "ideal weight", "adjusted": "adjusted weight"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A status of the results, with the sentence that explains it."""

    text: str
    tone: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One eGFR as it is printed, and the day of its sample."""

    value: int
    on: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRow:
    """One line of the table of estimates, as ``_components/estimate-table.html`` takes it."""

    name: str
    value: Decimal
    unit: str
    detail: str
    decides: bool
    why: str
    unreliable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest laboratory value as it was sent."""

    name: str
    comparator: str
    value: Decimal
    unit: str
    on: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kidneys:
    """``none_words`` is empty unless nothing can be shown; ``decides`` is empty on dialysis and without an estimate."""

    latest: Shown | None
    previous: Shown | None
    newest: Newest | None
    decides: str
    deciding_value: Decimal | None
    deciding_unit: str
    why: str
    badges: tuple[Badge, ...]
    estimates: tuple[EstimateRow, ...]
    none_words: str


def kidneys(panel: KidneyPanel, *, results: tuple[KidneyResult, ...], today: date, splits: Sequence[int]) -> Kidneys:
    """What the panel says. ``results`` are the valid ones, oldest first; ``splits`` part the dose bands."""
    latest, previous = _shown(panel, results, today)
    decided = panel.deciding
    on_dialysis = panel.decided_by == "dialysis flag"
    newest = panel.newest
    return Kidneys(
        latest=latest,
        previous=previous,
        newest=None if newest is None else _newest(newest, today),
        decides="" if decided is None or on_dialysis else decided.name,
        deciding_value=None if decided is None or on_dialysis else shown_estimate(decided.value, splits),
        deciding_unit="" if decided is None else decided.unit,
        why=_why(panel, on_dialysis=on_dialysis),
        badges=badges(panel, on_dialysis=on_dialysis),
        estimates=tuple(_row(one, panel, on_dialysis, splits) for one in panel.estimates),
        none_words=_none_words(panel),
    )


def held_words(count: int) -> str:
    """How many laboratory results wait for a person; empty when none does."""
    if not count:
        return ""
    return "1 laboratory result is held back" if count == 1 else f"{count} laboratory results are held back"


def badges(panel: KidneyPanel, *, on_dialysis: bool) -> tuple[Badge, ...]:
    """What speaks against taking the number as it stands, each with its reason in a sentence."""
    if on_dialysis:
        return (Badge(text="Dialysis", tone="act", why="Dialysis is recorded. It decides, whatever the number is."),)
    found = []
    if not panel.steady:
        label = panel.aki.label
        found.append(
            Badge(
                text="Not steady",
                tone="act",
                why=f"Acute kidney injury, {label}: the newest creatinine gives no estimate. The last steady one is used.",
            )
        )
    if panel.unreliable:
        found.append(
            Badge(
                text="Unreliable",
                tone="week",
                why=f"Creatinine may mislead: {', '.join(panel.unreliable)}.",
            )
        )
    if panel.discordant:
        found.append(
            Badge(text="Discordant", tone="week", why="The estimates lie in different dose bands. The lowest decides.")
        )
    return tuple(found)


def _shown(panel: KidneyPanel, results: tuple[KidneyResult, ...], today: date) -> tuple[Shown | None, Shown | None]:
    """The newest two creatinines that give an eGFR, the newest first."""
    found: list[Shown | None] = []
    for result in reversed(usable(results, Analyte.CREATININE)):
        value = panel.indexed_of(result)
        if value is not None:
            found.append(
                Shown(value=int(round_half_up(value)), on=result.taken_on, days=(today - result.taken_on).days)
            )
        if len(found) == 2:
            break
    found += [None, None]
    return found[0], found[1]


def _newest(result: KidneyResult, today: date) -> Newest:
    return Newest(
        name=_ANALYTES[result.analyte],
        comparator=result.comparator,
        value=result.value,
        unit=UNITS.get(result.unit, str(result.unit)),
        on=result.taken_on,
        days=(today - result.taken_on).days,
    )


def _why(panel: KidneyPanel, *, on_dialysis: bool) -> str:
    if on_dialysis:
        return "Dialysis is recorded: it decides, and no dose is suggested from a number."
    if panel.deciding is None:
        return ""
    if len(panel.estimates) == 1:
        return "It is the only estimate that the recorded facts allow."
    return "It is the lowest of the estimates that count."


def _row(one: Estimate, panel: KidneyPanel, on_dialysis: bool, splits: Sequence[int]) -> EstimateRow:
    decides = panel.deciding is one and not on_dialysis
    cystatin_only = one.code in ("egfr_cys", "u25_cys")
    if decides:
        why = _why(panel, on_dialysis=False)
    elif cystatin_only and not panel.unreliable:
        why = "From cystatin C alone: it counts only when creatinine is unreliable."
    else:
        why = "Shown for comparison."
    weight = ""
    if one.weight is not None and one.weight_kg is not None and one.code == "cg":
        weight = f"With {_WEIGHTS[one.weight]}"
    return EstimateRow(
        name=one.name,
        value=shown_estimate(one.value, splits),
        unit=one.unit,
        detail=weight,
        decides=decides,
        why=why,
        unreliable="",
    )


def _none_words(panel: KidneyPanel) -> str:
    if panel.newest is None:
        return "No kidney results recorded yet."
    if panel.estimates:
        return ""
    if panel.newest.comparator:
        return "The newest result is a limit, not a value, so it gives no estimate."
    return (
        "The recorded facts give no estimate: birth date, sex or a height may be missing, or the age is out of range."
    )
