"""Signs that a patient shows: those of toxicity, with what makes an emergency of them, and those of withdrawal."""

from titration.dosing import code_lists as lists
from titration.dosing.context import given
from titration.dosing.doses import format_number
from titration.dosing.judgement import Judgement
from titration.dosing.kidney import round_half_up


def _shown(j: Judgement, *listed: str) -> list[str]:
    """The signs on record that belong to every one of these lists, in words."""
    codes = j.protocol.signs
    found = [codes[code] for code in sorted(j.person.signs) if code in codes]
    return [code.label for code in found if set(listed) <= code.lists]


def toxic(j: Judgement, *, falls: bool) -> list[str]:
    """The toxic signs that are recorded, in words: the falls, or every other one."""
    fallen = _shown(j, lists.TOXIC, lists.FALLS)
    return fallen if falls else [label for label in _shown(j, lists.TOXIC) if label not in fallen]


def withdrawal(j: Judgement, *, in_reduction: bool = False) -> list[str]:
    """The signs of withdrawal that are recorded, in words; ``in_reduction``: only those that count while a dose falls."""
    return _shown(j, lists.WITHDRAWAL, *([lists.WITHDRAWAL_IN_REDUCTION] if in_reduction else []))


def _doubts(j: Judgement) -> list[str]:
    """Every reason to doubt the kidneys, in words: any estimate counts here, not only the one that decides."""
    below = j.limits("CAU-1").amount("below_ml_min")
    doubts = ["on dialysis"] if j.person.dialysis else []
    low = [one for one in j.panel.estimates if one.value < below]
    doubts += [f"{one.name} {format_number(round_half_up(one.value, 1))} {one.unit}" for one in low]
    if j.panel.unreliable:
        doubts.append(f"creatinine unreliable: {', '.join(j.panel.unreliable)}")
    return doubts


def emergency(j: Judgement) -> list[str]:
    """What makes an emergency of toxic signs (CAU-1), in words; empty: nothing that is known."""
    if not given(j).value or not toxic(j, falls=False):
        return []
    slow = _shown(j, lists.TOXIC, lists.SLOW_BREATHING)
    return [*_doubts(j), *(["slow breathing counts at any kidney function"] if slow else [])]


def doubtful_emergency(j: Judgement) -> str:
    """Why it cannot be said that toxic signs are no emergency, as a sentence; empty: there are none, or it is known."""
    signs = toxic(j, falls=False)
    if not signs or not given(j).value or emergency(j):
        return ""
    cannot = "it cannot be said that this is no emergency."
    if not j.panel.estimates:
        return f"{', '.join(signs)}, and no estimate of kidney function can be made from what is recorded: {cannot}"
    return f"{', '.join(signs)}: {cannot} {j.kidneys_doubtful}" if j.kidneys_doubtful else ""
