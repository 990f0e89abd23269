"""KID-1 to KID-8: which estimate decides, and what the panel says about it."""

from titration.dosing.context import given
from titration.dosing.doses import format_number
from titration.dosing.judgement import NO_ESTIMATE, Judgement
from titration.dosing.kidney import round_half_up
from titration.dosing.panel import KidneyPanel
from titration.dosing.rules import About, CannotSay, Said, calculation, collect, rule


@rule("KID-4")
def discordant(j: Judgement) -> Said | None:
    """Estimates that lie in different dose bands are shown as disagreeing."""
    if j.person.dialysis or not j.panel.discordant:
        return None
    shown = [(one.name, f"{format_number(round_half_up(one.value, 1))} {one.unit}") for one in j.panel.estimates]
    lowest = j.panel.deciding
    by = "" if lowest is None else f" {lowest.name} decides."
    return Said(because=f"{'; '.join(' '.join(pair) for pair in shown)}.{by}", about=About.KIDNEY, values=tuple(shown))


@rule("KID-5")
def unreliable_creatinine(j: Judgement) -> Said | CannotSay | None:
    """Creatinine counts as unreliable with low muscle mass (spinal cord injury, advanced MS, neuromuscular disease,
    cerebral palsy, amputation, cachexia, a BMI below 18), in pregnancy and in AKI; cystatin C is asked for."""
    if j.person.dialysis:
        return None
    if not j.panel.unreliable:
        return CannotSay(because=j.kidneys_doubtful) if j.kidneys_doubtful and given(j).value else None
    reasons = ", ".join(j.panel.unreliable)
    ask = "" if j.panel.cystatin_c else " Ask for cystatin C."
    return Said(because=f"Creatinine is unreliable: {reasons}.{ask}", about=About.KIDNEY)


@rule("KID-8")
def slightly_reduced(j: Judgement) -> Said | CannotSay | None:
    """From 60 mL/min the standard schedule applies; below 80 the panel notes that a dose about a third lower and
    slower steps may suit."""
    lowest = j.panel.lowest
    limits = j.limits("KID-8")
    if j.person.dialysis:
        return None
    if lowest is None:
        return CannotSay(because=NO_ESTIMATE) if given(j).value else None
    if not limits.amount("from_ml_min") <= lowest < limits.amount("below_ml_min"):
        return None
    return Said(
        because=f"Estimate {format_number(round_half_up(lowest, 1))} mL/min: about one third lower, slower steps may suit.",
        about=About.KIDNEY,
    )


RULES = collect(
    (
        calculation(
            "KID-1",
            "Kidney rules use the lowest estimate there is: eGFR 2021 from creatinine, the same without indexing, "
            "Cockcroft–Gault, and those with cystatin C when it was measured.",
            KidneyPanel.deciding,
        ),
        calculation(
            "KID-2",
            "Cockcroft–Gault is shown first from age 75 and for a BMI below 18 or above 40; eGFR is shown first "
            "otherwise.",
            KidneyPanel.headline,
        ),
        calculation("KID-3", "The eGFR 2021 without indexing is shown first.", KidneyPanel.headline),
        discordant,
        unreliable_creatinine,
        calculation(
            "KID-6",
            "The G stage is read from the rounded eGFR, the dose bands from the estimate with all its decimals.",
            KidneyPanel.indexed,
        ),
        calculation(
            "KID-7",
            "On dialysis the dialysis flag decides whatever the number is, and no dose is suggested.",
            KidneyPanel.decided_by,
        ),
        slightly_reduced,
    )
)
