"""CAU-1 and CAU-2: signs of possible toxicity in a patient who takes or is about to take baclofen. Both become flags."""

from titration.dosing.context import about, given
from titration.dosing.judgement import Judgement
from titration.dosing.rules import About, CannotSay, Said, collect, rule
from titration.dosing.signs import doubtful_emergency, emergency, toxic


@rule("CAU-1")
def toxicity(j: Judgement) -> Said | CannotSay | None:
    """Confusion, new drowsiness, myoclonus or slow breathing is possible toxicity and an emergency with any estimate
    below 60, dialysis, AKI or an unreliable creatinine; slow breathing is one at any kidney function."""
    signs, reasons = toxic(j, falls=False), emergency(j)
    if reasons:
        return Said(
            because=f"{', '.join(signs)}: possible baclofen toxicity ({'; '.join(reasons)}).",
            about=about(j, otherwise=About.STANDING),
            values=tuple(("Sign", sign) for sign in signs),
        )
    unknown = doubtful_emergency(j)
    return CannotSay(because=unknown) if unknown else None


@rule("CAU-2")
def toxicity_with_good_kidneys(j: Judgement) -> Said | None:
    """The same signs without any such reason, and new falls at any kidney function: a clinician makes contact within
    4 hours."""
    if not given(j).value:
        return None
    signs = toxic(j, falls=True) + ([] if emergency(j) else toxic(j, falls=False))
    if not signs:
        return None
    hours = j.limits("CAU-2").count("within_hours")
    unknown = "" if j.panel.estimates or j.person.dialysis else " Kidney function is not known."
    return Said(
        because=f"{', '.join(signs)}: possible baclofen toxicity; contact within {hours} hours.{unknown}",
        about=about(j, otherwise=About.STANDING),
        values=tuple(("Sign", sign) for sign in signs),
    )


RULES = collect((toxicity, toxicity_with_good_kidneys))
