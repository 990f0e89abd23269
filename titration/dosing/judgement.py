"""The facts as the rules read them: the dose before and after, each change, the length of use, the kidneys."""

from datetime import date, timedelta
from decimal import Decimal

from titration.dosing.changes import NOTHING, Change, Replaced, daily, passage, replaced_by
from titration.dosing.doses import Mg
from titration.dosing.facts import Facts, Order, OrderKind, Sex, Step
from titration.dosing.gaps import Gaps
from titration.dosing.once import once
from titration.dosing.panel import KidneyPanel
from titration.dosing.protocol import Protocol
from titration.dosing.protocol_data import Code, Limits
from titration.dosing.rules import About, CannotSay, Said
from titration.dosing.schedule import completed_years
from titration.dosing.wording import format_date

NO_ESTIMATE = "No estimate of kidney function can be made from what is recorded, so no kidney dose rule was judged."
NO_BIRTH_DATE = "The birth date is not recorded."
NO_DIALYSIS = "It is not recorded whether the patient is on dialysis."
NO_PREGNANCY = "It is not recorded whether the patient is pregnant."


class Judgement:
    """Facts and protocol together, with what several rules need worked out once, when it is first asked for."""

    def __init__(self, facts: Facts, protocol: Protocol, earlier: "Judgement | None" = None) -> None:
        """``earlier``: one of an earlier instant on the same facts, whose kidneys and doses are worked out already."""
        self.facts = facts
        self.protocol = protocol
        self.person = facts.person
        self.panel: KidneyPanel = KidneyPanel(facts, protocol) if earlier is None else earlier.panel
        gaps = None if earlier is None else earlier.gaps
        self.gaps: Gaps | None = None if facts.intake is None else Gaps(facts, facts.intake, protocol, gaps)

    def limits(self, rule_id: str) -> Limits:
        return self.protocol.limits(rule_id)

    def having(self, listed: str) -> list[Code]:
        """The patient's conditions that belong to a list of the protocol."""
        codes = self.protocol.conditions
        return [codes[code] for code in sorted(self.person.conditions) if code in codes and listed in codes[code].lists]

    # The person

    @once
    def age(self) -> int | None:
        """Completed years today; None: the birth date is not known, or lies after today."""
        birth = self.person.birth_date
        return None if birth is None or birth > self.facts.today else completed_years(birth, self.facts.today)

    @property
    def adult(self) -> bool | None:
        """Whether the adult schedule of the jurisdiction applies; None: the age is not known."""
        return None if self.age is None else self.age >= self.protocol.adult_from_years

    @property
    def kg(self) -> Decimal | None:
        return None if self.person.weight is None else self.person.weight.value

    @property
    def pregnancy_unknown(self) -> bool:
        """Nobody has said whether the patient is pregnant, and the sex on record does not say it either."""
        return self.person.pregnant is None and self.person.sex is not Sex.MALE

    @property
    def kidneys_doubtful(self) -> str:
        """Why it is not known whether creatinine can be relied on (KID-5), as a sentence; empty: it is known."""
        if self.person.dialysis is None:
            return NO_DIALYSIS
        if self.pregnancy_unknown:
            return NO_PREGNANCY
        return "" if self.panel.bmi is not None else "Height and weight are not both recorded, so the BMI is not known."

    def child_rule(self, limits: Limits) -> CannotSay | bool:
        """Whether a rule for children applies; ``CannotSay`` when the age is unknown or the rules are switched off."""
        if self.age is None:
            return CannotSay(because="The birth date is not recorded, so the rules for children were not judged.")
        lowest = limits.counts.get("from_years", limits.counts.get("age_years", 0))
        if not lowest <= self.age < limits.counts.get("below_years", lowest + 1):
            return False
        return True if self.protocol.paediatric else self.children_off

    @property
    def children_off(self) -> CannotSay:
        return CannotSay(
            because=f"The patient is {self.age} and the rules for children are switched off at this site, "
            "so this dose is not covered.",
            refuses=self.starts_or_rises,
        )

    # The doses

    @property
    def order(self) -> Order | None:
        return self.facts.order

    @property
    def first(self) -> bool:
        """The order is the first dose of the plan."""
        return self.order is not None and self.order.kind is OrderKind.FIRST

    @once
    def first_ever(self) -> bool:
        """A first dose, unless baclofen is known to have been taken before; "not known" counts as the first."""
        return self.first and self.facts.therapy.taken_before is not True

    @property
    def restarts(self) -> bool:
        """The first order of a plan after doses that are on record: its rise is judged from none."""
        return self.first and not self.first_ever and any(step.daily.value for step in self.facts.therapy.steps)

    def in_force(self, day: date) -> Step | None:
        """The signed step whose pattern is taken on a day."""
        found = None
        for step in self.facts.therapy.steps:
            if step.starts_on <= day and (step.ends_on is None or day < step.ends_on):
                found = step
        return found

    @once
    def current(self) -> Step | None:
        return self.in_force(self.facts.today)

    @property
    def standing(self) -> Mg:
        """The daily dose in force today; zero when there is none."""
        return NOTHING if self.current is None else self.current.daily

    @once
    def replaced(self) -> Replaced:
        """What the order takes the place of."""
        if self.order is None:
            return Replaced(lower=None, higher=None)
        day = self.order.starts_on
        yesterday = self.in_force(day - timedelta(days=1))
        return replaced_by(day, today=self.facts.today, on_day=self.in_force(day), day_before=yesterday)

    @once
    def before(self) -> Mg:
        """The highest daily dose that the order changes; without an order, the dose in force."""
        if self.order is None:
            return self.standing
        return daily(self.replaced.higher)

    @once
    def changes(self) -> tuple[Change, ...]:
        """Every passage that the order makes, in time order; an order to stop is one passage to zero."""
        order = self.order
        if order is None:
            return ()
        last_rise = self._last_rise_before(order.starts_on)
        made: list[Change] = []
        passages: list[tuple[date, Step | None]] = [(step.starts_on, step) for step in order.steps]
        replaced = self.replaced
        for on, step in passages or [(order.starts_on, None)]:
            starts = self.first and not made and not self.restarts
            made += [
                Change(
                    on=on, before=daily(one), after=daily(step), step=step, step_before=one, last_rise=last_rise,
                    starts=starts,
                )
                for one in replaced.judged_from(daily(step))
            ]  # fmt: skip
            if made[-1].rises or starts:
                last_rise = on
            replaced = Replaced(lower=step, higher=step)
        return tuple(made)

    def _last_rise_before(self, day: date) -> date | None:
        last_day = day - timedelta(days=1) if day > self.facts.today else day
        rises = [on for on, _ in self.rises if on <= last_day]
        return rises[-1] if rises else None

    @once
    def rises(self) -> tuple[tuple[date, Mg], ...]:
        """The start, each restart and each increase of the signed steps: its date and the daily dose reached."""
        found, level = [], NOTHING
        previous: Step | None = None
        for step in self.facts.therapy.steps:
            gap = previous is not None and previous.ends_on is not None and previous.ends_on < step.starts_on
            if gap:
                level = NOTHING
            if step.daily > level:
                found.append((step.starts_on, step.daily))
            level, previous = step.daily, step
        return tuple(found)

    @once
    def increase(self) -> Change | None:
        """The first increase that the order makes."""
        return next((change for change in self.changes if change.rises), None)

    @property
    def starts_or_rises(self) -> bool:
        """The order is a first dose or makes an increase."""
        return self.first or self.increase is not None

    @once
    def judged_step(self) -> Step | None:
        """The step whose dose the band and maximum rules judge: the highest of the order, or the one in force."""
        return max(self._steps, key=lambda step: step.daily, default=None)

    @property
    def _steps(self) -> tuple[Step, ...]:
        """The steps of the order that are not over (one that ends a taper names the whole taper), or the one in force."""
        steps = (self.current,) if self.order is None else self.order.steps
        return tuple(one for one in steps if one and not (one.ends_on and one.ends_on <= self.facts.today))

    @once
    def dose(self) -> Mg:
        """The daily dose after the order, or the dose in force when nothing is ordered."""
        return NOTHING if self.judged_step is None else self.judged_step.daily

    @once
    def highest_slot(self) -> Mg:
        """The largest single dose of the order, or of the dose in force."""
        return max((slot.amount for step in self._steps for slot in step.slots), default=NOTHING)

    @property
    def about(self) -> About:
        """An order that only lowers the dose is never held back by what the lower dose still is."""
        if self.order is None or self.dose < daily(self.replaced.lower):
            return About.STANDING
        return About.ORDER

    # The length of use, and the end of it

    @once
    def use_began(self) -> date | None:
        """First day of the use that reaches the order, or today; None when nothing is taken then.

        Days without end the use only when there are as many of them as make a use established (STOP-1).
        """
        end = self.facts.today if self.order is None else self.order.starts_on
        enough = timedelta(days=self.limits("STOP-1").count("used_days"))
        began: date | None = None
        until: date | None = None
        for step in self.facts.therapy.steps:
            if step.starts_on > end:
                break
            if not step.daily.value:
                continue
            if began is None or (until is not None and step.starts_on - until >= enough):
                began = step.starts_on
            until = step.ends_on
        return None if until is not None and until < end else began

    @property
    def used_days(self) -> int:
        """Days of use up to the order, or today; zero when nothing was taken."""
        end = self.facts.today if self.order is None else self.order.starts_on
        return 0 if self.use_began is None else (end - self.use_began).days

    @once
    def ends_abruptly(self) -> bool:
        """The order ends baclofen without any reduced step: only the STOP rules judge it."""
        if not self.changes or not self.before.value:
            return False
        return len(self.changes) == 1 and not self.changes[0].after.value

    @once
    def reductions(self) -> tuple[Change, ...]:
        """Every passage of the order to a lower dose, unless it ends abruptly."""
        return () if self.ends_abruptly else tuple(change for change in self.changes if change.falls)

    @once
    def taper_days(self) -> int | None:
        """Days from the first reduced day to the first day without baclofen; None: the order is not a full taper."""
        if not self.reductions or self.changes[-1].after.value:
            return None
        return (self.changes[-1].on - self.reductions[0].on).days


def too_soon(j: Judgement, days: int) -> Said | None:
    """An increase of the order that comes fewer than so many calendar days after the start or the last increase."""
    for change in j.changes:
        if change.rises and change.waited is not None and change.waited < days and change.last_rise is not None:
            count = "1 day" if change.waited == 1 else f"{change.waited} days"
            return Said(
                because=f"{passage(change)} on {format_date(change.on)} is {count} after the start or last increase "
                f"on {format_date(change.last_rise)}; it waits {days} days.",
                about=About.ORDER,
                values=(("Waited", count), ("Earliest", format_date(change.last_rise + timedelta(days=days)))),
            )
    return None
