"""CAU-21 and CAU-22: no benefit although the maximum dose was given its time."""

from datetime import timedelta

from titration.dosing.doses import Mg, format_dose
from titration.dosing.facts import Benefit
from titration.dosing.judgement import Judgement
from titration.dosing.rules import About, CannotSay, Said, collect, rule


def daily_maximum(j: Judgement) -> Mg | None:
    """The daily dose that no MAX rule lets the patient pass; None: no such rule of the protocol applies at this age."""
    found = []
    for rule_id in ("MAX-1", "MAX-2", "MAX-6", "MAX-7"):
        row = j.protocol.rules.get(rule_id)
        if row is None:
            continue
        lowest, below = row.limits.counts.get("from_years"), row.limits.counts.get("below_years")
        # Without an age only the limit for adults is known to be one.
        if j.age is None and below is not None:
            continue
        if j.age is not None and ((lowest is not None and j.age < lowest) or (below is not None and j.age >= below)):
            continue
        found.append(row.limits.mg("daily_mg"))
    by_weight = j.protocol.rules.get("MAX-8")
    if by_weight is not None and j.age is not None and j.age < by_weight.limits.count("below_years"):
        found += [] if j.kg is None else [Mg(by_weight.limits.amount("mg_per_kg") * j.kg)]
    return min(found, default=None)


def days_at(j: Judgement, level: Mg) -> int:
    """Days without a break, up to today, on which the dose in force was this one or a higher one."""
    day, step = j.facts.today, j.current
    while step is not None and step.daily >= level:
        day = step.starts_on
        step = j.in_force(day - timedelta(days=1))
    return (j.facts.today - day).days


def _no_benefit(j: Judgement, rule_id: str) -> Said | CannotSay | None:
    most, weeks = daily_maximum(j), j.limits(rule_id).count("from_weeks")
    if most is None or j.standing < most:
        return None
    days = days_at(j, most)
    if days < weeks * 7 or j.facts.benefit not in (Benefit.NONE, None):
        return None
    if j.facts.benefit is None:
        return CannotSay(because=f"{days // 7} weeks at the maximum dose, and nothing is recorded of the benefit.")
    return Said(
        because=f"No benefit after {days // 7} weeks at the maximum dose ({format_dose(j.standing)} a day): review and "
        "taper.",
        about=About.STANDING,
        values=(("Weeks at the maximum dose", str(days // 7)), ("Maximum", format_dose(most))),
    )


@rule("CAU-21")
def no_benefit_uk(j: Judgement) -> Said | CannotSay | None:
    """No benefit after 6 weeks at the maximum dose asks for a review and a taper."""
    return _no_benefit(j, "CAU-21")


@rule("CAU-22")
def no_benefit_us(j: Judgement) -> Said | CannotSay | None:
    """No benefit after 8 weeks at the maximum dose asks for a review and a taper."""
    return _no_benefit(j, "CAU-22")


RULES = collect((no_benefit_uk, no_benefit_us))
