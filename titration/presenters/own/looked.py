"""Who looked, in words for the patient: people with how they belong to the patient, jobs by what they do."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from titration.dosing.wording import patient_time
from titration.models import AuditAction, RelationKind
from titration.selectors.looked import Looked, Looker, Visit

_DONE = "done"
# What was done, in the order in which it is told. What did not come about was still seen: the page was opened.
_ACTS = {
    AuditAction.VIEW: "opened your record",
    AuditAction.LIST: "saw your name in a list",
    AuditAction.SEARCH: "searched for patients and saw your name",
    AuditAction.CREATE: "added to your record",
    AuditAction.UPDATE: "changed your record",
    AuditAction.PUBLISH: "signed your plan",
    AuditAction.PRINT: "printed from your record",
    AuditAction.IMPORT: "sent in results",
    AuditAction.SIGN_IN: "signed in on a page of your record",
    AuditAction.SIGN_OUT: "signed out",
    AuditAction.DENIED: "asked for a page and was not let in",
}
_JOBS = {
    "import_labs": "The computer that brings in results",
    "reassess": "The safety check that runs by itself",
    "seed_demo": "The computer that made this demonstration",
}
_ROLES = {"clinician": "clinic staff", "editor": "writes help pages", "admin": "looks after accounts"}
_OTHER_JOB = "A job of the computer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One person on one day: who, why, what they did, and when they did it last."""

    who: str
    why: str
    did: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A local day with those who looked on it, the last one first."""

    on: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedPage:
    """``newer`` and ``older`` are the numbers of the pages beside this one; None: there is none."""

    days: tuple[Day, ...]
    newer: int | None
    older: int | None


def looked_page(found: Looked, *, zone: str) -> LookedPage:
    """The visits by day, newest first."""
    days: dict[date, list[Line]] = {}
    for one in found.visits:
        days.setdefault(one.on, []).append(_line(one, found.people, zone))
    return LookedPage(
        days=tuple(Day(on=on, lines=tuple(lines)) for on, lines in days.items()),
        newer=found.page - 1 if found.page > 1 else None,
        older=found.page + 1 if found.more else None,
    )


def _line(one: Visit, people: dict[Any, Looker], zone: str) -> Line:
    who, why = _who(one, people)
    return Line(who=who, why=why, did=_did(one.acts), at=patient_time(one.last_at.astimezone(ZoneInfo(zone)).time()))


def _who(one: Visit, people: dict[Any, Looker]) -> tuple[str, str]:
    if one.actor is None:
        return _JOBS.get(one.job, _OTHER_JOB if one.job else "Somebody who was not signed in"), "no person"
    looker = people.get(one.actor)
    if looker is None:
        return "An account that is gone", "not known"
    match looker.kind:
        case RelationKind.PROXY:
            return looker.name, "your carer"
        case RelationKind.TREATING:
            return looker.name, "treats you"
        case RelationKind.TEAM:
            return looker.name, f"in your team, {looker.team}"
    # Another patient's name is nobody's business, whatever that account tried.
    staff = _ROLES.get(looker.role)
    return (looker.name, f"{staff}, not in your team") if staff else ("Somebody else", "not in your team")


def _did(acts: tuple[str, ...]) -> str:
    done = {
        AuditAction.VIEW if _failed(action, outcome) else action
        for action, _, outcome in (a.partition(":") for a in acts)
    }
    told = [words for action, words in _ACTS.items() if action in done]
    return ", ".join(told)


def _failed(action: str, outcome: str) -> bool:
    return action != AuditAction.DENIED and outcome != _DONE
