"""A weight or height that looks like a slip is asked about before it is stored."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import world as w
from tests.database import as_owner
from tests.titration.views.kidney_forms import add_fact, fact, facts_of
from tests.titration.views.ordering import TODAY, signed_in, text_of, url
from titration.models import AuditEvent


@pytest.fixture
def ann(frozen):
    return signed_in(frozen.ann)


def correct(client, row, **fields):
    page = url("patients:fact_correct", row.patient, fact_id=row.pk)
    return client.post(page, {**fact(on=row.on_date, note="Misread"), "action": "correct", **fields})


def asked_about(page):
    """The signed question of a page that asks again."""
    return re.search(r'name="question" value="([^"]+)"', page)[1]


@pytest.mark.parametrize(
    ("kind", "stands", "typed", "meant"),
    [
        ("weight_kg", "80", "176", "If it was 176\u00a0lb"),
        ("weight_kg", "82", "8.2", "If it was 82\u00a0kg"),
        ("height_cm", "172", "68", "If it was 68\u00a0in"),
    ],
)
def test_a_measure_that_fits_better_in_another_unit_is_asked_about_before_it_is_stored(
    ann, frozen, kind, stands, typed, meant
):
    add_fact(ann, frozen.alder, kind, number=stands, on=TODAY - timedelta(days=9))
    answer = add_fact(ann, frozen.alder, kind, number=typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert meant in page
    assert "Nothing is stored yet" in page
    assert len(facts_of(frozen.alder)) == 1
    question = asked_about(page)
    unticked = add_fact(ann, frozen.alder, kind, number=typed, question=question)
    assert (unticked.status_code, len(facts_of(frozen.alder))) == (422, 1)
    assert "Tick the box" not in page
    assert "Tick the box if it is" in text_of(unticked)
    assert add_fact(ann, frozen.alder, kind, number=typed, question=question, confirm="on").status_code == 302
    assert facts_of(frozen.alder)[-1].number == Decimal(typed)
    with as_owner():
        assert AuditEvent.objects.filter(object_type="patientfact", detail="looked at again").count() == 1


def test_the_tick_counts_for_no_other_number_kind_or_patient(ann, frozen):
    for patient in (frozen.alder, frozen.aspen):
        add_fact(ann, patient, "weight_kg", number="80", on=TODAY - timedelta(days=9))
    question = asked_about(text_of(add_fact(ann, frozen.alder, "weight_kg", number="176")))
    again = {"question": question, "confirm": "on"}
    assert add_fact(ann, frozen.alder, "weight_kg", number="177", **again).status_code == 422
    assert add_fact(ann, frozen.aspen, "weight_kg", number="176", **again).status_code == 422
    add_fact(ann, frozen.alder, "height_cm", number="60", on=TODAY - timedelta(days=9))
    assert add_fact(ann, frozen.alder, "height_cm", number="176", **again).status_code == 422
    assert add_fact(ann, frozen.alder, "weight_kg", number="176", question="made up", confirm="on").status_code == 422


def test_a_correction_is_compared_with_the_other_entries_and_not_with_what_it_corrects(ann, frozen):
    add_fact(ann, frozen.alder, "weight_kg", number="176", on=TODAY - timedelta(days=9))
    (slip,) = facts_of(frozen.alder)
    assert correct(ann, slip, number="79.8").status_code == 302
    slip = facts_of(frozen.alder)[-1]
    add_fact(ann, frozen.alder, "weight_kg", number="81")
    answer = correct(ann, slip, number="178")
    assert (answer.status_code, "178\u00a0lb" in text_of(answer)) == (422, True)
    question = asked_about(text_of(answer))
    assert correct(ann, slip, number="178", question=question, confirm="on").status_code == 302


def test_the_entry_nearest_in_date_is_the_one_compared_with(ann, frozen):
    w.fact(frozen, frozen.alder, by=frozen.ann, kind="weight_kg", number=Decimal(20), on=TODAY - timedelta(days=3000))
    w.fact(
        frozen, frozen.alder, by=frozen.ann, kind="weight_kg", number=Decimal(70), on=TODAY - timedelta(days=30),
        confirmed=True,
    )  # fmt: skip
    assert add_fact(ann, frozen.alder, "weight_kg", number="72").status_code == 302
    page = text_of(add_fact(ann, frozen.alder, "weight_kg", number="72.5", on=TODAY - timedelta(days=2999)))
    assert "The nearest other entry" in page
    assert "20\u00a0kg" in page
