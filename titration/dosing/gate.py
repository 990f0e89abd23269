"""The step gate: whether what an increase waits for has happened, one line for each thing, and what is still missing.

It stands beside ``assess`` and raises nothing. Its numbers are those of rules: the waits of STEP-4, STEP-8 and KID-10, the
share and the days of MISS-12.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING

from titration.dosing.assessment import RULES
from titration.dosing.doses import format_dose
from titration.dosing.doses_due import Known
from titration.dosing.facts import Facts, Order, OrderKind, Step
from titration.dosing.gate_lines import Condition, Effects, EffectsAnswer, Gate, GateLine, GateState
from titration.dosing.intake import DoseState, Tracking
from titration.dosing.judgement import Judgement
from titration.dosing.kidney_dose_rules import in_band
from titration.dosing.protocol import Protocol
from titration.dosing.rules import CannotSay, Rule, Said, Severity
from titration.dosing.wording import format_date

_A_DAY = timedelta(days=1)
CHECKS = frozenset(f"KID-{number}" for number in range(26, 33))
_CHECK_RULES = tuple(one for one in RULES if one.id in CHECKS)
_DOSE_RULES = tuple(one for one in RULES if one.family in ("KID", "MAX") and one.id not in CHECKS)


def step_gate(
    facts: Facts, protocol: Protocol, *, on: date, following: Step | None, answers: Iterable[EffectsAnswer]
) -> Gate:
    """The gate of the increase that ``facts.order`` is, in one step.

    ``on``: the local date at which the wait must be over, the first day of an order or today. ``following``: the planned
    increase after it (None: none is planned). ``answers``: every answer on record about side effects, in any order.
    """
    order = facts.order
    if order is None or not order.steps:
        raise ValueError("A gate is about an order with a dose.")
    j = Judgement(facts, protocol)
    base = j.replaced.lower
    began = None if base is None else _level_began(facts.therapy.steps, base)
    return Gate(
        starts_on=order.starts_on,
        daily=order.steps[0].daily,
        lines=(
            _time(j, on),
            _doses(j, began),
            _check(j),
            _allowed(j, following),
            _effects(j, began, answers),
        ),
    )


def order_of(step: Step) -> Order:
    """A planned step as the order that its signature would be."""
    return Order(
        kind=OrderKind.CHANGE,
        starts_on=step.starts_on,
        steps=(step,),
        stop_reason=None,
        monitoring_plan=None,
        formulation=None,
        liquid=None,
    )


def _level_began(steps: tuple[Step, ...], base: Step) -> date:
    """The first day of the daily dose of a step: a change of product or times alone begins no new step."""
    began = base.starts_on
    for step in sorted(steps, key=lambda one: one.starts_on, reverse=True):
        if step.starts_on >= began:
            continue
        if step.daily != base.daily or (step.ends_on is not None and step.ends_on < began):
            break
        began = step.starts_on
    return began


# The wait


def _waits(j: Judgement) -> Iterator[tuple[int, str]]:
    """Days that an increase waits, with the rule that says so; each rule only where it applies."""
    for rule_id in ("STEP-4", "STEP-8", "KID-10"):
        if rule_id not in j.protocol.rules:
            continue
        limits = j.limits(rule_id)
        if rule_id == "STEP-8" and j.child_rule(limits) is not True:
            continue
        if rule_id == "KID-10" and not in_band(j, limits):
            continue
        yield limits.count("wait_days"), rule_id


def _time(j: Judgement, on: date) -> GateLine:
    increase = j.increase
    last_rise = None if increase is None else increase.last_rise
    if last_rise is None:
        because = "It is not recorded when the dose was started or last raised."
        return GateLine(condition=Condition.TIME, state=GateState.UNKNOWN, because=because)
    days, rule_id = max(_waits(j))
    opens_on = last_rise + _A_DAY * days
    since = f"since the start or last increase on {format_date(last_rise)}"
    passed = max((on - last_rise).days, 0)
    if on >= opens_on:
        return GateLine(
            condition=Condition.TIME,
            state=GateState.OPEN,
            because=f"{_days(passed)} {since}; at least {_days(days)} are asked for ({rule_id}).",
            rules=(rule_id,),
        )
    return GateLine(
        condition=Condition.TIME,
        state=GateState.MISSING,
        because=f"{_days(passed)} of {days} {since}; the wait is over on {format_date(opens_on)} ({rule_id}).",
        opens_on=opens_on,
        rules=(rule_id,),
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


# The doses taken


def _doses(j: Judgement, began: date | None) -> GateLine:
    def line(state: GateState, because: str) -> GateLine:
        return GateLine(condition=Condition.DOSES, state=state, because=because, rules=("MISS-12",))

    if j.gaps is None or began is None:
        return line(GateState.UNKNOWN, "Nothing is known of the doses that were taken.")
    if began > j.facts.today:
        return line(GateState.UNKNOWN, f"The step before it begins on {format_date(began)}: no dose of it is due yet.")
    limits, today = j.limits("MISS-12"), j.facts.today
    oldest = max(began, today - _A_DAY * (limits.count("over_days") - 1))
    seen = list(j.gaps.doses.backwards(today, oldest))
    found = Counter(dose.known for dose in seen)
    # A part is no dose of the step: half a tablet each time is not known to be tolerated as a whole one.
    in_part = sum(
        dose.known is Known.CONFIRMED and dose.event is not None and dose.event.state is DoseState.PARTLY
        for dose in seen
    )
    found[Known.CONFIRMED] -= in_part
    due = sum(found.values()) + in_part - found[Known.OPEN] - found[Known.EXPLAINED]
    left_out = f" {found[Known.EXPLAINED]} held or not expected, left out." if found[Known.EXPLAINED] else ""
    if not due:
        return line(GateState.UNKNOWN, f"No dose that counts has come due since {format_date(oldest)}.{left_out}")
    asked = int((limits.amount("below_percent") * due / 100).to_integral_value(ROUND_CEILING))
    not_recorded = f", {found[Known.UNKNOWN]} not recorded" if found[Known.UNKNOWN] else ""
    because = (
        f"{found[Known.CONFIRMED]} of {due} doses taken since {format_date(oldest)}: {_parts(found, in_part)}{not_recorded}. "
        f"At least {asked} of {due} are asked for.{left_out}"
    )
    if found[Known.CONFIRMED] >= asked:
        return line(GateState.OPEN, because)
    if found[Known.CONFIRMED] + found[Known.UNKNOWN] < asked:
        return line(GateState.MISSING, because)
    untracked = "" if j.gaps.intake.tracking is Tracking.TICKED else "Doses are not tracked. "
    unknown = (
        f"{untracked}Of {found[Known.UNKNOWN]} of {due} doses since {format_date(oldest)} nothing is recorded; "
        f"{found[Known.CONFIRMED]} taken, {_parts(found, in_part)}. At least {asked} of {due} are asked for.{left_out}"
    )
    return line(GateState.UNKNOWN, unknown)


def _parts(found: Counter[Known], in_part: int) -> str:
    """What was taken in part, what was reported as not taken and what was not ticked, never mixed up."""
    parts = f"{in_part} taken in part, " if in_part else ""
    return f"{parts}{found[Known.REPORTED]} skipped or lost, {found[Known.NOT_TICKED]} not ticked"


# The kidneys and the highest dose


def _judged(j: Judgement, rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, Said | CannotSay, Severity | None]]:
    """What rules say, or cannot say, with the severity of this finding, else that of the rule."""
    for one in rules:
        row = j.protocol.rules.get(one.id)
        answer = None if row is None or one.judge is None else one.judge(j)
        if row is not None and answer is not None:
            said = answer.severity if isinstance(answer, Said) else None
            yield one, answer, said or row.severity


def _line(condition: Condition, found: list[tuple[str, str]], unknown: list[tuple[str, str]], fine: str) -> GateLine:
    """A line from what was found and what could not be said, as (rule, sentence)."""
    told = list(dict.fromkeys(found or unknown))
    state = GateState.MISSING if found else GateState.UNKNOWN if unknown else GateState.OPEN
    sentences: dict[str, list[str]] = {}
    for rule_id, because in told:
        sentences.setdefault(because, []).append(rule_id)
    words = " ".join(f"{because} ({', '.join(rules)})" for because, rules in sentences.items())
    return GateLine(condition=condition, state=state, because=words or fine, rules=tuple(rule for rule, _ in told))


def _check(j: Judgement) -> GateLine:
    found, unknown = list[tuple[str, str]](), list[tuple[str, str]]()
    for one, answer, _ in _judged(j, _CHECK_RULES):
        (found if isinstance(answer, Said) else unknown).append((one.id, answer.because))
    newest = j.panel.newest
    if j.person.dialysis:
        fine = "On dialysis no kidney check is asked for."
    elif newest is None:
        fine = "No kidney check is due."
    else:
        fine = f"No kidney check is due; the last result is of {format_date(newest.taken_on)}."
    return _line(Condition.CHECK, found, unknown, fine)


def _allowed(j: Judgement, following: Step | None) -> GateLine:
    """No rule about kidneys or the highest dose stops this increase or the one after it."""
    judged = [j]
    if following is not None:
        judged.append(Judgement(replace(j.facts, order=order_of(following)), j.protocol, j))
    found, unknown = list[tuple[str, str]](), list[tuple[str, str]]()
    for one in judged:
        for rule, answer, severity in _judged(one, _DOSE_RULES):
            if severity is None or severity.rank < Severity.STOP.rank:
                continue
            (found if isinstance(answer, Said) else unknown).append((rule.id, answer.because))
    doses = " or ".join(format_dose(one.dose) for one in judged)
    return _line(Condition.ALLOWED, found, unknown, f"No rule about kidneys or the highest dose stops {doses} a day.")


# Side effects


def _effects(j: Judgement, began: date | None, answers: Iterable[EffectsAnswer]) -> GateLine:
    def line(state: GateState, because: str) -> GateLine:
        return GateLine(condition=Condition.EFFECTS, state=state, because=because)

    if began is None or began > j.facts.today:
        return line(GateState.UNKNOWN, "The step before it has not begun, so nobody can be asked about it yet.")
    known = sorted((one for one in answers if began < one.on <= j.facts.today), key=lambda one: one.on)
    answered = [one for one in known if one.answer is not Effects.NOT_ASKED]
    if answered:
        what = "some" if answered[-1].answer is Effects.SOME else "none"
        return line(
            GateState.OPEN, f"Side effects since the last step, asked on {format_date(answered[-1].on)}: {what}."
        )
    if known:
        return line(GateState.MISSING, f"Side effects were noted as not asked about on {format_date(known[-1].on)}.")
    return line(GateState.MISSING, f"Nobody has asked about side effects since the step began on {format_date(began)}.")
