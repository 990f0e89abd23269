"""Kidney checks that are due among all patients of a reader, as rows of a worklist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from titration.dosing.wording import format_date
from titration.models import Urgency
from titration.presenters.flags import actions_of, assign_url, detail_url, duration_words, title_of
from titration.presenters.kidney_words import value_words
from titration.presenters.worklist import Listed, Row, call_control, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class DueGroup:
    """The checks whose last day has passed, or those still in time."""

    title: str
    rows: tuple[Row, ...]


def due_groups(found: Iterable[Any], *, as_of: datetime, reader: Any) -> tuple[DueGroup, ...]:
    """Overdue checks first; in each group in the order given. Groups without a row are left out."""
    late: list[Row] = []
    in_time: list[Row] = []
    for one in found:
        (late if is_overdue(one.flag) else in_time).append(_row(one, as_of, reader))
    groups = (
        DueGroup(title="Overdue", rows=tuple(late)),
        DueGroup(title="Due now", rows=tuple(in_time)),
    )
    return tuple(group for group in groups if group.rows)


def is_overdue(flag: Any) -> bool:
    """Whether the last day for the check had passed when the flag was raised."""
    return ["Kidney check", "Overdue"] in [list(pair) for pair in flag.evidence["values"]]


def _row(one: Any, as_of: datetime, reader: Any) -> Row:
    flag = one.flag
    patient: Listed = listed(one.patient, one.record_number, as_of)
    log, *others = actions_of(flag, rights=one.rights, phone=one.patient.phone, links_call=False)
    return Row(
        patient=patient,
        url=detail_url(flag),
        total=one.daily_mg,
        severity=Urgency(flag.urgency).label,
        title=title_of(flag.rule_id),
        rule=flag.rule_id,
        lines=(_last(one), flag.because),
        more=0,
        age_words=duration_words(flag.opened_at, as_of),
        owner=one.owner_name or "",
        assign_url=assign_url(flag, reader=reader, rights=one.rights),
        actions=(log, *others),
        call=call_control(flag, reverse("kidney:due"), one.rights),
    )


def _last(one: Any) -> str:
    if one.last_value is None:
        return "Last creatinine: not recorded."
    return f"Last creatinine: {value_words(one.last_value, one.last_unit)} on {format_date(one.last_on)}."
