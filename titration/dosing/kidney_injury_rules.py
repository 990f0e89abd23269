"""KID-19 to KID-25: a creatinine that moves. Urine output is not recorded, so the urine criteria are not judged."""

from titration.dosing.doses import format_dose, format_number
from titration.dosing.facts import KidneyResult, LabUnit
from titration.dosing.judgement import Judgement
from titration.dosing.kidney import FALLING
from titration.dosing.rules import About, Said, collect, rule
from titration.dosing.wording import format_date


def _level(result: KidneyResult) -> str:
    unit = "µmol/L" if result.unit is LabUnit.UMOL_L else result.unit.value
    return f"{format_number(result.value)} {unit} on {format_date(result.taken_on)}"


def _course(j: Judgement) -> str:
    course = j.panel.course
    if course.newest is None:
        return "No creatinine"
    if course.baseline is None:
        return f"Creatinine {_level(course.newest)}, with no earlier one to compare"
    return f"Creatinine {_level(course.baseline)}, then {_level(course.newest)}"


def _stage(j: Judgement, stage: int, then: str) -> Said | None:
    if j.panel.aki.stage != stage:
        return None
    return Said(because=f"{_course(j)}: {then}", about=About.KIDNEY, values=(("AKI", j.panel.aki.label),))


@rule("KID-19")
def stage_1(j: Judgement) -> Said | None:
    """Acute kidney injury of stage 1 is looked at by a clinician the same day."""
    return _stage(j, 1, "acute kidney injury, stage 1; review today.")


@rule("KID-20")
def stage_2(j: Judgement) -> Said | None:
    """In acute kidney injury of stage 2 a clinician makes contact within 4 hours."""
    return _stage(j, 2, "acute kidney injury, stage 2; contact within 4 hours.")


@rule("KID-21")
def stage_3(j: Judgement) -> Said | None:
    """In acute kidney injury of stage 3 a clinician makes contact within 4 hours."""
    return _stage(j, 3, "acute kidney injury, stage 3; contact within 4 hours.")


@rule("KID-22")
def not_steady(j: Judgement) -> Said | None:
    """In acute kidney injury the newest eGFR is marked "not steady state" and left out of the dose bands, which stay on
    the last steady estimate; accumulation of baclofen is warned of."""
    dose = max(j.dose, j.standing)
    if not j.panel.course.has_aki or not dose.value:
        return None
    steady = j.panel.course.steady
    bands = "no steady estimate exists" if steady is None else f"bands stay on {_level(steady)}"
    return Said(
        because=f"Baclofen {format_dose(dose)} a day may accumulate; the newest eGFR is not steady state and {bands}.",
        about=About.KIDNEY,
    )


@rule("KID-23")
def no_start_in_injury(j: Judgement) -> Said | None:
    """While acute kidney injury is present nothing is started and nothing is increased."""
    if not j.panel.course.has_aki or not j.starts_or_rises:
        return None
    return Said(because=f"{_course(j)}: {j.panel.aki.label} of acute kidney injury is present.", about=About.ORDER)


@rule("KID-24")
def falling(j: Judgement) -> Said | None:
    """A creatinine that reached 1.5 times its baseline or more in over 7 days is shown as "kidney function falling"."""
    if j.panel.aki != FALLING:
        return None
    return Said(because=f"{_course(j)}: kidney function falling.", about=About.KIDNEY)


@rule("KID-25")
def cannot_be_staged(j: Judgement) -> Said | None:
    """Without an earlier creatinine and with an estimate below 60, acute injury "cannot be staged": the creatinine is
    repeated."""
    kidneys, course, lowest = j.facts.kidneys, j.panel.course, j.panel.lowest
    known = course.newest is not None or kidneys.given_estimate is not None
    if j.person.dialysis or kidneys.single_is_steady or not known or course.baseline is not None:
        return None
    if lowest is None or lowest >= j.limits("KID-25").amount("below_ml_min"):
        return None
    return Said(because=f"{_course(j)}: acute injury cannot be staged; repeat it.", about=About.KIDNEY)


RULES = collect((stage_1, stage_2, stage_3, not_steady, no_start_in_injury, falling, cannot_be_staged))
