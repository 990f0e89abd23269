"""KID-9 to KID-18: what a daily dose means at an estimate. Dialysis decides before any number."""

from titration.dosing.doses import Mg, format_dose, format_number
from titration.dosing.judgement import NO_DIALYSIS, NO_ESTIMATE, Judgement, too_soon
from titration.dosing.kidney import round_half_up
from titration.dosing.protocol_data import Limits
from titration.dosing.rules import CannotSay, Said, collect, rule


def in_band(j: Judgement, limits: Limits) -> bool:
    """Whether the deciding estimate lies between the rule's two numbers; never on dialysis, never when unknown."""
    lowest = j.panel.lowest
    if j.person.dialysis or lowest is None:
        return False
    from_, below = limits.decimals.get("from_ml_min"), limits.decimals.get("below_ml_min")
    return (from_ is None or lowest >= from_) and (below is None or lowest < below)


def _unknown(j: Judgement) -> CannotSay | None:
    """What to answer when a dose is given or ordered and nothing is known of the kidneys."""
    if not j.dose.value or j.person.dialysis or j.panel.lowest is not None:
        return None
    return CannotSay(because=NO_ESTIMATE)


def _dialysis_unknown(j: Judgement) -> CannotSay | None:
    """What to answer when a dose would be too much on dialysis."""
    return CannotSay(because=NO_DIALYSIS) if j.person.dialysis is None and j.dose.value else None


def _estimate(j: Judgement) -> str:
    if j.person.dialysis:
        return "On dialysis"
    lowest, deciding = j.panel.lowest, j.panel.deciding
    if lowest is None or deciding is None:
        return "Kidney function not known"
    return f"{deciding.name} {format_number(round_half_up(lowest, 1))} mL/min"


def _said(j: Judgement, then: str) -> Said:
    return Said(
        because=f"{_estimate(j)} and {format_dose(j.dose)} a day: {then}",
        about=j.about,
        values=(("Daily dose", format_dose(j.dose)), ("Decided by", j.panel.decided_words)),
    )


def _to(j: Judgement, limits: Limits) -> bool:
    return Mg(limits.amount("to_daily_mg")) >= j.dose and bool(j.dose.value)


def _above(j: Judgement, limits: Limits) -> bool:
    return j.dose > limits.mg("above_daily_mg")


@rule("KID-9")
def half_the_dose(j: Judgement) -> Said | CannotSay | None:
    """From 30 to below 60 mL/min a dose above 5 mg a day asks to think of about half the usual dose, to start with
    7.5 mg a day or less, to review the need, and not to stop suddenly."""
    limits = j.limits("KID-9")
    if not in_band(j, limits) or not _above(j, limits):
        return _unknown(j)
    start = format_dose(limits.mg("start_daily_mg"))
    return _said(j, f"think of about half the usual dose, start at most {start} a day; do not stop suddenly.")


@rule("KID-10")
def slower_increase(j: Judgement) -> Said | CannotSay | None:
    """From 30 to below 60 mL/min an increase waits a week or longer."""
    limits = j.limits("KID-10")
    return too_soon(j, limits.count("wait_days")) if in_band(j, limits) else _unknown(j)


@rule("KID-11")
def risk_below_66(j: Judgement) -> Said | CannotSay | None:
    """Below 60 mL/min and not on dialysis, 20 mg a day or more raises the risk of encephalopathy; this rule is for
    ages below 66."""
    limits = j.limits("KID-11")
    # Without a birth date the stricter KID-12 speaks.
    if j.age is None or j.age >= limits.count("below_years"):
        return None
    if not in_band(j, limits) or j.dose < limits.mg("from_daily_mg"):
        return _unknown(j)
    return _said(j, f"raised risk of encephalopathy from {format_dose(limits.mg('from_daily_mg'))} a day.")


@rule("KID-12")
def risk_from_66(j: Judgement) -> Said | CannotSay | None:
    """Below 60 mL/min and not on dialysis, 20 mg a day or more from age 66 asks for a documented reason; KID-11 is
    then not raised."""
    limits = j.limits("KID-12")
    if j.age is not None and j.age < limits.count("from_years"):
        return None
    if not in_band(j, limits) or j.dose < limits.mg("from_daily_mg"):
        return _unknown(j)
    age = "age not recorded" if j.age is None else f"age {j.age}"
    return _said(j, f"raised risk of encephalopathy at {age}; a documented reason is needed.")


@rule("KID-13")
def avoid_if_possible(j: Judgement) -> Said | CannotSay | None:
    """From 15 to below 30 mL/min even 5 mg a day or less is avoided where possible; a specialist is asked."""
    limits = j.limits("KID-13")
    if not in_band(j, limits) or not _to(j, limits):
        return _unknown(j)
    return _said(j, "avoid if possible, with specialist input.")


@rule("KID-14")
def too_much_below_30(j: Judgement) -> Said | CannotSay | None:
    """From 15 to below 30 mL/min an order above 5 mg a day needs a reason; a dose in force is reviewed the same day
    and comes down by taper. KID-13 is then not raised."""
    limits = j.limits("KID-14")
    if not in_band(j, limits) or not _above(j, limits):
        return _unknown(j)
    return _said(j, f"above {format_dose(limits.mg('above_daily_mg'))} a day; review today, lower by taper.")


@rule("KID-15")
def benefit_below_15(j: Judgement) -> Said | CannotSay | None:
    """Below 15 mL/min without dialysis any dose needs a benefit that outweighs the risk, and is about 5 mg a day."""
    limits = j.limits("KID-15")
    if not in_band(j, limits) or not _to(j, limits):
        return _unknown(j)
    return _said(j, "only if the benefit outweighs the risk.")


@rule("KID-16")
def dialysis(j: Judgement) -> Said | CannotSay | None:
    """On dialysis baclofen is avoided; a specialist who decides otherwise gives about 5 mg a day (labels) or 2.5 mg
    a day (Cheong)."""
    if j.person.dialysis is None and j.dose.value:
        return CannotSay(because=NO_DIALYSIS)
    limits = j.limits("KID-16")
    if not j.person.dialysis or not _to(j, limits):
        return None
    low, high = format_dose(limits.mg("lower_daily_mg")), format_dose(limits.mg("to_daily_mg"))
    return _said(j, f"avoid; only a specialist overrides, with about {high} (labels) or {low} (Cheong) a day.")


@rule("KID-17")
def too_much_below_15(j: Judgement) -> Said | CannotSay | None:
    """Below 15 mL/min or on dialysis an order above 5 mg a day is the highest level and is never passed in silence;
    a dose in force is reviewed the same day. KID-15 and KID-16 are then not raised."""
    limits = j.limits("KID-17")
    if not _above(j, limits):
        return _unknown(j)
    if not (j.person.dialysis or in_band(j, limits)):
        return _unknown(j) or _dialysis_unknown(j)
    return _said(j, f"above {format_dose(limits.mg('above_daily_mg'))} a day; review today with a specialist.")


@rule("KID-18")
def daily_mental_state(j: Judgement) -> Said | CannotSay | None:
    """Below 30 mL/min or on dialysis the mental state is looked at every day for the first 3 to 4 days or longer
    after a start or an increase."""
    if j.order is not None and not j.starts_or_rises:
        return None
    limits = j.limits("KID-18")
    if not (j.person.dialysis or in_band(j, limits)) or not j.dose.value:
        return _unknown(j) or _dialysis_unknown(j)
    days = f"{limits.count('from_days')} to {limits.count('to_days')} days"
    return _said(j, f"check the mental state every day for at least the first {days} after a start or increase.")


RULES = collect(
    (
        half_the_dose,
        slower_increase,
        risk_below_66,
        risk_from_66,
        avoid_if_possible,
        too_much_below_30,
        benefit_below_15,
        dialysis,
        too_much_below_15,
        daily_mental_state,
    )
)
