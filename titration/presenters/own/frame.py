"""What stands around every page of a patient: whose it is, and where else one may go."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from titration.dosing.wording import NOT_KNOWN, NOT_RECORDED
from titration.presenters.banner import SEX_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One of the main pages; ``here``: it is the one that is open."""

    label: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Name, birth date, sex and ID of the patient, in this order, and the main pages. ``may_tell``: the reader may tick."""

    patient_id: uuid.UUID
    name: str
    born: date | None
    sex_words: str
    identifier: str
    is_demo: bool
    may_tell: bool
    clinic: Any
    places: tuple[Place, ...]


# The main pages in their order, and the pages that belong to each.
_PLACES = (("Today", "own:today"), ("Schedule", "own:schedule"), ("Learn", "own:learn"), ("Me", "own:me"))


def frame(patient: Any, *, here: str) -> Frame:
    """``here`` is the URL name of the main page to which the open page belongs."""
    return Frame(
        patient_id=patient.pk,
        name=f"{patient.given_name} {patient.family_name}",
        born=patient.birth_date,
        sex_words=SEX_WORDS.get(patient.sex, NOT_KNOWN),
        identifier=patient.record_number or NOT_RECORDED,
        is_demo=patient.is_demo,
        may_tell="tell" in patient.rights,
        clinic=patient.organisation,
        places=tuple(
            Place(label=label, url=reverse(name, args=[patient.pk]), here=name == here) for label, name in _PLACES
        ),
    )
