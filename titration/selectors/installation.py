"""What this installation is, and which clinic a person works for."""

from typing import Any

from django.db.models import QuerySet

from titration.models import Installation, Organisation, Patient


def is_demo() -> bool:
    """True when the database was stamped as demonstration data."""
    return Installation.objects.filter(is_demo=True).exists()


def organisation_of(person: Any) -> Organisation | None:
    """The first of the clinics of a person; None for people without one."""
    return _organisations(person).first()


def organisations_of(person: Any) -> list[Organisation]:
    """The clinics by name: of the teams that the person works in, or that look after the patients whose account it is or for
    whom they care."""
    return list(_organisations(person).distinct())


def _organisations(person: Any) -> QuerySet[Organisation]:
    if person.is_patient:
        mine = Patient.objects.visible_to(person).filter(care_relations__person=person.pk)
        return Organisation.objects.filter(patients__in=mine.values("pk")).order_by("name")
    return Organisation.objects.filter(teams__memberships__person=person.pk).order_by("name")


def organisation_named(name: str) -> Organisation | None:
    """The clinic that signed-out pages name; with an empty name the only clinic there is, if there is just one."""
    if name:
        return Organisation.objects.filter(name=name).first()
    two = list(Organisation.objects.order_by("name")[:2])
    return two[0] if len(two) == 1 else None
