"""The dose in force as the patient reads it: exact instructions, since when, and what comes next."""

from dataclasses import dataclass

from titration.dosing.products import Quantity
from titration.presenters.own.changes import ChangeLine, lines
from titration.presenters.own.words import full_day
from titration.presenters.preview import PatientPreview, patient_preview
from titration.selectors.own import OwnPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDose:
    """``now`` is None on a day without a dose. ``since``: the day of the last change."""

    now: PatientPreview | None
    since: str
    product: str
    changes: tuple[ChangeLine, ...]


def my_dose(own: OwnPlan, seen: frozenset[str]) -> MyDose:
    """What is taken today and what changes later."""
    step = own.step_on(own.today)
    product = None if step is None else own.product_of(step)
    last = next((one for one in reversed(own.changes) if one.on <= own.today), None)
    now = None
    if step is not None and step.slot_rows and product is not None:
        quantities = [Quantity(product=product, tablets=row.tablets, ml=row.volume_ml) for row in step.slot_rows]
        slots = [(row.at, row.amount) for row in step.slot_rows]
        now = patient_preview(starts_on=own.today, slots=slots, quantities=quantities, previous=None)
    return MyDose(
        now=now,
        since="" if last is None else full_day(last.on),
        product="" if product is None else product.name,
        changes=lines(own, seen),
    )
