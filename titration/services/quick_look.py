"""A quick look: whether anything that is found about doses taken has changed, when nothing else can have.

It never writes a flag. It says "nothing has changed", and when to look again, or it says nothing at all, and the plan is
looked at in full.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from titration.dosing import packed
from titration.dosing.assessment import findings_of
from titration.dosing.calm import Bounds, Calm, bounds_of, calm
from titration.dosing.falling import HOURS, STOPPED
from titration.dosing.falling import RULE as FALLING
from titration.dosing.intake_turns import RULES, found_at, next_turn
from titration.dosing.judgement import Judgement
from titration.dosing.protocol import load_protocol
from titration.models.due import Taken
from titration.selectors import compact
from titration.services.wanted_flags import raised

log = logging.getLogger(__name__)

# Beside the rules about doses taken: while one stands, nothing can be said quickly, and a record raises it, or a day.
RULE_IDS = (*(one.id for one in RULES if one.judge is not None), FALLING, STOPPED)


class _NoEstimate:
    """The eGFR beside a finding is in no flag that stands as it is; whatever else is asked of the kidneys is an error."""

    indexed = None


_NO_ESTIMATE: Any = _NoEstimate()


def look(taken: Iterable[Taken], *, as_of: datetime, recorded: bool = False) -> dict[uuid.UUID, datetime]:
    """When to look again, for each plan of which nothing else has changed. The caller holds plans and patients locked.

    Until ``others_at`` only findings about doses taken can have changed, as every write works out both times anew.
    ``recorded``: doses were recorded just now, which may also turn whether they fall away from the plan.
    """
    until = {
        one.plan: one.others_at for one in taken if one.free and one.others_at is not None and one.others_at > as_of
    }
    found: dict[uuid.UUID, datetime] = {}
    if not until:
        return found
    for row in compact.read_rows(until, RULE_IDS, as_of=as_of):
        try:
            one = compact.from_row(row, as_of=as_of)
            full = one.says_stopped or (recorded and not _all_taken(one))
            again = None if full else unchanged_until(one, until[one.plan])
        except Exception as error:  # noqa: BLE001  the full look judges it, and tells what is wrong
            log.info("A plan is looked at in full: %s", type(error).__name__)
        else:
            if again is not None:
                found[one.plan] = again
    return found


def unchanged_until(one: compact.Compact, others_at: datetime) -> datetime | None:
    """The next instant at which a finding may change; None when one has, or its words, or when not enough was read."""
    quiet = None if one.flags else _calm(one, others_at)
    if quiet is not None and (quiet.turns or quiet.until >= others_at):
        return quiet.until
    if one.facts is None:
        return None
    judgement = Judgement(one.facts, load_protocol(*one.protocol))
    judgement.panel = _NO_ESTIMATE
    if quiet is not None:
        if found_at(judgement, quiet.until, one.zone):
            return quiet.until
        return next_turn(judgement, one.zone, now=frozenset(), before=others_at)
    findings = findings_of(RULES, judgement)
    wanted = raised(findings).values()
    if {(flag.rule_id, flag.urgency, flag.because[:500]) for flag in wanted} != set(one.flags):
        return None
    now = frozenset((finding.rule, finding.severity) for finding in findings)
    return next_turn(judgement, one.zone, now=now, before=others_at)


def _calm(one: compact.Compact, before: datetime) -> Calm | None:
    course = one.course
    return None if course is None else calm(course, _bounds(*one.protocol), before=before)


@cache
def _bounds(protocol: str, version: int) -> Bounds:
    return bounds_of(load_protocol(protocol, version))


def _all_taken(one: compact.Compact) -> bool:
    """Nothing but whole doses, and doses that were held, is on record for as long as a fall looks back: then none can fall
    away."""
    since = packed.number_of(one.today - 2 * timedelta(hours=HOURS[-1]))
    return all(what & packed.HOW in (packed.TAKEN, packed.HELD) for what in one.doses.what if what >> 32 >= since)
