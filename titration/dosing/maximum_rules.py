"""MAX: how much a day and how much at once."""

from titration.dosing.doses import Mg, format_dose, format_number
from titration.dosing.facts import Setting
from titration.dosing.judgement import Judgement
from titration.dosing.rules import About, CannotSay, Said, collect, rule


@rule("MAX-1")
def daily_maximum_us(j: Judgement) -> Said | None:
    """The oral dose of a day is 80 mg or less."""
    return _above(j, j.limits("MAX-1").mg("daily_mg"))


@rule("MAX-2")
def daily_maximum_uk(j: Judgement) -> Said | None:
    """The oral dose of a day is 100 mg or less; a higher one belongs in a hospital, closely supervised."""
    limits = j.limits("MAX-2")
    # An unknown age is no reason for silence: 100 mg is above every limit for a child as well.
    if j.age is not None and j.age < limits.count("from_years"):
        return None
    said = _above(j, limits.mg("daily_mg"))
    if said is None:
        return None
    where = {Setting.INPATIENT: "The patient is in hospital.", Setting.OUTPATIENT: "The patient is an out-patient."}
    setting = "" if j.person.setting is None else where[j.person.setting]
    return Said(because=f"{said.because} {setting}".strip(), about=said.about, values=said.values)


@rule("MAX-3")
def single_dose_us(j: Judgement) -> Said | None:
    """A dose of more than 20 mg at once is pointed out."""
    return _single(j, j.limits("MAX-3").mg("slot_mg"), "")


@rule("MAX-4")
def single_dose_uk(j: Judgement) -> Said | None:
    """A dose of more than 33 mg at once is questioned."""
    return _single(j, j.limits("MAX-4").mg("slot_mg"), "; check that it is meant")


@rule("MAX-5")
def above_usual(j: Judgement) -> Said | None:
    """A day's dose above the usual range and still within the maximum is pointed out."""
    limits = j.limits("MAX-5")
    if j.age is not None and j.age < limits.count("from_years"):
        return None
    usual, most = limits.mg("above_daily_mg"), limits.mg("to_daily_mg")
    if not usual < j.dose <= most:
        return None
    return Said(because=f"{_total(j)}; the usual dose is up to {format_dose(usual)} a day.", about=j.about)


@rule("MAX-6")
def child_under_8(j: Judgement) -> Said | CannotSay | None:
    """Below 8 years the day's dose is 40 mg or less."""
    return _child(j, "MAX-6")


@rule("MAX-7")
def child_from_8(j: Judgement) -> Said | CannotSay | None:
    """From 8 to 17 years the day's dose is 60 mg or less."""
    return _child(j, "MAX-7")


@rule("MAX-8")
def child_by_weight(j: Judgement) -> Said | CannotSay | None:
    """A child's dose of a day is 2 mg for each kg or less."""
    limits = j.limits("MAX-8")
    applies = j.child_rule(limits)
    if not applies or not j.dose.value:
        return None
    if isinstance(applies, CannotSay):
        return applies
    if j.kg is None:
        return CannotSay(because="The weight is not recorded, so the dose for each kg was not judged.")
    limit = Mg(limits.amount("mg_per_kg") * j.kg)
    if j.dose <= limit:
        return None
    return Said(
        because=f"{_total(j)}; at {format_number(j.kg)} kg it is at most {format_dose(limit)} a day.", about=j.about
    )


@rule("MAX-9")
def child_of_8(j: Judgement) -> Said | CannotSay | None:
    """At the age of 8 the prescriber confirms that the higher limit applies before a day's dose goes above 40 mg."""
    limits = j.limits("MAX-9")
    applies = j.child_rule(limits)
    if not limits.mg("above_daily_mg") < j.dose <= limits.mg("to_daily_mg") or not applies:
        return None
    if isinstance(applies, CannotSay):
        return applies
    return Said(
        because=f"{_total(j)} at age {j.age}; above {format_dose(limits.mg('above_daily_mg'))} a day the limit "
        "for 8 and over is confirmed first.",
        about=j.about,
    )


def _child(j: Judgement, rule_id: str) -> Said | CannotSay | None:
    limits = j.limits(rule_id)
    applies = j.child_rule(limits)
    if not applies or not j.dose.value:
        return None
    return applies if isinstance(applies, CannotSay) else _above(j, limits.mg("daily_mg"))


def _above(j: Judgement, most: Mg) -> Said | None:
    if j.dose <= most:
        return None
    return Said(
        because=f"{_total(j)}; the maximum is {format_dose(most)} a day.",
        about=j.about,
        values=(("Total", format_dose(j.dose)), ("Maximum", format_dose(most))),
    )


def _single(j: Judgement, most: Mg, then: str) -> Said | None:
    largest = j.highest_slot
    if largest <= most:
        return None
    return Said(
        because=f"The largest single dose is {format_dose(largest)}, which is above {format_dose(most)}{then}.",
        about=j.about,
        values=(("Largest dose", format_dose(largest)), ("Threshold", format_dose(most))),
    )


def _total(j: Judgement) -> str:
    word = "New total" if j.about is About.ORDER else "Total"
    return f"{word} {format_dose(j.dose)} a day"


RULES = collect(
    (
        daily_maximum_us,
        daily_maximum_uk,
        single_dose_us,
        single_dose_uk,
        above_usual,
        child_under_8,
        child_from_8,
        child_by_weight,
        child_of_8,
    )
)
