"""The stop warning stands on every page: nobody changes its words alone."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from education.models import StopWarning, WarningChange

pytestmark = pytest.mark.django_db
URL = "/cms/education/stop-warning/"
NEW = {"act": "propose", "heading": "Never stop suddenly", "text": "Do not stop baclofen suddenly. Call your team."}


def post(house, name, **data):
    return house.client(name).post(URL, data)


def decide(house, name, act="approve"):
    waits = WarningChange.objects.filter(decided_at=None).first()
    return post(house, name, act=act, change=waits.pk if waits else 0)


def words():
    return StopWarning.objects.get().heading


def test_a_reviewer_puts_the_words_of_another_on_every_page(house):
    assert post(house, "ed", **NEW).status_code == 302
    assert words() == "Do not stop suddenly"
    assert "Put these words" in house.client("rae").get(URL).content.decode()
    assert decide(house, "rae").status_code == 302
    assert words() == "Never stop suddenly"


@pytest.mark.parametrize(
    ("writer", "approver"), [("ed", "ed"), ("ed", "eva"), ("ed", "ann"), ("rae", "rae"), ("all", "all")]
)
def test_nobody_else_does(house, writer, approver):
    post(house, writer, **NEW)
    assert decide(house, approver).status_code == 422
    assert words() == "Do not stop suddenly"


def test_authors_write_none(house):
    assert post(house, "ann", **NEW).status_code == 422
    assert not WarningChange.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["", "Be well.", "Do not stop. Ring 999 now.", "Do not stop for 3 days.", "Do not stop " + "so " * 30 + "fast."],
)
def test_words_that_break_a_rule_are_refused(house, text):
    assert post(house, "ed", **{**NEW, "heading": "Be careful", "text": text}).status_code == 422
    assert not WarningChange.objects.exists()


def test_one_proposal_at_a_time_which_its_writer_may_take_back(house):
    post(house, "ed", **NEW)
    assert post(house, "eva", **NEW).status_code == 422
    assert decide(house, "eva", "turn-down").status_code == 422
    assert decide(house, "ed", "turn-down").status_code == 302
    assert decide(house, "rae").status_code == 422
    assert words() == "Do not stop suddenly"
    assert post(house, "eva", **NEW).status_code == 302


def test_the_database_says_so_too(house):
    with pytest.raises(IntegrityError), transaction.atomic():
        WarningChange.objects.create(
            heading="A", text="B", proposed_by=house.rae, proposed_at=timezone.now(), decided_by=house.rae,
            decided_at=timezone.now(), approved=True,
        )  # fmt: skip
