"""One line for each kidney result: the value in both units, its own estimates, and what speaks against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from titration.dosing.facts import Analyte, KidneyResult
from titration.dosing.kidney import dose_band, g_stage
from titration.dosing.panel import INDEXED, Estimate, KidneyPanel
from titration.dosing.wording import days_ago, format_when
from titration.presenters import kidney_words as words

_ONE_CYSTATIN = ("egfr_cys", "u25_cys")
_WITH_CYSTATIN = (*_ONE_CYSTATIN, "egfr_crcys", "u25_crcys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEstimate:
    """One estimate of one result; ``marks`` say that it is the lowest of the row, or the headline of the clinic."""

    name: str
    value: str
    marks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """``struck`` is empty for a result that counts; otherwise it says what became of it, by whom and why."""

    taken: str
    ago: str
    name: str
    value: str
    other: str
    estimates: tuple[RowEstimate, ...]
    stage: str
    band: str
    notes: tuple[str, ...]
    tags: tuple[Tag, ...]
    source: str
    corrects: str
    struck: str
    correct_url: str


class _Context:
    """What all rows of a page share, worked out once."""

    def __init__(self, record: Any, panel: KidneyPanel | None, rights: frozenset[str]) -> None:
        self.record, self.panel, self.rights = record, panel, rights
        self.zone = record.patient.time_zone
        self.replaced: Mapping[Any, Any] = {row.replaces_id: row for row in record.results if row.replaces_id}
        self.core: dict[str, KidneyResult] = {}
        self.used: frozenset[str] = frozenset()
        self.unsteady: frozenset[str] = frozenset()
        if panel is not None:
            self.core = {one.key: one for one in record.rule_facts().kidneys.results}
            self.used = _used(panel)
            self.unsteady = panel.unsteady


def _used(panel: KidneyPanel) -> frozenset[str]:
    """The results behind the deciding estimate."""
    if panel.deciding is None or panel.decided_by != panel.deciding.code:
        return frozenset()
    code = panel.deciding.code
    parts = [
        None if code in _ONE_CYSTATIN else panel.course.steady,
        panel.cystatin_c if code in _WITH_CYSTATIN else None,
    ]
    return frozenset(one.key for one in parts if one is not None)


def result_rows(record: Any, panel: KidneyPanel | None, rights: frozenset[str]) -> tuple[ResultRow, ...]:
    """All results, newest first. A withdrawal is no line of its own: the line it takes back is struck through."""
    context = _Context(record, panel, rights)
    return tuple(_row(row, context) for row in record.results if not row.entered_in_error)


def _row(row: Any, context: _Context) -> ResultRow:
    result = context.core.get(str(row.pk)) if row.is_valid else None
    estimates = context.panel.of(result) if context.panel is not None and result is not None else ()
    splits = context.record.protocol.splits
    indexed = next((one for one in estimates if one.unit == INDEXED), None)
    lowest = min(estimates, key=lambda one: one.value, default=None)
    after = context.replaced.get(row.pk)
    can_correct = row.is_valid and "log" in context.rights
    return ResultRow(
        taken=words.taken_words(row, context.zone),
        ago=days_ago((context.record.today - row.taken_on).days) if row.taken_on <= context.record.today else "",
        name=words.ANALYTE_WORDS[Analyte(row.analyte)],
        value=words.value_words(row.value, row.unit, row.comparator),
        other=words.other_unit_words(row.value, row.unit, row.comparator),
        estimates=tuple(_estimate(one, lowest, context) for one in estimates),
        stage="" if indexed is None else g_stage(indexed.printed),
        band="" if lowest is None else words.band_words(lowest.value, splits),
        notes=_notes(row, indexed, estimates, context),
        tags=_tags(row, estimates, context),
        source=words.source_words(row, context.zone),
        corrects=row.reason if row.replaces_id else "",
        struck="" if after is None else struck_words(after, context.zone),
        correct_url=reverse("kidney:correct", args=[row.patient_id, row.pk]) if can_correct else "",
    )


def struck_words(after: Any, zone: str) -> str:
    """What became of an entry: ``Withdrawn by Ann, 22-Nov-2026 14:05: another patient's sample``."""
    verb = "Withdrawn" if after.entered_in_error else "Corrected"
    return f"{verb} by {words.author(after)}, {format_when(after.recorded_at, zone)}: {after.reason}"


def _estimate(one: Estimate, lowest: Estimate | None, context: _Context) -> RowEstimate:
    panel = context.panel
    headline = panel is not None and panel.headline is not None and one.code == panel.headline.code
    marks = [word for word, so in (("lowest", one is lowest), ("headline", headline)) if so]
    weight = f" ({one.weight} weight)" if one.code == "cg" and one.weight else ""
    return RowEstimate(
        name=words.SHORT_NAMES.get(one.code, one.name) + weight,
        value=words.estimate_words(one, context.record.protocol.splits),
        marks=", ".join(marks),
    )


def _notes(row: Any, indexed: Estimate | None, estimates: tuple[Estimate, ...], context: _Context) -> tuple[str, ...]:
    if not row.is_valid:
        return ()
    if row.comparator:
        return ("A limit, not a value: it counts as a check and gives no estimate.",)
    if context.panel is None:
        return ("The estimates could not be worked out.",)
    if not estimates:
        return ("No estimate: birth date, sex or height is not recorded, or the age is out of range.",)
    note = "" if indexed is None else words.rounding_note(indexed, context.record.protocol.splits)
    return (note,) if note else ()


def _tags(row: Any, estimates: tuple[Estimate, ...], context: _Context) -> tuple[Tag, ...]:
    key, panel, found = str(row.pk), context.panel, []
    if not row.is_valid or panel is None:
        return ()
    if key in context.used:
        found.append(Tag(text="Decides", tone="lab"))
    if key in context.unsteady:
        found.append(Tag(text="Not steady state", tone="act"))
    current = key in context.used or key in context.unsteady
    if current and panel.unreliable and row.analyte == Analyte.CREATININE:
        found.append(Tag(text="Unreliable", tone="week"))
    if len({dose_band(one.value, context.record.protocol.splits) for one in estimates}) > 1:
        found.append(Tag(text="Discordant", tone="week"))
    if row.comparator:
        found.append(Tag(text="No estimate", tone=""))
    if row.confirmed:
        found.append(Tag(text="Unit confirmed", tone=""))
    return tuple(found)
