"""A reducing plan as the rules judge it: all of its steps at once, as one taper."""

from titration.dosing import facts as core
from titration.selectors.facts import formulation_in
from titration.selectors.records import PatientRecord
from titration.services.orders import TaperOrder


def taper_steps(order: TaperOrder) -> tuple[core.Step, ...]:
    """The rows one after another; a row without doses is the stop, and the last row goes on."""
    ends = [*(row.starts_on for row in order.rows[1:]), None]
    return tuple(
        core.Step(
            kind=core.StepKind.TAPER if row.slots else core.StepKind.STOP,
            starts_on=row.starts_on,
            ends_on=end,
            slots=tuple(core.SlotDose(at=at, amount=amount) for at, amount in row.slots),
        )
        for row, end in zip(order.rows, ends, strict=True)
    )


def taper_as_core(record: PatientRecord, order: TaperOrder) -> core.Order:
    """The order for the rules. Volumes of a liquid follow from the mg here, so that there is none to compare."""
    return core.Order(
        kind=core.OrderKind.TAPER,
        starts_on=order.starts_on,
        steps=taper_steps(order),
        stop_reason=None,
        monitoring_plan=None,
        formulation=formulation_in(record.protocol, order.product_code),
        liquid=None,
    )
