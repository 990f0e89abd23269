"""The clock of a simulation: what happens next, in its order, and what the watch says to it."""

import heapq
import itertools
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from bench.journeys import PASSWORD
from bench.simulated_clinic import Clinic
from bench.simulated_patients import ISSUE_DAYS, KEPT_DAYS, Due, Opened, Patient, Stop, StopKind, make_patient, tier_two
from titration.dosing.schedule import instant, local_date
from titration.models import Flag
from titration.services.reassessment import reassess

WINDOW = timedelta(minutes=15)
MORNING = time(10)
TIER_TWO = ("MISS-5", "MISS-7", "MISS-8")


class Simulation:
    def __init__(self, patients: int, days: int, start: date, seed: int, stops: float) -> None:
        self.patients = [make_patient(number, days, seed, stops) for number in range(patients)]
        self.first_day = start
        self.start = datetime(start.year, start.month, start.day, tzinfo=UTC)
        self.end = self.start + timedelta(days=days)
        self.clinic = Clinic(self.patients, start, seed, PASSWORD)
        self.flags: list[Opened] = []
        self.stops: list[Stop] = []
        self.gone: set[uuid.UUID] = set()  # closed by the facts before anybody acted
        self.looks = self.ticks = 0
        self._order = itertools.count()
        self._heap: list[tuple[datetime, int, Callable[..., None], Patient, tuple[Any, ...]]] = []
        self._rows: list[Any] = []
        self._now: set[uuid.UUID] = set()
        self._flagged: set[int] = set()
        self._stops: dict[int, datetime] = {}
        for one in self.patients:
            self._expect(one)

    # What will happen

    def _push(self, at: datetime, what: Callable[..., None], one: Patient, *more: Any) -> None:
        heapq.heappush(self._heap, (at, next(self._order), what, one, more))

    def _hour(self, hour: float) -> datetime:
        return self.start + timedelta(hours=hour)

    def _morning(self, one: Patient, day: int) -> datetime:
        return instant(self.first_day + timedelta(days=day), MORNING, one.zone)

    def _expect(self, one: Patient) -> None:
        for place, at in enumerate(one.times):
            self._push(instant(self.first_day, at, one.zone), self._dose, one, self.first_day, place)
        for quiet in one.quiet:
            self._push(self._hour(max(quiet.told, 1)), self._told, one, quiet)
        for day, mg in one.raises:
            self._push(self._morning(one, day), self._raise, one, mg)
        if one.tapers_on is not None:
            self._push(self._morning(one, one.tapers_on), self._taper, one)
        if one.stop is StopKind.ORDERED and one.stop_at is not None:
            self._push(self._morning(one, int(one.stop_at // 24)), self._ordered, one)
        if one.supplied:
            self._push(self._morning(one, one.dice.randrange(ISSUE_DAYS)), self._refill, one)

    def run(self, tell: Callable[[str], None]) -> None:
        logging.getLogger("titration").setLevel(logging.CRITICAL)
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        at, told = self.start, 0
        while at < self.end:
            at = max(at + WINDOW, self._up_to_a_quarter(self._next()))
            self._happen(at)
            with self.clinic.as_worker():
                looked = reassess(clock=lambda at=at: at)  # type: ignore[misc]
            self.looks += looked.plans
            if looked.stuck:
                raise SystemExit(f"{looked.stuck} plans could not be looked at on {at}.")
            if looked.raised or looked.closed:
                self._answer(at)
            if (at - self.start).days >= told + 7:
                told = (at - self.start).days
                tell(f"  day {told}: {self.looks} looks, {len(self.flags)} flags")
        for one in self.patients:
            self._judge(one, self.end)

    def _next(self) -> datetime:
        with self.clinic.as_worker(), connection.cursor() as cursor:
            cursor.execute("SELECT min(reassess_at) FROM titration_plan WHERE status = 'active'")
            (due,) = cursor.fetchone()
        return min(
            [one for one in (due, self._heap[0][0] if self._heap else None) if one is not None], default=self.end
        )

    def _up_to_a_quarter(self, at: datetime) -> datetime:
        return self.start - (self.start - at) // WINDOW * WINDOW

    def _happen(self, until: datetime) -> None:
        """Everything up to an instant, in its order; what clinicians do finds what was ticked before."""
        while self._heap and self._heap[0][0] <= until:
            at, _, what, one, more = heapq.heappop(self._heap)
            if self._rows and what.__name__ not in ("_dose", "_tick"):
                self._store(at)
            what(at, one, *more)
        self._store(until)

    def _store(self, at: datetime) -> None:
        if self._rows or self._now:
            self.clinic.write(self._rows, self._now, at)
            self._rows, self._now = [], set()

    # Patients

    def _dose(self, at: datetime, one: Patient, day: date, place: int) -> None:
        mg = self.clinic.mg[one.number]
        if not mg:
            return
        tomorrow = day + timedelta(days=1)
        self._push(instant(tomorrow, one.times[place], one.zone), self._dose, one, tomorrow, place)
        outcome = one.outcome((at - self.start) / timedelta(hours=1))
        if one.stock is not None:
            if one.stock < mg:
                outcome, one.stopped = "silent", True
            elif outcome in ("taken", "unticked", "untold"):
                one.stock -= mg
        if one.stopped:
            self._stops.setdefault(one.number, at)
        if not one.tracked:
            return
        held = any(quiet.reason == "hold" for quiet in one.quiet)
        one.unrecorded[day, place] = Due(at, mg, outcome in ("taken", "unticked") or (outcome == "untold" and not held))
        if outcome == "taken":
            self._push(at + one.delay(), self._tick, one, day, place, "taken")
        elif outcome == "said":
            self._push(at + timedelta(minutes=one.dice.uniform(5, 60)), self._tick, one, day, place, "skipped")
        elif outcome == "unticked" and one.dice.random() < 0.5:
            one.later.append((day, place))

    def _tick(self, at: datetime, one: Patient, day: date, place: int, state: str) -> None:
        if state == "skipped" and not one.stopped:
            return  # somebody spoke to them meanwhile
        if state == "skipped" and (day, place) in one.unrecorded:
            one.said[one.unrecorded[day, place].at] = at
        self._record(one, day, place, state, at)
        for earlier in one.later if state == "taken" else ():
            self._record(one, *earlier, "taken", at)
        one.later = [] if state == "taken" else one.later
        if one.number in self._flagged or state == "skipped":
            self._now.add(self.clinic.plan[one.number].pk)

    def _record(self, one: Patient, day: date, place: int, state: str, at: datetime) -> None:
        known = one.unrecorded.pop((day, place), None)
        if known is None:
            return
        taken_at = min(at, known.at + timedelta(minutes=5))
        self._rows.append(self.clinic.dose_row(one, day, place, known, state, at, taken_at))
        self.ticks += 1
        if state == "taken":
            one.last_ticked = max(taken_at, one.last_ticked or taken_at)

    def _told(self, at: datetime, one: Patient, quiet: Any) -> None:
        if one.tracked:
            self.clinic.silence(one, quiet.reason, self._hour(quiet.starts), self._hour(quiet.ends), at)

    def _refill(self, at: datetime, one: Patient) -> None:
        hour = (at - self.start) / timedelta(hours=1)
        if one.stop is StopKind.SUPPLY and one.stop_at is not None and hour > one.stop_at:
            return  # never comes again: what is at home will run out
        self._issue(at, one)
        late = one.dice.randrange(1, 5) if one.dice.random() < 0.1 else 0
        self._push(at + timedelta(days=ISSUE_DAYS + late), self._refill, one)

    def _issue(self, at: datetime, one: Patient) -> None:
        if one.stop is StopKind.SUPPLY:
            one.stock = (one.stock or 0) + self.clinic.mg[one.number] * len(one.times) * KEPT_DAYS
        self.clinic.issue(one, local_date(at, one.zone), at)

    # Orders

    def _raise(self, at: datetime, one: Patient, mg: int) -> None:
        if self.clinic.order(one, mg, local_date(at, one.zone), at) and one.supplied:
            self._issue(at, one)

    def _taper(self, at: datetime, one: Patient) -> None:
        mg = self.clinic.mg[one.number]
        lower = mg * 3 // 4 // 5 * 5
        if self.clinic.order(one, lower, local_date(at, one.zone), at) and lower:
            self._push(at + timedelta(days=7), self._taper, one)

    def _ordered(self, at: datetime, one: Patient) -> None:
        signed = self.clinic.order(one, 0, local_date(at, one.zone), at)
        asked_from = self.clinic.protocol.limits("STOP-1").mg("from_daily_mg").value
        if one.mg * len(one.times) >= asked_from:  # below it no rule holds a stop back
            self.stops.append(
                Stop(one.number, StopKind.ORDERED, one.last_ticked, at, None if signed else at, not signed)
            )
        if not signed:
            self._push(at + timedelta(days=1), self._taper, one)

    # Clinicians

    def _answer(self, at: datetime) -> None:
        """Somebody will come to the flags of this look; what closed by itself is noted."""
        with self.clinic.as_worker():
            new = list(Flag.objects.filter(opened_at=at).values_list("pk", "plan_id", "rule_id", "urgency"))
            gone = Flag.objects.filter(closed_at=at, acted_at__isnull=True, closed_code="by_rule")
            self.gone |= set(gone.values_list("pk", flat=True))
            standing = Flag.objects.open().values_list("plan_id", flat=True)
            self._flagged = {self.clinic.number[plan] for plan in standing}
        for pk, plan, rule, urgency in new:
            one = self.patients[self.clinic.number[plan]]
            self.flags.append(Opened(pk, one.number, rule, urgency, at))
            hours = self.clinic.dice.uniform(0.5, 4) if urgency == 1 else self.clinic.dice.uniform(4, 48)
            self._push(at + timedelta(hours=hours), self._respond, one, pk, rule, 1)

    def _respond(self, at: datetime, one: Patient, flag: uuid.UUID, rule: str, turn: int) -> None:
        family = rule.split("-")[0]
        again = timedelta(hours=2)
        if rule == "MISS-6":
            if self.clinic.note(flag, one.number, at, said=None if one.stock is None else ""):
                if one.stock is None or turn > 24:
                    self._issue(at, one)
                    self._spoken(at, one)
                else:
                    self._push(at + again * 3, self._respond, one, flag, rule, turn + 1)
        elif family == "MISS":
            reached = self.clinic.dice.random() < 0.75 or turn > 12
            if not self.clinic.note(flag, one.number, at, said="Told what was taken." if reached else ""):
                return
            if reached:
                self._spoken(at, one)
                if rule == "MISS-9":
                    self.clinic.decide_restart(one.number, one.last_ticked, at)
                self._push(at + again, self._close, one, flag)
            else:
                self._push(at + again, self._respond, one, flag, rule, turn + 1)
        elif family == "KID":
            if self.clinic.note(flag, one.number, at, said=None):
                self._push(at + timedelta(days=self.clinic.dice.uniform(1, 5)), self._kidneys, one)
        elif rule == "STEP-WAITING":
            self.clinic.plan_next(one.number, at)
        else:
            self._close(at, one, flag)

    def _spoken(self, at: datetime, one: Patient) -> None:
        """The patient tells every dose that is not on record, and takes baclofen again."""
        self._judge(one, at)
        if one.stop is StopKind.SUPPLY and one.stopped:
            self._issue(at, one)
        one.resume()
        if not one.tracked or one.off_ticks((at - self.start) / timedelta(hours=1)):
            return
        for (day, place), dose in sorted(one.unrecorded.items()):
            if at - timedelta(days=20) < dose.at <= at:
                self._record(one, day, place, "taken" if dose.taken else "skipped", at)
        one.later = []
        self._now.add(self.clinic.plan[one.number].pk)

    def _kidneys(self, at: datetime, one: Patient) -> None:
        self.clinic.check_kidneys(one.number, at)

    def _close(self, at: datetime, one: Patient, flag: uuid.UUID) -> None:
        self.clinic.note(flag, one.number, at, said=None, close=True)

    # Whether a stop was seen

    def _judge(self, one: Patient, at: datetime) -> None:
        """A stop that ends, or lasts until the end: was it flagged by its instant?"""
        began = self._stops.pop(one.number, None)
        if began is None or one.stop is None:
            return
        last = one.last_ticked
        if one.stop is StopKind.SUPPLY:
            due, rules = began, ("MISS-6", *TIER_TWO)
            since = began - timedelta(days=KEPT_DAYS)
        else:
            assert last is not None
            days = [local_date(last, one.zone) + timedelta(days=day) for day in range(-1, 5)]
            asked = sorted(instant(day, slot, one.zone) for day in days for slot in one.times)
            due, rules, since = tier_two(last, asked, [one.said.get(each) for each in asked]), TIER_TWO, last
        found = [flag.at for flag in self.flags if flag.number == one.number and flag.rule in rules and flag.at > since]
        flagged = min(found, default=None)
        in_time = True if flagged is not None and flagged <= due + WINDOW else None if at <= due + WINDOW else False
        self.stops.append(Stop(one.number, one.stop, last, due, flagged, in_time))
