"""When time alone may turn what is found about the doses taken: candidates in order, and what is found at each.

Time turns such a finding when a dose is two hours old, a gap grows long enough, a recorded reason begins or ends, a day
leaves the days that the adherence list looks at, or the supply comes to its last days. Advice on a late dose is left out:
it turns several times a day for everybody, it is no flag, and it is worked out when somebody asks for it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from titration.dosing import missed_rules
from titration.dosing.doses_due import due_instant, is_lost
from titration.dosing.facts import Facts
from titration.dosing.gaps import Gaps
from titration.dosing.intake import DoseState, SilenceReason
from titration.dosing.judgement import Judgement
from titration.dosing.protocol import Protocol
from titration.dosing.rules import Said, Severity
from titration.dosing.schedule import local_date
from titration.dosing.supply import runs_out

MIDNIGHT = time(0)
_A_DAY = timedelta(days=1)
RULES = missed_rules.RULES  # those that turn at any minute; every other one turns at a local midnight only
_GAPS = ("MISS-5", "MISS-8")  # their hours depend on N, which depends on the day

Signature = frozenset[tuple[str, Severity | None]]


def at_instant(facts: Facts, at: datetime, zone: str) -> Facts:
    """The same facts at another instant, with nothing new on record."""
    return replace(facts, as_of=at, today=local_date(at, zone))


def found_about_intake(j: Judgement) -> Signature:
    """Which rules about missed doses say something, and how severely."""
    said = ((one.id, one.judge(j)) for one in RULES if one.judge is not None)
    return frozenset(
        (rule, answer.severity or j.protocol.rules[rule].severity) for rule, answer in said if isinstance(answer, Said)
    )


def found_at(j: Judgement, at: datetime, zone: str) -> Signature:
    """What will be found about intake at a later instant. No estimate of the kidneys decides any of it."""
    return found_about_intake(Judgement(at_instant(j.facts, at, zone), j.protocol, j))


def next_turn(j: Judgement, zone: str, *, now: Signature, before: datetime) -> datetime:
    """The first instant ahead at which ``now``, what is found about intake, turns; ``before`` (aware UTC) when it does not
    until then."""
    last = j.facts.as_of
    for at in candidates(j, zone):
        if at >= before:
            break
        if at != last and found_at(j, at, zone) != now:
            return at
        last = at
    return before


def candidates(j: Judgement, zone: str) -> Iterator[datetime]:
    """Every instant after ``as_of`` at which a finding about intake may turn, in order; an instant may come twice.

    They end when nothing about the doses can turn any more: some days after the last thing that a gap is counted from,
    when every coming dose has been missed for as long as any rule looks back.
    """
    facts, protocol, gaps = j.facts, j.protocol, j.gaps
    if gaps is None:
        return
    extra = sorted(at for at in _once(j, gaps, zone) if at > facts.as_of)
    if (not gaps.ticked and not _any_reported(gaps)) or _is_settled(j, gaps):
        yield from extra
        return
    last = max([facts.as_of, *_anchors_ahead(facts, gaps)])
    longest = max(protocol.limits(rule).count("over_days") for rule in ("MISS-11", "MISS-12"))
    end = local_date(last, zone) + _A_DAY * (longest + 2)
    day, passed = facts.today, facts.as_of
    while day <= end:
        midnight = due_instant(day + _A_DAY, MIDNIGHT, zone)
        within = [at for at in _of_day(facts, protocol, gaps, day) if passed < at < midnight]
        if day == facts.today and not facts.person.signs:
            within += _missed_today(protocol, gaps, facts, midnight)
        elif gaps.ticked:
            within += [at for at in _not_taken(protocol, gaps, day) if passed < at < midnight]
        while extra and extra[0] < midnight:
            within.append(extra.pop(0))
        yield from sorted(within)
        yield midnight
        day, passed = day + _A_DAY, midnight
    yield from extra


def _is_settled(j: Judgement, gaps: Gaps) -> bool:
    """Every limit of a gap is passed and the adherence list is full: more doses that are not ticked change nothing."""
    protocol = j.protocol
    if (
        not gaps.ticked
        or gaps.gap is None
        or _anchors_ahead(j.facts, gaps)
        or gaps.intake.restart_followed_at is not None
    ):
        return False
    longest = max(gaps.limit(protocol.limits(rule)) for rule in _GAPS)
    restart = timedelta(hours=protocol.limits("MISS-9").count("from_hours"))
    listed = {rule for rule, _ in found_about_intake(j)}
    return gaps.gap >= max(longest, restart) and {"MISS-11", "MISS-12"} <= listed


def _any_reported(gaps: Gaps) -> bool:
    return any(one.state is DoseState.SKIPPED or is_lost(one) for one in gaps.intake.events)


def _anchors_ahead(facts: Facts, gaps: Gaps) -> list[datetime]:
    """What a gap will be counted from: the end of a recorded reason, the first dose of a start."""
    ahead = [*(one.ends_at for one in gaps.intake.silences), *gaps.first_doses]
    return [at for at in ahead if at > facts.as_of]


def _once(j: Judgement, gaps: Gaps, zone: str) -> Iterator[datetime]:
    """Instants that come once: reasons that begin or end, doses held or reported ahead, the supply, the length of use."""
    facts, protocol = j.facts, j.protocol
    for silence in gaps.intake.silences:
        yield silence.starts_at
        yield silence.ends_at
    yield from _held_ahead(facts, gaps)
    yield from [one.due_at for one in gaps.intake.events if one.due_at > facts.as_of]
    yield from gaps.first_doses
    supply = gaps.intake.supply
    ends = None if supply is None else runs_out(facts, gaps.intake, mornings=gaps.doses.book.mornings)
    if supply is not None and ends is not None:
        yield ends - _A_DAY * protocol.limits("MISS-6").count("below_days")
        if supply.repeat_on is not None:
            yield due_instant(supply.repeat_on + _A_DAY, MIDNIGHT, zone)
    began = j.use_began
    if began is not None:
        weeks = protocol.limits("MISS-10").count("below_weeks")
        yield due_instant(began + timedelta(weeks=weeks), MIDNIGHT, zone)


def _held_ahead(facts: Facts, gaps: Gaps) -> Iterator[datetime]:
    """When the first dose of each hold is due: a sign of withdrawal counts from then on (MISS-7)."""
    for silence in gaps.intake.silences:
        if silence.reason is SilenceReason.HOLD and silence.ends_at > facts.as_of:
            day, end = local_date(max(silence.starts_at, facts.as_of), gaps.intake.zone), silence.ends_at
            coming = (due for ahead in range(3) for due in gaps.doses.scheduled(day + _A_DAY * ahead))
            yield from (due for due in coming if silence.starts_at <= due < end)


def _not_taken(protocol: Protocol, gaps: Gaps, day: date) -> list[datetime]:
    """When the doses of a local date and of the evening before count as not taken."""
    after = timedelta(hours=protocol.limits("MISS-15").count("after_hours"))
    return [due + after for one in (day - _A_DAY, day) for due in gaps.doses.scheduled(one)]


def _missed_today(protocol: Protocol, gaps: Gaps, facts: Facts, midnight: datetime) -> list[datetime]:
    """When a dose of today counts as not taken and may turn a finding; the first ones that cannot are left out.

    Without signs on record a missed dose turns something only if it fills a row (MISS-4, MISS-5), one of the two lists
    (MISS-11, MISS-12), or comes in a gap that is long enough already, or in one of MISS-9 that has just ended. Until midnight
    no day leaves the lists. What is recorded of a dose that lies ahead counts from another instant: then none is left out.
    """
    if not gaps.ticked:
        return []
    ahead = sorted(at for at in _not_taken(protocol, gaps, facts.today) if facts.as_of < at < midnight)
    if gaps.far_gap_ended_after(facts.as_of - _A_DAY * 2) or any(e.due_at > facts.as_of for e in gaps.intake.events):
        return ahead
    few, often, share = (protocol.limits(rule) for rule in ("MISS-4", "MISS-11", "MISS-12"))
    in_a_row = min(few.count("few_from_count"), few.count("from_count"))
    if gaps.current is not None and len(gaps.current.slots) > few.count("few_doses_per_day"):
        in_a_row = few.count("from_count")
    last = facts.today + _A_DAY
    listed, wide = (gaps.doses.tally(facts.today, last - _A_DAY * one.count("over_days")) for one in (often, share))
    restart = timedelta(hours=protocol.limits("MISS-9").count("from_hours"))
    long = None if gaps.anchor is None else gaps.anchor.at + min(gaps.limit(protocol.limits("MISS-5")), restart)
    for count, at in enumerate(ahead, start=1):
        taken = wide.due - wide.missed
        fills = len(gaps.run) + count >= in_a_row or listed.missed + count >= often.count("from_count")
        if fills or taken * 100 < share.amount("below_percent") * (wide.due + count) or long is None or at >= long:
            return ahead[count - 1 :]
    return []


def _of_day(facts: Facts, protocol: Protocol, gaps: Gaps, day: date) -> Iterator[datetime]:
    """The instants of one local date, some of the day before or after among them."""
    anchors = [] if gaps.anchor is None else [gaps.anchor.at]
    restart = timedelta(hours=protocol.limits("MISS-9").count("from_hours"))
    for anchor in [*anchors, *_anchors_ahead(facts, gaps)]:
        begun = local_date(anchor, gaps.intake.zone)
        if begun > day:
            continue
        normal = gaps.normal_over(begun, day)
        yield from (anchor + gaps.limit(protocol.limits(rule), normal) for rule in _GAPS)
        yield anchor + restart
    if gaps.intake.restart_followed_at is not None:
        yield gaps.intake.restart_followed_at + restart
