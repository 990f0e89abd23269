"""The worklist and the life of a flag: what nobody acted on comes first, what is snoozed is counted and kept apart."""

from datetime import timedelta

import pytest

from tests import world as w
from tests.database import as_owner
from tests.titration.views.ordering import signed_in
from tests.titration.views.reading import words
from tests.titration.views.test_worklist import names, raise_flag, statements
from titration.models import Flag

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def two(frozen):
    """Alder and Aspen have a plan, and no flag yet."""
    for patient in (frozen.alder, frozen.aspen):
        w.start(frozen, patient, by=frozen.ann)
    with as_owner():
        Flag.objects.update(status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="For the test.")
    return frozen


def with_life(flag, **values):
    with as_owner():
        Flag.objects.filter(pk=flag.pk).update(**values)
    return flag


def raised(patient, *, hours, rule="KID-24", urgency=2, act_within=0, **values):
    flag = raise_flag(patient, urgency=urgency, rule=rule, hours=hours)
    if not act_within:
        return with_life(flag, **values)
    with as_owner():  # act_by is written once
        Flag.objects.filter(pk=flag.pk).update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="For the test."
        )
        fields = {one.attname: getattr(flag, one.attname) for one in Flag._meta.concrete_fields if one.attname != "id"}
        fields |= {"act_by": flag.opened_at + act_within * HOUR, **values}
        return Flag.objects.create(**fields)


@pytest.mark.ui("UI-45")
def test_what_was_escalated_comes_first_among_those_that_are_as_urgent(two):
    raised(two.alder, hours=400)
    late = raised(two.aspen, hours=200, act_within=168, escalated_at=w.NOW)
    ann = signed_in(two.ann)
    page = ann.get("/worklist/")
    assert names(page) == ["ASPEN, Test", "ALDER, Test"]
    assert "Escalated: nobody acted within 7 days." in words(page)
    with_life(late, acted_at=w.NOW)
    page = ann.get("/worklist/")
    assert names(page) == ["ALDER, Test", "ASPEN, Test"]
    assert "Escalated" not in words(page).split("Done today")[0].replace("then escalated", "")


def test_urgency_stands_above_escalation(two):
    raised(two.alder, hours=1, urgency=1, rule="KID-14")
    raised(two.aspen, hours=200, act_within=168, escalated_at=w.NOW)
    assert names(signed_in(two.ann).get("/worklist/")) == ["ALDER, Test", "ASPEN, Test"]


def test_a_row_stands_under_the_escalated_flag_of_its_patient(two):
    raised(two.alder, hours=400, rule="KID-24")
    raised(two.alder, hours=5, rule="KID-19", act_within=4, escalated_at=w.NOW)
    said = words(signed_in(two.ann).get("/worklist/"))
    assert "Escalated: nobody acted within 4 hours. and 1 more" in said


def test_a_snoozed_flag_is_counted_and_listed_apart_until_its_end(two):
    raised(two.alder, hours=4, snoozed_until=w.NOW + DAY)
    raised(two.aspen, hours=2)
    ann = signed_in(two.ann)
    page = ann.get("/worklist/")
    assert names(page) == ["ASPEN, Test"]
    assert "This week 1 " in words(page)
    assert "Snoozed 1 " in words(page)
    assert 'href="/worklist/?snoozed=yes"' in page.text
    hidden = ann.get("/worklist/?snoozed=yes")
    assert names(hidden) == ["ALDER, Test"]
    assert "Showing: my patients, snoozed flags." in words(hidden)
    assert "Snoozed until 23-Nov-2026 09:05." in words(hidden)
    assert 'href="/worklist/" aria-current="true"' in hidden.text


def test_a_snooze_that_is_over_hides_nothing(two):
    raised(two.alder, hours=4, snoozed_until=w.NOW)
    page = signed_in(two.ann).get("/worklist/")
    assert names(page) == ["ALDER, Test"]
    assert "Snoozed 0 " in words(page)
    assert "Snoozed until" not in words(page)


def test_a_patient_with_another_flag_stays_on_the_list(two):
    raised(two.alder, hours=4, rule="KID-24", snoozed_until=w.NOW + DAY)
    raised(two.alder, hours=2, rule="KID-30")
    ann = signed_in(two.ann)
    for address, rule in (("/worklist/", "KID-30"), ("/worklist/?snoozed=yes", "KID-24")):
        page = ann.get(address)
        assert names(page) == ["ALDER, Test"]
        assert rule in page.text
        assert " more" not in words(page).split("Done today")[0]


def test_an_empty_list_says_that_something_is_snoozed(two):
    raised(two.alder, hours=4, snoozed_until=w.NOW + DAY)
    assert "No open flags except 1 snoozed. Last checked 09:05." in words(signed_in(two.ann).get("/worklist/"))


def test_a_flag_that_came_back_says_why(two):
    flag = raise_flag(two.alder, urgency=2, hours=1)
    said = "Raised again. It was closed on 15-Nov-2026: it rests on wrong data. It still holds."
    raised(two.alder, hours=1, rule="KID-30", act_within=168, evidence={**flag.evidence, "again": said})
    with_life(flag, status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="For the test.")
    assert said in words(signed_in(two.ann).get("/worklist/"))


@pytest.mark.bar("B-49")
def test_the_list_of_the_snoozed_costs_no_more_statements(two):
    raised(two.alder, hours=4, snoozed_until=w.NOW + DAY)
    ann = signed_in(two.ann)
    _, everything = statements(ann, "/worklist/")
    _, hidden = statements(ann, "/worklist/?snoozed=yes")
    assert hidden <= everything <= 10
