"""Playing a story: every event goes through the service that a screen would use, with the author and time it had."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from titration.dosing.doses import Mg, parse_dose
from titration.dosing.facts import Analyte, LabUnit, StopReason
from titration.dosing.intake import DoseState, Tracking
from titration.dosing.schedule import instant
from titration.models import AuditAction, Flag, Patient, Plan, SaidBy, Team
from titration.services import audit, flag_life, intake, kidneys, patient_facts, plans
from titration.services.demo_labs import patient_of, send_result
from titration.services.demo_people import Staff
from titration.services.demo_stories import Event, Story, StoryError
from titration.services.reassessment import reassess

_SAMPLE, _VISIT = time(7, 40), time(9, 10)
_USUAL_TIMES = {
    1: ("08:00",),
    2: ("08:00", "20:00"),
    3: ("08:00", "14:00", "22:00"),
    4: ("08:00", "12:00", "17:00", "22:00"),
}
_USUAL_PRODUCT = "tablet_10"
# Given when a rule asks for more than the story foresaw: the patients grow older with the calendar.
_USUAL_ANSWERS = {
    "code": "will_monitor",
    "text": "Discussed with the patient; benefit outweighs the risk for now.",
    "plan": "Called after three days and after a week.",
    "specialist": "Dr Ines Calder, nephrology",
}
_ASKED = {"gate_code": "asked_otherwise", "gate_text": "Asked at the visit; the answers are in the notes on paper."}
_WATCHED = timedelta(days=75)  # further back, time alone raises no flag until then
_BETWEEN_LOOKS = timedelta(days=3)


@dataclass
class Player:
    """Plays one story. ``today`` is the day of seeding where the patient lives; ``now`` its instant."""

    story: Story
    staff: Staff
    today: date
    now: datetime
    chance: random.Random
    patient: Patient = field(init=False)
    team: Team = field(init=False)
    _at: datetime = field(init=False)

    def play(self) -> None:
        """Everything that happened, in order, and what time alone has raised since."""
        self.patient = patient_of(self.story.number)
        self.team = self.staff.team_of(self.story.clinician)
        self._at = self._instant(self.story.first_day - 1, _VISIT)
        self._register()
        for event in self.story.events:
            self._at = max(self._instant(event.day, _VISIT), self._at) + timedelta(minutes=self.chance.randint(4, 50))
            self._catch_up(self._at)
            getattr(self, f"_{event.kind}")(event, self._author(event))
        self._catch_up(self.now)

    def _instant(self, day: int, at: time) -> datetime:
        return instant(self._day(day), at, self.patient.time_zone)

    def _day(self, day: int) -> date:
        return self.today + timedelta(days=day)

    def _author(self, event: Event) -> Any:
        return self.staff.people[event.details.get("by", self.story.clinician)]

    def _catch_up(self, until: datetime) -> None:
        """Look again at the plan when time alone may have changed what is said of it, every few days at most."""
        last = self.now - _WATCHED
        while True:
            at = Plan.objects.active().filter(patient=self.patient).values_list("reassess_at", flat=True).first()
            if at is None or at > until or last >= until:
                return
            last = min(max(at, last + _BETWEEN_LOOKS), until)
            reassess(clock=lambda at=last: at)

    def _register(self) -> None:
        by = self.staff.people[self.story.clinician]
        Patient.objects.filter(pk=self.patient.pk).update(phone=self.story.phone)
        audit.write(action=AuditAction.UPDATE, by=by, patient=self.patient, what=self.patient, fields=["phone"])
        for kind, told in self.story.facts:
            self._record_fact(kind, told, day=told.get("day", self.story.first_day - 1), by=by)

    def _record_fact(self, kind: str, told: dict[str, Any], *, day: int, by: Any) -> None:
        patient_facts.add_fact(
            patient=self.patient,
            kind=kind,
            code=told.get("code", ""),
            number=Decimal(told["number"]) if "number" in told else None,
            answer=told.get("answer", ""),
            on_date=self._day(day),
            note=told.get("note", ""),
            by=by,
            as_of=self._at,
        )

    # One method for each kind of event

    def _fact(self, event: Event, by: Any) -> None:
        self._record_fact(event.what, event.details, day=event.day, by=by)

    def _creatinine(self, event: Event, by: Any) -> None:
        self._result(Analyte.CREATININE, LabUnit.MG_DL, event, by)

    def _cystatin_c(self, event: Event, by: Any) -> None:
        self._result(Analyte.CYSTATIN_C, LabUnit.MG_L, event, by)

    def _result(self, analyte: Analyte, usual: LabUnit, event: Event, by: Any) -> None:
        unit = event.details.get("unit", usual.value)
        comparator = event.details.get("comparator", "")
        taken_at = self._instant(event.day, _SAMPLE)
        if event.details.get("typed"):
            kidneys.add_result(
                patient=self.patient, analyte=analyte, value=Decimal(event.what), unit=LabUnit(unit),
                comparator=comparator, taken_at=taken_at, time_known=True, confirmed=False, by=by, as_of=self._at,
            )  # fmt: skip
        else:
            send_result(
                self.patient, self.team, analyte=analyte.value, value=event.what, unit=unit, comparator=comparator,
                taken_at=taken_at, as_of=self._at,
            )  # fmt: skip

    def _dose(self, event: Event, by: Any) -> None:
        told = event.details
        order = plans.DoseOrder(
            key=self._key(),
            starts_on=self._day(told.get("starts", event.day)),
            product_code=told.get("product", _USUAL_PRODUCT),
            slots=_slots(event),
            reason=told["why"],
            taken_before=told.get("before", ""),
        )
        plan = Plan.objects.active().filter(patient=self.patient).first()
        if plan is None:
            self._sign(plans.start_plan, event, order, by)
        else:
            self._sign(plans.change_dose, event, order, by, expected_version=plan.version)
        if "review" in told:
            plans.set_next_decision(
                patient=self.patient, on=self._day(event.day + told["review"]), expected_version=self._plan().version,
                by=by, as_of=self._at,
            )  # fmt: skip

    def _past(self, event: Event, by: Any) -> None:
        told = event.details
        plans.record_past_change(
            patient=self.patient,
            order=plans.PastOrder(
                key=self._key(),
                starts_on=self._day(told["starts"]),
                product_code=told.get("product", _USUAL_PRODUCT),
                slots=_slots(event),
                reason=told["why"],
                until=self._day(told["until"]) if "until" in told else None,
            ),
            expected_version=self._plan().version,
            by=by,
            as_of=self._at,
        )

    def _stop(self, event: Event, by: Any) -> None:
        told = event.details
        order = plans.StopOrder(
            key=self._key(),
            stops_on=self._day(told.get("starts", event.day)),
            stop_reason=StopReason(event.what),
            reason=told["why"],
            monitoring_plan=told.get("plan", ""),
        )
        self._sign(plans.stop_plan, event, order, by, expected_version=self._plan().version)

    def _ladder(self, event: Event, by: Any) -> None:
        plans.draft_ladder(patient=self.patient, expected_version=self._plan().version, by=by, as_of=self._at)

    def _ticked(self, event: Event, by: Any) -> None:
        intake.set_tracking(key=uuid.uuid4(), plan=self._plan(), mode=Tracking.TICKED, by=by, as_of=self._at)

    def _doses(self, event: Event, by: Any) -> None:
        if "at" in event.details:
            self._at = max(self._at, self._instant(event.day, time.fromisoformat(event.details["at"])))
        intake.record_call(
            key=self._key(), plan=self._plan(), until=self._at, state=DoseState(event.what),
            reason_code=event.details.get("why", ""), said_by=SaidBy.PATIENT, note="", by=by, as_of=self._at,
        )  # fmt: skip

    def _call(self, event: Event, by: Any) -> None:
        flag_life.log_call(flag=self._flag(event), text=event.details["text"], by=by, as_of=self._at)

    def _assign(self, event: Event, by: Any) -> None:
        flag_life.assign(flag=self._flag(event), to=self.staff.people[event.details["to"]], by=by, as_of=self._at)

    # What the events share

    def _plan(self) -> Plan:
        return Plan.objects.active().get(patient=self.patient)

    def _flag(self, event: Event) -> Flag:
        found = Flag.objects.open().filter(patient=self.patient, rule_id=event.what).select_related("patient").first()
        if found is None:
            raise StoryError(f"{self.story.number}: no flag of {event.what} is open on day {event.day}.")
        return found

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def _sign(self, verb: Any, event: Event, order: Any, by: Any, **version: int) -> None:
        """Sign with the answers of the story; with the usual ones beside them when a rule asks for more."""
        for answers in (event.details, {**_USUAL_ANSWERS, **event.details}):
            decision = self._decision(event, order.daily, answers)
            try:
                verb(patient=self.patient, order=order, decision=decision, by=by, as_of=self._at, **version)
            except plans.Refused as refused:
                if answers is not event.details:
                    raise StoryError(f"{self.story.number}, day {event.day}: {refused}") from refused
            else:
                return

    def _decision(self, event: Event, total: Mg, answers: dict[str, Any]) -> plans.Decision:
        """What was written on the check page. These clinics asked their patients, and kept no record of it."""
        if "code" not in answers:
            return plans.Decision(**_ASKED)
        specialist = answers.get("specialist", "")
        return plans.Decision(
            typed_total=total,
            reason_code=answers["code"],
            reason_text=answers["text"],
            monitoring_plan=answers.get("plan", ""),
            specialist_name=specialist,
            specialist_on=self._day(event.day - 2) if specialist else None,
            second_clinician=self.staff.people[answers["second"]] if "second" in answers else None,
            **_ASKED,
        )


def _slots(event: Event) -> tuple[tuple[time, Mg], ...]:
    amounts = event.what.split()
    times = event.details.get("at", _USUAL_TIMES[len(amounts)])
    return tuple((time.fromisoformat(at), parse_dose(amount)) for at, amount in zip(times, amounts, strict=True))
