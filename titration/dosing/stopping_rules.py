"""STOP-1 to STOP-3 and TAPER-1 to TAPER-7: how baclofen is ended and how it comes down."""

from datetime import date, timedelta

from titration.dosing.changes import Change
from titration.dosing.code_lists import PUMP_DELIVERS, TAPER_ONE_LEVEL_UP
from titration.dosing.doses import format_dose, format_number
from titration.dosing.facts import Step, StepKind, StopReason
from titration.dosing.judgement import Judgement
from titration.dosing.protocol_data import Limits
from titration.dosing.rules import About, CannotSay, Override, Rule, Said, Severity, calculation, collect, rule
from titration.dosing.schedule import add_months
from titration.dosing.signs import withdrawal
from titration.dosing.wording import format_date

_URGENT_REASONS = (StopReason.SERIOUS_ADVERSE_REACTION, StopReason.OVERDOSE)
_REASON_WORDS = {StopReason.SERIOUS_ADVERSE_REACTION: "serious adverse reaction", StopReason.OVERDOSE: "overdose"}


def within_limits(j: Judgement, limits: Limits) -> bool:
    """The dose before the order and the length of use are those from which a taper is asked for.

    Never beside a pump that delivers: the patient goes on having baclofen, and TAPER-7 judges what is ordered instead.
    """
    if j.having(PUMP_DELIVERS):
        return False
    return j.before >= limits.mg("from_daily_mg") and j.used_days >= limits.count("used_days")


def escalating(j: Judgement) -> list[str]:
    """What makes a withdrawal more dangerous in this patient, in words (TAPER-4)."""
    limits, on = j.limits("TAPER-4"), _first_day(j)
    found = []
    if j.before > limits.mg("above_daily_mg"):
        found.append(f"above {format_dose(limits.mg('above_daily_mg'))} a day")
    if j.use_began is not None and on is not None and on > add_months(j.use_began, limits.count("above_months")):
        found.append(f"more than {limits.count('above_months')} months of use")
    found += [code.label for code in j.having(TAPER_ONE_LEVEL_UP)]
    if j.person.past_withdrawal:
        found.append("past withdrawal")
    return found


def one_level_up(severity: Severity | None, override: Override) -> tuple[Severity | None, Override]:
    """INFO becomes WARN, WARN becomes STOP, and STOP asks for a specialist; never more than one level."""
    match severity:
        case Severity.INFO:
            return Severity.WARN, override
        case Severity.WARN:
            return Severity.STOP, Override.REASON
        case Severity.STOP:
            return Severity.STOP, Override.SPECIALIST
        case _:
            return severity, override


def _said(j: Judgement, rule_id: str, because: str) -> Said:
    row = j.protocol.rules[rule_id]
    factors = escalating(j)
    if not factors:
        return Said(because=because, about=About.ORDER)
    severity, override = one_level_up(row.severity, row.override)
    because = f"{because} One level up: {', '.join(factors)} (TAPER-4)."
    return Said(because=because, about=About.ORDER, severity=severity, override=override)


def _first_day(j: Judgement) -> date | None:
    return j.changes[0].on if j.changes else None


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


@rule("STOP-1")
def no_sudden_end(j: Judgement) -> Said | None:
    """Baclofen of 15 mg a day or more that was used for 2 weeks or longer does not end without a taper."""
    limits = j.limits("STOP-1")
    if not j.ends_abruptly or not within_limits(j, limits) or _urgent(j) is not None:
        return None
    return _said(j, "STOP-1", f"{format_dose(j.before)} a day, used for {_days(j.used_days)}, ends without a taper.")


@rule("STOP-2")
def sudden_end_for_harm(j: Judgement) -> Said | None:
    """An end without a taper for a serious adverse reaction or an overdose is possible with a reason and a plan to watch
    for withdrawal; STOP-1 is then not raised."""
    reason = _urgent(j)
    if not j.ends_abruptly or reason is None:
        return None
    plan = (j.order.monitoring_plan or "").strip() if j.order else ""
    planned = "A plan to watch for withdrawal is written." if plan else "A plan to watch for withdrawal is needed."
    because = f"{format_dose(j.before)} a day ends without a taper because of {_REASON_WORDS[reason]}. {planned}"
    return Said(because=because, about=About.ORDER)


@rule("STOP-3")
def reminder_below_limits(j: Judgement) -> Said | None:
    """Below the limits of STOP-1 an end without a taper still reminds to come down slowly."""
    if not j.ends_abruptly or j.having(PUMP_DELIVERS) or within_limits(j, j.limits("STOP-3")):
        return None
    because = f"{format_dose(j.before)} a day, used for {_days(j.used_days)}, ends at once; reduce slowly if possible."
    return Said(because=because, about=About.ORDER)


def _urgent(j: Judgement) -> StopReason | None:
    reason = None if j.order is None else j.order.stop_reason
    return reason if reason in _URGENT_REASONS else None


@rule("TAPER-1")
def taper_too_short(j: Judgement) -> Said | None:
    """From the first reduced day to the first day without baclofen a full taper lasts 7 days or longer."""
    limits, days = j.limits("TAPER-1"), j.taper_days
    if days is None or days >= limits.count("at_least_days") or not within_limits(j, limits):
        return None
    return _said(j, "TAPER-1", f"From {format_dose(j.before)} a day to none in {_days(days)}.")


@rule("TAPER-2")
def taper_quick(j: Judgement) -> Said | None:
    """A full taper of 7 to 13 days lies within the range of 1 to 2 weeks and is pointed out only."""
    limits, days = j.limits("TAPER-2"), j.taper_days
    if days is None or not limits.count("from_days") <= days < limits.count("below_days"):
        return None
    if not within_limits(j, limits):
        return None
    return _said(j, "TAPER-2", f"From {format_dose(j.before)} a day to none in {_days(days)}.")


@rule("TAPER-3")
def large_cut(j: Judgement) -> Said | None:
    """A reduction takes away half of the dose or less, whether or not it ends at zero; the last step to zero is exempt
    from 10 mg a day or less."""
    cut = next(iter(large_cuts(j)), None)
    if cut is None:
        return None
    return _said(j, "TAPER-3", f"{_removed(cut)}.")


def _removed(cut: Change) -> str:
    percent = ((cut.before - cut.after).value * 100 / cut.before.value).quantize(cut.before.value.to_integral())
    return f"{format_dose(cut.before)} to {format_dose(cut.after)} a day takes away {format_number(percent)} %"


def large_cuts(j: Judgement) -> list[Change]:
    """Every reduction of the order that TAPER-3 is about; the rule names the first of them."""
    limits = j.limits("TAPER-3")
    return [change for change in j.reductions if _is_large(change, limits)] if within_limits(j, limits) else []


def _is_large(change: Change, limits: Limits) -> bool:
    if not change.after.value and change.before <= limits.mg("exempt_to_daily_mg"):
        return False
    return _removes_more(change, limits)


def _removes_more(change: Change, limits: Limits) -> bool:
    return (change.before - change.after).value * 100 > limits.amount("above_percent") * change.before.value


@rule("TAPER-4")
def one_level(j: Judgement) -> CannotSay | None:
    """STOP-1 and TAPER-1 to TAPER-3 rise by one level, once: above 60 mg a day, after more than 2 months of use, with
    epilepsy, a history of psychosis, a cord injury at T6 or above, or a past withdrawal."""
    lowers = j.ends_abruptly or bool(j.reductions)
    if not lowers or j.having(PUMP_DELIVERS) or j.person.past_withdrawal is not None or escalating(j):
        return None
    return CannotSay(because="It is not recorded whether the patient has had a withdrawal before.")


@rule("TAPER-5")
def withdrawal_in_taper(j: Judgement) -> Said | None:
    """A sign of withdrawal during a taper asks for a pause and for contact by a clinician within 4 hours; the pause is
    never ordered by itself."""
    signs = withdrawal(j)
    if not signs or j.current is None or not _tapers(j, j.current):
        return None
    hours = j.limits("TAPER-5").count("within_hours")
    return Said(
        because=f"{', '.join(signs)} during a taper, at {format_dose(j.standing)} a day since "
        f"{format_date(j.current.starts_on)}: think of a pause; contact within {hours} hours.",
        about=About.STANDING,
        values=tuple(("Sign", sign) for sign in signs),
    )


def _tapers(j: Judgement, step: Step) -> bool:
    """The step in force is one of a taper, or the dose came down to it and is signed to come down further."""
    before = j.in_force(step.starts_on - timedelta(days=1))
    lower = any(one.starts_on > step.starts_on and one.daily < step.daily for one in j.facts.therapy.steps)
    came_down = before is not None and before.daily > step.daily
    return bool(step.daily.value) and (step.kind is StepKind.TAPER or (came_down and lower))


@rule("TAPER-7")
def oral_beside_pump(j: Judgement) -> Said | None:
    """Once a pump delivers baclofen, oral baclofen comes down by 25 to 50 % at a time, one medicine at a time, with a review
    within 24 hours. A larger cut or a stop at once is warned of, in place of STOP-1 and TAPER-1 to TAPER-3; the last step
    of a taper to zero is exempt as in TAPER-3."""
    if not j.having(PUMP_DELIVERS):
        return None
    limits, exempt = j.limits("TAPER-7"), j.limits("TAPER-3")
    falls = [change for change in j.changes if change.falls]
    if j.ends_abruptly:
        cut = next(iter(falls), None)
    else:
        cut = next((one for one in falls if _is_large(one, exempt) and _removes_more(one, limits)), None)
    if cut is None:
        return None
    low, high = (format_number(limits.amount(name)) for name in ("from_percent", "above_percent"))
    hours = limits.count("review_hours")
    return Said(
        because=f"{_removed(cut)}. Beside a pump that delivers, oral baclofen comes down by {low} to {high} % at a time, "
        f"one medicine at a time, with a review within {hours} hours.",
        about=About.ORDER,
    )


RULES: tuple[Rule, ...] = collect(
    (
        no_sudden_end,
        sudden_end_for_harm,
        reminder_below_limits,
        taper_too_short,
        taper_quick,
        large_cut,
        one_level,
        withdrawal_in_taper,
        calculation("TAPER-6", "Tapering more slowly raises nothing.", Judgement.taper_days),
        oral_beside_pump,
    )
)
