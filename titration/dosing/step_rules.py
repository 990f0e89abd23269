"""STEP: how low a plan starts, how large a step is and how long it waits."""

from datetime import date, timedelta

from titration.dosing.changes import Change, passage
from titration.dosing.code_lists import CEREBRAL_ORIGIN
from titration.dosing.doses import Mg, format_dose, format_number
from titration.dosing.judgement import NO_BIRTH_DATE, Judgement, too_soon
from titration.dosing.protocol import Protocol
from titration.dosing.rules import About, CannotSay, Said, calculation, collect, rule


@rule("STEP-1")
def low_start(j: Judgement) -> Said | CannotSay | None:
    """The first order that an adult ever gets is for 15 mg a day or less."""
    if j.adult is False:
        if not j.protocol.paediatric:
            return j.children_off
        if "STEP-7" in j.protocol.rules:
            return None
        return CannotSay(because=f"The patient is {j.age}: this protocol has no schedule for that age.")
    limit = j.limits("STEP-1").mg("first_daily_mg")
    ordered = j.changes[0].after if j.first_ever else None
    if ordered is None or ordered <= limit:
        return None
    unknown = " It is not known whether baclofen was taken before." if j.facts.therapy.taken_before is None else ""
    return Said(
        because=f"New total {format_dose(ordered)} a day; the first order is at most {format_dose(limit)} a day.{unknown}",
        about=About.ORDER,
        values=(("New total", format_dose(ordered)), ("First order at most", format_dose(limit))),
    )


@rule("STEP-2")
def small_step(j: Judgement) -> Said | CannotSay | None:
    """An increase adds 15 mg a day or less."""
    if j.first and not j.first_ever and not j.restarts:
        return CannotSay(because="Baclofen was taken before at a dose that is not recorded, so the step has no size.")
    limit = j.limits("STEP-2").mg("added_daily_mg")
    for change in j.changes:
        if change.rises and change.after - change.before > limit and not is_fourth_dose(j, change):
            added = change.after - change.before
            return Said(
                because=f"{passage(change)} adds {format_dose(added)} a day; one increase adds at most {format_dose(limit)}.",
                about=About.ORDER,
                values=(("Added", format_dose(added)), ("At most", format_dose(limit))),
            )
    return None


@rule("STEP-3")
def fourth_dose(j: Judgement) -> Said | None:
    """From 60 to 80 mg a day through a fourth dose of 20 mg is pointed out; STEP-2 is then not raised."""
    for change in j.changes:
        if is_fourth_dose(j, change):
            return Said(because=f"{passage(change)} by a fourth dose; no label times this step.", about=About.ORDER)
    return None


def is_fourth_dose(j: Judgement, change: Change) -> bool:
    """The one step above 15 mg a day that a label's maximum regimen implies."""
    limits = j.limits("STEP-3")
    if change.step is None or not change.rises:
        return False
    slots = [slot.amount for slot in change.step.slots]
    return (
        change.before == limits.mg("from_daily_mg")
        and change.after == limits.mg("to_daily_mg")
        and slots == [limits.mg("slot_mg")] * limits.count("doses_per_day")
    )


@rule("STEP-4")
def waited(j: Judgement) -> Said | None:
    """An increase comes 3 calendar days or more after the start or the last increase."""
    return too_soon(j, j.limits("STEP-4").count("wait_days"))


@rule("STEP-7")
def low_start_child(j: Judgement) -> Said | CannotSay | None:
    """A child starts at about 0.3 mg for each kg a day or less, in 2 to 4 doses, best in 4."""
    limits = j.limits("STEP-7")
    applies = j.child_rule(limits)
    if not j.first_ever or not applies:
        return None
    if isinstance(applies, CannotSay):
        return applies
    if j.kg is None:
        return CannotSay(because="The weight is not recorded, so the dose for each kg was not judged.")
    limit = Mg(limits.amount("first_mg_per_kg") * j.kg)
    ordered = j.changes[0].after
    if ordered <= limit:
        return None
    return Said(
        because=f"New total {format_dose(ordered)} a day; at {format_number(j.kg)} kg the first order is at most "
        f"{format_dose(limit)} a day.",
        about=About.ORDER,
    )


@rule("STEP-8")
def waited_child(j: Judgement) -> Said | CannotSay | None:
    """A child's dose is raised about once a week, no sooner."""
    limits = j.limits("STEP-8")
    applies = j.child_rule(limits)
    if j.increase is None or not applies:
        return None
    return applies if isinstance(applies, CannotSay) else too_soon(j, limits.count("wait_days"))


@rule("STEP-9")
def careful_start(j: Judgement) -> Said | CannotSay | None:
    """A first order at an older age, or for spasticity that comes from the brain, is a reason to start smaller and slower."""
    if not j.first:
        return None
    limits = j.limits("STEP-9")
    origins = [code.label for code in j.having(CEREBRAL_ORIGIN)]
    older = j.age is not None and j.age >= limits.count("from_years")
    reasons = ([f"Age {j.age}"] if older else []) + origins
    if not reasons:
        return CannotSay(because=NO_BIRTH_DATE) if j.age is None else None
    low, high = format_dose(limits.mg("think_from_mg")), format_dose(limits.mg("think_to_mg"))
    return Said(because=f"{', '.join(reasons)}: think of a start with {low} to {high} a day.", about=About.ORDER)


def draft_ladder(protocol: Protocol, start: date) -> tuple[tuple[date, Mg, int], ...]:
    """The plan that the label's ladder gives: date, daily dose and number of equal doses of each step.

    The last one, 80 mg a day, carries the 3-day rule on; no label times it.
    """
    limits = protocol.limits("STEP-6")
    rungs = [(Mg(daily), limits.count("doses_per_day")) for daily in limits.amounts("ladder_daily_mg")]
    rungs.append((limits.mg("top_daily_mg"), limits.count("top_doses_per_day")))
    wait = timedelta(days=limits.count("wait_days"))
    return tuple((start + wait * place, daily, doses) for place, (daily, doses) in enumerate(rungs))


RULES = collect(
    (
        low_start,
        small_step,
        fourth_dose,
        waited,
        calculation(
            "STEP-5", "Starting lower, stepping smaller or waiting longer than the label raises nothing.", too_soon
        ),
        calculation(
            "STEP-6",
            "A plan is drafted as 15, 30, 45 and 60 mg a day in 3 equal doses, 3 days each; 80 mg a day is drafted only "
            "as 4 doses of 20 mg.",
            draft_ladder,
        ),
        low_start_child,
        waited_child,
        careful_start,
    )
)
