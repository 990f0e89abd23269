"""MISS-1 to MISS-3 and MISS-16: what a patient is told about one late dose, or one that did not stay down.

It is advice, shown when it is asked for and never a flag: a dose becomes late for everybody, several times a day.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from titration.dosing.doses_due import DueDose, Known
from titration.dosing.gaps import Gaps
from titration.dosing.judgement import Judgement
from titration.dosing.rules import About, CannotSay, Said, calculation, collect, rule
from titration.dosing.tiers import is_emergency, many_missed
from titration.dosing.wording import format_time

TAKE, SKIP, REPEAT, LEAVE = "take now", "skip", "repeat it", "do not repeat it"
VOMITING = "vomiting"
_A_DAY = timedelta(days=1)
_NEVER = "Never two doses together, never an extra dose."


def late_dose(j: Judgement) -> tuple[DueDose, datetime | None] | None:
    """The one dose whose time has passed without any word on it, and when the next one is due (None: none is planned).

    Nothing, when doses are not ticked, when more than one was missed, or when the gap is one to call about.
    """
    gaps = j.gaps
    if gaps is None or not gaps.ticked or not gaps.judged or len(gaps.run) > 1:
        return None
    if is_emergency(j, gaps) or many_missed(gaps, j.limits("MISS-5")) or gaps.long_gap is not None:
        return None
    past = _newest_due(j, gaps)
    if past is None or past.event is not None or past.known not in (Known.OPEN, Known.NOT_TICKED):
        return None
    return past, _next_due(j, gaps)


def _newest_due(j: Judgement, gaps: Gaps) -> DueDose | None:
    today, as_of = j.facts.today, j.facts.as_of
    doses = gaps.doses.backwards(today, today - _A_DAY)
    return next((one for one in doses if one.due_at < as_of or one.known is Known.CONFIRMED), None)


def _next_due(j: Judgement, gaps: Gaps) -> datetime | None:
    today = j.facts.today
    days = (today, today + _A_DAY)
    return next((at for day in days for at in gaps.doses.scheduled(day) if at > j.facts.as_of), None)


def _advise(j: Judgement, spare: timedelta, less: str) -> Said | None:
    """Take the late dose while there is more time than ``spare`` to the next one, or exactly that; otherwise skip it."""
    found = late_dose(j)
    if found is None or j.gaps is None:
        return None
    late, following = found
    zone = ZoneInfo(j.gaps.intake.zone)
    due = format_time(late.due_at.astimezone(zone).time())
    after = "none planned" if following is None else format_time(following.astimezone(zone).time())
    take = following is None or following - j.facts.as_of >= spare
    then = "it can be taken now" if take else f"it is skipped, because the next dose is less than {less} away"
    return Said(
        because=f"The dose of {due} is late: {then}. Next dose: {after}. {_NEVER}",
        about=About.ADVICE,
        values=(("Advice", TAKE if take else SKIP), ("Next dose", after)),
    )


@rule("MISS-1")
def late_dose_adult(j: Judgement) -> Said | CannotSay | None:
    """An adult takes one late dose when it is remembered, and skips it with less than 2 hours to the next one; never two
    together, and never an extra dose."""
    limits = j.limits("MISS-1")
    if j.age is not None and j.age < limits.count("from_years"):
        return None
    hours = limits.count("skip_below_hours")
    said = _advise(j, timedelta(hours=hours), f"{hours} hours")
    return _age_unknown() if said is not None and j.age is None else said


@rule("MISS-2")
def late_dose_child(j: Judgement) -> Said | CannotSay | None:
    """Under 18 one late dose is taken when it is remembered if 4 hours or more are left before the next; never two within
    4 hours."""
    limits = j.limits("MISS-2")
    if j.age is not None and j.age >= limits.count("below_years"):
        return None
    hours = limits.count("leave_hours")
    said = _advise(j, timedelta(hours=hours), f"{hours} hours")
    return said if said is None else _for_a_child(j, said)


@rule("MISS-3")
def vomited_dose(j: Judgement) -> Said | CannotSay | None:
    """Under 18 a dose that is vomited within 30 minutes is repeated; one that is vomited later is not."""
    limits, gaps = j.limits("MISS-3"), j.gaps
    if gaps is None or (j.age is not None and j.age >= limits.count("below_years")):
        return None
    newest = _newest_due(j, gaps)
    if newest is None or newest.event is None or newest.event.reason != VOMITING:
        return None
    minutes = limits.count("within_minutes")
    said = Said(
        because=f"A dose vomited within {minutes} minutes of being taken is repeated; one vomited later is not. {_NEVER}",
        about=About.ADVICE,
        values=((f"Vomited within {minutes} minutes", REPEAT), ("Vomited later", LEAVE)),
    )
    return _for_a_child(j, said)


def _age_unknown() -> CannotSay:
    return CannotSay(because="The birth date is not recorded, so it was not judged what is done about a late dose.")


def _for_a_child(j: Judgement, said: Said) -> Said | CannotSay:
    """The advice, unless the age is not known or the rules for those below the adult age are switched off."""
    if j.age is None:
        return _age_unknown()
    if j.adult is False and not j.protocol.paediatric:
        return CannotSay(
            because=f"The patient is {j.age} and the rules for children are switched off at this site, so no advice is "
            "given on a late dose."
        )
    return said


RULES = collect(
    (
        late_dose_adult,
        late_dose_child,
        vomited_dose,
        calculation(
            "MISS-16",
            "No text for a patient says to take a double dose, and none gives a dose in numbers to start again with.",
            _advise,
        ),
    )
)
