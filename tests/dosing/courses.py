"""The packed form of facts, as the watch reads it from the database."""

from decimal import Decimal

from titration.dosing.calm import Course
from titration.dosing.facts import Facts
from titration.dosing.intake import DoseEvent, Tracking
from titration.dosing.packed import NEVER, NO_REASON, Packed, microseconds, number_of, what_of


def packed_of(events: tuple[DoseEvent, ...]) -> Packed:
    """Every reason but the empty one counts as one reason."""
    return Packed(
        tuple(microseconds(one.due_at) for one in events),
        tuple(NEVER if one.taken_at is None else microseconds(one.taken_at) for one in events),
        tuple(what_of(number_of(one.day), one.slot, one.state, NO_REASON + bool(one.reason)) for one in events),
    )


def course_of(facts: Facts) -> Course:
    intake = facts.intake
    assert intake is not None
    return Course(
        as_of=facts.as_of,
        today=facts.today,
        zone=intake.zone,
        steps=facts.therapy.steps,
        ticked=intake.tracking is Tracking.TICKED,
        since=intake.since,
        counts_from=intake.silence_counts_from,
        silences=intake.silences,
        supply=intake.supply,
        taken_today=sum((one.taken.value for one in intake.events if one.day == facts.today), Decimal(0)),
        stated=intake.said_stopped_at is not None or intake.said_out_at is not None,
        doses=packed_of(intake.events),
    )
