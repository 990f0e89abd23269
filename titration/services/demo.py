"""The demo clinic: an empty database becomes two clinics at work, with sixty invented patients of one of them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from titration.dosing.schedule import local_date
from titration.models import Installation, Organisation, Patient
from titration.services.demo_history import Player
from titration.services.demo_labs import import_patients
from titration.services.demo_own import make_own_accounts
from titration.services.demo_people import SignIn, make_staff
from titration.services.demo_stories import stories

_SEED = 20_261_122
_IMPORTED = timedelta(days=800)  # the patients were imported that long ago


class NotEmpty(Exception):
    """The database already holds people, so that the demo clinic is not put beside them."""


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """How much there is to look at."""

    patients: int
    stories: int


@transaction.atomic
def seed(*, as_of: datetime, keep: Callable[[tuple[SignIn, ...]], None]) -> Seeded:
    """Fill an empty database; the same day gives the same clinic, except for keys and passwords.

    ``keep`` puts the sign-ins where people find them. Everything or nothing: a failure, also of ``keep``, leaves the
    database empty. Raises NotEmpty.
    """
    if Patient.objects.exists() or Organisation.objects.exists() or get_user_model().objects.exists():
        raise NotEmpty("This database already holds people or clinics. The demo clinic is made in an empty one only.")
    Installation.objects.create(is_demo=True, stamped_at=as_of)
    staff = make_staff(as_of=as_of)
    told = stories()
    teams = {story.number: staff.team_of(story.clinician) for story in told}
    import_patients(teams, list(dict.fromkeys(teams.values())), as_of=as_of - _IMPORTED)
    for story in told:
        clinic = staff.team_of(story.clinician).organisation
        Player(
            story=story,
            staff=staff,
            today=local_date(as_of, clinic.time_zone),
            now=as_of,
            chance=random.Random(f"{_SEED} {story.number}"),
        ).play()
    keep((*staff.sign_ins, *make_own_accounts(staff, as_of=as_of)))
    return Seeded(patients=Patient.objects.count(), stories=len(told))
