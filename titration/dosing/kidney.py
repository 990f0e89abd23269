"""Kidney mathematics in Decimal: equations, conversions, stages. Nothing is rounded unless the name says so.

Constants of an equation stand here with their source; limits, bands and cut-offs come in as arguments.
Creatinine is IDMS-traceable and in mg/dL, cystatin C is IFCC-traceable and in mg/L, sex is "F" or "M".
A value that an equation cannot take raises DosingError, a float raises TypeError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from titration.dosing.errors import DosingError

Years = Decimal | int

# Decimal ** Decimal is correctly rounded to these digits, whatever the caller's own context is.
_CONTEXT = Context(prec=34)
_UMOL_PER_MG_DL = Decimal("88.4")  # creatinine, 113.12 g/mol

# KDIGO 2012 and 2024: lowest whole-number eGFR (mL/min/1.73 m²) of each category.
_G_FLOORS = ((90, "G1"), (60, "G2"), (45, "G3a"), (30, "G3b"), (15, "G4"), (0, "G5"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRange:
    """Years for which an equation is used; both ends belong to it."""

    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AkiCriteria:
    """Cut-offs of acute kidney injury. ``rise`` and ``high`` are creatinines by unit, "mg/dL" and "umol/L"."""

    rise: Mapping[str, Decimal]  # at least this within ``rise_hours`` is AKI
    rise_hours: Decimal
    ratios: tuple[Decimal, Decimal, Decimal]  # lowest ratio of stages 1, 2 and 3 within ``ratio_hours``
    ratio_hours: Decimal
    high: Mapping[str, Decimal]  # stage 3 from here on, once AKI is met
    child_under: Decimal  # years below which an eGFR under ``child_egfr`` is stage 3, once AKI is met
    child_egfr: Decimal
    falling_ratio: Decimal  # from here on, after more than ``ratio_hours``, kidney function is falling
    unstaged_below: Decimal  # an estimate below this without a baseline cannot be staged


@dataclass(frozen=True, slots=True)
class AkiStage:
    """Stage 0 (none) to 3, or None with a label that says why no stage applies."""

    stage: int | None
    label: str


NO_AKI = AkiStage(0, "none")
CANNOT_BE_STAGED = AkiStage(None, "cannot be staged")
FALLING = AkiStage(None, "kidney function falling")


def ckd_epi_2021_creatinine(mg_dl: Decimal, age: Years, sex: str, *, ages: AgeRange | None = None) -> Decimal:
    """EGFR in mL/min/1.73 m² from creatinine (Inker 2021); DosingError when the age is outside ``ages``."""
    with localcontext(_CONTEXT):
        kappa, alpha, factor = _by_sex(sex, ("0.7", "-0.241", "1.012"), ("0.9", "-0.302", "1"))
        low, high = _branches(_positive(mg_dl, "creatinine") / kappa)
        return 142 * low**alpha * high ** Decimal("-1.200") * Decimal("0.9938") ** _years(age, ages) * factor


def ckd_epi_2012_cystatin_c(mg_l: Decimal, age: Years, sex: str, *, ages: AgeRange | None = None) -> Decimal:
    """EGFR in mL/min/1.73 m² from cystatin C (Inker 2012, age constant 0.996 as the NKF prints it)."""
    with localcontext(_CONTEXT):
        (factor,) = _by_sex(sex, ("0.932",), ("1",))
        low, high = _branches(_positive(mg_l, "cystatin C") / Decimal("0.8"))
        power = low ** Decimal("-0.499") * high ** Decimal("-1.328")
        return 133 * power * Decimal("0.996") ** _years(age, ages) * factor


def ckd_epi_2021_combined(
    mg_dl: Decimal, mg_l: Decimal, age: Years, sex: str, *, ages: AgeRange | None = None
) -> Decimal:
    """EGFR in mL/min/1.73 m² from creatinine and cystatin C together (Inker 2021)."""
    with localcontext(_CONTEXT):
        kappa, alpha, factor = _by_sex(sex, ("0.7", "-0.219", "0.963"), ("0.9", "-0.144", "1"))
        low, high = _branches(_positive(mg_dl, "creatinine") / kappa)
        low_c, high_c = _branches(_positive(mg_l, "cystatin C") / Decimal("0.8"))
        creatinine = low**alpha * high ** Decimal("-0.544")
        cystatin = low_c ** Decimal("-0.323") * high_c ** Decimal("-0.778")
        return 135 * creatinine * cystatin * Decimal("0.9961") ** _years(age, ages) * factor


def cockcroft_gault(mg_dl: Decimal, age: Years, sex: str, kg: Decimal) -> Decimal:
    """Creatinine clearance in mL/min (Cockcroft and Gault 1976) for the weight given, which the caller has chosen."""
    with localcontext(_CONTEXT):
        (factor,) = _by_sex(sex, ("0.85",), ("1",))
        remaining = 140 - _years(age, None)
        if remaining <= 0:
            raise DosingError(f"Age {age} gives no creatinine clearance: the equation is for ages below 140.")
        return remaining * _positive(kg, "weight in kg") / (72 * _positive(mg_dl, "creatinine")) * factor


def ideal_weight(cm: Decimal, sex: str) -> Decimal:
    """Ideal body weight in kg (Devine 1974), continued in a straight line below 152.4 cm."""
    kg = _devine(cm, sex)
    if kg <= 0:
        raise DosingError(f"A height of {cm} cm gives no ideal weight: the formula is below zero there.")
    return kg


def adjusted_weight(kg: Decimal, cm: Decimal, sex: str) -> Decimal:
    """Adjusted body weight in kg: the ideal one and 0.4 of the difference to the actual one."""
    with localcontext(_CONTEXT):
        ideal = ideal_weight(cm, sex)
        return ideal + Decimal("0.4") * (_positive(kg, "weight in kg") - ideal)


def cockcroft_gault_weight(kg: Decimal, cm: Decimal | None, sex: str, switch: Decimal) -> tuple[Decimal, str]:
    """The weight for Cockcroft–Gault in kg, and which it is: "actual", "ideal" or "adjusted".

    Actual below the ideal weight, ideal up to ``switch`` times it (1.3 for 130 %), adjusted above. Without
    a height, or with one too small for an ideal weight, it is the actual one.
    """
    _positive(kg, "weight in kg")
    if cm is None:
        return kg, "actual"
    with localcontext(_CONTEXT):
        ideal = _devine(cm, sex)
        if ideal <= 0 or kg < ideal:
            return kg, "actual"
        if kg <= switch * ideal:
            return ideal, "ideal"
        return adjusted_weight(kg, cm, sex), "adjusted"


def bedside_schwartz(mg_dl: Decimal, cm: Decimal) -> Decimal:
    """EGFR of a child in mL/min/1.73 m² (Schwartz 2009, constant 0.413)."""
    with localcontext(_CONTEXT):
        return Decimal("0.413") * _positive(cm, "height in cm") / _positive(mg_dl, "creatinine")


def u25_k_creatinine(age: Years, sex: str, *, ages: AgeRange | None = None) -> Decimal:
    """K of the CKiD U25 creatinine equation (Pierce 2021) at a decimal age."""
    with localcontext(_CONTEXT):
        years = _years(age, ages)
        base, slope, adult = _by_sex(sex, ("36.1", "1.023", "41.4"), ("39.0", "1.045", "50.8"))
        return adult if years >= 18 else base * (Decimal("1.008") if years < 12 else slope) ** (years - 12)


def u25_k_cystatin_c(age: Years, sex: str, *, ages: AgeRange | None = None) -> Decimal:
    """K of the CKiD U25 cystatin C equation (Pierce 2021) at a decimal age."""
    with localcontext(_CONTEXT):
        years = _years(age, ages)
        turn, base, before, after, adult = _by_sex(
            sex, ("12", "79.9", "1.004", "0.974", "68.3"), ("15", "87.2", "1.011", "0.960", "77.1")
        )
        return adult if years >= 18 else base * (before if years < turn else after) ** (years - turn)


def u25_creatinine(mg_dl: Decimal, cm: Decimal, age: Years, sex: str, *, ages: AgeRange | None = None) -> Decimal:
    """EGFR in mL/min/1.73 m² of a child or young adult from creatinine and height in cm (CKiD U25)."""
    with localcontext(_CONTEXT):
        metres = _positive(cm, "height in cm") / 100
        return u25_k_creatinine(age, sex, ages=ages) * metres / _positive(mg_dl, "creatinine")


def u25_cystatin_c(mg_l: Decimal, age: Years, sex: str, *, ages: AgeRange | None = None) -> Decimal:
    """EGFR in mL/min/1.73 m² of a child or young adult from cystatin C (CKiD U25)."""
    return _CONTEXT.divide(u25_k_cystatin_c(age, sex, ages=ages), _positive(mg_l, "cystatin C"))


def u25_average(from_creatinine: Decimal, from_cystatin_c: Decimal) -> Decimal:
    """The mean of both CKiD U25 estimates, which the study group advises when both exist."""
    return _CONTEXT.divide(_CONTEXT.add(from_creatinine, from_cystatin_c), Decimal(2))


def bsa_dubois(kg: Decimal, cm: Decimal) -> Decimal:
    """Body surface area in m² (DuBois and DuBois 1916)."""
    with localcontext(_CONTEXT):
        size = _positive(kg, "weight in kg") ** Decimal("0.425") * _positive(cm, "height in cm") ** Decimal("0.725")
        return Decimal("0.007184") * size


def bsa_mosteller(kg: Decimal, cm: Decimal) -> Decimal:
    """Body surface area in m² (Mosteller 1987)."""
    with localcontext(_CONTEXT):
        return (_positive(kg, "weight in kg") * _positive(cm, "height in cm") / 3600).sqrt()


def deindex(egfr: Decimal, bsa: Decimal) -> Decimal:
    """An estimate in mL/min for this body, from one in mL/min/1.73 m² and the body surface area in m²."""
    return _CONTEXT.divide(_CONTEXT.multiply(egfr, _positive(bsa, "body surface area in m²")), Decimal("1.73"))


def umol_to_mg_dl(umol_l: Decimal) -> Decimal:
    """Creatinine in mg/dL from µmol/L."""
    return _CONTEXT.divide(_positive(umol_l, "creatinine"), _UMOL_PER_MG_DL)


def mg_dl_to_umol(mg_dl: Decimal) -> Decimal:
    """Creatinine in µmol/L from mg/dL."""
    return _CONTEXT.multiply(_positive(mg_dl, "creatinine"), _UMOL_PER_MG_DL)


def round_half_up(value: Decimal, places: int = 0) -> Decimal:
    """The value at so many decimals, a half going up, as laboratories print it."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_CONTEXT)


def g_stage(rounded: int) -> str:
    """The KDIGO GFR category of an estimate that was rounded to a whole number, so that it matches the laboratory."""
    if not isinstance(rounded, int):
        raise TypeError(f"g_stage takes the rounded whole number, not {type(rounded).__name__}.")
    for floor, stage in _G_FLOORS:
        if rounded >= floor:
            return stage
    raise DosingError(f"An estimate of {rounded} has no stage: it must be 0 or more.")


def dose_band(value: Decimal, splits: Sequence[Decimal | int]) -> str:
    """The dose band of an unrounded estimate, named by the protocol's splits: ">=60", "30-59", "15-29", "<15"."""
    floors = sorted(map(Decimal, splits), reverse=True)
    for place, floor in enumerate(floors):
        if value >= floor:
            return f"{floor}-{floors[place - 1] - 1}" if place else f">={floor}"
    return f"<{floors[-1]}"


def aki_stage(
    baseline: Decimal | None,
    current: Decimal,
    hours: Decimal | None,
    *,
    unit: str,
    age: Years | None,
    egfr: Decimal | None,
    criteria: AkiCriteria,
    already_present: bool = False,
) -> AkiStage:
    """KDIGO stage by creatinine: both values in ``unit``, ``hours`` apart, every limit inclusive.

    ``egfr`` is that of ``current``; ``already_present``: AKI was met before, so stage 3 by level alone is open.
    """
    _positive(current, "creatinine")
    if unit not in criteria.rise or (hours is not None and hours < 0):
        raise DosingError(f"{hours} hours in “{unit}” were read: hours are 0 or more, the unit mg/dL or umol/L.")
    rise, ratio = Decimal(0), Decimal(1)
    if baseline is not None:
        with localcontext(_CONTEXT):
            rise, ratio = current - _positive(baseline, "baseline creatinine"), current / baseline
    one, two, three = criteria.ratios
    risen = rise >= criteria.rise[unit]
    quick = risen and hours is not None and hours <= criteria.rise_hours
    within = ratio if hours is not None and hours <= criteria.ratio_hours else Decimal(1)
    if quick or within >= one or already_present:
        child = age is not None and age < criteria.child_under and egfr is not None and egfr < criteria.child_egfr
        worst = within >= three or current >= criteria.high[unit] or child
        stage = 3 if worst else 2 if within >= two else 1 if quick or within >= one else 0
        if stage:
            return AkiStage(stage, f"stage {stage}")
    if baseline is None:
        return CANNOT_BE_STAGED if egfr is None or egfr < criteria.unstaged_below else NO_AKI
    if hours is None:
        return CANNOT_BE_STAGED if risen or ratio >= one else NO_AKI
    return FALLING if ratio >= criteria.falling_ratio and hours > criteria.ratio_hours else NO_AKI


def _devine(cm: Decimal, sex: str) -> Decimal:
    with localcontext(_CONTEXT):
        (base,) = _by_sex(sex, ("45.5",), ("50",))
        return base + Decimal("2.3") * (_positive(cm, "height in cm") / Decimal("2.54") - 60)


def _positive(value: Decimal, what: str) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"The {what} must be a Decimal, not {type(value).__name__}.")
    if not value.is_finite() or value <= 0:
        raise DosingError(f"The {what} was read as {value}: it must be a number above 0.")
    return value


def _years(age: Years, ages: AgeRange | None) -> Decimal:
    if not isinstance(age, Decimal | int) or isinstance(age, bool):
        raise TypeError(f"The age must be a Decimal or a whole number, not {type(age).__name__}.")
    years = Decimal(age)
    if not years.is_finite() or years < 0:
        raise DosingError(f"The age was read as {age}: it must be 0 or more years.")
    if ages is not None and not ages.lowest <= years <= ages.highest:
        raise DosingError(
            f"Age {age} is outside {ages.lowest} to {ages.highest} years: this equation gives no estimate."
        )
    return years


def _by_sex(sex: str, female: tuple[str, ...], male: tuple[str, ...]) -> tuple[Decimal, ...]:
    if sex not in ("F", "M"):
        raise DosingError(f"“{sex}” is not a sex that the equations know: it must be F or M.")
    return tuple(Decimal(constant) for constant in (female if sex == "F" else male))


def _branches(ratio: Decimal) -> tuple[Decimal, Decimal]:
    """The two arms of a CKD-EPI equation: the ratio up to 1, and the ratio from 1 on."""
    return min(ratio, Decimal(1)), max(ratio, Decimal(1))
