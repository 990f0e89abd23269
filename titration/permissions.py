"""Questions about people that the access registry cannot ask, because they are about a second person."""

from typing import Any

from django.core.exceptions import PermissionDenied

from titration.models import CareRelation, Patient, Right


class Denied(PermissionDenied):
    """A refusal whose text is fit for the person who asked."""


def check_can_cosign(person: Any, patient: Patient, *, author: Any) -> None:
    """A second clinician is another, active person who has the right to sign as second for this patient."""
    if person.pk == author.pk:
        raise Denied("The second clinician is another person. Ask a colleague to sign in here.")
    if not person.is_active or not person.is_clinician:
        raise Denied("This account cannot sign as second clinician.")
    if not CareRelation.objects.patients_of(person.pk, Right.COSIGN).filter(patient=patient.pk).exists():
        raise Denied("This colleague may not sign as second clinician for this patient.")
