"""The worklist: patients with open flags, one row a patient under the most pressing flag."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Min, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from titration.dosing.doses import Mg
from titration.models import Flag, Patient, PatientIdentifier, Plan
from titration.selectors.patients import PER_PAGE, as_dose, daily_mg
from titration.selectors.rights import relations_to, rights_of

UNASSIGNED, MINE, ALL = "unassigned", "mine", "all"
SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistRow:
    """A patient, what the reader may do there, the flag that the row stands under, and how many more are open."""

    patient: Patient
    record_number: str
    flag: Flag
    rights: frozenset[str]
    others: int
    daily_mg: Mg | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """``counts`` are rows by urgency (1 to 3), ``"unassigned"`` and ``"snoozed"``, which no other number counts.

    ``overdue_since`` is the oldest look that is late.
    """

    rows: tuple[WorklistRow, ...]
    counts: dict[int | str, int]
    as_of: datetime
    overdue_since: datetime | None
    page: int
    pages: int
    snoozed: bool = False


def _is(condition: Q) -> Case:
    """True or false, never unknown: an empty column is false."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


# Nobody acted in time: such flags come first among those that are as urgent.
_ORDER = ("urgency", "-escalated", "opened_at", "pk")


def rows(
    person: Any,
    *,
    as_of: datetime,
    urgency: int | None,
    owner: str,
    page: int,
    snoozed: bool = False,
    per_page: int = PER_PAGE,
) -> Worklist:
    """The page of the worklist that a person may see, over all pages sorted by urgency, then what was escalated, then the
    oldest first. A snoozed flag is in the list of the snoozed ones alone; its patient can be in both.
    """
    ranked = (
        Flag.objects.open()
        .visible_to(person)
        .filter(patient__is_deceased=False)
        .annotate(
            escalated=_is(Q(escalated_at__isnull=False, acted_at__isnull=True)),
            snoozed=_is(Q(snoozed_until__gt=as_of)),
            rank=Window(RowNumber(), partition_by=[F("patient"), F("snoozed")], order_by=_ORDER),
            many=Window(Count("pk"), partition_by=[F("patient"), F("snoozed")]),
        )
    )
    top = ranked.filter(rank=1)
    counts = _counts(top)
    chosen = top.filter(snoozed=snoozed)
    if urgency is not None:
        chosen = chosen.filter(urgency=urgency)
    if owner == UNASSIGNED:
        chosen = chosen.filter(owner__isnull=True)
    elif owner == MINE:
        chosen = chosen.filter(owner=person.pk)
    # How many rows the filter leaves is read from the same statement that reads the page, one row beyond it.
    start = (page - 1) * per_page
    listed = list(
        chosen.select_related("patient")
        .annotate(
            owner_name=F("owner__name"),
            number=Subquery(
                PatientIdentifier.objects.filter(patient=OuterRef("patient"), is_record_number=True)
                .order_by("system")
                .values("value")[:1]
            ),
            mg=daily_mg("patient", as_of),
            relations=relations_to("patient", person),
        )
        .order_by(*_ORDER)[start : start + per_page + 1]
    )
    total = counts["all"] if urgency is None and owner == ALL and not snoozed else None
    pages = max(1, -(-total // per_page)) if total is not None else page + (1 if len(listed) > per_page else 0)
    return Worklist(
        rows=tuple(
            WorklistRow(
                patient=flag.patient,
                record_number=flag.number or "",
                flag=flag,
                rights=rights_of(flag.relations, person),
                others=flag.many - 1,
                daily_mg=as_dose(flag.mg),
            )
            for flag in listed[:per_page]
        ),
        counts=counts,
        as_of=as_of,
        overdue_since=oldest_late_look(person, as_of),
        page=page,
        pages=pages,
        snoozed=snoozed,
    )


def _counts(top: Any) -> dict[int | str, int]:
    awake = Q(snoozed=False)
    numbers = top.aggregate(
        one=Count("pk", filter=awake & Q(urgency=1)),
        two=Count("pk", filter=awake & Q(urgency=2)),
        three=Count("pk", filter=awake & Q(urgency=3)),
        unassigned=Count("pk", filter=awake & Q(owner__isnull=True)),
        asleep=Count("pk", filter=Q(snoozed=True)),
        everything=Count("pk", filter=awake),
    )
    return {
        1: numbers["one"],
        2: numbers["two"],
        3: numbers["three"],
        UNASSIGNED: numbers["unassigned"],
        SNOOZED: numbers["asleep"],
        ALL: numbers["everything"],
    }


def oldest_late_look(person: Any, as_of: datetime) -> datetime | None:
    """When the oldest assessment that is due again was due; None when every plan is up to date."""
    return Plan.objects.active().visible_to(person).due(as_of).aggregate(oldest=Min("reassess_at"))["oldest"]
