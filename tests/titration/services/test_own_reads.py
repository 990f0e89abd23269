"""That a page was read: who may say so, who sees it, and that it is one record however often it is said."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import world as w
from tests.database import as_actor
from titration.models import PageRead
from titration.services.own_reads import PageVersion, confirm_read

pytestmark = pytest.mark.django_db
PAGE = PageVersion(slug="stopping", locale="en", country="US", revision_id=3)


def confirmed(world: Any, person: Any, **changed: Any) -> PageRead:
    seen = world.seen_by(person, world.alder)
    fields = {"key": uuid.uuid4(), "patient": seen, "page": PAGE, "said_by": "patient", "by": person, "as_of": w.NOW}
    with as_actor(person, world.alder):
        return confirm_read(**{**fields, **changed})


@pytest.mark.ui("UI-81")
def test_what_was_read_is_seen_by_whoever_may_read_the_record(world: Any):
    confirmed(world, world.alma)
    for name, sees in (("ann", 1), ("alma", 1), ("pia", 1), ("dan", 0), ("elma", 0), ("pex", 0), ("edith", 0)):
        with as_actor(world.people[name]):
            assert PageRead.objects.count() == sees, name


@pytest.mark.parametrize("name", ["bea", "pia", "elma"])
def test_only_whoever_may_tell_says_so(name: str, world: Any):
    """The right to record results is not the one to say what was read, nor is the right to look."""
    person = world.people[name]
    row = PageRead(
        patient_id=world.alder.pk, slug="x", locale="en", country="US", revision_id=1, said_by="patient",
        recorded_at=w.NOW, recorded_by=person,
    )  # fmt: skip
    refused = pytest.raises(DatabaseError, match="row-level security")
    with as_actor(person), refused, transaction.atomic():
        PageRead.objects.bulk_create([row])


@pytest.mark.ui("UI-81")
def test_said_again_it_is_one_record(world: Any):
    first = confirmed(world, world.alma)
    assert confirmed(world, world.alma, key=first.pk).pk == first.pk
    assert confirmed(world, world.alma).pk == first.pk
    assert confirmed(world, world.pol, said_by="carer").pk != first.pk
