"""The worklist as it is read: counts that filter, the filter in words, and one row a patient."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from titration.dosing.doses import Mg
from titration.dosing.schedule import local_date
from titration.models import Urgency
from titration.presenters.banner import age_words, full_name
from titration.presenters.flag_life import state_lines
from titration.presenters.flags import Action, actions_of, assign_url, detail_url, duration_words, title_of

_OWNERS = {"all": "my patients", "mine": "flags that I own", "unassigned": "flags without an owner"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A patient as named in a list; ``born`` is None when the birth date is not known."""

    name: str
    born: date | None
    age_words: str
    identifier: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallControl:
    """Where a row logs a call (empty: not for this reader), and the address of the same row, to come back to."""

    url: str
    anchor: str
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One patient under the most pressing flag, whose own page is ``url``; ``more`` counts the other open flags."""

    patient: Listed
    url: str
    total: Mg | None
    severity: str
    title: str
    rule: str
    lines: tuple[str, ...]
    more: int
    age_words: str
    owner: str
    assign_url: str
    actions: tuple[Action, ...]
    call: CallControl


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of rows, and the link that shows only these; ``severity`` is empty for a count of another kind."""

    severity: str
    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The rows of one severity on this page, and how many the whole list has."""

    severity: str
    count_words: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where in the list this page stands; a URL is empty at the end of the list."""

    number: int
    pages: int
    count: int
    noun: str
    previous_url: str
    next_url: str


def listed(patient: Any, record_number: str, as_of: Any) -> Listed:
    """A patient of a list; the age is that of today in the patient's own time zone."""
    return Listed(
        name=full_name(patient),
        born=patient.birth_date,
        age_words=age_words(patient, local_date(as_of, patient.time_zone)),
        identifier=record_number or "Not recorded",
        url=reverse("patients:chart", args=[patient.pk]),
    )


def call_control(flag: Any, here: str, rights: frozenset[str]) -> CallControl:
    """The control of a row that stands on the page ``here``."""
    anchor = f"row-{flag.pk}"
    return CallControl(
        url=reverse("flags:call", args=[flag.patient_id, flag.pk]) if "log" in rights else "",
        anchor=anchor,
        back=f"{here}#{anchor}",
    )


def groups(worklist: Any, *, reader: Any, here: str, calls: Mapping[uuid.UUID, str]) -> tuple[Group, ...]:
    """The rows in the order of the list, under the severity they belong to. ``calls``: what was logged today, by flag."""
    found = []
    for urgency in Urgency:
        mine = (one for one in worklist.rows if one.flag.urgency == urgency)
        rows = tuple(_row(one, worklist.as_of, reader, here, calls.get(one.flag.pk, "")) for one in mine)
        if rows:
            found.append(Group(severity=urgency.label, count_words=_of_all(len(rows), worklist, urgency), rows=rows))
    return tuple(found)


def _of_all(here: int, worklist: Any, urgency: int) -> str:
    """How many rows stand here, and of how many when the filter or the page leaves some out."""
    everywhere = worklist.counts[urgency]
    patients = "1 patient" if here == 1 else f"{here} patients"
    return patients if here == everywhere or worklist.snoozed else f"{patients} here, of {everywhere}"


def counts(worklist: Any, *, urgency: int | None, owner: str, snoozed: bool) -> tuple[Count, ...]:
    """One count a severity, one of the rows without an owner and one of what is snoozed; a chosen one leads back to all."""
    found = [
        Count(
            severity=one.label,
            label=one.label,
            count=worklist.counts[one.value],
            url=list_url(urgency=None if urgency == one else one.value),
            current=urgency == one,
        )
        for one in Urgency
    ]
    chosen = owner == "unassigned"
    found.append(
        Count(
            severity="",
            label="Unassigned",
            count=worklist.counts["unassigned"],
            url=list_url(owner="all" if chosen else "unassigned"),
            current=chosen,
        )
    )
    found.append(
        Count(
            severity="",
            label="Snoozed",
            count=worklist.counts["snoozed"],
            url=list_url(snoozed=not snoozed),
            current=snoozed,
        )
    )
    return tuple(found)


def filter_words(*, urgency: int | None, owner: str, snoozed: bool) -> str:
    """What is shown, as a sentence: ``Showing: my patients, open flags, Act now only.``"""
    only = f", {Urgency(urgency).label} only" if urgency else ""
    return f"Showing: {_OWNERS[owner]}, {'snoozed' if snoozed else 'open'} flags{only}."


def empty_words(counts: Mapping[int | str, int], *, checked: str) -> str:
    """What an empty list says: nothing is open, or nothing but what is snoozed."""
    hidden = counts["snoozed"]
    but = f" except {hidden} snoozed" if hidden else ""
    return f"No open flags{but}. Last checked {checked}."


def list_url(*, urgency: int | None = None, owner: str = "all", snoozed: bool = False, page: int = 1) -> str:
    """The address of a page of the list. The filter lives in the address and nowhere else; the order never changes."""
    chosen = {
        "severity": urgency or "",
        "owner": "" if owner == "all" else owner,
        "snoozed": "yes" if snoozed else "",
        "page": page if page > 1 else "",
    }
    query = urlencode({key: value for key, value in chosen.items() if value})
    return f"{reverse('worklist')}{'?' if query else ''}{query}"


def pager(*, page: int, pages: int, count: int, noun: str, urls: Iterable[str]) -> Pager | None:
    """The pager of a list, or None when everything fits on one page. ``urls``: of the page before, of the page after."""
    if pages < 2:
        return None
    before, after = urls
    return Pager(
        number=page,
        pages=pages,
        count=count,
        noun=noun,
        previous_url=before if page > 1 else "",
        next_url=after if page < pages else "",
    )


def _row(one: Any, as_of: Any, reader: Any, here: str, called: str) -> Row:
    flag, patient = one.flag, one.patient
    person = listed(patient, one.record_number, as_of)
    steps = actions_of(flag, rights=one.rights, phone=patient.phone, links_call=False)
    return Row(
        patient=person,
        url=detail_url(flag),
        total=one.daily_mg,
        severity=Urgency(flag.urgency).label,
        title=title_of(flag.rule_id),
        rule=flag.rule_id,
        lines=tuple(
            line for line in (flag.because, *state_lines(flag, as_of=as_of, zone=patient.time_zone), called) if line
        ),
        more=one.others,
        age_words=duration_words(flag.opened_at, as_of),
        owner=flag.owner_name or "",
        assign_url=assign_url(flag, reader=reader, rights=one.rights),
        actions=(*steps, Action(label="Open chart", url=person.url)),
        call=call_control(flag, here, one.rights),
    )
