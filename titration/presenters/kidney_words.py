"""How kidney values, units, bands and sources are written on the pages about kidney results."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from titration.dosing.doses import NBSP, format_number
from titration.dosing.facts import Analyte, LabUnit
from titration.dosing.kidney import dose_band, g_stage, mg_dl_to_umol, round_half_up, umol_to_mg_dl
from titration.dosing.panel import Estimate
from titration.dosing.wording import NOT_RECORDED, format_date, format_when
from titration.models import LabSource

ANALYTE_WORDS = {Analyte.CREATININE: "Creatinine", Analyte.CYSTATIN_C: "Cystatin C"}
IN_SENTENCE = {Analyte.CREATININE: "creatinine", Analyte.CYSTATIN_C: "cystatin C"}
UNIT_WORDS = {LabUnit.MG_DL: "mg/dL", LabUnit.UMOL_L: "µmol/L", LabUnit.MG_L: "mg/L"}
SHORT_NAMES = {
    "egfr_cr": "eGFR",
    "deindexed": "De-indexed eGFR",
    "cg": "Cockcroft–Gault",
    "egfr_crcys": "eGFR, creatinine and cystatin C",
    "egfr_cys": "eGFR, cystatin C",
    "u25_cr": "eGFR (CKiD U25)",
    "u25_cys": "eGFR, cystatin C (CKiD U25)",
    "u25_crcys": "eGFR, both (CKiD U25)",
}
_COMPARATORS = {"": "", "<": "< ", "<=": "≤ ", ">": "> ", ">=": "≥ "}
# Laboratories write units in the machine form of UCUM.
_UCUM = {"mL/min/{1.73_m2}": "mL/min/1.73 m²", "mL/min": "mL/min"}
# Decimals shown in each unit. A laboratory may send sixteen; the page of the single result shows them all.
_DECIMALS = {LabUnit.MG_DL: 2, LabUnit.UMOL_L: 0, LabUnit.MG_L: 2}


def value_words(value: Decimal, unit: str, comparator: str = "", *, exact: bool = False) -> str:
    """``1.9 mg/dL``, ``< 0.2 mg/dL``: rounded for reading unless ``exact``, and never rounded to nothing."""
    lab_unit = LabUnit(unit)
    shown = value.normalize()
    rounded = round_half_up(shown, _DECIMALS[lab_unit])
    if not exact and rounded:
        shown = min((shown, rounded), key=lambda one: len(f"{one:f}"))
    return f"{_COMPARATORS[comparator]}{format_number(shown)}{NBSP}{UNIT_WORDS[lab_unit]}"


def other_unit_words(value: Decimal, unit: str, comparator: str = "") -> str:
    """A creatinine in the unit it did not come in (UNIT-7); empty for cystatin C, which has one unit."""
    if unit == LabUnit.UMOL_L:
        return value_words(umol_to_mg_dl(value), LabUnit.MG_DL, comparator)
    if unit == LabUnit.MG_DL:
        return value_words(mg_dl_to_umol(value), LabUnit.UMOL_L, comparator)
    return ""


def shown_estimate(value: Decimal, splits: Sequence[int]) -> Decimal:
    """An estimate with one decimal, or with as many as show on which side of a dose band it lies (KID-6)."""
    places = 1
    while dose_band(round_half_up(value, places), splits) != dose_band(value, splits):
        places += 1
    return round_half_up(value, places)


def estimate_words(one: Estimate, splits: Sequence[int]) -> str:
    """``29.6 mL/min``."""
    return f"{format_number(shown_estimate(one.value, splits))}{NBSP}{one.unit}"


def band_words(value: Decimal, splits: Sequence[int]) -> str:
    """``30 to below 60``, ``60 or more``, ``below 15``: the band of an unrounded estimate, in mL/min."""
    edges = sorted(splits)
    if value < edges[0]:
        return f"below {edges[0]}"
    if value >= edges[-1]:
        return f"{edges[-1]} or more"
    low = max(edge for edge in edges if value >= edge)
    high = min(edge for edge in edges if value < edge)
    return f"{low} to below {high}"


def rounding_note(one: Estimate, splits: Sequence[int]) -> str:
    """Why the printed figure and the dose rules seem to disagree; empty where they do not (KID-6)."""
    if dose_band(Decimal(one.printed), splits) == dose_band(one.value, splits):
        return ""
    shown = format_number(shown_estimate(one.value, splits))
    return (
        f"{shown} is printed as {one.printed} (stage {g_stage(one.printed)}), "
        f"but the dose rules read {shown}: {band_words(one.value, splits)}."
    )


def taken_words(row: Any, zone: str) -> str:
    """``22-Nov-2026 08:30``, or the date with a word about the time."""
    return format_when(row.taken_at, zone) if row.time_known else f"{format_date(row.taken_on)}, time not known"


def held_taken_words(row: Any, zone: str) -> str:
    """The same of a record that was held back; empty when not even a date was read."""
    if row.taken_at is not None:
        return format_when(row.taken_at, zone)
    return f"{format_date(row.taken_on)}, time not known" if row.is_dated else ""


def source_words(row: Any, zone: str) -> str:
    """Who typed the result and when, or that a laboratory sent it, with its code."""
    if row.source == LabSource.LABORATORY:
        code = f", code {row.code}" if row.code else ", code not recorded"
        by = f", decided by {row.author_name}" if row.author_name else ""
        return f"Sent by a laboratory{code}{by}"
    return f"Typed by {author(row)}, {format_when(row.recorded_at, zone)}"


def author(row: Any) -> str:
    """The person behind a row; a row that a job wrote names nobody."""
    return row.author_name or (f"job {row.job}" if row.job else NOT_RECORDED)


def unit_as_sent(unit: str) -> str:
    """A unit of a laboratory as people write it."""
    return _UCUM.get(unit, unit) or NOT_RECORDED


def local(instant: Any, zone: str) -> Any:
    """The clock and calendar of the patient."""
    return instant.astimezone(ZoneInfo(zone))
