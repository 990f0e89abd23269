"""MISS-4 to MISS-16: doses that were missed, what the gap means, and the supply at home.

The highest tier speaks alone, and MISS-9 comes on top of it. Silence is judged only where doses are ticked.
"""

from datetime import date, timedelta

from titration.dosing.doses import format_dose
from titration.dosing.doses_due import DosesDue, is_lost
from titration.dosing.gaps import Gaps
from titration.dosing.judgement import Judgement
from titration.dosing.missed_words import capital, egfr, ended, figures, in_a_row, story
from titration.dosing.rules import About, CannotSay, Rule, Said, Severity, calculation, collect, rule
from titration.dosing.signs import withdrawal
from titration.dosing.tiers import (
    few_missed,
    is_emergency,
    long_on_high_dose,
    low_supply_words,
    lowered,
    many_missed,
    withdrawal_words,
)

_A_DAY = timedelta(days=1)
_LOWER = {Severity.URGENT: Severity.WARN, Severity.WARN: Severity.INFO}


def _unknown(j: Judgement) -> CannotSay | None:
    """Why nothing can be said without any record of intake; nothing to say while no baclofen is to be taken."""
    if not j.standing.value:
        return None
    return CannotSay(because="Nothing is known of the doses that were taken.")


def _untracked(j: Judgement) -> CannotSay | None:
    """What to answer when no report says that a dose was missed, and nobody ticks."""
    if not j.standing.value or j.gaps is None or j.gaps.ticked:
        return None
    return CannotSay(because="Doses are not tracked, so it is not known whether any were missed.")


def _said(j: Judgement, gaps: Gaps, rule_id: str, because: str, *, may_be_lowered: bool = False) -> Said:
    severity = j.protocol.rules[rule_id].severity
    if may_be_lowered and severity is not None and (why := lowered(j)):
        severity, because = _LOWER[severity], f"{because} One level down: {why} (MISS-10)."
    return Said(because=because, about=About.INTAKE, values=figures(j, gaps), severity=severity)


@rule("MISS-4")
def doses_in_a_row(j: Judgement) -> Said | CannotSay | None:
    """Two or more scheduled doses in a row that were not taken, or one where baclofen is taken once or twice a day, ask
    for contact the same day."""
    gaps = j.gaps
    if gaps is None:
        return _unknown(j)
    if not few_missed(gaps, j.limits("MISS-4")):
        return _untracked(j)
    if is_emergency(j, gaps) or many_missed(gaps, j.limits("MISS-5")) or low_supply_words(j):
        return None
    return _said(j, gaps, "MISS-4", f"{story(j, gaps)} Contact today.", may_be_lowered=True)


@rule("MISS-5")
def long_gap(j: Judgement) -> Said | CannotSay | None:
    """A gap that reaches 18 hours and the longest normal gap with 8 hours more, or three or more doses in a row that were
    not taken, asks for contact within 4 hours."""
    gaps, limits = j.gaps, j.limits("MISS-5")
    if gaps is None:
        return _unknown(j)
    if not many_missed(gaps, limits):
        return _untracked(j)
    if is_emergency(j, gaps):
        return None
    because = f"{story(j, gaps)} Contact within {limits.count('within_hours')} hours."
    return _said(j, gaps, "MISS-5", because, may_be_lowered=True)


@rule("MISS-6")
def low_supply(j: Judgement) -> Said | CannotSay | None:
    """A recorded supply of less than 3 days without a repeat that is ordered, or a report that nothing is left, asks for
    contact within 4 hours."""
    gaps = j.gaps
    if gaps is None:
        return _unknown(j)
    low = low_supply_words(j)
    if not low and gaps.intake.supply is None and j.standing.value:
        return CannotSay(because="No issue is recorded, so it is not known how long the supply lasts.")
    if not low or is_emergency(j, gaps):
        return None
    missed = f" {capital(in_a_row(gaps))}." if gaps.judged and gaps.run else ""
    because = f"{low}{missed} Contact within {j.limits('MISS-6').count('within_hours')} hours."
    # MISS-10 speaks of what is reckoned; who has none left has none to wait for.
    return _said(j, gaps, "MISS-6", because, may_be_lowered=gaps.intake.said_out_at is None)


@rule("MISS-7")
def withdrawal_signs(j: Judgement) -> Said | CannotSay | None:
    """Any sign of withdrawal after a missed dose or after stopping is an emergency; so is a hallucination, a seizure, a
    high fever or reduced consciousness while the dose is being reduced."""
    because = withdrawal_words(j)
    if because:
        values = () if j.gaps is None else figures(j, j.gaps)
        signs = tuple(("Sign", sign) for sign in withdrawal(j))
        return Said(because=because, about=About.INTAKE, values=(*signs, *(values or (("eGFR", egfr(j)),))))
    if not withdrawal(j):
        return None
    return _unknown(j) if j.gaps is None else _untracked(j)


@rule("MISS-8")
def long_gap_on_a_high_dose(j: Judgement) -> Said | CannotSay | None:
    """A gap that reaches 24 hours and the longest normal gap with 12 hours more is an emergency at 60 mg a day or more,
    or after a withdrawal in the past."""
    gaps = j.gaps
    if gaps is None:
        return _unknown(j)
    reached = long_on_high_dose(j, gaps)
    if reached is None:
        return CannotSay(because="It is not recorded whether the patient has had a withdrawal before.")
    if not reached:
        return _untracked(j)
    past = " Past withdrawal." if j.person.past_withdrawal else ""
    return _said(j, gaps, "MISS-8", f"{story(j, gaps)} {format_dose(gaps.highest_daily)} a day.{past} Call now.")


@rule("MISS-9")
def restart_by_decision(j: Judgement) -> Said | CannotSay | None:
    """After a gap of 48 hours or more without signs nothing resumes until a prescriber has completed the restart form,
    even if doses are ticked again."""
    gaps = j.gaps
    if gaps is None:
        return _unknown(j)
    found = gaps.long_gap
    if found is None:
        return _untracked(j)
    if withdrawal_words(j):
        return None
    passed = f"{story(j, gaps)}" if found.until is None else f"{ended(found.anchor, found.until, gaps.intake.zone)}."
    return Said(
        because=f"{passed} A prescriber decides how to go on, on the restart form.",
        about=About.ORDER if j.order is not None and j.dose.value else About.INTAKE,
        values=figures(j, gaps),
    )


@rule("MISS-11")
def often_missed(j: Judgement) -> Said | CannotSay | None:
    """Three or more doses missed within 7 days put a patient on the adherence list."""
    gaps, limits = j.gaps, j.limits("MISS-11")
    if gaps is None:
        return _unknown(j)
    if not j.standing.value:
        return None
    days = limits.count("over_days")
    found = gaps.doses.tally(*_last(j, days))
    if found.missed < limits.count("from_count"):
        return _untracked(j)
    because = f"{found.missed} doses missed in {days} days: {', '.join(found.parts)}."
    return _said(j, gaps, "MISS-11", because)


@rule("MISS-12")
def few_taken(j: Judgement) -> Said | CannotSay | None:
    """Less than 80 % of the scheduled doses taken over 14 days puts a patient on the adherence list."""
    gaps, limits = j.gaps, j.limits("MISS-12")
    if gaps is None:
        return _unknown(j)
    days = limits.count("over_days")
    newest, oldest = _last(j, days)
    if not j.standing.value or not gaps.known_from(oldest):
        return _untracked(j)
    found = gaps.doses.tally(newest, oldest)
    # A dose of which nothing is known may have been taken: only what is known to be missed counts against it.
    if (found.due - found.missed) * 100 >= limits.amount("below_percent") * found.due:
        return _untracked(j)
    because = f"{found.due} doses were due in {days} days: {', '.join(found.parts)}."
    return _said(j, gaps, "MISS-12", because)


def _last(j: Judgement, days: int) -> tuple[date, date]:
    """The newest and the oldest of so many local dates that end today."""
    return j.facts.today, j.facts.today - _A_DAY * (days - 1)


RULES: tuple[Rule, ...] = collect(
    (
        doses_in_a_row,
        long_gap,
        low_supply,
        withdrawal_signs,
        long_gap_on_a_high_dose,
        restart_by_decision,
        calculation(
            "MISS-10",
            "Under 4 weeks of use and under 30 mg a day MISS-4, MISS-5 and MISS-6 are one level lower, and never silent.",
            lowered,
        ),
        often_missed,
        few_taken,
        calculation("MISS-13", "A dose lost to vomiting, diarrhoea or nil by mouth counts as missed.", is_lost),
        calculation(
            "MISS-14", "The eGFR stands beside every alert about missed doses and never makes one milder.", figures
        ),
        calculation(
            "MISS-15", "A dose without a confirmed intake counts as not taken 2 hours after its time.", DosesDue.on
        ),
    )
)
