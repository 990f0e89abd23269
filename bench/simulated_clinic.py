"""The clinic of a simulation: its rows, and clinicians who answer flags through the portal's own services.

A clinician answers what says act now after half an hour to 4 hours, at any hour, and everything else after 4 to 48 hours.
Three calls in four reach the patient, and the others are tried again after 2 hours. On the telephone every dose since the
last one on record is told as it was; whoever had stopped starts again, with a decision on the restart form after a long gap.
A kidney check that is due has its result after 1 to 5 days. A supply that ends is renewed, unless the patient does not come.
What is still open after that is closed as acted on.
"""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from bench.simulated_patients import KEPT_DAYS, Due, Patient
from titration import models as m
from titration.dosing.doses import Mg
from titration.dosing.facts import Analyte, LabUnit, StopReason
from titration.dosing.protocol import load_protocol
from titration.dosing.schedule import instant
from titration.models.database_roles import OWNER, WEB, WORKER
from titration.selectors import patients as reading
from titration.services import flag_life, intake, kidneys, plans, restart, supply

LONG_AGO = timedelta(days=400)


@contextmanager
def role(name: str, *, job: str = "", actor: Any = "", subject: Any = "") -> Iterator[None]:
    """Work as a role of the database for a while, on the one connection of the simulation."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "SELECT set_config('app.job', %s, false), set_config('app.actor', %s, false), "
            "set_config('app.subject', %s, false)",
            [job, str(actor), str(subject)],
        )
        cursor.execute(f"SET ROLE {name}")
    yield


class Clinic:
    """Rows of every patient by number, and what people do. ``interruptions`` counts orders that were interrupted."""

    def __init__(self, patients: list[Patient], start: date, seed: int, password: str) -> None:
        self.protocol = load_protocol("US")
        self.dice = random.Random(f"{seed}/clinic")
        self.start = start
        self.orders = self.interruptions = 0
        self.plan: dict[int, Any] = {}
        self.number: dict[uuid.UUID, int] = {}
        self.mg: dict[int, int] = {}
        began = instant(start, patients[0].times[0], "America/New_York") - LONG_AGO
        with role(OWNER, job="migrate"), transaction.atomic():
            self.organisation = m.Organisation.objects.create(
                name="Simulated Clinic", phone="555 0100", out_of_hours_phone="555 0199", hours="9am to 5pm",
                jurisdiction="US", time_zone="America/New_York",
            )  # fmt: skip
            team = m.Team.objects.create(organisation=self.organisation, name="All")
            self.person = get_user_model().objects.create_user(
                email="clinician@bench.test", password=password, name="Dr Simulated", role="clinician"
            )
            rights = [right.value for right in m.Right]
            m.TeamMembership.objects.create(team=team, person=self.person, rights=rights, valid_from=began)
            m.Watchbeat.objects.create(finished_at=began + LONG_AGO * 10)
            for one in patients:
                self._admit(one, team, rights, began)

    def _admit(self, one: Patient, team: Any, rights: list[str], began: datetime) -> None:
        """A patient who has taken the same dose for a year, with kidneys that were checked last week."""
        written = {"recorded_at": began, "recorded_by": self.person}
        patient = m.Patient.objects.create(
            organisation=self.organisation, family_name=f"Made{one.number}", given_name="Up", sex="FM"[one.number % 2],
            birth_date=date(1946 + one.number % 50, 1 + one.number % 12, 1 + one.number % 28), time_zone=one.zone,
            recorded_at=began,
        )  # fmt: skip
        m.PatientIdentifier.objects.create(
            patient=patient, system="urn:bench", value=f"S{one.number:06}", is_record_number=True
        )
        m.CareRelation.objects.create(
            team=team, patient=patient, kind="team", rights=rights, valid_from=began, reason="Simulated"
        )
        first_day = self.start - timedelta(days=365)
        plan = m.Plan.objects.create(
            organisation=self.organisation, patient=patient, protocol_id=self.protocol.id,
            protocol_version=self.protocol.version, taken_before="no", time_zone=one.zone, created_at=began,
            created_by=self.person, prescriber=self.person, next_decision_on=self.start + timedelta(days=60),
            reassess_at=instant(self.start, one.times[0], one.zone),
        )  # fmt: skip
        of_plan = {"plan": plan, "plan_number": plan.number, "patient_id": patient.pk, **written}
        step = m.Step.objects.create(
            kind="start", state="signed", period=DateRange(first_day, None), daily_mg=Decimal(one.mg * len(one.times)),
            product_id="tablet_10", reason="Spasms", signed_at=began, protocol_version=1, **of_plan,
        )  # fmt: skip
        for place, at in enumerate(one.times):
            m.Slot.objects.create(
                step=step, position=place, at=at, amount_mg=one.mg, tablets=Decimal(one.mg) / 10, **of_plan
            )
        checked = instant(self.start - timedelta(days=7), one.times[0], one.zone)
        m.KidneyResult.objects.create(
            patient=patient, analyte="creatinine", value=Decimal(70 + one.number % 25) / 100, unit="mg/dL",
            taken_at=checked, taken_on=self.start - timedelta(days=7), source="typed", recorded_at=checked,
            recorded_by=self.person,
        )  # fmt: skip
        known = {"patient": patient, "on_date": first_day, **written}
        for kind, number in (("weight_kg", 60 + one.number % 30), ("height_cm", 160 + one.number % 25)):
            m.PatientFact.objects.create(kind=kind, number=Decimal(number), **known)
        for kind, answer in (
            ("dialysis", "no"), ("pregnancy", "no"), ("breastfeeding", "no"), ("past_withdrawal", "no"),
            ("setting", "outpatient"), ("benefit", "good"),
        ):  # fmt: skip
            m.PatientFact.objects.create(kind=kind, answer=answer, **known)
        if one.tracked:
            since = instant(self.start, one.times[0], one.zone) - timedelta(hours=1)
            m.DoseTracking.objects.create(mode="ticked", since=since, **of_plan)
        self.plan[one.number], self.number[plan.pk], self.mg[one.number] = plan, one.number, one.mg

    # What patients do

    def dose_row(
        self, one: Patient, day: date, place: int, dose: Due, state: str, at: datetime, taken_at: datetime
    ) -> Any:
        """What is ticked or told of one dose, as a row that is not stored yet."""
        plan, taken = self.plan[one.number], state == "taken"
        return m.DoseEvent(
            id=uuid.uuid4(), plan=plan, plan_number=plan.number, patient_id=plan.patient_id, local_date=day,
            position=place, slot_at=one.times[place], time_zone=one.zone, due_at=dose.at, state=state,
            amount_mg=dose.mg, taken_mg=dose.mg if taken else 0, taken_at=taken_at if taken else None,
            reason_code="" if taken else "own_decision", said_by="patient", note="", recorded_at=at,
            recorded_by=self.person,
        )  # fmt: skip

    def write(self, rows: list[Any], now: set[uuid.UUID], at: datetime) -> None:
        """Store what was ticked. ``now``: plans that the portal looks at with it, as it does with every tick."""
        with role(OWNER, job="migrate"), transaction.atomic():
            m.DoseEvent.objects.bulk_create(rows)
            # Where a dose was not taken, more than the rules about doses can have turned.
            m.Plan.objects.filter(pk__in=now, status="active").update(reassess_at=at)
            missed = {row.plan_id for row in rows if row.state != "taken"}
            m.Plan.objects.filter(pk__in=missed & set(now), status="active").update(others_at=None)

    def as_worker(self) -> Any:
        return role(WORKER, job="reassess")

    @contextmanager
    def _as_clinician(self, number: int) -> Iterator[tuple[Any, Any] | None]:
        """The patient and the active plan as a clinician has them; None once the plan has ended."""
        patient = self.plan[number].patient_id
        with role(WEB, actor=self.person.pk, subject=patient), transaction.atomic():
            seen = reading.with_rights(patient, self.person)
            plan = None if seen is None else seen.plans.filter(status="active").first()
            yield None if plan is None else (seen, plan)

    # What clinicians do

    def issue(self, one: Patient, on: date, at: datetime, *, announced: bool = True) -> None:
        """Hand out tablets of 10 mg for the days that an issue lasts."""
        with self._as_clinician(one.number) as found:
            if found is None or not self.mg[one.number]:
                return
            tablet = next(product for product in self.protocol.products if product.code == "tablet_10")
            units = Decimal(self.mg[one.number] * len(one.times) * KEPT_DAYS) / 10
            repeat = on + timedelta(days=28) if announced else None
            try:
                supply.record_issue(
                    key=uuid.uuid4(), plan=found[1], on=on, product=tablet, units=units, repeat_on=repeat, by=self.person,
                    as_of=at,
                )  # fmt: skip
            except intake.IntakeRefused:
                return  # handed out today already

    def silence(self, one: Patient, reason: str, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
        with self._as_clinician(one.number) as found:
            if found is not None:
                intake.record_silence(
                    key=uuid.uuid4(), plan=found[1], reason=intake.SilenceReason(reason), starts_at=starts_at, ends_at=ends_at, note="",
                    by=self.person, as_of=at,
                )  # fmt: skip

    def check_kidneys(self, number: int, at: datetime) -> None:
        with self._as_clinician(number) as found:
            if found is not None:
                kidneys.add_result(
                    patient=found[0], analyte=Analyte.CREATININE, value=Decimal(70 + number % 25) / 100,
                    unit=LabUnit.MG_DL, comparator="", taken_at=at, time_known=True, confirmed=False, by=self.person,
                    as_of=at,
                )  # fmt: skip

    def order(self, one: Patient, mg: int, on: date, at: datetime) -> bool:
        """Order so many mg at each time (0: a stop); an order that is interrupted is counted, answered and signed."""
        with self._as_clinician(one.number) as found:
            if found is None:
                return False
            seen, plan = found
            self.orders += 1
            total = Mg(Decimal(mg * len(one.times)))
            answers = plans.Decision(
                typed_total=total, reason_code="other", reason_text="Agreed with the patient", monitoring_plan="Seen weekly",
                specialist_name="Dr Special", specialist_on=on,
            )  # fmt: skip
            if mg:
                slots = tuple((time, Mg(Decimal(mg))) for time in one.times)
                ordered: Any = plans.DoseOrder(
                    key=uuid.uuid4(), starts_on=on, product_code="tablet_10", slots=slots, reason="As planned"
                )
            else:
                ordered = plans.StopOrder(
                    key=uuid.uuid4(), stops_on=on, stop_reason=StopReason.NOT_NEEDED, reason="Not needed",
                    monitoring_plan="",
                )  # fmt: skip
            sign = plans.change_dose if mg else plans.stop_plan
            given = {
                "patient": seen,
                "order": ordered,
                "expected_version": plan.version,
                "by": self.person,
                "as_of": at,
            }
            try:
                with transaction.atomic():
                    sign(decision=plans.Decision.none(), **given)
            except plans.Refused as refused:
                self.interruptions += 1
                if mg == 0 and any(rule.rule.startswith("STOP-1") for rule in refused.review.assessment.blocking):
                    return False  # the clinician tapers instead
                try:
                    with transaction.atomic():
                        sign(decision=answers, **given)
                except plans.Refused:
                    return False
            self.mg[one.number] = mg
            return True

    def note(self, flag: uuid.UUID, number: int, at: datetime, *, said: str | None, close: bool = False) -> bool:
        """See a flag, and call (``said`` empty: nobody answered) or close it; False when it was closed meanwhile."""
        with self._as_clinician(number) as found:
            standing = (
                None if found is None else m.Flag.objects.open().select_related("patient").filter(pk=flag).first()
            )
            if standing is None:
                return False
            flag_life.acknowledge(flag=standing, by=self.person, as_of=at)
            if said is not None:
                flag_life.log_call(flag=standing, text=said, by=self.person, as_of=at)
            if close:
                flag_life.close(flag=standing, code=m.ClosedCode.ACTED_ON, text="", by=self.person, as_of=at)
            return True

    def decide_restart(self, number: int, last: datetime | None, at: datetime) -> None:
        with self._as_clinician(number) as found:
            if found is not None:
                gap = None if last is None else int((at - last).total_seconds() // 3600)
                restart.decide(
                    key=uuid.uuid4(), plan=found[1], choice="resume", reason="Agreed on the telephone", last_dose_at=last, gap_hours=gap,
                    daily=Mg(Decimal(self.mg[number])), kidneys="Good", by=self.person, as_of=at,
                )  # fmt: skip

    def plan_next(self, number: int, at: datetime) -> None:
        with self._as_clinician(number) as found:
            if found is not None:
                on = at.date() + timedelta(days=60)
                plans.set_next_decision(
                    patient=found[0], on=on, expected_version=found[1].version, by=self.person, as_of=at
                )
