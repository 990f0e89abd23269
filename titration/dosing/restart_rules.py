"""STOP-4 to STOP-6: when both going on and stopping are dangerous, before surgery, and after toxicity."""

from datetime import date

from titration.dosing.code_lists import WITHOUT_MOUTH
from titration.dosing.context import about, given, words
from titration.dosing.judgement import Judgement
from titration.dosing.rules import About, CannotSay, Said, collect, rule
from titration.dosing.schedule import local_date
from titration.dosing.signs import doubtful_emergency, emergency, toxic
from titration.dosing.wording import format_date


@rule("STOP-4")
def both_dangers(j: Judgement) -> Said | CannotSay | None:
    """With acute kidney injury or signs of toxicity (CAU-1) in a patient on baclofen both dangers are shown, accumulation
    and sudden stopping, and a clinician decides; it is never settled by itself."""
    if not j.standing.value:
        return None
    reasons = toxic(j, falls=False) if emergency(j) else []
    reasons += ["acute kidney injury"] if j.panel.course.has_aki else []
    if not reasons:
        unknown = doubtful_emergency(j)
        return CannotSay(because=unknown) if unknown else None
    return Said(
        because=f"{', '.join(reasons)}: baclofen may accumulate, and stopping it suddenly is dangerous too. A clinician "
        "decides.",
        about=about(j, otherwise=About.STANDING),
    )


@rule("STOP-5")
def before_surgery(j: Judgement) -> Said | None:
    """Before surgery, or nil by mouth, baclofen goes on where possible, and another route is planned."""
    found = j.having(WITHOUT_MOUTH)
    if not found or not given(j).value:
        return None
    because = f"{words(found)}: go on with baclofen where possible, and plan another route."
    return Said(because=because, about=about(j))


@rule("STOP-6")
def restart_after_toxicity(j: Judgement) -> Said | None:
    """After any toxicity baclofen is never started again by itself: a restart form is needed."""
    on = j.person.toxicity_on
    # A first dose ever starts nothing again: it is judged by what is known of the kidneys and the signs themselves.
    starts = j.restarts or any(change.rises and not change.before.value and not change.starts for change in j.changes)
    if on is None or not starts or _decided_since(j, on):
        return None
    return Said(
        because=f"A sign of toxicity was recorded on {format_date(on)}, and nobody has decided since how to start again.",
        about=About.ORDER,
        values=(("Sign of toxicity", format_date(on)),),
    )


def _decided_since(j: Judgement, on: date) -> bool:
    """The newest restart form is of that local date or a later one."""
    intake = j.facts.intake
    if intake is None or intake.restart_decided_at is None:
        return False
    return local_date(intake.restart_decided_at, intake.zone) >= on


RULES = collect((both_dangers, before_surgery, restart_after_toxicity))
