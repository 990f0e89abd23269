"""How long a patient has been without baclofen: the gap G, the longest normal gap N, and the doses missed in a row."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from titration.dosing.changes import NOTHING
from titration.dosing.doses import Mg
from titration.dosing.doses_due import MISSED, DoseBook, DosesDue, DueDose, Known, step_on
from titration.dosing.facts import Facts, Step
from titration.dosing.intake import Intake, SilenceReason, Tracking
from titration.dosing.once import once
from titration.dosing.protocol import Protocol
from titration.dosing.protocol_data import Limits
from titration.dosing.schedule import local_date
from titration.dosing.supply import runs_out

_A_DAY = timedelta(days=1)


class Since(StrEnum):
    """What a gap is counted from."""

    DOSE = "last confirmed dose"
    TICKING = "start of ticking"
    SILENCE = "end of the time without ticks"
    FIRST_DOSE = "first dose of the plan"
    REPORTED = "first dose that was reported as not taken"


class Anchor(NamedTuple):
    """The instant (aware UTC) from which a gap is counted, and what happened then."""

    at: datetime
    since: Since


@dataclass(frozen=True, slots=True, kw_only=True)
class LongGap:
    """A gap after which a prescriber decides how to go on. ``until`` None: it lasts."""

    anchor: Anchor
    until: datetime | None


class Anchors:
    """Everything that a gap may be counted from at any instant, oldest first; of two at one instant, a dose comes last.

    ``far`` are the places of doses that came so long after what was before them that a prescriber decides (MISS-9).
    """

    def __init__(self, book: DoseBook, far: timedelta) -> None:
        intake = book.intake
        self._others: dict[datetime, Since] = {}
        if intake.tracking is Tracking.TICKED:
            self._others |= dict.fromkeys((one.ends_at for one in intake.silences), Since.SILENCE)
            self._others |= dict.fromkeys(book.first_doses, Since.FIRST_DOSE)
            if intake.since is not None:
                self._others[intake.since] = Since.TICKING
        self._doses = book.confirmed
        if intake.tracking is not Tracking.TICKED:
            # Where nobody ticks and no dose was ever confirmed, a gap is at least as long as what was reported.
            said = min((one.due_at for one in intake.events if one.reported), default=None)
            if said is not None and not (self._doses and self._doses[0] <= said):
                self._others[said] = Since.REPORTED
        self.places = sorted([*self._doses, *self._others])
        apart = enumerate(pairwise(self.places), start=1)
        # At the end of a time without ticks a dose comes after nothing. What was taken before the days that are read is not
        # known, but for the last dose of all: from the beginning of a plan to the first dose that is read nothing is told.
        read = intake.read_from
        unread = set() if read is None else {at for at in self._others if at < read}
        self.far = [place for place, (a, b) in apart if b - a >= far and b not in self._others and a not in unread]

    def at(self, place: int) -> Anchor:
        at = self.places[place]
        dose = bisect_left(self._doses, at)
        taken = dose < len(self._doses) and self._doses[dose] == at
        return Anchor(at, Since.DOSE if taken else self._others[at])


class Gaps:
    """What the doses on record say of the time without baclofen, worked out once, when it is first asked for.

    On a plan whose doses are not ticked only what was reported counts: an empty place says nothing there. ``earlier``: those
    of another instant.
    """

    def __init__(self, facts: Facts, intake: Intake, protocol: Protocol, earlier: "Gaps | None" = None) -> None:
        self._facts = facts
        self._protocol = protocol
        self.intake = intake
        after = timedelta(hours=protocol.limits("MISS-15").count("after_hours"))
        book = None if earlier is None else earlier.doses.book
        self.doses: DosesDue = DosesDue(facts, intake, not_taken_after=after, book=book)
        if earlier is not None:
            self._known_anchors = earlier._known_anchors

    @once
    def _known_anchors(self) -> Anchors:
        return Anchors(self.doses.book, timedelta(hours=self._protocol.limits("MISS-9").count("from_hours")))

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self._facts.therapy.steps

    @property
    def ticked(self) -> bool:
        return self.intake.tracking is Tracking.TICKED

    @once
    def current(self) -> Step | None:
        return step_on(self._steps, self._facts.today)

    @once
    def judged(self) -> bool:
        """A dose is in force, and no recorded reason covers this instant, unless the newest dose that is known was reported as
        not taken and nobody asked for that: otherwise no gap is judged."""
        if self.current is None or not self.current.daily.value:
            return False
        silence = self.doses.silence_at(self._facts.as_of)
        if silence is None:
            return True
        return silence.reason is not SilenceReason.HOLD and bool(self.run) and self.run[0].known is Known.REPORTED

    # The doses missed in a row

    @property
    def oldest_day(self) -> date:
        """The first day that anything is known of."""
        days = [step.starts_on for step in self._steps] + [event.day for event in self.intake.events]
        return min(days, default=self._facts.today)

    @once
    def run(self) -> tuple[DueDose, ...]:
        """The newest doses that were missed one after another, newest first.

        What is explained or still open neither adds to the run nor breaks it; a dose of which nothing is known breaks it.
        The newest missed dose lies at most as many days back as the adherence list looks (MISS-12).
        """
        today, found = self._facts.today, list[DueDose]()
        far = today - timedelta(days=self._protocol.limits("MISS-12").count("over_days"))
        day, oldest = today + _A_DAY, self.oldest_day
        while day >= oldest and (found or day > far):
            for dose in () if self.doses.all_ahead(day) else reversed(self.doses.on(day)):
                if dose.known in MISSED:
                    found.append(dose)
                elif dose.known is Known.CONFIRMED or (found and dose.known is Known.UNKNOWN):
                    return tuple(found)
            day -= _A_DAY
        return tuple(found)

    def known_from(self, day: date) -> bool:
        """The plan asked for doses from this local date on or earlier, and they were ticked if any are."""
        began = min((step.starts_on for step in self._steps), default=None)
        if began is None or began > day:
            return False
        since = self.intake.silence_counts_from
        return not self.ticked or since is None or self._local(since) <= day

    @property
    def any_missed(self) -> bool:
        """Any dose on record was missed, however long ago."""
        return any(self.doses.missed(self._facts.today + _A_DAY, self.oldest_day))

    @property
    def held_since_last_dose(self) -> bool:
        """Doses were due since the last confirmed one, and the patient was asked not to take one of them."""
        last = self.doses.confirmed[-1] if self.doses.confirmed else None
        oldest = self.oldest_day if last is None else self._local(last)
        due = (one for one in self.doses.backwards(self._facts.today, oldest) if one.due_at <= self._facts.as_of)
        return any(one.held for one in due if last is None or one.due_at > last)

    # G and N

    @once
    def _passed(self) -> int:
        """How many of the anchors lie behind this instant."""
        return bisect_right(self._known_anchors.places, self._facts.as_of)

    @property
    def first_doses(self) -> tuple[datetime, ...]:
        """When the first dose of the plan, and of each start after days without one, is due."""
        return self.doses.book.first_doses

    @once
    def anchor(self) -> Anchor | None:
        """What the gap of this instant is counted from; None: there is nothing."""
        return self._known_anchors.at(self._passed - 1) if self._passed else None

    @once
    def gap(self) -> timedelta | None:
        """G in real elapsed time; None when it is not judged, or no dose was missed in it.

        Without ticks it is what is known of it: up to the first dose of which nothing was reported.
        """
        anchor = self.anchor
        if anchor is None or not self.judged or not self.run:
            return None
        return self._known_until(anchor.at, self._facts.as_of) - anchor.at

    def _known_until(self, start: datetime, end: datetime) -> datetime:
        """When the first dose in between is due of which nothing is known; the end when there is none."""
        if self.ticked:
            return end
        unknown = (one.due_at for one in self._doses_between(start, end) if one.known is Known.UNKNOWN)
        return min(unknown, default=end)

    def _doses_between(self, start: datetime, end: datetime) -> Iterator[DueDose]:
        within = self.doses.backwards(self._local(end), self._local(start))
        return (one for one in within if start < one.due_at < end)

    @once
    def normal(self) -> timedelta:
        """N: the longest time between two doses that follow each other in the plan, from the day before the anchor to
        the day after today. A night with a clock change counts as long as it is. Zero without two doses."""
        start = self._facts.today if self.anchor is None else self._local(self.anchor.at)
        return self.normal_over(start, self._facts.today)

    def normal_over(self, start: date, today: date) -> timedelta:
        """The same for a gap that begins on one local date, as it is told on another."""
        day, last, longest = start - _A_DAY, None, timedelta(0)
        while day <= today + _A_DAY:
            for due in self.doses.scheduled(day):
                if last is not None and due - last > longest:
                    longest = due - last
                last = due
            day += _A_DAY
        return longest

    def limit(self, limits: Limits, normal: timedelta | None = None) -> timedelta:
        """The larger of a number of hours and of N with so many hours more; ``normal``: another N than that of now."""
        extra = timedelta(hours=limits.count("above_gap_hours"))
        return max(timedelta(hours=limits.count("from_hours")), (self.normal if normal is None else normal) + extra)

    @property
    def highest_daily(self) -> Mg:
        """The highest daily dose in force from the start of the gap to today."""
        today = self._facts.today
        start = today if self.anchor is None else min(today, self._local(self.anchor.at))
        over = (
            step for step in self._steps if step.starts_on <= today and (step.ends_on is None or start < step.ends_on)
        )
        return max((step.daily for step in over), default=NOTHING)

    @once
    def supply_ends(self) -> datetime | None:
        """When the first dose is due that the recorded supply does not cover, if that is within the days of MISS-6."""
        days = self._protocol.limits("MISS-6").count("below_days")
        out = runs_out(self._facts, self.intake, days=days + 1, mornings=self.doses.book.mornings)
        return None if out is None or out > self._facts.as_of + _A_DAY * days else out

    # A gap after which nothing resumes by itself

    @once
    def long_gap(self) -> LongGap | None:
        """The newest gap as long as MISS-9 says, lasting or over, after which nobody has decided how to go on.

        A decision starts the count again: what matters is the time without baclofen since then.
        """
        limit = timedelta(hours=self._protocol.limits("MISS-9").count("from_hours"))
        if not self.judged:
            return None
        now = self.anchor if self.gap is not None else None
        if now is not None and self.gap is not None and now.at + self.gap - self._undecided_from(now.at) >= limit:
            return LongGap(anchor=now, until=None)
        for place in reversed(self._known_anchors.far):
            if place >= self._passed:
                continue
            start, end = self._known_anchors.at(place - 1), self._known_anchors.places[place]
            # From where a recorded reason begins nothing is missed, even if a dose is ticked within it.
            reasons = [one.starts_at for one in self.intake.silences if start.at < one.starts_at < end]
            until = self._known_until(start.at, min([end, *reasons]))
            if until - self._undecided_from(start.at) < limit:
                continue
            missed = self.doses.missed(self._local(until), self._local(start.at))
            if any(start.at < due < until for due in missed):
                return LongGap(anchor=start, until=end)
        return None

    def far_gap_ended_after(self, at: datetime) -> bool:
        """A time as long as MISS-9 says lay before a dose that was taken after an instant."""
        far = self._known_anchors.far
        return bool(far) and self._known_anchors.places[far[-1]] > at

    def _undecided_from(self, start: datetime) -> datetime:
        # An order waits for the decision alone; what stands is settled when the decision is carried out.
        ordering = self._facts.order is not None
        decided = self.intake.restart_decided_at if ordering else self.intake.restart_followed_at
        return start if decided is None or decided > self._facts.as_of else max(start, decided)

    def _local(self, at: datetime) -> date:
        return local_date(at, self.intake.zone)
