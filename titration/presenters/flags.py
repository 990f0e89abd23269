"""Flags as clinicians read them: how urgent, what it is, how old, who owns it and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from titration.dosing.gate_lines import GATE
from titration.dosing.wording import NOT_RECORDED
from titration.models import FlagStatus, Urgency
from titration.presenters.flag_life import Note, is_late, is_snoozed, life, standing_words, state_lines

LOG_CALL = "log-call"

# What a flag is about in a few words; its own sentence follows. A rule that is not here is named by its family.
_TITLES = {
    GATE: "Next step not open",
    "STEP-WAITING": "Step waiting for review",
    "DOSES-FALLING": "Doses fall away from the plan",
    "DOSES-STOPPED": "The patient decided to stop",
    "CALL-ASKED": "The patient asks for a call",
    "SIGN-TOLD": "The patient reports an emergency",
    "STEP-PLANNED": "Planned step to be reviewed",
    "STEP-RESUMED": "Dose that goes on without a decision",
    "CHECK-DOWN": "Not safety-checked",
    "LAB-HELD": "Laboratory result held back",
    "MAX-1": "Dose above the daily maximum",
    "MAX-2": "Dose above the daily maximum",
    "MAX-3": "Large single dose",
    "MAX-4": "Large single dose",
    "MAX-5": "Dose above the usual range",
    "KID-4": "Kidney estimates disagree",
    "KID-5": "Creatinine is unreliable",
    "KID-8": "Kidney function slightly reduced",
    "KID-9": "Kidney function reduced",
    "KID-10": "Kidney function reduced: steps are too close",
    "KID-11": "High dose for this kidney function",
    "KID-12": "High dose for this kidney function and age",
    "KID-13": "Kidney function low",
    "KID-14": "Dose above the ceiling for this kidney function",
    "KID-15": "Kidney function very low",
    "KID-16": "On dialysis and taking baclofen",
    "KID-17": "Dose above the ceiling for this kidney function",
    "KID-18": "Daily mental-state checks",
    "KID-19": "Possible acute kidney injury",
    "KID-20": "Acute kidney injury",
    "KID-21": "Severe acute kidney injury",
    "KID-22": "Acute kidney injury on baclofen",
    "KID-23": "Acute kidney injury",
    "KID-24": "Kidney function falling",
    "KID-25": "Low kidney result without an earlier one",
    "KID-26": "No kidney result before the first dose",
    "KID-27": "No recent kidney result before the first dose",
    "MISS-4": "Doses missed",
    "MISS-5": "Long gap without baclofen",
    "MISS-6": "Supply runs out",
    "MISS-7": "Possible withdrawal, emergency",
    "MISS-8": "Very long gap on a high dose, emergency",
    "MISS-9": "Restart needs a decision",
    "MISS-11": "Doses often missed",
    "MISS-12": "Few of the planned doses taken",
    "STOP-4": "Accumulation or sudden stop: decide",
    "STOP-6": "Restart after toxicity needs a decision",
    "TAPER-5": "Sign of withdrawal during a taper",
    "CAU-1": "Possible toxicity, emergency",
    "CAU-2": "Possible toxicity",
    "CAU-3": "Contraindication",
    "CAU-4": "Contraindication",
}
_FAMILIES = {
    "STEP": "Dose step",
    "MAX": "Dose limit",
    "KID": "Kidney function",
    "MISS": "Missed doses",
    "STOP": "Stopping",
    "TAPER": "Taper",
    "INT": "Other medicine",
    "CAU": "Caution",
    "UNIT": "Value to check",
}
_KIDNEY_CHECKS = ("KID-28", "KID-29", "KID-30", "KID-31", "KID-32")

# Next action of a flag -> words on the button and the page it opens.
_NEXT = {
    "review_dose": ("Review dose", "steps:add"),
    "plan_step": ("Plan next step", "steps:add"),
    "log_result": ("Log kidney result", "kidney:add"),
    "decide_held": ("Decide", "kidney:list"),
    "record_doses": ("Record doses", "doses:list"),
    "read_report": ("Read the report", "reports:list"),
    "decide_restart": ("Decide how to go on", "plans:restart"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A link: the words on it and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLine:
    """One flag in a list. ``owner`` is empty when nobody has it; ``assign_url`` when the reader has it already."""

    severity: str
    title: str
    lines: tuple[str, ...]
    rule: str
    age_words: str
    owner: str
    actions: tuple[Action, ...]
    assign_url: str
    detail_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDetail:
    """One flag with its evidence and the rule behind it. Times are those of the patient's zone.

    ``may`` is what the reader may do: see, act, snooze, wake, close, log.
    """

    line: FlagLine
    is_open: bool
    standing: tuple[str, ...]
    may: frozenset[str]
    opened: datetime
    closed: datetime | None
    closed_because: str
    values: tuple[tuple[str, str], ...]
    sentence: str
    number: str
    sources: tuple[str, ...]
    proposed: bool
    protocol_words: str
    notes: tuple[Note, ...]


def title_of(rule_id: str) -> str:
    """A few words for what a rule raises: ``Kidney check due``."""
    if rule_id in _KIDNEY_CHECKS:
        return "Kidney check due"
    return _TITLES.get(rule_id) or _FAMILIES.get(rule_id.split("-")[0], "Finding")


def duration_words(since: datetime, as_of: datetime) -> str:
    """How long something has been so: ``25 min``, ``4 h``, ``1 day``, ``12 days``."""
    seconds = max(0, int((as_of - since).total_seconds()))
    if seconds < 3600:
        return f"{max(1, seconds // 60)} min"
    if seconds < 86400:
        return f"{seconds // 3600} h"
    days = seconds // 86400
    return "1 day" if days == 1 else f"{days} days"


def flag_line(
    flag: Any, *, as_of: datetime, reader: Any, rights: frozenset[str], zone: str, phone: str = "", now: str = ""
) -> FlagLine:
    """A flag as one row. Actions that the reader's rights do not allow are left out; what is left leads somewhere.

    ``now`` is what the finding says today, when that is known: a flag itself keeps the words of the day it was raised.
    """
    then = flag.evidence.get("because", flag.because)
    now = now or flag.because
    said = (now, f"When it was raised: {then}") if now != then else (now,)
    states = state_lines(flag, as_of=as_of, zone=zone) if flag.status == FlagStatus.OPEN else ()
    return FlagLine(
        severity=Urgency(flag.urgency).label,
        title=title_of(flag.rule_id),
        lines=(*said, *states),
        rule=flag.rule_id,
        age_words=duration_words(flag.opened_at, as_of),
        owner=flag.owner_name or "",
        actions=actions_of(flag, rights=rights, phone=phone),
        assign_url=assign_url(flag, reader=reader, rights=rights),
        detail_url=detail_url(flag),
    )


def actions_of(flag: Any, *, rights: frozenset[str], phone: str = "", links_call: bool = True) -> tuple[Action, ...]:
    """The next action first; then calling, for what cannot wait, and writing down a call unless the row itself does."""
    label, page = _NEXT.get(flag.next_action, ("Open flag", "flags:detail"))
    needs = {"steps:add": "prescribe", "kidney:add": "log", "kidney:list": "log"}.get(page, "read")
    if page == "flags:detail" or needs not in rights:
        found = [Action(label="Open flag", url=detail_url(flag))]
    else:
        found = [Action(label=label, url=reverse(page, args=[flag.patient_id]))]
    if flag.urgency == Urgency.ACT_NOW and phone:
        found.append(Action(label=f"Call {phone}", url=f"tel:{phone.replace(' ', '')}"))
    if "log" in rights and links_call:
        found.append(Action(label="Log call", url=f"{detail_url(flag)}#{LOG_CALL}"))
    return tuple(found)


def detail_url(flag: Any) -> str:
    """The page of a flag."""
    return reverse("flags:detail", args=[flag.patient_id, flag.pk])


def assign_url(flag: Any, *, reader: Any, rights: frozenset[str]) -> str:
    """Where one click makes the reader the owner; empty for what is theirs already, is closed, or is not theirs to take."""
    if flag.owner_id == reader.pk or flag.status != FlagStatus.OPEN or "log" not in rights:
        return ""
    return reverse("flags:assign", args=[flag.patient_id, flag.pk])


def flag_detail(
    flag: Any, *, notes: Sequence[Any], as_of: datetime, reader: Any, rights: frozenset[str], phone: str, zone: str
) -> FlagDetail:
    """The whole flag, with the evidence and the rule as they were when it was raised."""
    is_open = flag.status == FlagStatus.OPEN
    return FlagDetail(
        line=flag_line(flag, as_of=as_of, reader=reader, rights=rights, phone=phone, zone=zone),
        is_open=is_open,
        standing=standing_words(flag, zone) if is_open else (),
        may=_may(flag, as_of, rights),
        opened=flag.opened_at.astimezone(ZoneInfo(zone)),
        closed=flag.closed_at.astimezone(ZoneInfo(zone)) if flag.closed_at else None,
        closed_because=flag.closed_because,
        values=tuple((label, value or NOT_RECORDED) for label, value in flag.evidence["values"]),
        sentence=flag.evidence["sentence"],
        number=flag.evidence["number"],
        sources=tuple(flag.evidence["sources"]),
        proposed=flag.evidence["proposed"],
        protocol_words=protocol_words(flag.protocol_id, flag.protocol_version),
        notes=life(flag, notes, zone),
    )


def _may(flag: Any, as_of: datetime, rights: frozenset[str]) -> frozenset[str]:
    if "log" not in rights:
        return frozenset()
    if flag.status != FlagStatus.OPEN:
        return frozenset({"log"})
    found = {"log", "act", "close"}
    if flag.acknowledged_at is None:
        found.add("see")
    if is_snoozed(flag, as_of):
        found.add("wake")
    elif flag.urgency != Urgency.ACT_NOW and not is_late(flag, as_of):
        found.add("snooze")
    return frozenset(found)


def protocol_words(protocol_id: str, version: int) -> str:
    """``Protocol US, version 1``."""
    return f"Protocol {protocol_id.upper()}, version {version}"
