"""What findings about doses taken are judged on, of many plans by one statement, packed so that it is read in little time.

Everything that such findings do not read is ``UNREAD``: whoever reads it all the same gets an error, never a wrong answer.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, NoReturn

from django.db import connection

from titration.dosing import facts as core
from titration.dosing import packed as packed_doses
from titration.dosing.calm import Course
from titration.dosing.doses import Mg
from titration.dosing.doses_due import due_instant
from titration.dosing.intake import DoseEvent
from titration.dosing.once import once
from titration.dosing.packed import FIRST_INSTANT
from titration.dosing.schedule import local_date
from titration.models import FactKind, FlagStatus, RestartChoice, StepState
from titration.models.intake import UNDONE, SkipReason
from titration.selectors import intake
from titration.selectors.facts import ANSWERS, YES

_FACTS = (FactKind.SIGN, FactKind.PAST_WITHDRAWAL, FactKind.DIALYSIS)
_REASONS = ["", *SkipReason.values]
_NOTHING = Decimal(0)

# One dose is three whole numbers of eight bytes: when it was due and taken, in microseconds since 2000, and its local day,
# reason, place and state. All of them stand in one index (``doseevent_of_plan``), so the table itself is not read.
_READ = """
SELECT plan.id, plan.protocol_id, plan.protocol_version, plan.time_zone, patient.time_zone, doses.packed, doses.amounts,
  supply.issues,
  (SELECT json_build_array(known.mode, known.since) FROM titration_dosetracking AS known
    WHERE known.plan_id = plan.id ORDER BY known.recorded_at DESC LIMIT 1),
  (SELECT json_agg(json_build_object('reason', quiet.reason, 'starts_at', quiet.starts_at, 'ends_at', quiet.ends_at)
      ORDER BY quiet.starts_at) FROM titration_silence AS quiet
    WHERE quiet.plan_id = plan.id
      AND NOT EXISTS (SELECT FROM titration_silence AS other WHERE other.replaces_id = quiet.id)),
  (SELECT max(decided.recorded_at) FROM titration_restartdecision AS decided WHERE decided.plan_id = plan.id),
  (SELECT max(decided.recorded_at) FROM titration_restartdecision AS decided WHERE decided.plan_id = plan.id
    AND (decided.choice = %(resume)s OR EXISTS (SELECT FROM titration_step AS later WHERE later.plan_id = plan.id
      AND later.state = %(signed)s AND later.recorded_at >= decided.recorded_at))),
  (SELECT max(said.recorded_at) FROM titration_feelingreport AS said WHERE said.plan_id = plan.id AND said.has_stopped),
  (SELECT max(said.recorded_at) FROM titration_feelingreport AS said WHERE said.plan_id = plan.id AND said.has_run_out
    AND NOT EXISTS (SELECT FROM titration_supplyissue AS issue WHERE issue.plan_id = plan.id AND NOT issue.withdrawn
      AND issue.recorded_at > said.recorded_at AND issue.on_date >= said.on_date
      AND NOT EXISTS (SELECT FROM titration_supplyissue AS other WHERE other.replaces_id = issue.id))),
  (SELECT json_agg(json_build_array(fact.kind, fact.code, fact.answer, fact.on_date)
      ORDER BY fact.on_date DESC, fact.recorded_at DESC) FROM titration_patientfact AS fact
    WHERE fact.patient_id = plan.patient_id AND fact.kind = ANY (%(facts)s) AND NOT fact.withdrawn
      AND NOT EXISTS (SELECT FROM titration_patientfact AS other WHERE other.replaces_id = fact.id)),
  (SELECT string_agg(step.kind || '|' || lower(step.period) || '|' || coalesce(upper(step.period)::text, '') || '|'
      || pattern.slots, ';' ORDER BY step.period)
    FROM titration_step AS step CROSS JOIN LATERAL (
      SELECT coalesce(string_agg(slot.at || ' ' || slot.amount_mg, ',' ORDER BY slot.position), '') AS slots
      FROM titration_slot AS slot WHERE slot.step_id = step.id) AS pattern
    WHERE step.plan_id = plan.id AND step.state = %(signed)s AND step.voided_at IS NULL),
  (SELECT json_agg(json_build_array(flag.rule_id, flag.urgency, flag.because)) FROM titration_flag AS flag
    WHERE flag.plan_id = plan.id AND flag.status = %(open)s AND flag.rule_id = ANY (%(rules)s))
FROM titration_plan AS plan JOIN titration_patient AS patient ON patient.id = plan.patient_id
CROSS JOIN LATERAL (
  SELECT json_agg(json_build_object('on', issue.on_date, 'amount', issue.total_mg::text, 'repeat_on', issue.repeat_on)
    ORDER BY issue.on_date, issue.recorded_at) AS issues
  FROM titration_supplyissue AS issue
  WHERE issue.plan_id = plan.id AND NOT issue.withdrawn
    AND NOT EXISTS (SELECT FROM titration_supplyissue AS other WHERE other.replaces_id = issue.id)) AS supply
CROSS JOIN LATERAL (
  SELECT string_agg(timestamptz_send(dose.due_at) || timestamptz_send(coalesce(dose.taken_at, 'infinity'))
      || int8send(((dose.local_date - '2000-01-01'::date)::int8 << 32)
        + ((CASE dose.reason_code WHEN '' THEN 1 ELSE array_position(%(reasons)s::text[], dose.reason_code::text) END) << 24)
        + (dose.position::int4 << 8) + ascii(dose.state)), '') AS packed,
    string_agg(dose.amount_mg || ' ' || dose.taken_mg, ',') FILTER (WHERE supply.issues IS NOT NULL) AS amounts
  FROM titration_doseevent AS dose
  WHERE dose.plan_id = plan.id AND dose.local_date >= %(read_from)s AND dose.state <> %(undone)s
    AND dose.id <> ALL (ARRAY(SELECT other.replaces_id FROM titration_doseevent AS other
      WHERE other.plan_id = plan.id AND other.replaces_id IS NOT NULL))) AS doses
WHERE plan.id = ANY (%(plans)s) AND NOT patient.is_deceased
  AND NOT EXISTS (SELECT FROM titration_plan AS other WHERE other.patient_id = plan.patient_id AND other.id <> plan.id)
  AND NOT EXISTS (SELECT FROM titration_doseevent AS dose WHERE dose.plan_id = plan.id AND dose.local_date < %(read_from)s
    AND doses.packed IS NULL)
"""


class _Unread:
    """A fact that was not read."""

    def _refuse(self, *_: object) -> NoReturn:
        raise LookupError("This was not read.")

    __bool__ = __iter__ = __len__ = __hash__ = __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __getattr__ = _refuse  # type: ignore[assignment]
    __contains__ = __getitem__ = __add__ = __radd__ = __sub__ = __rsub__ = __str__ = _refuse  # type: ignore[assignment]


UNREAD: Any = _Unread()


class Compact:
    """One plan: its protocol, the zone of its patient, its open flags of the rules that were asked for (rule, urgency and
    words), and what findings about doses are judged on, made when it is first asked for."""

    def __init__(self, row: tuple[Any, ...], as_of: datetime) -> None:
        (self.plan, protocol_id, version, self._plan_zone, self.zone, packed, amounts, issues, tracking, silences,
         self._restart, self._followed, self._stopped, self._out, self._facts, self._steps, flags) = row  # fmt: skip
        self.protocol: tuple[str, int] = (protocol_id, version)
        self.flags: list[tuple[str, int, str]] = [tuple(flag) for flag in _json(flags) or []]
        self._as_of = as_of
        self.doses = packed_doses.NONE if packed is None else packed_doses.unpack(packed)
        self._amounts: list[str] | None = None if amounts is None else amounts.split(",")
        self._tracking, self._silences, self._issues = _json(tracking), _json(silences) or [], _json(issues) or []

    @once
    def today(self) -> date:
        return local_date(self._as_of, self.zone)

    @once
    def person(self) -> core.Person:
        return _person(_json(self._facts), self.today)

    @once
    def steps(self) -> tuple[core.Step, ...]:
        return tuple(map(_step, self._steps.split(";"))) if self._steps else ()

    @property
    def course(self) -> Course | None:
        """The same for ``calm``; None where that has nothing to say."""
        if self.person.signs or self.zone != self._plan_zone:
            return None
        ticked, since = intake.tracking_of(self._tracking)
        read_from = _midnight(intake.first_day_read(self._as_of), self.zone)
        return Course(
            as_of=self._as_of, today=self.today, zone=self.zone, steps=self.steps, ticked=ticked, since=since,
            counts_from=read_from if since is None or since < read_from else since,
            silences=intake.silences_of(self._silences) if self._silences else (),
            supply=intake.supply_of(self._issues) if self._issues else None, taken_today=self._taken_today(),
            stated=self._stopped is not None or self._out is not None, doses=self.doses,
        )  # fmt: skip

    @property
    def says_stopped(self) -> bool:
        """A statement stands that baclofen is not taken any more, or it is not known that it does not: its flag may be closed
        for a while, or a dose that spoke against it was taken back."""
        if self._stopped is None:
            return False
        return self.facts is None or self.facts.intake is None or self.facts.intake.says_stopped is not None

    def _taken_today(self) -> Decimal:
        if self._amounts is None:
            return _NOTHING
        today = packed_doses.number_of(self.today)
        places = [place for place, what in enumerate(self.doses.what) if what >> 32 == today]
        return sum((_mg(self._amounts[place].split(" ")[1]).value for place in places), _NOTHING)

    @once
    def facts(self) -> core.Facts | None:
        """None where the newest confirmed dose is so old that it was not read."""
        events = _events(self.doses, self._amounts)
        if events and not any(one.confirmed for one in events):
            return None
        return core.Facts(**_OF_FACTS | {
            "as_of": self._as_of, "today": self.today, "person": self.person, "order": None, "lab_entry": None,
            "therapy": core.Therapy(**_OF_THERAPY | {"steps": self.steps}),
            "intake": intake.as_intake(
                zone=self._plan_zone, read_from=intake.first_day_read(self._as_of), tracking=self._tracking,
                events=tuple(events), silences=self._silences, issues=self._issues, restart_decided_at=self._restart,
                restart_followed_at=self._followed, said_stopped_at=self._stopped, said_out_at=self._out,
            ),
        })  # fmt: skip


def read_rows(plans: Iterable[uuid.UUID], rules: Iterable[str], *, as_of: datetime) -> list[tuple[Any, ...]]:
    """One row for each plan that can be judged so: of a living patient who had no other plan."""
    values = {
        "plans": list(plans), "rules": list(rules), "facts": [str(kind) for kind in _FACTS], "reasons": _REASONS,
        "read_from": intake.first_day_read(as_of), "undone": UNDONE, "signed": StepState.SIGNED, "open": FlagStatus.OPEN, "resume": RestartChoice.RESUME,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        return cursor.fetchall()  # type: ignore[no-any-return]


def from_row(row: tuple[Any, ...], *, as_of: datetime) -> Compact:
    """What a row of ``read_rows`` says."""
    return Compact(row, as_of)


def _json(given: Any) -> Any:
    return json.loads(given) if isinstance(given, str) else given


_OF_FACTS = {one.name: UNREAD for one in fields(core.Facts)}
_OF_THERAPY = {one.name: UNREAD for one in fields(core.Therapy)}
_OF_PERSON = {one.name: UNREAD for one in fields(core.Person)}


def _person(facts: list[tuple[str, str, str, str]] | None, today: date) -> core.Person:
    latest: dict[tuple[str, str], str] = {}
    for kind, code, answer, on_date in facts or ():
        if date.fromisoformat(on_date) <= today:
            latest.setdefault((kind, code), answer)
    return _known_person(
        frozenset(code for (kind, code), answer in latest.items() if kind == FactKind.SIGN and answer == YES),
        ANSWERS.get(latest.get((FactKind.PAST_WITHDRAWAL, ""), "")),
        ANSWERS.get(latest.get((FactKind.DIALYSIS, ""), "")),
    )


@lru_cache(maxsize=1 << 10)
def _known_person(signs: frozenset[str], past_withdrawal: bool | None, dialysis: bool | None) -> core.Person:
    return core.Person(**_OF_PERSON | {"signs": signs, "past_withdrawal": past_withdrawal, "dialysis": dialysis})


@lru_cache(maxsize=1 << 14)
def _step(text: str) -> core.Step:
    kind, first, end, slots = text.split("|")
    return core.Step(
        kind=core.StepKind(kind),
        starts_on=date.fromisoformat(first),
        ends_on=date.fromisoformat(end) if end else None,
        slots=_slots(slots),
        resumed=UNREAD,
    )


@lru_cache(maxsize=1 << 12)
def _slots(text: str) -> tuple[core.SlotDose, ...]:
    pairs = (slot.split(" ") for slot in text.split(",")) if text else ()
    return tuple(core.SlotDose(at=time.fromisoformat(at), amount=_mg(amount)) for at, amount in pairs)


@lru_cache(maxsize=1 << 12)
def _mg(text: str) -> Mg:
    return Mg(Decimal(text))


def _events(doses: packed_doses.Packed, amounts: list[str] | None) -> list[DoseEvent]:
    """Oldest first. Amounts are read where a supply is on record, which is all that asks for them."""
    found, amount, taken, new = [], UNREAD, UNREAD, tuple.__new__
    for place, (due, at, what) in enumerate(zip(*doses, strict=True)):
        if amounts is not None:
            amount, taken = map(_mg, amounts[place].split(" "))
        day, slot, state, reason = packed_doses.read_what(what)
        due_at = packed_doses.instant_of(due)
        if at == due:
            taken_at: datetime | None = due_at
        else:
            taken_at = None if at == packed_doses.NEVER else FIRST_INSTANT + timedelta(microseconds=at)
        # As ``DoseEvent(...)`` makes it, in half the time.
        found.append(new(DoseEvent, (day, slot, state, due_at, amount, taken, taken_at, _REASONS[reason - 1])))
    found.sort(key=_DUE_AT)
    return found


_DUE_AT = attrgetter("due_at")


@lru_cache(maxsize=1 << 8)
def _midnight(day: date, zone: str) -> datetime:
    return due_instant(day, time(0), zone)
