"""What an editor does with education pages: writes them, edits them, or checks them as a clinician. One of these, or nothing."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from baclofen_portal.accounts.models import Role
from education.models.groundwork import AUTHORS, EDITORS, GROUPS, REVIEWERS
from titration.models import AuditAction
from titration.services import audit

JOB = "education_role"
WORK = {"author": AUTHORS, "editor": EDITORS, "reviewer": REVIEWERS, "none": ""}


class NoEditor(Exception):
    """There is no account of an editor with that address."""


@transaction.atomic
def set_education_role(*, email: str, work: str) -> Any:
    """Put an editor into the one group of that work (a key of WORK), and out of the others; returns the account.

    Raises NoEditor. Whoever loses a group is out of the editors' process at their next request.
    """
    person = get_user_model().objects.filter(email=email.strip().lower(), role=Role.EDITOR).first()
    if person is None:
        raise NoEditor(email)
    person.groups.remove(*Group.objects.filter(name__in=GROUPS).exclude(name=WORK[work]))
    if WORK[work]:
        person.groups.add(Group.objects.get(name=WORK[work]))
    audit.write(action=AuditAction.UPDATE, by=None, job=JOB, what=person, fields=["groups"], detail=WORK[work])
    return person
