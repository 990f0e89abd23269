"""What has happened to a flag so far, as lines of a row and as the story on its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from titration.dosing.wording import NOT_RECORDED, format_when
from titration.models import ClosedCode, FlagNoteKind, FlagStatus
from titration.models.calls import CALL_ASKED
from titration.presenters.steps import Row

_DAY = timedelta(days=1)
BY_A_RULE = "By a rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What happened to a flag or what someone did about it, and when."""

    on: date
    at: Any
    kind: str
    text: str
    by: str


def is_late(flag: Any, as_of: datetime) -> bool:
    """The time to act has passed and nobody has acted."""
    return flag.acted_at is None and flag.act_by is not None and flag.act_by <= as_of


def is_snoozed(flag: Any, as_of: datetime) -> bool:
    return flag.snoozed_until is not None and flag.snoozed_until > as_of


def state_lines(flag: Any, *, as_of: datetime, zone: str) -> tuple[str, ...]:
    """What a row says of an open flag beside its reason, most often nothing. ``zone`` is the IANA zone of its times."""
    found = []
    if flag.escalated_at is not None and flag.acted_at is None:
        found.append(f"Escalated: nobody acted {within_words(flag)}.")
    if is_snoozed(flag, as_of):
        back = ""
        if flag.acted_at is None and flag.act_by is not None and flag.act_by < flag.snoozed_until:
            back = f" It comes back on {format_when(flag.act_by, zone)} if nobody acts."
        found.append(f"Snoozed until {format_when(flag.snoozed_until, zone)}.{back}")
    if again := flag.evidence.get("again"):
        found.append(again)
    return tuple(found)


def within_words(flag: Any) -> str:
    """In what time somebody had to act: ``within 4 hours``, ``within 7 days``, ``on the day it was raised``; for a call that
    was asked for, by when it was promised."""
    if flag.rule_id == CALL_ASKED:
        return "by the end of the day that was promised"
    given: timedelta = flag.act_by - flag.opened_at
    if given >= _DAY and not given % _DAY:
        return f"within {_many(given // _DAY, 'day')}"
    if given < _DAY and not given % timedelta(hours=1):
        return f"within {_many(given // timedelta(hours=1), 'hour')}"
    return "on the day it was raised"


def _many(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def standing_words(flag: Any, zone: str) -> tuple[str, ...]:
    """Who has seen an open flag and by when somebody must act, as sentences of its page."""
    found = []
    if flag.acknowledged_at is not None:
        found.append(f"Seen by {flag.acknowledger_name} on {format_when(flag.acknowledged_at, zone)}.")
    if flag.acted_at is not None:
        found.append(f"First acted on {format_when(flag.acted_at, zone)}.")
    elif flag.act_by is not None:
        found.append(f"Somebody must act by {format_when(flag.act_by, zone)}.")
    return tuple(found)


def life(flag: Any, notes: Sequence[Any], zone: str) -> tuple[Note, ...]:
    """What people did and what became of the flag, newest first."""
    told = [(note.recorded_at, _kind(note), note.text, note.author_name or NOT_RECORDED) for note in notes]
    told += _turns(flag)
    return tuple(
        Note(
            on=at.astimezone(ZoneInfo(zone)).date(),
            at=at.astimezone(ZoneInfo(zone)).time(),
            kind=kind,
            text=text,
            by=by,
        )
        for at, kind, text, by in sorted(told, key=lambda one: one[0], reverse=True)
    )


def _turns(flag: Any) -> Iterable[tuple[datetime, str, str, str]]:
    """What the flag itself says of its life: a rule may write these, who may only read may not write a note."""
    if flag.escalated_at is not None:
        yield flag.escalated_at, "Escalated", f"Nobody had acted {within_words(flag)}.", BY_A_RULE
    if flag.status == FlagStatus.CLOSED:
        label = str(ClosedCode(flag.closed_code).label)
        text = flag.closed_because if flag.closed_because.rstrip(".") != label else ""
        yield flag.closed_at, f"Closed: {label[0].lower()}{label[1:]}", text, flag.closer_name or BY_A_RULE


def _kind(note: Any) -> str:
    """What was done; a call about which nothing was written was not answered."""
    return "Called" if note.kind == FlagNoteKind.CALL and note.text else str(note.get_kind_display())


def closing_rows(*, code: str, text: str, change_url: str) -> list[Row]:
    """What is about to be saved when a flag is closed."""
    return [
        Row(label="Reason", value=str(ClosedCode(code).label), change_url=change_url),
        Row(label="In your words", value=text, change_url=change_url),
    ]
