"""CAU-1 and CAU-2: signs of possible toxicity in a patient who takes or is about to take baclofen. Both become flags."""

from titration.dosing import code_lists as lists
from titration.dosing.context import about, given
from titration.dosing.doses import format_number
from titration.dosing.judgement import Judgement
from titration.dosing.kidney import round_half_up
from titration.dosing.rules import About, CannotSay, Said, collect, rule


def _signs(j: Judgement, *, falls: bool) -> list[str]:
    """The toxic signs that are recorded, in words: the falls, or every other one."""
    codes = j.protocol.signs
    shown = [codes[code] for code in sorted(j.person.signs) if code in codes and lists.TOXIC in codes[code].lists]
    return [code.label for code in shown if (lists.FALLS in code.lists) is falls]


def _breathes_slowly(j: Judgement) -> bool:
    return bool(j.person.signs & j.protocol.listed(j.protocol.signs, lists.SLOW_BREATHING))


def _doubts(j: Judgement) -> list[str]:
    """Every reason to doubt the kidneys, in words: any estimate counts here, not only the one that decides."""
    below = j.limits("CAU-1").amount("below_ml_min")
    doubts = ["on dialysis"] if j.person.dialysis else []
    low = [one for one in j.panel.estimates if one.value < below]
    doubts += [f"{one.name} {format_number(round_half_up(one.value, 1))} {one.unit}" for one in low]
    if j.panel.unreliable:
        doubts.append(f"creatinine unreliable: {', '.join(j.panel.unreliable)}")
    return doubts


def _emergency(j: Judgement) -> list[str]:
    """What makes an emergency of the signs, in words; empty: nothing that is known."""
    if not given(j).value or not _signs(j, falls=False):
        return []
    return [*_doubts(j), *(["slow breathing counts at any kidney function"] if _breathes_slowly(j) else [])]


@rule("CAU-1")
def toxicity(j: Judgement) -> Said | CannotSay | None:
    """Confusion, new drowsiness, myoclonus or slow breathing is possible toxicity and an emergency with any estimate
    below 60, dialysis, AKI or an unreliable creatinine; slow breathing is one at any kidney function."""
    signs, reasons = _signs(j, falls=False), _emergency(j)
    if reasons:
        return Said(
            because=f"{', '.join(signs)}: possible baclofen toxicity ({'; '.join(reasons)}).",
            about=about(j, otherwise=About.STANDING),
            values=tuple(("Sign", sign) for sign in signs),
        )
    if signs and given(j).value and not j.panel.estimates:
        return CannotSay(
            because=f"{', '.join(signs)}, and no estimate of kidney function can be made from what is recorded: it "
            "cannot be said that this is no emergency."
        )
    return None


@rule("CAU-2")
def toxicity_with_good_kidneys(j: Judgement) -> Said | None:
    """The same signs without any such reason, and new falls at any kidney function: a clinician makes contact within
    4 hours."""
    if not given(j).value:
        return None
    signs = _signs(j, falls=True) + ([] if _emergency(j) else _signs(j, falls=False))
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
