"""The patient's own figures in the words of a finding about missed doses: the last dose, the gap, the doses in a row."""

from datetime import datetime, timedelta

from titration.dosing.doses import format_number
from titration.dosing.doses_due import Known
from titration.dosing.gaps import Anchor, Gaps, Since
from titration.dosing.judgement import Judgement
from titration.dosing.kidney import round_half_up
from titration.dosing.panel import Estimate
from titration.dosing.wording import NO_DATA, format_date, format_when

_HOUR = timedelta(hours=1)
LAST_DOSE = "Last confirmed dose"
_NO_DOSE = {
    Since.TICKING: "No confirmed dose since ticking began on {when}",
    Since.SILENCE: "No confirmed dose since the time without ticks ended on {when}",
    Since.REPORTED: "No dose is confirmed, and that of {when} was reported as not taken",
    Since.FIRST_DOSE: "No confirmed dose since the first one was due on {when}",
}


def hours(length: timedelta) -> str:
    """Whole hours that have passed, never one too many: ``19 h``."""
    return f"{length // _HOUR} h"


def in_a_row(gaps: Gaps) -> str:
    """``2 doses in a row not ticked``; what was reported and what was not ticked are never mixed up."""
    run = [one.known for one in gaps.run]
    reported, silent = run.count(Known.REPORTED), run.count(Known.NOT_TICKED)
    doses = "1 dose" if len(run) == 1 else f"{len(run)} doses in a row"
    if reported and silent:
        return f"{doses}: {reported} {Known.REPORTED}, {silent} {Known.NOT_TICKED}"
    return f"{doses} {Known.REPORTED if reported else Known.NOT_TICKED}"


def last_dose(j: Judgement, gaps: Gaps) -> str:
    """The last confirmed dose with its local time and how long ago it was, or from when none is on record."""
    confirmed = gaps.doses.confirmed
    if not confirmed and gaps.anchor is None:
        return "No confirmed dose is on record"
    at = confirmed[-1] if gaps.anchor is None or gaps.anchor.since is Since.DOSE else gaps.anchor.at
    when, ago = format_when(at, gaps.intake.zone), hours(j.facts.as_of - at)
    if gaps.anchor is None or gaps.anchor.since is Since.DOSE:
        return f"Last confirmed dose {when}, {ago} ago"
    return f"{_NO_DOSE[gaps.anchor.since].format(when=when)}, {ago} ago"


def story(j: Judgement, gaps: Gaps) -> str:
    """The last dose, the longest normal gap and the doses in a row, in one sentence and a half."""
    normal = f"the longest normal gap is {hours(gaps.normal)}" if gaps.normal else "the plan has no normal gap"
    run = f" {capital(in_a_row(gaps))}." if gaps.run else ""
    return f"{last_dose(j, gaps)}; {normal}.{run}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def figures(j: Judgement, gaps: Gaps) -> tuple[tuple[str, str], ...]:
    """What is shown beside every alert about missed doses, the eGFR last (MISS-14)."""
    confirmed = gaps.doses.confirmed
    last = format_when(confirmed[-1], gaps.intake.zone) if confirmed else NO_DATA
    shown = [(LAST_DOSE, last)]
    if gaps.gap is not None:
        shown.append(("Gap", hours(gaps.gap)))
    shown.append(("Longest normal gap", hours(gaps.normal)))
    if gaps.run:
        shown.append(("Missed", in_a_row(gaps)))
    return (*shown, ("eGFR", egfr(j)))


def egfr(j: Judgement) -> str:
    """The indexed eGFR with its date; on dialysis that is said instead. It never makes an alert milder."""
    if j.person.dialysis:
        return "On dialysis"
    shown: Estimate | None = j.panel.indexed
    if shown is None:
        return NO_DATA
    on = "" if shown.taken_on is None else f", {format_date(shown.taken_on)}"
    return f"{format_number(round_half_up(shown.value, 1))} {shown.unit}{on}"


def ended(anchor: Anchor, until: datetime, zone: str) -> str:
    """A gap that is over: from when to when, and how long it was."""
    length = hours(until - anchor.at)
    return f"{length} without a confirmed dose, from {format_when(anchor.at, zone)} to {format_when(until, zone)}"
