"""What is recorded of the doses of a marked patient: a dose that was corrected, a silence, an issue, a decision."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests import world as w
from tests.database import as_actor, as_owner
from titration.dosing.doses import Mg
from titration.dosing.intake import Tracking
from titration.dosing.protocol import load_protocol
from titration.models import CallRequest, ChangeSeen, FeelingReport, PageRead, RestartDecision, Silence, SupplyIssue
from titration.selectors.dose_day import dose_day
from titration.services import intake, supply

DAY = date(2026, 11, 20)


def record_doses(world: w.World, patient: Any, marks: Any, *, by: Any) -> tuple[uuid.UUID, uuid.UUID]:
    """Write them through the services where a person would; returns the keys of the issue and of the silence that count."""
    seen = world.seen_by(by, patient)
    with as_actor(by, patient):
        plan = seen.plans.get(status="active")
    tablet = next(one for one in load_protocol("us").products if one.code == "tablet_10")
    with as_actor(by, patient):
        intake.set_tracking(
            key=uuid.uuid4(), plan=plan, mode=Tracking.NOT_TRACKED, by=by, as_of=w.NOW - timedelta(days=5)
        )
        first = _dose(plan, marks.text("dosenote"), replaces=None, by=by, state="taken", taken=None)
        _dose(plan, marks.text("dosefixed"), replaces=first.pk, by=by, state="partly", taken=Mg(Decimal(5)))
        issue = supply.record_issue(
            key=uuid.uuid4(), plan=plan, on=DAY, product=tablet, units=Decimal(90), repeat_on=None, by=by, as_of=w.NOW
        )
        wrong = supply.record_issue(
            key=uuid.uuid4(), plan=plan, on=DAY, product=tablet, units=Decimal(9), repeat_on=None, by=by, as_of=w.NOW
        )
        supply.withdraw_issue(plan=plan, issue=wrong.pk, by=by, as_of=w.NOW)
    with as_owner():
        FeelingReport.objects.create(
            on_date=DAY,
            reported_by="patient",
            sleepiness=3,
            **intake.of_plan(plan, by=by, as_of=w.NOW - timedelta(days=1)),
        )
        CallRequest.objects.create(
            reported_by="patient",
            about="other",
            best_time="any",
            phone=marks.text("phone"),
            note=marks.text("callnote"),
            **intake.of_plan(plan, by=by, as_of=w.NOW - timedelta(days=1)),
        )
        silence = Silence.objects.create(
            reason="admission", starts_at=w.NOW - timedelta(days=9), ends_at=w.NOW - timedelta(days=8),
            note=marks.text("silence"), **intake.of_plan(plan, by=by, as_of=w.NOW),
        )  # fmt: skip
        standing = Silence.objects.create(
            reason="admission", starts_at=w.NOW - timedelta(days=9), ends_at=w.NOW - timedelta(days=7),
            note=marks.text("silence"), replaces=silence, **intake.of_plan(plan, by=by, as_of=w.NOW),
        )  # fmt: skip
        RestartDecision.objects.create(
            choice="resume", daily_mg=Decimal(15), kidneys="eGFR 90", reason=marks.text("restart"),
            **intake.of_plan(plan, by=by, as_of=w.NOW - timedelta(days=6)),
        )  # fmt: skip
        ChangeSeen.objects.create(
            starts_on=DAY, digest=marks.text("seen"), said_by="patient", **intake.of_plan(plan, by=by, as_of=w.NOW)
        )
        PageRead.objects.create(
            patient_id=plan.patient_id, slug=marks.text("readpage"), locale="en", country="US", revision_id=7,
            said_by="patient", recorded_at=w.NOW, recorded_by=by,
        )  # fmt: skip
    assert isinstance(issue, SupplyIssue)
    return issue.pk, standing.pk


def _dose(plan: Any, note: str, *, replaces: Any, by: Any, state: str, taken: Mg | None) -> Any:
    said = intake.Said(state=state, taken=taken, taken_at=None, reason_code="", said_by="patient", note=note)
    doses = dose_day(plan.patient, DAY, as_of=w.NOW)
    return intake.record_dose(key=uuid.uuid4(), doses=doses, position=0, said=said, replaces=replaces, by=by)
