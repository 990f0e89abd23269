"""KID-26 to KID-32: when kidney function is tested again. None of them applies on dialysis."""

from dataclasses import dataclass
from datetime import date, timedelta

from titration.dosing.code_lists import GFR_LOWERING, KIDNEY_CHECK_RISK, KIDNEY_CHECK_TRIGGER, TOXIC
from titration.dosing.judgement import Judgement
from titration.dosing.rules import About, CannotSay, Said, Severity, collect, rule
from titration.dosing.schedule import add_months
from titration.dosing.wording import format_date

_A_YEAR = 12  # months
_COLUMNS = {"A1": 0, "A2": 1, "A3": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A check that is due since ``since``; ``overdue`` when its last day has passed."""

    rule: str
    since: date | None
    overdue: bool
    because: str


def applies(j: Judgement) -> bool:
    """Kidney checks are asked for unless the patient is on dialysis or a written case says that all are current."""
    return not j.person.dialysis and not j.facts.kidneys.checks_assumed_current


def taking(j: Judgement) -> bool:
    """Baclofen is in force today, or was taken before and goes on with this order."""
    return bool(j.standing.value) or (j.first and not j.first_ever)


def risks(j: Judgement, from_years: int) -> list[str]:
    """Why the kidneys are looked at more often, in words."""
    codes = j.protocol.medicines
    drugs = [codes[one.code] for one in j.person.medicines if one.code in codes]
    age = [f"age {j.age}"] if j.age is not None and j.age >= from_years else []
    conditions = [code.label for code in j.having(KIDNEY_CHECK_RISK)]
    return age + conditions + [drug.label for drug in drugs if GFR_LOWERING in drug.lists]


def _last(j: Judgement) -> str:
    newest = j.panel.newest
    return (
        "No kidney result is recorded"
        if newest is None
        else f"The last kidney result is of {format_date(newest.taken_on)}"
    )


def _none_since(j: Judgement, day: date) -> bool:
    return all(one.taken_on < day for one in j.facts.kidneys.results)


@rule("KID-26")
def before_first_dose(j: Judgement) -> Said | None:
    """A kidney test of the 3 months before the first dose exists."""
    if not applies(j) or not j.first_ever or j.order is None or risks(j, j.limits("KID-27").count("from_years")):
        return None
    since = add_months(j.order.starts_on, -j.limits("KID-26").count("within_months"))
    if not _none_since(j, since):
        return None
    return Said(because=f"{_last(j)}; one since {format_date(since)} is needed.", about=About.CHECK)


@rule("KID-27")
def before_first_dose_at_risk(j: Judgement) -> Said | CannotSay | None:
    """At age 65 or over, with known CKD, diabetes, a neurogenic bladder or a nephrotoxic drug, the test is of the 2
    weeks before the first dose; KID-26 is then not raised."""
    if not applies(j) or not j.first_ever or j.order is None:
        return None
    limits = j.limits("KID-27")
    reasons = risks(j, limits.count("from_years"))
    if not reasons:
        return None if j.age is not None else CannotSay(because="The birth date is not recorded.")
    since = j.order.starts_on - timedelta(days=limits.count("within_days"))
    if not _none_since(j, since):
        return None
    because = f"{_last(j)}; one since {format_date(since)} is needed ({', '.join(reasons)})."
    return Said(because=because, about=About.CHECK)


def after_step(j: Judgement) -> Due | None:
    """The earliest start, or step above 20 mg a day in total, that no result follows after 7 days or more (KID-28)."""
    limits, lowest, today = j.limits("KID-28"), j.panel.lowest, j.facts.today
    weak = lowest is not None and lowest < limits.amount("below_ml_min")
    old = j.age is not None and j.age >= limits.count("from_years")
    if not applies(j) or not j.standing.value or j.use_began is None or not (weak or old):
        return None
    due_from = timedelta(days=limits.count("due_from_days"))
    steps = [on for on, daily in j.rises if j.use_began < on <= today and daily > limits.mg("above_daily_mg")]
    open_steps = [on for on in (j.use_began, *steps) if _none_since(j, on + due_from)]
    if not open_steps or today < open_steps[0] + due_from:
        return None
    last_day = open_steps[0] + timedelta(days=limits.count("overdue_after_days"))
    return Due(
        rule="KID-28",
        since=open_steps[0] + due_from,
        overdue=today > last_day,
        because=f"The start or step of {format_date(open_steps[0])} asks for a test by {format_date(last_day)}. {_last(j)}.",
    )


def routine(j: Judgement) -> Due | None:
    """The regular check: yearly with good kidneys and no risk (KID-29), otherwise by the KDIGO table (KID-30)."""
    if not applies(j) or not taking(j):
        return None
    yearly, table = j.limits("KID-29"), j.limits("KID-30")
    lowest, newest = j.panel.lowest, j.panel.newest
    reasons = risks(j, yearly.count("below_years"))
    if j.age is None:
        reasons.append("age not recorded")
    if lowest is None:
        reasons.append("kidney function not known")
    elif lowest < yearly.amount("from_ml_min"):
        reasons.append(f"estimate below {yearly.amount('from_ml_min')}")
    if reasons:
        rule_id, months = "KID-30", min(table.count("at_most_months"), _months_by_table(j))
        assumed = "; albumin ratio not recorded, read as A1" if j.person.albuminuria is None else ""
        why = f" ({', '.join(reasons)}{assumed})"
    else:
        rule_id, months, why = "KID-29", yearly.count("after_months"), ""
    due_on = None if newest is None else add_months(newest.taken_on, months)
    if due_on is not None and j.facts.today <= due_on:
        return None
    return Due(rule=rule_id, since=due_on, overdue=True, because=f"{_last(j)}; one is due every {months} months{why}.")


def _months_by_table(j: Judgement) -> int:
    stage = j.panel.g_stage
    if stage is None:
        return _A_YEAR
    column = 0 if j.person.albuminuria is None else _COLUMNS[j.person.albuminuria.value]
    return _A_YEAR // j.protocol.kidney_checks_per_year[stage][column]


def after_trigger(j: Judgement) -> Due | None:
    """The earliest trigger that no later result follows (KID-31); a result of the same day may be from before it."""
    if not applies(j) or not (j.standing.value or j.dose.value):
        return None
    today, protocol = j.facts.today, j.protocol
    triggers = [(one.on, protocol.events[one.code].label) for one in j.person.events if one.code in protocol.events]
    for one in j.person.medicines:
        code = protocol.medicines.get(one.code)
        if code is not None and KIDNEY_CHECK_TRIGGER in code.lists and one.started_on is not None:
            triggers.append((one.started_on, f"{code.label} started"))
    shown = (protocol.signs[code] for code in sorted(j.person.signs) if code in protocol.signs)
    triggers += [(today, code.label) for code in shown if TOXIC in code.lists]
    waiting = sorted(one for one in triggers if one[0] <= today and _none_since(j, one[0] + timedelta(days=1)))
    if not waiting:
        return None
    on, what = waiting[0]
    last_day = on + timedelta(days=j.limits("KID-31").count("within_days"))
    return Due(
        rule="KID-31",
        since=on,
        overdue=today > last_day,
        because=f"{what} on {format_date(on)} asks for a test by {format_date(last_day)}. {_last(j)}.",
    )


def _due(due: Due | None, rule_id: str) -> Said | None:
    if due is None or due.rule != rule_id:
        return None
    severity = Severity.WARN if due.overdue and rule_id in ("KID-28", "KID-31") else None
    state = "Overdue" if due.overdue else "Due"
    since = "" if due.since is None else format_date(due.since)
    values = (("Kidney check", state), ("Since", since)) if since else (("Kidney check", state),)
    return Said(because=due.because, about=About.CHECK, severity=severity, values=values)


@rule("KID-28")
def repeat_after_step(j: Judgement) -> Said | CannotSay | None:
    """Below 60 mL/min, or at age 65 or over, the test is repeated 1 to 2 weeks after the start and after every step to
    more than 20 mg a day."""
    if applies(j) and j.standing.value and j.panel.lowest is None and j.age is None:
        return CannotSay(because="Neither the birth date nor an estimate of kidney function is known.")
    return _due(after_step(j), "KID-28")


@rule("KID-29")
def yearly_test(j: Judgement) -> Said | None:
    """At 60 mL/min or more without a risk factor the test is yearly."""
    return _due(routine(j), "KID-29")


@rule("KID-30")
def test_by_table(j: Judgement) -> Said | None:
    """Everyone else is tested as often as the KDIGO table of eGFR and albumin says, and every 6 months at least."""
    return _due(routine(j), "KID-30")


@rule("KID-31")
def repeat_after_trigger(j: Judgement) -> Said | CannotSay | None:
    """The test is repeated within a week of a trigger: a new NSAID, ACE inhibitor, ARB, diuretic, trimethoprim,
    aminoglycoside or calcineurin inhibitor; more than 24 hours of vomiting or diarrhoea; urinary retention or
    obstruction, or sepsis; admission to hospital; a toxic sign."""
    said = _due(after_trigger(j), "KID-31")
    if said is not None or not applies(j) or not j.standing.value:
        return said
    codes = j.protocol.medicines
    undated = [
        codes[one.code].label
        for one in j.person.medicines
        if one.started_on is None and one.code in codes and KIDNEY_CHECK_TRIGGER in codes[one.code].lists
    ]
    return CannotSay(because=f"It is not recorded when {', '.join(undated)} was started.") if undated else None


@rule("KID-32")
def increase_unknown_kidneys(j: Judgement) -> Said | None:
    """An increase without any kidney result, or with a check overdue, counts kidney function as unknown."""
    if not applies(j) or not (j.increase is not None or (j.first and not j.first_ever)):
        return None
    overdue = [due for due in (after_step(j), routine(j), after_trigger(j)) if due is not None and due.overdue]
    if j.panel.lowest is not None and not overdue:
        return None
    why = "; ".join(f"{due.rule}: {due.because}" for due in overdue)
    if not why:
        why = f"{_last(j)}, and no estimate can be made from what is recorded."
    return Said(because=f"Kidney function counts as unknown. {why}", about=About.ORDER)


RULES = collect(
    (
        before_first_dose,
        before_first_dose_at_risk,
        repeat_after_step,
        yearly_test,
        test_by_table,
        repeat_after_trigger,
        increase_unknown_kidneys,
    )
)
