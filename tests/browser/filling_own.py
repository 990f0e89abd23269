"""Patients who use the portal themselves, each with an account of the same name and another state of today.

It is 09:05 in New York. ``otter``: the morning dose is due. ``osprey``: it is ticked, and last evening's is not. ``oriole``: it is
late. ``ocelot``: nothing was ticked for days. ``oyster``: doses in part, skipped and late. ``ox``: doses are held. ``owl``: doses are
not tracked. ``orca``: no plan. ``okapi``: liquid. ``ouzel`` and ``obsidian``: the dose changes in three days, and nobody has seen it. One patient for each test
that writes: ``onyx``, ``opal``, ``olivine``, ``obsidian``, ``ochre``. ``pia`` may only look.
"""

import uuid
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from .moment import NOW, TODAY

WRITTEN = ("onyx", "opal", "olivine", "obsidian", "ochre")
_USUAL = ("08:00", "14:00", "20:00")
_TIMES = {"oriole": ("06:30", "14:00", "20:00"), "oyster": ("03:00", "05:00", "07:00", "14:00")}
_PRODUCTS = {"okapi": "liquid_1"}
_NO_PLAN = "orca"
OWN = ("otter", "osprey", "oriole", "ocelot", "oyster", "ox", "owl", _NO_PLAN, "okapi", "ouzel", *WRITTEN)
# Days ago, place in the day, state, mg taken, reason, minutes after its time.
_YESTERDAY = [(1, place, "taken", None, "", 5) for place in range(3)]
_SAID = {
    **dict.fromkeys((*WRITTEN, "otter", "oriole", "okapi", "ouzel", "ox"), _YESTERDAY),
    "osprey": [(1, 0, "taken", None, "", 3), (1, 1, "taken", None, "", 10), (0, 0, "taken", None, "", 5)],
    "ocelot": [(6, 0, "taken", None, "", 5)],
    "oyster": [
        (1, 3, "taken", None, "", 0), (0, 0, "partly", "2.5", "", 4), (0, 1, "skipped", None, "forgot", None),
        (0, 2, "taken", None, "", 121),
    ],
}  # fmt: skip


def own(world: Any) -> None:
    """Plans, accounts and what was said of the doses."""
    from tests import world as w
    from tests.database import as_actor, as_owner
    from titration.dosing.doses import Mg
    from titration.dosing.intake import SilenceReason, Tracking
    from titration.dosing.schedule import instant
    from titration.models import CareRelation
    from titration.models.relations import RIGHTS_OF_PATIENT
    from titration.selectors.dose_day import dose_day
    from titration.services import intake, plans

    began = TODAY - timedelta(days=8)
    for name in OWN:
        patient = world.patients[name]
        with as_owner():
            w.make_own(world, name, patient, "self", RIGHTS_OF_PATIENT)
        if name == _NO_PLAN:
            continue
        w.creatinine(world, patient, by=world.ann, mg_dl="0.9", days_ago=9)
        seen = world.seen_by(world.ann, patient)
        slots = tuple((time.fromisoformat(at), Mg(Decimal(5))) for at in _TIMES.get(name, _USUAL))
        with as_actor(world.ann, patient):
            plans.start_plan(
                patient=seen, order=w.order(began, slots, product=_PRODUCTS.get(name)), decision=plans.Decision.none(),
                by=world.ann, as_of=NOW - timedelta(days=8),
            )  # fmt: skip
            plan = seen.plans.get(status="active")
            if name == "owl":
                continue
            first = 6 if name == "ocelot" else 1
            since = NOW - timedelta(days=first, hours=8)
            intake.set_tracking(key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=world.ann, as_of=since)
            for days, position, state, taken, reason, minutes in _SAID.get(name, ()):
                day = TODAY - timedelta(days=days)
                due = instant(day, slots[position][0], plan.time_zone)
                at = None if minutes is None else due + timedelta(minutes=minutes)
                said = intake.Said(
                    state=state, taken=None if taken is None else Mg(Decimal(taken)), taken_at=at, reason_code=reason,
                    said_by="patient", note="",
                )  # fmt: skip
                doses = dose_day(seen, day, as_of=NOW)
                intake.record_dose(
                    key=uuid.uuid4(), doses=doses, position=position, said=said, replaces=None, by=world.ann
                )
            if name in ("ouzel", "obsidian"):
                plans.change_dose(
                    patient=seen, order=w.order(TODAY + timedelta(days=3), w.three_times("7.5")), decision=w.GO_ON,
                    expected_version=seen.plans.get(status="active").version, by=world.ann, as_of=NOW,
                )  # fmt: skip
            if name == "ox":
                intake.record_silence(
                    key=uuid.uuid4(), plan=plan, reason=SilenceReason.HOLD, starts_at=instant(TODAY, time(0), plan.time_zone),
                    ends_at=instant(TODAY + timedelta(days=1), time(0), plan.time_zone), note="", by=world.ann, as_of=NOW,
                )  # fmt: skip
    _joins(world)
    with as_owner():  # who cares for two
        w.make_own(world, "petra", world.patients["owl"], "proxy", ["read"])
        CareRelation.objects.create(
            person=world.petra,
            patient=world.patients["ox"],
            kind="proxy",
            rights=["read"],
            valid_from=w.LONG_AGO,
            reason="Invited",
        )


def _joins(world: Any) -> None:
    """``privet`` has a plan that is ticked, and gets in by an invitation."""
    from tests.database import as_actor
    from titration.dosing.intake import Tracking
    from titration.services import intake

    seen = world.seen_by(world.ann, world.privet)
    with as_actor(world.ann, world.privet):
        plan = seen.plans.get(status="active")
        intake.set_tracking(
            key=uuid.uuid4(), plan=plan, mode=Tracking.TICKED, by=world.ann, as_of=NOW - timedelta(hours=1)
        )
