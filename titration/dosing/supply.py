"""How long the baclofen that was handed out lasts, if it is taken as planned."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from titration.dosing.doses_due import due_instant, step_on
from titration.dosing.facts import Facts, Step
from titration.dosing.intake import Intake, SilenceReason, Supply
from titration.dosing.schedule import local_date

_A_DAY = timedelta(days=1)
FAR = 400  # days: a supply that lasts longer is looked at again by then
_NOTHING = Decimal(0)


def runs_out(
    facts: Facts, intake: Intake, *, days: int = FAR, mornings: dict[date, Decimal] | None = None
) -> datetime | None:
    """When the first dose is due (aware UTC) that the recorded supply does not cover; None: no issue is on record, no
    dose is planned, or the supply lasts for so many local days from today on.

    Every planned dose since the first issue counts as used, ticked or not, but for what is recorded as not taken or fell
    into a hold. What was left before the first issue is not known and counts as nothing. ``mornings`` keeps what was left in
    the morning of each day, for the other instants of the same facts.
    """
    if intake.supply is None or not intake.supply.issues:
        return None
    known = {} if mornings is None else mornings
    if facts.today not in known:
        known[facts.today] = _left_this_morning(facts, intake, intake.supply)
    left = known[facts.today]
    events = {(one.day, one.slot): one for one in intake.events if one.day >= facts.today}
    held_until = max((one.ends_at for one in intake.silences if one.reason is SilenceReason.HOLD), default=facts.as_of)
    # From this day on nothing is recorded or held: whole days are taken off at once, as long as they are covered.
    plain = max([facts.today, local_date(held_until, intake.zone), *(day for day, _ in events)]) + _A_DAY * 2
    ahead = 0
    while ahead < days:
        day = facts.today + _A_DAY * ahead
        step = step_on(facts.therapy.steps, day)
        whole = 0
        if step is not None and day >= plain:
            following = (one.starts_on for one in facts.therapy.steps if one.starts_on > day)
            whole = _covered_days(step, day, min(following, default=date.max), left)
            whole = min(whole, days - ahead)
        if step is not None and whole:
            left, ahead = left - whole * step.daily.value, ahead + whole
            continue
        ahead += 1
        for due, place, amount in () if step is None else _doses(step, day, intake.zone):
            event = events.get((day, place))
            if event is None and intake.is_held_at(due):
                continue
            # A dose of which something is recorded is behind the patient, whatever was left then.
            if event is not None or due <= facts.as_of:
                left = max(_NOTHING, left - (amount if event is None else event.taken.value))
                continue
            left -= amount
            if left < 0:
                return due
    return None


def _covered_days(step: Step, day: date, following: date, left: Decimal) -> int:
    """For how many days from this one on, up to the next step, every dose is covered; none where a dose has no time."""
    if not step.daily.value or any(slot.at is None for slot in step.slots):
        return 0
    until = following if step.ends_on is None else min(following, step.ends_on)
    return min((until - day).days, int(left // step.daily.value))


def _left_this_morning(facts: Facts, intake: Intake, supply: Supply) -> Decimal:
    """The mg left before the first dose of today, with what is handed out today."""
    left = _NOTHING
    issues = [one for one in supply.issues if one.on <= facts.today]
    days = [one.on for one in issues[1:]] + [facts.today]
    for issue, until in zip(issues, days, strict=False):
        left = max(_NOTHING, left + issue.amount.value - _used(facts, intake, issue.on, until))
    return left


def _used(facts: Facts, intake: Intake, first: date, until: date) -> Decimal:
    """The mg of the doses planned from a local date up to, and without, another one, less what was left of them."""
    used = _NOTHING
    for step in facts.therapy.steps:
        begins, ends = max(first, step.starts_on), until if step.ends_on is None else min(until, step.ends_on)
        used += step.daily.value * max(0, (ends - begins).days)
    recorded = [one for one in intake.events if first <= one.day < until]
    used -= sum(
        (one.amount.value - one.taken.value for one in recorded if one.taken.value < one.amount.value), _NOTHING
    )
    return max(_NOTHING, used - _held_back(facts, intake, first, until, {(one.day, one.slot) for one in recorded}))


def _held_back(facts: Facts, intake: Intake, first: date, until: date, recorded: set[tuple[date, int]]) -> Decimal:
    """The mg of the doses of these days that fell into a hold and of which nothing else is recorded."""
    if not any(one.reason is SilenceReason.HOLD for one in intake.silences):
        return _NOTHING
    found = _NOTHING
    for ahead in range((until - first).days):
        day = first + _A_DAY * ahead
        step = step_on(facts.therapy.steps, day)
        for due, place, amount in () if step is None else _doses(step, day, intake.zone):
            if (day, place) not in recorded and intake.is_held_at(due):
                found += amount
    return found


def _doses(step: Step, day: date, zone: str) -> list[tuple[datetime, int, Decimal]]:
    """The doses of a day in the order they are due, each with its place in the pattern and its mg."""
    timed = [
        (due_instant(day, slot.at, zone), place, slot.amount.value)
        for place, slot in enumerate(step.slots)
        if slot.at is not None
    ]
    return sorted(timed)
