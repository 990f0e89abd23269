"""Finding patients, and what one person may do with one of them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, DateTimeField, F, Func, Min, OuterRef, Q, Subquery, Value

from titration.dosing.doses import Mg
from titration.models import CareRelation, Flag, Patient, PatientIdentifier, Plan, PlanStatus, Step
from titration.models.relations import OWN_KINDS
from titration.selectors.rights import relations_to, rights_of

PER_PAGE = 50


def _record_number() -> Subquery:
    """The number that staff know the patient by."""
    return Subquery(
        PatientIdentifier.objects.filter(patient=OuterRef("pk"), is_record_number=True)
        .order_by("system")
        .values("value")[:1]
    )


class LocalDay(Func):
    """The local date of an instant in a time zone. Only this way round: wall times become instants in Python alone."""

    function = "timezone"
    template = "(%(function)s(%(expressions)s))::date"
    output_field = DateField()


def daily_mg(patient: str, as_of: datetime) -> Subquery:
    """The signed daily dose of the patient's own today, for the patient that ``patient`` refers to."""
    today = LocalDay(F("plan__time_zone"), Value(as_of, output_field=DateTimeField()))
    return Subquery(
        Step.objects.in_force()
        .signed()
        .filter(patient=OuterRef(patient), plan__status=PlanStatus.ACTIVE, period__contains=today)
        .values("daily_mg")[:1]
    )


def as_dose(value: Decimal | None) -> Mg | None:
    return None if value is None else Mg(value)


def with_rights(key: uuid.UUID, person: Any) -> Patient | None:
    """The patient with ``rights`` of the person and ``record_number``; None when no relation lets the person read."""
    found = (
        Patient.objects.visible_to(person)
        .filter(pk=key)
        .select_related("organisation")
        .annotate(relations=relations_to("pk", person), number=_record_number())
        .first()
    )
    if found is None:
        return None
    found.rights = rights_of(found.relations, person)
    found.record_number = found.number or ""
    return found


def own_people(person: Any) -> list[Patient]:
    """The patients whose own account this is, or for whom the person cares, by name."""
    own = CareRelation.objects.in_force().filter(person=person.pk, kind__in=OWN_KINDS).values("patient_id")
    return list(Patient.objects.visible_to(person).filter(pk__in=own))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """One line of the list of patients."""

    patient: Patient
    record_number: str
    daily_mg: Mg | None
    plan_status: str
    urgency: int | None
    open_flags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    rows: tuple[PatientRow, ...]
    count: int
    page: int
    pages: int
    per_page: int


def search(
    person: Any, *, text: str, born: date | None = None, page: int, as_of: datetime, per_page: int = PER_PAGE
) -> SearchPage:
    """The person's patients whose name, birth date or identifier matches; all of them for an empty text.

    Every word of ``text`` must begin a part of the name, or the text must be an identifier as it is written.
    """
    found = Patient.objects.visible_to(person)
    if born is not None:
        found = found.filter(birth_date=born)
    elif text:
        named = Q()
        for word in text.replace(",", " ").split():
            named &= Q(family_name__istartswith=word) | Q(given_name__istartswith=word)
        found = found.filter(named | Q(pk__in=PatientIdentifier.objects.filter(value=text).values("patient")))
    count = found.count()
    pages = max(1, -(-count // per_page))
    page = min(max(1, page), pages)
    plans = Plan.objects.filter(patient=OuterRef("pk")).order_by(F("ended_on").desc(nulls_first=True)).values("status")
    flags = Flag.objects.open().filter(patient=OuterRef("pk")).order_by().values("patient")
    listed = found.annotate(
        number=_record_number(),
        mg=daily_mg("pk", as_of),
        plan_state=Subquery(plans[:1]),
        most_urgent=Subquery(flags.annotate(least=Min("urgency")).values("least")),
        flag_count=Subquery(flags.annotate(many=Count("pk")).values("many")),
    )[(page - 1) * per_page : page * per_page]
    return SearchPage(
        rows=tuple(
            PatientRow(
                patient=one,
                record_number=one.number or "",
                daily_mg=as_dose(one.mg),
                plan_status=one.plan_state or "",
                urgency=one.most_urgent,
                open_flags=one.flag_count or 0,
            )
            for one in listed
        ),
        count=count,
        page=page,
        pages=pages,
        per_page=per_page,
    )
