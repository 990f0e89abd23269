"""Which tier of missed doses holds, and why: the conditions of MISS-4 to MISS-8 and MISS-10, which replace one another."""

from datetime import date, timedelta

from titration.dosing.changes import daily
from titration.dosing.doses import format_dose
from titration.dosing.facts import Step
from titration.dosing.gaps import Gaps
from titration.dosing.judgement import Judgement
from titration.dosing.missed_words import story
from titration.dosing.protocol_data import Limits
from titration.dosing.schedule import local_date
from titration.dosing.signs import withdrawal
from titration.dosing.wording import format_date, format_when

_A_DAY = timedelta(days=1)


def lowered(j: Judgement) -> str:
    """Why MISS-4, MISS-5 and MISS-6 are one level lower (MISS-10), in words; empty: they are not."""
    limits = j.limits("MISS-10")
    weeks, limit = limits.count("below_weeks"), limits.mg("below_daily_mg")
    highest = j.standing if j.gaps is None else max(j.gaps.highest_daily, j.standing)
    if j.used_days >= weeks * 7 or highest >= limit:
        return ""
    return f"under {weeks} weeks of use and under {format_dose(limit)} a day"


def few_missed(gaps: Gaps, limits: Limits) -> bool:
    """Tier 1: so many doses in a row were missed, fewer where baclofen is taken once or twice a day."""
    if not gaps.judged or gaps.current is None:
        return False
    seldom = len(gaps.current.slots) <= limits.count("few_doses_per_day")
    return len(gaps.run) >= limits.count("few_from_count" if seldom else "from_count")


def many_missed(gaps: Gaps, limits: Limits) -> bool:
    """Tier 2: more doses in a row, or a long gap."""
    return gaps.judged and (len(gaps.run) >= limits.count("from_count") or _gap_reaches(gaps, limits))


def _gap_reaches(gaps: Gaps, limits: Limits) -> bool:
    return gaps.gap is not None and gaps.gap >= gaps.limit(limits)


def long_on_high_dose(j: Judgement, gaps: Gaps) -> bool | None:
    """Tier 3 by the gap alone. None: it is long enough, and it is not known whether there was a withdrawal before."""
    limits = j.limits("MISS-8")
    if not _gap_reaches(gaps, limits):
        return False
    return True if gaps.highest_daily >= limits.mg("from_daily_mg") else j.person.past_withdrawal


def is_emergency(j: Judgement, gaps: Gaps) -> bool:
    """Tier 3: signs of withdrawal, or a long gap on a high dose."""
    return bool(withdrawal_words(j)) or long_on_high_dose(j, gaps) is True


def low_supply_words(j: Judgement) -> str:
    """What is said of a supply that is gone, or that ends within the days of MISS-6 while no repeat is ordered; empty:
    nothing."""
    intake = j.facts.intake
    if intake is not None and intake.said_out_at is not None and j.standing.value:
        said = format_when(intake.said_out_at, intake.zone)
        return f"It was said on {said} that no baclofen is left, and nothing was handed out since."
    if intake is None or intake.supply is None:
        return ""
    repeat = intake.supply.repeat_on
    out = None if j.gaps is None else j.gaps.supply_ends
    if out is None:
        return ""
    if repeat is not None and repeat >= j.facts.today:
        if repeat <= local_date(out, intake.zone):
            return ""
        return (
            f"The recorded supply does not cover the dose due on {format_when(out, intake.zone)}, and the repeat is expected "
            f"on {format_date(repeat)}, after it."
        )
    came = repeat is None or any(one.on >= repeat for one in intake.supply.issues)
    late = "" if came or repeat is None else f", and the repeat expected on {format_date(repeat)} is not recorded"
    return f"The recorded supply does not cover the dose due on {format_when(out, intake.zone)}{late}."


def withdrawal_words(j: Judgement) -> str:
    """What makes an emergency of the signs of withdrawal on record, in words; empty: nothing, or there are none."""
    signs = withdrawal(j)
    if not signs:
        return ""
    then = f"{', '.join(signs)}: possible baclofen withdrawal"
    stopped = _stopped_on(j)
    if stopped is not None:
        return f"{then}; no baclofen since {format_date(stopped)}."
    if j.gaps is not None and j.gaps.run:
        return f"{then}. {story(j, j.gaps)}"
    if j.gaps is not None and j.gaps.held_since_last_dose:
        return f"{then} while doses are held. {story(j, j.gaps)}"
    if j.gaps is not None and j.gaps.any_missed:
        return f"{then} after a missed dose. {story(j, j.gaps)}"
    grave, before = withdrawal(j, in_reduction=True), _reduced_from(j)
    if not grave or before is None or j.current is None:
        return ""
    return (
        f"{', '.join(grave)}: possible baclofen withdrawal; the dose came down from {format_dose(before.daily)} to "
        f"{format_dose(j.current.daily)} a day on {format_date(j.current.starts_on)}."
    )


def _stopped_on(j: Judgement) -> date | None:
    """The first day without baclofen, when it was taken before and none is in force today."""
    if j.standing.value:
        return None
    ends = [one.ends_on for one in j.facts.therapy.steps if one.daily.value and one.ends_on is not None]
    return max((on for on in ends if on <= j.facts.today), default=None)


def _reduced_from(j: Judgement) -> Step | None:
    """The higher dose that the dose in force came down from; None: it did not come down."""
    if j.current is None:
        return None
    before = j.in_force(j.current.starts_on - _A_DAY)
    return before if before is not None and before.daily > daily(j.current) else None
