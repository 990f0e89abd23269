"""What one row of a case file says of the doses that were taken: the last one, and from then on nothing."""

from datetime import datetime, timedelta

from titration.dosing.case_format import CaseError, Values
from titration.dosing.doses_due import step_on
from titration.dosing.facts import Therapy
from titration.dosing.intake import DoseEvent, DoseState, Intake, Tracking
from titration.dosing.schedule import instant

ZONE = "UTC"  # times of a case are local times of one zone, which it does not name
_NEEDED = ("schedule", "last_taken", "now")
_ABOUT_INTAKE = ("late_dose", "gap")


def intake_of(values: Values, event: str, therapy: Therapy, zone: str) -> Intake | None:
    """The doses of a case: ticked up to ``last_taken``, or not tracked when the row does not speak of them.

    None without an oral dose before the event. CaseError when the event needs a key that is missing, or when the last
    dose is not one of the schedule or lies after "now".
    """
    if event in _ABOUT_INTAKE and (missing := [key for key in _NEEDED if key not in values]):
        raise CaseError(f"event={event} needs {', '.join(missing)}")
    if not therapy.steps:
        return None
    last, now = values.moment("last_taken"), values.moment("now")
    if last is not None and (now is None or now < last):
        raise CaseError("last_taken must be given with now, and lie before it")
    taken = () if last is None else (_taken(last, therapy, zone),)
    return Intake(
        tracking=Tracking.TICKED if taken else Tracking.NOT_TRACKED,
        since=taken[0].due_at if taken else None,
        read_from=None,
        zone=zone,
        events=taken,
        silences=(),
        supply=None,
        restart_decided_at=None,
        restart_followed_at=None,
        said_stopped_at=None,
        said_out_at=None,
    )


def _taken(last: datetime, therapy: Therapy, zone: str) -> DoseEvent:
    """The dose of the schedule whose time was the last one that had come when the dose was taken."""
    for day in (last.date(), last.date() - timedelta(days=1)):
        step = step_on(therapy.steps, day)
        slots = () if step is None else step.slots
        times = [(slot.at, place) for place, slot in enumerate(slots) if slot.at is not None]
        come = [(at, place) for at, place in times if (day, at) <= (last.date(), last.time())]
        if come:
            at, place = max(come)
            amount = slots[place].amount
            return DoseEvent(
                day=day, slot=place, state=DoseState.TAKEN, due_at=instant(day, at, zone), amount=amount, taken=amount,
                taken_at=instant(last.date(), last.time(), zone), reason="",
            )  # fmt: skip
    raise CaseError("last_taken must be a time at which the schedule has a dose")
