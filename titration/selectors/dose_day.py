"""The doses of one day of a plan, read with one statement: all that is needed to record what became of one of them."""

from dataclasses import dataclass
from datetime import date, datetime

from titration.dosing.protocol import Protocol, load_protocol
from titration.dosing.schedule import local_date
from titration.models import Patient, Plan, PlanStatus, Step
from titration.selectors.rows import SlotRow, with_slots


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseDay:
    """The active plan of a patient and its signed step of one local day."""

    plan: Plan
    step: Step
    day: date
    today: date
    as_of: datetime

    @property
    def protocol(self) -> Protocol:
        """The protocol that the plan was made with."""
        return load_protocol(self.plan.protocol_id, self.plan.protocol_version)

    @property
    def slots(self) -> tuple[SlotRow, ...]:
        return tuple(self.step.slot_rows)


def dose_day(patient: Patient, day: date, *, as_of: datetime) -> DoseDay | None:
    """What the plan asks for on a day; None without an active plan, or where no signed step covers the day."""
    steps = Step.objects.in_force().filter(
        plan__patient=patient.pk, plan__status=PlanStatus.ACTIVE, period__contains=day
    )
    for step in with_slots(steps.select_related("plan")):
        step.plan.patient = patient
        return DoseDay(plan=step.plan, step=step, day=day, today=local_date(as_of, patient.time_zone), as_of=as_of)
    return None
