"""Doses taken in a few words: ``03 22:00 taken`` on a plan of May 2026, in any zone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.dosing.tables import facts_from
from titration.dosing.doses import Mg
from titration.dosing.facts import Facts, SlotDose, Step, StepKind
from titration.dosing.intake import DoseEvent, DoseState, Intake, Silence, SilenceReason, Supply, SupplyIssue, Tracking
from titration.dosing.schedule import instant, local_date

THREE = "06:00 14:00 22:00"
START = date(2026, 1, 5)


def step(times: str, daily: str = "60", *, on: date = START, until: date | None = None, kind: str = "start") -> Step:
    """A step in equal doses at these local times; no times are a stop."""
    at = times.split()
    slots = tuple(SlotDose(at=time.fromisoformat(one), amount=Mg(Decimal(daily) / len(at))) for one in at)
    return Step(kind=StepKind(kind if at else "stop"), starts_on=on, ends_on=until, slots=slots)


def moment(text: str, zone: str = "UTC", month: date = date(2026, 5, 1)) -> datetime:
    """``03 22:00`` is that local time on the third of the month; a whole date may stand for the day."""
    day, at = text.split()
    on = date.fromisoformat(day) if "-" in day else month.replace(day=int(day))
    return instant(on, time.fromisoformat(at), zone)


def events(lines: Iterable[str], steps: tuple[Step, ...], zone: str) -> tuple[DoseEvent, ...]:
    """``03 22:00 taken``, ``03 22:00 skipped vomiting``, ``03 22:00 taken at 23:10``: a dose of the plan, and what it was."""
    found = []
    for line in lines:
        day, at, state, *rest = line.split()
        on = local_date(moment(f"{day} 12:00", zone), zone)
        pattern = next(one for one in reversed(steps) if one.starts_on <= on)
        place, slot = next((n, one) for n, one in enumerate(pattern.slots) if one.at == time.fromisoformat(at))
        half = Mg(slot.amount.value / 2)
        taken = {"taken": slot.amount, "partly": half}.get(state, Mg(Decimal(0)))
        due = instant(on, time.fromisoformat(at), zone)
        later = instant(on, time.fromisoformat(rest[1]), zone) if rest[:1] == ["at"] else None
        known = None if state not in ("taken", "partly") or rest == ["sometime"] else later or due
        found.append(
            DoseEvent(day=on, slot=place, state=DoseState(state), due_at=due, amount=slot.amount, taken=taken,
                      taken_at=known, reason=rest[0] if rest and rest[0] not in ("at", "sometime") else "")
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.due_at))


def taking(
    *lines: str, now: str, times: str = THREE, daily: str = "60", zone: str = "UTC", steps: tuple[Step, ...] = (),
    since: str | None = None, ticked: bool = True, silences: Iterable[str] = (), issues: Iterable[str] = (),
    repeat: str | None = None, decided: str | None = None, followed: bool = True, given: str = "",
    stopped: str | None = None, out: str | None = None,
) -> Facts:  # fmt: skip
    """Facts at a local time ``now`` of a patient of whom these doses are on record, and nothing else.

    Doses are ticked from the first one on record, unless ``since`` says otherwise.
    ``silences``: ``hold 03 08:00 to 04 08:00``. ``issues``: ``01 600`` is 600 mg on the first.
    ``stopped``, ``out``: when it was said that no more is taken, and that none is left.
    """
    steps = steps or (step(times, daily),)
    as_of = moment(now, zone)
    recorded = events(lines, steps, zone)
    began = recorded[0].due_at if recorded and ticked else None
    facts = facts_from(f"daily_mg={daily} {given}".strip())
    quiet = []
    for one in silences:
        reason, start, at, _, end, until = one.split()
        quiet.append(
            Silence(
                reason=SilenceReason(reason),
                starts_at=moment(f"{start} {at}", zone),
                ends_at=moment(f"{end} {until}", zone),
            )
        )
    handed = tuple(
        SupplyIssue(on=local_date(moment(f"{one.split()[0]} 12:00", zone), zone), amount=Mg(Decimal(one.split()[1])))
        for one in issues
    )
    expected = None if repeat is None else local_date(moment(f"{repeat} 12:00", zone), zone)
    intake = Intake(
        tracking=Tracking.TICKED if ticked else Tracking.NOT_TRACKED,
        since=began if since is None else moment(since, zone),
        read_from=None,
        zone=zone,
        events=recorded,
        silences=tuple(quiet),
        supply=Supply(issues=handed, repeat_on=expected) if handed else None,
        restart_decided_at=None if decided is None else moment(decided, zone),
        restart_followed_at=None if decided is None or not followed else moment(decided, zone),
        said_stopped_at=None if stopped is None else moment(stopped, zone),
        said_out_at=None if out is None else moment(out, zone),
    )
    return replace(
        facts,
        as_of=as_of,
        today=local_date(as_of, zone),
        therapy=replace(facts.therapy, steps=steps),
        intake=intake,
    )


def every_dose(first: str, last: str, times: str = THREE, *, but: Iterable[str] = ()) -> list[str]:
    """Every dose of these days of the month as taken, but for those that are named."""
    left = set(but)
    days = range(int(first), int(last) + 1)
    return [f"{day:02} {at} taken" for day in days for at in times.split() if f"{day:02} {at}" not in left]


def later(facts: Facts, by: timedelta) -> Facts:
    """The same facts so much later, with nothing new on record."""
    assert facts.intake is not None
    as_of = facts.as_of + by
    return replace(facts, as_of=as_of, today=local_date(as_of, facts.intake.zone))
