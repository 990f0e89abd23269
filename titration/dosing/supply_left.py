"""Whether what was handed out still lasts for a taper: who finds out too late can only stop suddenly."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from titration.dosing.facts import Facts, Step
from titration.dosing.judgement import Judgement
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import local_date
from titration.dosing.stopping_rules import within_limits
from titration.dosing.supply import FAR, runs_out

RULE = "TAPER-2"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyLeft:
    """``runs_out`` is when the first planned dose is due that the supply does not cover (None: not for ``FAR`` days).

    ``days`` are the whole local days from today that it covers. ``taper_days`` is how long the supply has to last:
    until the planned end when ``ends_on`` is a day, otherwise for a taper that is not quick by TAPER-2; None when no taper
    is asked for at this dose.
    """

    runs_out: datetime | None
    days: int
    taper_days: int | None
    ends_on: date | None

    @property
    def too_little(self) -> bool:
        """What is left does not last for a taper."""
        return self.runs_out is not None and self.taper_days is not None and self.days < self.taper_days


def supply_left(facts: Facts, protocol: Protocol) -> SupplyLeft | None:
    """What is left under the plan as it is signed, rising or falling; None: no issue is on record, or nothing is taken."""
    intake = facts.intake
    if intake is None or intake.supply is None or not intake.supply.issues:
        return None
    j = Judgement(replace(facts, order=None), protocol)
    ends_on = _planned_end(facts)
    if not j.standing.value and all(step.starts_on <= facts.today for step in facts.therapy.steps):
        return None
    out = runs_out(facts, intake)
    asked = None if ends_on is None else (ends_on - facts.today).days
    if asked is None and within_limits(j, j.limits(RULE)):
        asked = j.limits(RULE).count("below_days")
    days = FAR if out is None else (local_date(out, intake.zone) - facts.today).days
    return SupplyLeft(runs_out=out, days=days, taper_days=asked, ends_on=ends_on)


def under(facts: Facts, rows: tuple[Step, ...]) -> Facts:
    """The facts with an ordered plan in the place of what is signed from its first day on."""
    first = rows[0].starts_on
    before = tuple(
        step if step.ends_on is not None and step.ends_on <= first else replace(step, ends_on=first)
        for step in facts.therapy.steps
        if step.starts_on < first
    )
    return replace(facts, therapy=replace(facts.therapy, steps=(*before, *rows)))


def _planned_end(facts: Facts) -> date | None:
    """The first day without baclofen when the signed plan comes to one that lies ahead."""
    last = facts.therapy.steps[-1] if facts.therapy.steps else None
    tomorrow = facts.today + timedelta(days=1)
    return last.starts_on if last is not None and not last.daily.value and last.starts_on >= tomorrow else None
