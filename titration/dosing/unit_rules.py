"""UNIT: slips of unit, volume, strength and tens, at the moment of entry."""

from collections.abc import Iterator
from datetime import time
from decimal import Decimal

from titration.dosing.changes import Change
from titration.dosing.doses import Mg, format_dose, format_ml, format_number
from titration.dosing.facts import Analyte, LabEntry, LabUnit, SlotDose
from titration.dosing.judgement import Judgement
from titration.dosing.kidney import mg_dl_to_umol, round_half_up, umol_to_mg_dl
from titration.dosing.rules import About, Said, calculation, collect, rule


def both_units(entry: LabEntry) -> tuple[Decimal, Decimal]:
    """A creatinine in mg/dL and in µmol/L; the one that it came in is kept as it is (UNIT-7)."""
    if entry.unit is LabUnit.UMOL_L:
        return umol_to_mg_dl(entry.value), entry.value
    return entry.value, mg_dl_to_umol(entry.value)


def _creatinine(j: Judgement) -> LabEntry | None:
    entry = j.facts.lab_entry
    return entry if entry is not None and entry.analyte is Analyte.CREATININE else None


@rule("UNIT-1")
def creatinine_too_high(j: Judgement) -> Said | None:
    """A creatinine above 20 mg/dL is read as an error of the unit until a person confirms it, and gives no estimate."""
    entry = _creatinine(j)
    if entry is None or both_units(entry)[0] <= j.limits("UNIT-1").amount("above_mg_dl"):
        return None
    typed = f"{format_number(entry.value)} {_unit(entry)}"
    likely = umol_to_mg_dl(entry.value) if entry.unit is LabUnit.MG_DL else None
    if likely is None:
        return Said(because=f"{typed} was read; check the number and the unit.", about=About.ENTRY)
    value = format_number(round_half_up(likely, 3))
    return Said(
        because=f"{typed} was read; as {format_number(entry.value)} µmol/L it would be {value} mg/dL.",
        about=About.ENTRY,
        values=(("Probably, in mg/dL", value),),
    )


@rule("UNIT-2")
def creatinine_too_low(j: Judgement) -> Said | None:
    """A creatinine below 15 µmol/L is read as an error of the unit until a person confirms it, and gives no estimate."""
    entry = _creatinine(j)
    if entry is None or both_units(entry)[1] >= j.limits("UNIT-2").amount("below_umol_l"):
        return None
    because = f"{format_number(entry.value)} {_unit(entry)} was read; check the number and the unit."
    return Said(because=because, about=About.ENTRY)


def _unit(entry: LabEntry) -> str:
    return "µmol/L" if entry.unit is LabUnit.UMOL_L else entry.unit.value


@rule("UNIT-3")
def age_outside_equations(j: Judgement) -> Said | None:
    """An age outside the range of an equation gives no estimate."""
    protocol = j.protocol
    results = any(one.analyte is Analyte.CREATININE for one in j.facts.kidneys.results)
    if j.age is None or not (results or _creatinine(j)):
        return None
    if protocol.u25_ages.lowest <= j.age <= protocol.ckd_epi_ages.highest:
        return None
    about = About.ENTRY if j.facts.lab_entry else About.ORDER if j.starts_or_rises else About.KIDNEY
    return Said(
        because=f"Age {j.age}: the equations take {protocol.u25_ages.lowest} to {protocol.ckd_epi_ages.highest} years. "
        "Check the birth date.",
        about=about,
    )


def _sentence(parts: list[str]) -> str:
    """What several doses of a day say, each thing once."""
    return f"{'; '.join(dict.fromkeys(parts))}."


@rule("UNIT-4")
def volume_is_the_dose(j: Judgement) -> Said | None:
    """The volume times the strength is exactly the dose in mg."""
    liquid = None if j.order is None else j.order.liquid
    if liquid is None or liquid.strength_mg_per_ml is None:
        return None
    strength = liquid.strength_mg_per_ml
    found, values = [], []
    for one in liquid.doses:
        if one.dose is None or one.volume_ml is None:
            continue
        gives = Mg(one.volume_ml * strength)
        if gives == one.dose:
            continue
        of = f"{format_ml(one.volume_ml)} of {format_number(strength)} mg/mL"
        found.append(f"{of} gives {format_dose(gives)}, not {format_dose(one.dose)}")
        values.append(("Volume gives", format_dose(gives)))
        if strength:
            values.append(("Correct volume", format_ml(one.dose.value / strength)))
    if not found:
        return None
    return Said(because=_sentence(found), about=About.ENTRY, values=tuple(dict.fromkeys(values)))


@rule("UNIT-5")
def volume_is_not_enough(j: Judgement) -> Said | None:
    """An order for a liquid has the mg, the strength of the product and the volume that follows from them; a volume by
    itself is refused."""
    liquid = None if j.order is None else j.order.liquid
    if liquid is None:
        return None
    parts = (
        ("mg", all(one.dose is not None for one in liquid.doses)),
        ("strength", liquid.strength_mg_per_ml is not None),
        ("volume", all(one.volume_ml is not None for one in liquid.doses)),
    )
    missing = [name for name, is_there in parts if not is_there]
    if not missing:
        return None
    return Said(because=f"The order has no {' and no '.join(missing)}.", about=About.ENTRY)


@rule("UNIT-6")
def strength_changed(j: Judgement) -> Said | None:
    """When the strength of the product changes and the volume of a dose stays, that dose has changed."""
    liquid = None if j.order is None else j.order.liquid
    if liquid is None:
        return None
    now, then = liquid.strength_mg_per_ml, liquid.previous_strength_mg_per_ml
    if now is None or then is None or now == then:
        return None
    found = [
        f"{format_ml(one.volume_ml)} gave {format_dose(Mg(one.volume_ml * then))} "
        f"and gives {format_dose(Mg(one.volume_ml * now))} in the new strength"
        for one in liquid.doses
        if one.volume_ml is not None and one.volume_ml == one.previous_volume_ml
    ]
    return Said(because=_sentence(found), about=About.ENTRY) if found else None


@rule("UNIT-8")
def milligrams_only(j: Judgement) -> Said | None:
    """Oral doses are in milligrams and intrathecal ones in micrograms, and the two never meet."""
    steps = j.facts.therapy.steps + (() if j.order is None else j.order.steps)
    wrong: list[object] = [slot.amount for step in steps for slot in step.slots if not isinstance(slot.amount, Mg)]
    if not wrong:
        return None
    return Said(because=f"An oral dose was given as {type(wrong[0]).__name__}; it must be in mg.", about=About.ENTRY)


@rule("UNIT-9")
def ten_fold(j: Judgement) -> Said | None:
    """A new dose, of the day or at once, that is 10 times the current one or more, or a tenth of it or less, is
    confirmed by typing the total."""
    times = j.limits("UNIT-9").amount("times_from")
    for change in j.changes:
        for what, before, after in (*_compared(change), *_compared_with_today(j, change)):
            if (
                before.value
                and after.value
                and (after.value >= before.value * times or after.value * times <= before.value)
            ):
                return Said(
                    because=f"{what} {format_dose(before)} to {format_dose(after)}; type the new total to confirm it.",
                    about=About.ORDER,
                    values=(("Before", format_dose(before)), ("After", format_dose(after))),
                )
    return None


def _compared_with_today(j: Judgement, change: Change) -> Iterator[tuple[str, Mg, Mg]]:
    """A dose that was cut today counts beside the one before it: a slip is judged against what stands on the page."""
    standing = None if j.order is None else j.in_force(j.order.starts_on)
    if standing is not None and change.on == standing.starts_on:
        yield "The day's total goes from", standing.daily, change.after


def _compared(change: Change) -> Iterator[tuple[str, Mg, Mg]]:
    """The day's total, and each dose: with the one at the same time of day, otherwise with the nearest in size."""
    yield "The day's total goes from", change.before, change.after
    if change.step is None or change.step_before is None or not change.step_before.slots:
        return
    old: tuple[SlotDose, ...] = change.step_before.slots
    at_time: dict[time | None, Mg] = {slot.at: slot.amount for slot in old if slot.at is not None}
    amounts = [slot.amount for slot in old if slot.amount.value] or [old[0].amount]
    for slot in change.step.slots:
        nearest = min(max(slot.amount, min(amounts)), max(amounts))
        yield "One dose goes from", at_time.get(slot.at, nearest), slot.amount


RULES = collect(
    (
        creatinine_too_high,
        creatinine_too_low,
        age_outside_equations,
        volume_is_the_dose,
        volume_is_not_enough,
        strength_changed,
        calculation("UNIT-7", "A creatinine stays in the unit that it came in and is shown in both.", both_units),
        milligrams_only,
        ten_fold,
    )
)
