"""The files of test rows that are known: their columns, and how what they expect is computed from what they give."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from titration.dosing import kidney
from titration.dosing.doses import Mg
from titration.dosing.errors import DosingError
from titration.dosing.products import volume_ml
from titration.dosing.schedule import ladder_dates

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorLimits:
    """The cut-offs that rows of stages, bands and titration dates are judged by; they come from a protocol."""

    aki: kidney.AkiCriteria
    band_splits: tuple[int, ...]
    days_between_steps: int


class RowError(DosingError):
    """A row that cannot be read; the text names the column and what it holds."""


def number(column: str, text: str) -> Decimal:
    """A cell as a number in ASCII digits, or a RowError."""
    if not re.fullmatch(_NUMBER, text):
        raise RowError(f"{column} is {text!r}, which is not a number")
    return Decimal(text)


class Given:
    """The cells of one row by column."""

    def __init__(self, cells: Mapping[str, str], limits: VectorLimits) -> None:
        self._cells = cells
        self.limits = limits

    def text(self, column: str) -> str:
        if column not in self._cells:
            raise RowError(f"{column} is not given")
        return self._cells[column]

    def number(self, column: str) -> Decimal:
        return number(column, self.text(column))

    def number_or_none(self, column: str) -> Decimal | None:
        return self.number(column) if self._cells.get(column) else None

    def day(self, column: str) -> date:
        text = self.text(column)
        with suppress(ValueError):
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text)
        raise RowError(f"{column} is {text!r}, which is not a date like 2026-11-22")

    @property
    def mg_dl(self) -> Decimal:
        """Creatinine in mg/dL from whichever unit is given."""
        if (umol := self.number_or_none("creatinine_umol_l")) is not None:
            return kidney.umol_to_mg_dl(umol)
        return self.number("creatinine_mg_dl")

    @property
    def person(self) -> tuple[Decimal, str]:
        """Age in years and sex."""
        return self.number("age_years"), self.text("sex")


Found = Decimal | str
Equation = Callable[[Given], Decimal]
Calculation = Callable[[Given], Mapping[str, Found]]


@dataclass(frozen=True, slots=True)
class Format:
    """The columns of a kind of file, and how the expected ones are computed (None: nothing here computes them).

    ``names`` has blanks between the columns. ``exact``: numbers must be equal without rounding.
    """

    names: str
    compute: Calculation | None
    exact: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.names.split())


def _epi_creatinine(given: Given) -> Decimal:
    return kidney.ckd_epi_2021_creatinine(given.mg_dl, *given.person)


def _epi_cystatin(given: Given) -> Decimal:
    return kidney.ckd_epi_2012_cystatin_c(given.number("cystatin_c_mg_l"), *given.person)


def _epi_combined(given: Given) -> Decimal:
    return kidney.ckd_epi_2021_combined(given.mg_dl, given.number("cystatin_c_mg_l"), *given.person)


def _ideal(given: Given) -> Decimal:
    return kidney.ideal_weight(given.number("height_cm"), given.text("sex"))


def _adjusted(given: Given) -> Decimal:
    return kidney.adjusted_weight(given.number("weight_kg"), given.number("height_cm"), given.text("sex"))


def _cockcroft_gault(weight: Equation) -> Equation:
    return lambda given: kidney.cockcroft_gault(given.mg_dl, *given.person, weight(given))


def _schwartz(given: Given) -> Decimal:
    return kidney.bedside_schwartz(given.mg_dl, given.number("height_cm"))


def _u25_creatinine(given: Given) -> Decimal:
    return kidney.u25_creatinine(given.mg_dl, given.number("height_cm"), *given.person)


def _u25_cystatin(given: Given) -> Decimal:
    return kidney.u25_cystatin_c(given.number("cystatin_c_mg_l"), *given.person)


def _u25_average(given: Given) -> Decimal:
    return kidney.u25_average(_u25_creatinine(given), _u25_cystatin(given))


EQUATIONS: Mapping[str, Equation] = {
    "ckd_epi_2021_creatinine": _epi_creatinine,
    "ckd_epi_2012_cystatin_c": _epi_cystatin,
    "ckd_epi_2021_creatinine_cystatin_c": _epi_combined,
    "cockcroft_gault_actual_weight": _cockcroft_gault(lambda given: given.number("weight_kg")),
    "cockcroft_gault_ideal_weight": _cockcroft_gault(_ideal),
    "cockcroft_gault_adjusted_weight": _cockcroft_gault(_adjusted),
    "schwartz_bedside": _schwartz,
    "ckid_u25_creatinine": _u25_creatinine,
    "ckid_u25_cystatin_c": _u25_cystatin,
    "ckid_u25_average": _u25_average,
}


def _estimate(stem: str, column: str = "expected_ml_min_173") -> Calculation:
    return lambda given: {column: EQUATIONS[stem](given)}


def _clearance(stem: str, column: str, weight: Equation) -> Calculation:
    return lambda given: {column: weight(given), "expected_ml_min": EQUATIONS[stem](given)}


def _bodies(given: Given) -> Mapping[str, Found]:
    size, indexed = (given.number("weight_kg"), given.number("height_cm")), given.number("indexed_ml_min_173")
    dubois, mosteller = kidney.bsa_dubois(*size), kidney.bsa_mosteller(*size)
    return {
        "expected_bsa_dubois_m2": dubois,
        "expected_deindexed_dubois_ml_min": kidney.deindex(indexed, dubois),
        "expected_bsa_mosteller_m2": mosteller,
        "expected_deindexed_mosteller_ml_min": kidney.deindex(indexed, mosteller),
    }


def _with_k(stem: str, k: Callable[[Decimal, str], Decimal]) -> Calculation:
    return lambda given: {"expected_k": k(*given.person), "expected_ml_min_173": EQUATIONS[stem](given)}


def _boundary(given: Given) -> Mapping[str, Found]:
    estimate = _epi_creatinine(given)
    printed = kidney.round_half_up(estimate)
    return {
        "expected_ml_min_173": estimate,
        "expected_reported_integer": printed,
        "expected_g_stage": kidney.g_stage(int(printed)),
        "expected_dose_band": kidney.dose_band(estimate, given.limits.band_splits),
    }


def _aki(given: Given) -> Mapping[str, Found]:
    if (present := given.text("aki_already_present").lower()) not in ("", *_YES, *_NO):
        raise RowError(f"aki_already_present is {present!r}: it must be yes, no or empty")
    result = kidney.aki_stage(
        given.number_or_none("baseline_creatinine"),
        given.number("current_creatinine"),
        given.number_or_none("interval_hours"),
        unit=given.text("unit"),
        age=given.number_or_none("age_years"),
        egfr=given.number_or_none("egfr_ml_min_173"),
        criteria=given.limits.aki,
        already_present=present in _YES,
    )
    return {"expected_stage": "" if result.stage is None else str(result.stage), "expected_label": result.label}


_LADDER = tuple(f"expected_earliest_{daily}_mg_day" for daily in (30, 45, 60, 80))


def _dates(given: Given) -> Mapping[str, Found]:
    dates = ladder_dates(given.day("start_date_15_mg_day"), len(_LADDER), given.limits.days_between_steps)
    return {column: day.isoformat() for column, day in zip(_LADDER, dates, strict=True)}


def _volume(given: Given) -> Mapping[str, Found]:
    return {"expected_volume_ml": volume_ml(Mg(given.number("dose_mg")), given.number("strength_mg_per_ml"))}


_ANCHOR_PARTS = {
    r"({0}) mg/dL": "creatinine_mg_dl",
    r"({0}) umol/L": "creatinine_umol_l",
    r"cystatin C ({0}) mg/L": "cystatin_c_mg_l",
    r"({0}) y": "age_years",
    r"(F|M)": "sex",
    r"({0}) kg": "weight_kg",
    r"({0}) cm": "height_cm",
}


def _anchor(given: Given) -> Mapping[str, Found]:
    cells: dict[str, str] = {}
    for part in given.text("input").split(", "):
        for pattern, column in _ANCHOR_PARTS.items():
            if match := re.fullmatch(pattern.replace("{0}", _NUMBER), part):
                if column in cells:
                    raise RowError(f"input gives {column} twice")
                cells[column] = match[1]
                break
        else:
            raise RowError(f"input has {part!r}, which is not a value with a unit like 1.09 mg/dL")
    if (stem := given.text("equation")) not in EQUATIONS:
        raise RowError(f"equation {stem!r} is not known")
    value = EQUATIONS[stem](Given(cells, given.limits))
    return {"calculated_4dp": value, "published": value}


_CREATININE = "vector_id creatinine_mg_dl age_years sex"
_EGFR = "expected_ml_min_173"
FORMATS: Mapping[str, Format] = {
    "aki_staging.csv": Format(
        "vector_id baseline_creatinine current_creatinine unit interval_hours age_years egfr_ml_min_173"
        " aki_already_present expected_stage expected_label",
        _aki,
    ),
    "bsa_deindexing.csv": Format(
        "vector_id weight_kg height_cm indexed_ml_min_173 expected_bsa_dubois_m2 expected_deindexed_dubois_ml_min"
        " expected_bsa_mosteller_m2 expected_deindexed_mosteller_ml_min",
        _bodies,
    ),
    "ckd_epi_2012_cystatin_c.csv": Format(
        f"vector_id cystatin_c_mg_l age_years sex {_EGFR}", _estimate("ckd_epi_2012_cystatin_c")
    ),
    "ckd_epi_2021_creatinine.csv": Format(f"{_CREATININE} {_EGFR}", _estimate("ckd_epi_2021_creatinine")),
    "ckd_epi_2021_creatinine_cystatin_c.csv": Format(
        f"vector_id creatinine_mg_dl cystatin_c_mg_l age_years sex {_EGFR}",
        _estimate("ckd_epi_2021_creatinine_cystatin_c"),
    ),
    "ckd_epi_2021_creatinine_umol.csv": Format(
        f"vector_id creatinine_umol_l age_years sex {_EGFR}", _estimate("ckd_epi_2021_creatinine")
    ),
    "ckid_u25_creatinine.csv": Format(
        f"{_CREATININE} height_cm expected_k {_EGFR}", _with_k("ckid_u25_creatinine", kidney.u25_k_creatinine)
    ),
    "ckid_u25_cystatin_c.csv": Format(
        f"vector_id cystatin_c_mg_l age_years sex expected_k {_EGFR}",
        _with_k("ckid_u25_cystatin_c", kidney.u25_k_cystatin_c),
    ),
    "cockcroft_gault_actual_weight.csv": Format(
        f"{_CREATININE} weight_kg expected_ml_min", _estimate("cockcroft_gault_actual_weight", "expected_ml_min")
    ),
    "cockcroft_gault_adjusted_weight.csv": Format(
        f"{_CREATININE} weight_kg height_cm expected_adjusted_weight_kg expected_ml_min",
        _clearance("cockcroft_gault_adjusted_weight", "expected_adjusted_weight_kg", _adjusted),
    ),
    "cockcroft_gault_ideal_weight.csv": Format(
        f"{_CREATININE} height_cm expected_ideal_weight_kg expected_ml_min",
        _clearance("cockcroft_gault_ideal_weight", "expected_ideal_weight_kg", _ideal),
    ),
    "gas_t_score.csv": Format("vector_id scores weights expected_t", None),
    "liquid_volume.csv": Format("vector_id dose_mg strength_mg_per_ml expected_volume_ml", _volume, exact=True),
    "published_anchors.csv": Format("source equation input calculated_4dp published", _anchor),
    "pump_refill.csv": Format(
        "vector_id fill_date fill_ml concentration_ug_ml dose_ug_day alarm_residual_ml expected_ml_day"
        " expected_days_to_alarm expected_days_floor expected_alarm_date expected_capped_date expected_book_by"
        " expected_empty_date",
        None,
    ),
    "rounding_boundary.csv": Format(
        f"{_CREATININE} {_EGFR} expected_reported_integer expected_g_stage expected_dose_band", _boundary
    ),
    "schwartz_bedside.csv": Format(f"vector_id creatinine_mg_dl height_cm {_EGFR}", _estimate("schwartz_bedside")),
    "titration_dates.csv": Format(f"vector_id start_date_15_mg_day {' '.join(_LADDER)}", _dates),
}
