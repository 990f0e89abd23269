"""Which pages about the medicine were read, by whom, and which version: plain data, for who knows the pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject

from titration.dosing.schedule import local_date
from titration.models import CareRelation, PageRead, Patient, Right, SaidBy
from titration.models.relations import OWN_KINDS

LOCALE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody read the version ``revision`` of a page: on the patient's local date ``on``, ``days`` before today."""

    slug: str
    revision: int
    on: date
    days: int
    by_patient: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """For clinicians. ``asked``: somebody can say on the portal that they have read a page, or has said so."""

    asked: bool
    country: str
    by_patient: tuple[Reading, ...]
    by_carers: tuple[Reading, ...]


def own_readings(patient: Patient, person: Any, *, as_of: datetime) -> tuple[Reading, ...]:
    """What this person has read about this patient's medicine, oldest first. What others have read does not count."""
    found = _of_country(patient).filter(patient=patient.pk, recorded_by=person.pk)
    return _readings(found.order_by("recorded_at").values(*_SHOWN), patient, as_of)


def readings(patient: Patient, *, as_of: datetime) -> Readings:
    """Everything that was read, in one statement."""
    may_tell = CareRelation.objects.in_force().filter(
        patient=OuterRef("pk"), kind__in=OWN_KINDS, rights__contains=[Right.TELL]
    )
    reads = _of_country(patient).filter(patient=OuterRef("pk")).order_by("recorded_at")
    found = (
        Patient.objects.filter(pk=patient.pk)
        .annotate(
            asked=Exists(may_tell),
            reads=ArraySubquery(reads.values(data=JSONObject(**{name: name for name in _SHOWN}))),
        )
        .values("asked", "reads")
        .first()
    ) or {"asked": False, "reads": []}
    rows = [{**one, "recorded_at": datetime.fromisoformat(one["recorded_at"])} for one in found["reads"]]
    every = _readings(rows, patient, as_of)
    return Readings(
        asked=found["asked"] or bool(every),
        country=patient.organisation.jurisdiction,
        by_patient=tuple(one for one in every if one.by_patient),
        by_carers=tuple(one for one in every if not one.by_patient),
    )


_SHOWN = ("slug", "revision_id", "recorded_at", "said_by")


def _of_country(patient: Patient) -> Any:
    """A page that was read for another country gave other advice."""
    return PageRead.objects.filter(locale=LOCALE, country=patient.organisation.jurisdiction)


def _readings(rows: Iterable[dict[str, Any]], patient: Patient, as_of: datetime) -> tuple[Reading, ...]:
    today = local_date(as_of, patient.time_zone)
    dated = ((one, local_date(one["recorded_at"], patient.time_zone)) for one in rows)
    return tuple(
        Reading(
            slug=one["slug"], revision=one["revision_id"], on=on, days=max(0, (today - on).days),
            by_patient=one["said_by"] == SaidBy.PATIENT,
        )
        for one, on in dated
    )  # fmt: skip
