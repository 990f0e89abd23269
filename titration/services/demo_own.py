"""The accounts of patients and carers in the demo, as if they had been invited and had claimed them."""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model

from titration.models import AuditAction, CareRelation, RelationKind, Scope
from titration.models.relations import RIGHTS_OF_PATIENT, RIGHTS_OF_SCOPE
from titration.services import audit
from titration.services.demo_labs import patient_of
from titration.services.demo_people import JOB, SignIn, Staff, new_password
from titration.services.demo_stories import people

_INVITED = timedelta(days=15)


def make_own_accounts(staff: Staff, *, as_of: datetime) -> tuple[SignIn, ...]:
    """Give patients and carers the accounts that they would have claimed; the patients are there already."""
    sign_ins = []
    for row in people()["own"]:
        patient, password = patient_of(row["patient"]), new_password()
        person = get_user_model().objects.create_user(
            email=row["email"], password=password, name=row["name"], role="patient"
        )
        rights = RIGHTS_OF_SCOPE[Scope(row["scope"])] if "scope" in row else RIGHTS_OF_PATIENT
        CareRelation.objects.create(
            person=person, patient=patient, kind=row["kind"], rights=list(rights), valid_from=as_of - _INVITED,
            granted_by=next(iter(staff.people.values())), reason="Invited",
        )  # fmt: skip
        audit.write(action=AuditAction.CREATE, by=None, job=JOB, patient=patient, what=person)
        who = "Patient" if row["kind"] == RelationKind.SELF else f"Carer of {patient.given_name} {patient.family_name}"
        sign_ins.append(SignIn(name=row["name"], work=who, email=row["email"], password=password))
    return tuple(sign_ins)
