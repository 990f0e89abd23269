"""Patients as a clinic knows them, made up: what each takes, ticks, forgets and stops. Plain Python; the clock is the caller's.

The assumptions, all of them guesses that nobody has measured (each patient is more or less careful by a factor of their own):

* 1 to 4 doses a day: 15, 25, 45 and 15 % of patients; 15 to 80 mg a day; a quarter of plans are not tracked.
* Of 100 doses about 2 are forgotten, and 2 taken and not ticked, of which half are ticked with the next dose.
* A tick comes 10 minutes after the dose on average, for 15 of 100 doses 90 minutes, and for 2 of 100 two to eight hours.
* In half a year: a holiday of 5 to 12 days (25 %), half of them told beforehand and otherwise ticked half as well; a lost
  phone (8 %), told after 12 to 40 hours; an admission of 3 to 7 days (5 %), told after 2 to 12 hours; a hold of a day (4 %).
* 30 % of plans are being raised, every 7 to 14 days; 8 % are tapered, a quarter less each week.
* Six in ten have their supply on record, an issue every 28 days with the next one announced; one in ten comes 1 to 4 days late.
* One patient in ten, or as many as are asked for, really stops once: silent (4 in 10), saying so (2), out of supply (2), ordered to at once (2).
"""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
TIMES = {
    1: (time(22),),
    2: (time(8), time(20)),
    3: (time(7), time(14), time(21)),
    4: (time(7), time(12), time(17), time(22)),
}
ISSUE_DAYS, KEPT_DAYS = 28, 30  # an issue lasts a little longer than the time until the next


class StopKind(StrEnum):
    SILENT = "silent"
    SAID = "said so"
    SUPPLY = "out of supply"
    ORDERED = "ordered at once"


@dataclass(frozen=True)
class Quiet:
    """A time without ticks that has a reason: when it is (hours from the first day), and when the clinic is told."""

    reason: str
    starts: float
    ends: float
    told: float


class Due(NamedTuple):
    """A dose that is not on record yet: when it was due, the mg asked for, and whether it was taken."""

    at: datetime
    mg: int
    taken: bool


@dataclass
class Patient:
    """One patient. ``stop_at`` and every other hour are counted from the start of the simulation."""

    number: int
    dice: random.Random
    zone: str
    times: tuple[time, ...]
    mg: int
    tracked: bool
    supplied: bool
    careless: float
    quiet: list[Quiet]
    raises: list[tuple[int, int]]
    tapers_on: int | None
    stop: StopKind | None
    stop_at: float | None
    holiday: tuple[float, float] | None
    unrecorded: dict[tuple[date, int], Due] = field(default_factory=dict)
    later: list[tuple[date, int]] = field(default_factory=list)  # taken, and ticked with the next dose
    said: dict[datetime, datetime] = field(default_factory=dict)  # dose due -> when it was said that it was not taken
    stopped: bool = False  # is not taking it at this moment, of their own accord
    last_ticked: datetime | None = None
    stock: int | None = None  # mg at home, for whom it will run out

    def off_ticks(self, hour: float) -> bool:
        """Cannot tick at this hour: no phone, or somebody else gives the doses."""
        return any(one.starts <= hour < one.ends for one in self.quiet)

    def outcome(self, hour: float) -> str:
        """What becomes of a dose that is due: ``taken`` (and ticked), ``unticked`` (taken), ``forgotten``, ``silent``, ``said``;
        ``untold`` while it cannot be ticked."""
        if self.stop_at is not None and hour >= self.stop_at and self.stop in (StopKind.SILENT, StopKind.SAID):
            self.stopped = True
        if self.stopped:
            return "said" if self.stop is StopKind.SAID else "silent"
        if self.off_ticks(hour):
            return "untold"
        forgets, unticked = 0.02 * self.careless, 0.02 * self.careless
        if self.holiday and self.holiday[0] <= hour < self.holiday[1]:
            forgets, unticked = forgets * 2, 0.5
        dice = self.dice.random()
        return "forgotten" if dice < forgets else "unticked" if dice < forgets + unticked else "taken"

    def delay(self) -> timedelta:
        """From the dose to its tick."""
        dice = self.dice.random()
        if dice < 0.02 * self.careless:
            return timedelta(hours=self.dice.uniform(2, 8))
        mean = 90 if dice < 0.17 else 10
        return timedelta(minutes=min(self.dice.expovariate(1 / mean), 480))

    def resume(self) -> None:
        """Somebody spoke to them: whoever had stopped takes it again."""
        if self.stopped:
            self.stopped, self.stop_at = False, None


@dataclass(frozen=True)
class Opened:
    """A flag that the watch raised; ``urgency`` 1 says act now."""

    pk: uuid.UUID
    number: int
    rule: str
    urgency: int
    at: datetime


@dataclass(frozen=True)
class Stop:
    """A real stop. ``in_time`` None: somebody spoke to the patient before it had to be flagged."""

    number: int
    kind: StopKind
    last: datetime | None
    due: datetime
    flagged: datetime | None
    in_time: bool | None


def make_patient(number: int, days: int, seed: int, stops: float) -> Patient:
    """A patient by number; the same seed always gives the same one. ``stops``: the part of patients who really stop."""
    dice = random.Random(f"{seed}/{number}")
    doses = dice.choices((1, 2, 3, 4), weights=(15, 25, 45, 15))[0]
    mg = dice.choice((5, 10, 15, 20)) if doses > 1 else dice.choice((15, 20))
    tracked, supplied = dice.random() < 0.75, dice.random() < 0.6
    stop = None
    if dice.random() < stops:
        stop = dice.choices(tuple(StopKind), weights=(4, 2, 2, 2))[0]
        tracked = tracked or stop in (StopKind.SILENT, StopKind.SAID)
        supplied = supplied or stop is StopKind.SUPPLY
    course = dice.random()
    raises, tapers_on = [], None
    if course < 0.30 and stop is None:
        day, each = dice.randrange(3, 15), mg
        while day < days and each < 20:
            each += 5
            raises.append((day, each))
            day += dice.randrange(7, 15)
    elif course < 0.38 and stop is None:
        tapers_on = dice.randrange(min(10, days - 1), max(days - 40, 11))
    holiday = None
    quiet: list[Quiet] = []
    if stop is None:
        if dice.random() < 0.25:
            start = dice.uniform(0, days) * 24
            holiday = (start, start + dice.uniform(5, 12) * 24)
            if dice.random() < 0.5:
                quiet.append(Quiet("other", *holiday, start - 24))
                holiday = None
        for share, reason, lasts, told in (
            (0.08, "lost_phone", (48, 96), (12, 40)),
            (0.05, "admission", (72, 168), (2, 12)),
            (0.04, "hold", (20, 26), (-6, -1)),
        ):
            if dice.random() < share:
                start = dice.uniform(1, days) * 24
                quiet.append(Quiet(reason, start, start + dice.uniform(*lasts), start + dice.uniform(*told)))
    return Patient(
        number=number, dice=dice, zone=dice.choice(ZONES), times=TIMES[doses], mg=mg, tracked=tracked, supplied=supplied,
        careless=min(dice.lognormvariate(0, 0.7), 5), quiet=quiet, raises=raises, tapers_on=tapers_on, stop=stop,
        stop_at=None if stop is None else dice.uniform(0.15, 0.85) * days * 24, holiday=holiday,
    )  # fmt: skip


def tier_two(last: datetime, due: list[datetime], said: list[datetime | None]) -> datetime:
    """When a real stop must be flagged, from the written rules and nothing of the portal's own.

    MISS-5: three doses in a row that are known not to be taken, or a gap of 18 hours and of the longest normal gap with 8
    hours more, once any dose is known to be missed. A dose counts 2 hours after its time (MISS-15), or when it is said.
    ``last``: the last confirmed dose. ``due``: the doses from the one before ``last`` on; ``said``: when the patient said of
    each that it was not taken (None: never).
    """
    after = [(at, told) for at, told in zip(due, said, strict=True) if at > last]
    missed = sorted(
        min(at + timedelta(hours=2), max(told, at) if told else datetime.max.replace(tzinfo=at.tzinfo))
        for at, told in after
    )
    normal = max(later - sooner for sooner, later in pairwise(due))
    gap = last + max(timedelta(hours=18), normal + timedelta(hours=8))
    return min(missed[2], max(gap, missed[0]))
