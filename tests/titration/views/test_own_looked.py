"""Who looked: each person once a day, in plain words, of this patient alone and for those who may know it."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_owner
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.reading import words
from titration.models import AuditEvent, CareRelation

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("H38")]
YESTERDAY = w.NOW - timedelta(days=1)


def plant(patient: Any, actor: Any, action: str = "view", *, at: datetime = YESTERDAY, **fields: Any) -> None:
    with as_owner():
        AuditEvent.objects.create(
            at=at, actor=getattr(actor, "pk", None), action=action, patient=patient.pk, page="patients:chart",
            **{"fields": ["amount_mg"], "detail": "secret detail", **fields},
        )  # fmt: skip


def page_of(world: Any, person: Any = None, query: str = "") -> str:
    return words(signed_in(person or world.alma).get(url("own:looked", world.alder) + query))


def lines(page: str) -> str:
    return page.split("not in the list.")[1].split("Is somebody there")[0]


def test_nobody_has_looked_yet(frozen):
    assert "Nobody has looked yet." in page_of(frozen)


def test_each_person_is_named_once_a_day_with_what_they_did_and_why_they_may(frozen):
    for action, minutes in (("view", 0), ("view", 3), ("print", 5), ("create", 9)):
        plant(frozen.alder, frozen.ann, action, at=YESTERDAY + timedelta(minutes=minutes))
    plant(frozen.alder, frozen.bea, "list", at=YESTERDAY - timedelta(days=1))
    assert lines(page_of(frozen)) == (
        " 21 November 2026 Ann (in your team, Oak) Opened your record, added to your record, printed from your record. "
        "Last at 9:14am. 20 November 2026 Bea (in your team, Oak) Saw your name in a list. Last at 9:05am. "
    )


def test_a_day_is_one_of_the_patients_own_calendar(frozen):
    plant(frozen.alder, frozen.ann, at=datetime(2026, 11, 21, 4, 59, tzinfo=UTC))
    plant(frozen.alder, frozen.ann, at=datetime(2026, 11, 21, 5, 0, tzinfo=UTC))
    page = page_of(frozen)
    assert page.index("21 November 2026 Ann") < page.index("20 November 2026 Ann")
    assert "Last at 11:59pm" in page
    assert "Last at midnight" in page


def test_what_failed_was_still_seen_and_what_was_refused_was_not(frozen):
    plant(frozen.alder, frozen.ann, "create", outcome="422")
    plant(frozen.alder, frozen.dan, "denied", outcome="404")
    page = page_of(frozen)
    assert "Ann (in your team, Oak) Opened your record. " in page
    assert "Dan (clinic staff, not in your team) Asked for a page and was not let in. " in page


def test_jobs_and_accounts_of_every_kind_are_in_words(frozen):
    plant(frozen.alder, None, "import", job="import_labs")
    plant(frozen.alder, None, "update", job="reassess")
    plant(frozen.alder, None, "update", job="something_new")
    plant(frozen.alder, frozen.pol)
    plant(frozen.alder, frozen.lena)
    plant(frozen.alder, frozen.ada)
    plant(frozen.alder, type("Gone", (), {"pk": uuid.uuid4()}))
    with as_owner():
        CareRelation.objects.create(
            person=frozen.finn,
            patient=frozen.alder,
            kind="treating",
            rights=["read"],
            valid_from=w.LONG_AGO,
            reason="Asked",
        )
    plant(frozen.alder, frozen.finn)
    page = page_of(frozen)
    for said in (
        "The computer that brings in results (no person) Sent in results.", "The safety check that runs by itself (no person)",
        "A job of the computer (no person)", "Pol (your carer)", "Lena (in your team, Oak)",
        "Ada (looks after accounts, not in your team)", "An account that is gone (not known)", "Finn (treats you)",
    ):  # fmt: skip
        assert said in page
    assert "import_labs" not in page
    assert "something_new" not in page


def test_another_patient_is_never_named_and_the_patients_own_visits_are_left_out(frozen):
    plant(frozen.alder, frozen.elma, "denied", outcome="404")
    plant(frozen.alder, frozen.alma)
    page = page_of(frozen)
    assert "Somebody else (not in your team) Asked for a page and was not let in" in page
    assert "Elma" not in page
    assert "Alma" not in lines(page)


def test_nothing_of_other_patients_and_nothing_clinical_is_there(frozen):
    plant(frozen.elder, frozen.dan)
    plant(frozen.aspen, frozen.cora, "publish")
    plant(frozen.alder, frozen.ann)
    page = page_of(frozen)
    for hidden in ("Dan", "Cora", "amount_mg", "secret detail", "patients:chart", "Signed"):
        assert hidden not in page


def test_a_carer_who_may_do_all_reads_it_too_and_others_may_not(frozen):
    plant(frozen.alder, frozen.ann)
    assert "Ann" in page_of(frozen, frozen.pru)
    for person, status in (
        (frozen.pia, 403),
        (frozen.pol, 403),
        (frozen.pex, 404),
        (frozen.elma, 404),
        (frozen.ann, 404),
    ):
        assert signed_in(person).get(url("own:looked", frozen.alder)).status_code == status
    assert "Who looked" not in words(signed_in(frozen.pia).get(url("own:me", frozen.alder)))
    assert "Who looked" in words(signed_in(frozen.pru).get(url("own:me", frozen.alder)))


def test_it_is_paged_and_costs_the_same_however_long_it_is(frozen):
    for day in range(45):
        plant(frozen.alder, frozen.ann, at=w.NOW - timedelta(days=day))
    client, page = signed_in(frozen.alma), url("own:looked", frozen.alder)
    client.get(page)
    with CaptureQueriesContext(connection) as first:
        shown = words(client.get(page))
        many = len(first)
    assert shown.count("Ann (in") == 20
    assert "Newer" not in shown
    assert "Older" in shown
    with CaptureQueriesContext(connection) as second:
        shown = words(client.get(f"{page}?page=3"))
        assert len(second) == many
    assert shown.count("Ann (in") == 5
    assert "Newer" in shown
    assert "Older" not in shown
    assert "There is nothing more." in words(client.get(f"{page}?page=9"))
    assert many <= 12
