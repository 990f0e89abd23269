"""What patients and carers say of a dose on their own pages."""

import uuid
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from titration.dosing.intake import DoseState
from titration.dosing.ticking import Offer, Ticking
from titration.models import DoseEvent, SkipReason
from titration.models.intake import UNDONE
from titration.selectors.intake import key_and_standing
from titration.selectors.own import OwnPlan
from titration.services import feelings
from titration.services.dose_rows import KeyUsed, Said, event_of
from titration.services.intake import IntakeRefused, Superseded, record_dose, store_dose


class PlanChanged(IntakeRefused):
    """The page was shown for a plan that has changed since."""

    def __init__(self) -> None:
        super().__init__("Your plan has changed. Look at the new plan first.")


class NotNow(IntakeRefused):
    """The dose is not to be taken now; ``dose`` says what can be said of it instead."""

    def __init__(self, dose: Ticking) -> None:
        super().__init__("This dose is not to be taken now.")
        self.dose = dose


def _dose(own: OwnPlan, day: date, place: int, version: int) -> Ticking:
    if version != own.plan.version:
        raise PlanChanged
    found = next((one for one in own.doses([day]) if one.place == place), None)
    if found is None:
        raise IntakeRefused("The plan has no such dose. Open the page of today again.")
    return found


@transaction.atomic
def take_now(*, key: uuid.UUID, own: OwnPlan, day: date, place: int, version: int, said_by: str, by: Any) -> DoseEvent:
    """Tick one dose as taken at this moment, by the clock of the portal. Sent again with the same ``key`` it writes nothing.

    The caller holds the patient's lock, and has read ``own`` under it. Raises PlanChanged for a page of an older plan,
    Superseded when the dose is recorded already, NotNow when it is not offered, KeyUsed when the key wrote something else.
    """
    recorded = any((event.day, event.slot) == (day, place) for event in own.intake.events)
    known, standing = _written(key, own, day, place) if recorded else (None, None)
    if known is not None:
        return known
    if standing is not None and standing.state != UNDONE:
        raise Superseded(standing)
    dose = _dose(own, day, place, version)
    if dose.offer not in (Offer.NOW, Offer.LATE):
        raise NotNow(dose)
    said = Said(state=DoseState.TAKEN, taken=None, taken_at=own.as_of, reason_code="", said_by=said_by, note="")

    def row(replaces: uuid.UUID | None) -> DoseEvent:
        return event_of(own, own.step_on(day), day, place, said, key=key, replaces=replaces, by=by)

    try:
        return store_dose(row(None), own.plan, by=by, as_of=own.as_of)
    except (IntegrityError, KeyUsed):  # a record of the dose was taken back: what is said again stands in its place
        known, standing = _written(key, own, day, place)
        if known is not None:
            return known
        return store_dose(row(None if standing is None else standing.pk), own.plan, by=by, as_of=own.as_of)


def _written(key: uuid.UUID, own: OwnPlan, day: date, place: int) -> tuple[DoseEvent | None, DoseEvent | None]:
    """What this key has written of the dose, and what stands of it; KeyUsed when it wrote anything else."""
    known, standing = key_and_standing(key, own.plan, day, place)
    said = None if known is None else (known.plan_id, known.local_date, known.position, known.state)
    if said is not None and said != (own.plan.pk, day, place, DoseState.TAKEN):
        raise KeyUsed
    return known, standing


@transaction.atomic
def tell(
    *,
    key: uuid.UUID,
    own: OwnPlan,
    day: date,
    place: int,
    version: int,
    said: Said,
    replaces: uuid.UUID | None,
    by: Any,
) -> DoseEvent:
    """Say what became of one dose, or correct or take back what was said. Raises as ``record_dose``, PlanChanged for a page of
    an older plan, and IntakeRefused for a dose whose time has not come."""
    dose, doses = _dose(own, day, place, version), own.dose_day(day)
    if doses is None or dose.offer is Offer.LATER:
        raise IntakeRefused("It is too early to say anything about this dose.")
    written = record_dose(key=key, doses=doses, position=place, said=said, replaces=replaces, by=by)
    if states(said.reason_code):
        feelings.report(
            key=uuid.uuid5(key, "said"), patient=own.patient, by=by, as_of=own.as_of,
            said=feelings.Feelings(
                scores={}, signs=frozenset(), has_stopped=said.reason_code == SkipReason.OWN_DECISION,
                has_run_out=said.reason_code == SkipReason.NO_SUPPLY, note="", reported_by=said.said_by,
            ),
        )  # fmt: skip
    return written


def states(reason_code: str) -> bool:
    """Why a dose was not taken says more than of that dose: that there is none left, or that no more is taken."""
    return reason_code in (SkipReason.NO_SUPPLY, SkipReason.OWN_DECISION)
