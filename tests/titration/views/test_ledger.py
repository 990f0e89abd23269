"""The ledger of the rules: what is counted, over whom, over which time, and what it costs."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.test_page_cost import many_flags, statements
from tests.titration.views.ordering import signed_in
from tests.titration.views.reading import words
from titration.models import AuditEvent, Flag, Override, Plan
from titration.presenters.ledger import hours_words
from titration.selectors import ledger

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def planned(frozen):
    """Alder and Aspen of Oak, and Elder of another team, have a plan and no flag."""
    for patient, doctor in ((frozen.alder, "ann"), (frozen.aspen, "ann"), (frozen.elder, "dan")):
        w.start(frozen, patient, by=frozen.people[doctor])
    with as_owner():
        assert not Flag.objects.exists()
    return frozen


def flag(world, patient, rule, *, days_ago=1, acted=None, closed="", **values):
    """A flag put there by hand; ``acted`` hours after it was raised somebody acted, ``closed`` is the coded reason."""
    opened = w.NOW - days_ago * DAY
    if closed:
        by = None if closed == "by_rule" else world.ann
        values |= {
            "status": "closed",
            "closed_at": w.NOW,
            "closed_code": closed,
            "closed_because": "x",
            "closed_by": by,
        }
    if acted is not None:
        values["acted_at"] = opened + acted * HOUR
    with as_owner():
        plan = Plan.objects.get(patient=patient)
        return Flag.objects.create(
            plan=plan, plan_number=plan.number, patient=patient, rule_id=rule, urgency=2, because="For the test.",
            evidence={"values": []}, protocol_id="us", protocol_version=1, next_action="review_dose", opened_at=opened,
            act_by=opened + HOUR, **values,
        )  # fmt: skip


def override(world, patient, rule, *, times=1, days_ago=1):
    with as_owner():
        step = Plan.objects.get(patient=patient).steps.first()
        for _ in range(times):
            Override.objects.create(
                step=step, plan_id=step.plan_id, plan_number=step.plan_number, patient_id=patient.pk, rule_id=rule,
                protocol_id="us", protocol_version=1, asked="reason", values_shown={}, reason_code="other",
                recorded_at=w.NOW - days_ago * DAY, recorded_by=world.ann,
            )  # fmt: skip


def rows(world, person=None, *, days=30):
    person = person or world.ann
    with as_actor(person):
        return {one.rule_id: one for one in ledger.rows(person, since=w.NOW - days * DAY)}


@pytest.mark.hazard("H30")
def test_what_became_of_the_flags_of_a_rule_is_counted(planned):
    alder, aspen = planned.alder, planned.aspen
    flag(planned, alder, "KID-24", acted=1, closed="acted_on")
    flag(planned, alder, "KID-24", acted=2, closed="data_error")
    flag(planned, alder, "KID-24", acted=9, closed="not_applicable")
    flag(planned, alder, "KID-24", closed="by_rule", snoozed_until=w.NOW)
    flag(planned, alder, "KID-24", acted=30, escalated_at=w.NOW)
    flag(planned, aspen, "KID-24", escalated_at=w.NOW)
    flag(planned, aspen, "KID-30")
    override(planned, alder, "KID-30", times=2)  # one order
    override(planned, aspen, "KID-30")
    override(planned, aspen, "STEP-3")
    found = rows(planned)
    assert found["KID-24"] == ledger.LedgerRow(
        rule_id="KID-24", raised=6, open=2, acted_on=2, escalated=2, snoozed=1, data_error=1, not_applicable=1,
        closed_by_rule=1, overridden=0, first_action=timedelta(hours=5, minutes=30),
    )  # fmt: skip
    assert (found["KID-30"].raised, found["KID-30"].overridden, found["KID-30"].first_action) == (1, 2, None)
    assert found["STEP-3"] == ledger.LedgerRow(rule_id="STEP-3", overridden=1)
    assert list(found) == ["KID-24", "KID-30", "STEP-3"]


def test_only_patients_whom_the_reader_may_see_are_counted(planned):
    flag(planned, planned.alder, "KID-24")
    flag(planned, planned.elder, "KID-24")
    flag(planned, planned.elder, "KID-30")
    override(planned, planned.elder, "STEP-3")
    assert {rule: one.raised for rule, one in rows(planned).items()} == {"KID-24": 1}
    assert {rule: one.raised for rule, one in rows(planned, planned.dan).items()} == {
        "KID-24": 1,
        "KID-30": 1,
        "STEP-3": 0,
    }
    with as_owner():  # whom row-level security shows everything
        seen = ledger.rows(planned.ann, since=w.NOW - 30 * DAY)
    assert [(one.rule_id, one.raised) for one in seen] == [("KID-24", 1)]


@pytest.mark.parametrize(("days", "raised"), [("30", 1), ("90", 2), ("365", 3), ("", 1), ("9999", 1), ("x", 1)])
def test_the_time_is_in_the_address_and_one_of_three(planned, days, raised):
    for ago in (29, 89, 364, 366):
        flag(planned, planned.alder, "KID-24", days_ago=ago, closed="by_rule")
    page = signed_in(planned.ann).get(f"/ledger/?days={days}")
    [line] = page.context["lines"]
    assert dict(line.counts)["Raised"] == raised
    assert page.text.count('aria-current="true"') == 1


def test_the_page_names_the_rule_and_says_when_nobody_acted(planned):
    flag(planned, planned.alder, "KID-24", acted=2.5)
    flag(planned, planned.alder, "KID-30")
    said = words(signed_in(planned.ann).get("/ledger/"))
    assert "raised since 23-Oct-2026, over the patients whom you look after" in said
    assert "KID-24 Kidney function falling 1 1 1 0 0 0 0 0 0 2.5" in said
    assert "KID-30 Kidney check due 1 1 0 0 0 0 0 0 0 No data" in said


def test_an_empty_ledger_says_so(planned):
    assert "No rule raised a flag in this period." in words(signed_in(planned.ann).get("/ledger/"))


def test_the_file_says_the_same_as_the_page(planned):
    flag(planned, planned.alder, "KID-24", acted=2.5, days_ago=60)
    ann = signed_in(planned.ann)
    page = ann.get("/ledger/?days=90")
    assert 'href="/ledger/file/?days=90"' in page.text
    answer = ann.get("/ledger/file/?days=90")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rules-90-days.csv"'
    heads, line = csv.reader(StringIO(answer.text))
    assert heads[:3] == ["Rule", "What it raises", "Raised"]
    assert line == ["KID-24", "Kidney function falling", "1", "1", "1", "0", "0", "0", "0", "0", "0", "2.5"]
    assert len(heads) == len(line)


def test_the_audit_says_who_read_it_and_names_no_patient(planned):
    flag(planned, planned.alder, "KID-24")
    ann = signed_in(planned.ann)
    ann.get("/ledger/")
    ann.get("/ledger/file/")
    with as_owner():
        lines = (
            AuditEvent.objects.filter(page__startswith="ledger")
            .order_by("at")
            .values_list("action", "actor", "patient")
        )
        assert list(lines) == [("list", planned.ann.pk, None), ("print", planned.ann.pk, None)]


@pytest.mark.bar("B-49")
def test_the_ledger_costs_the_same_for_many_flags_as_for_one(planned):
    ann = signed_in(planned.ann)
    for address in ("/ledger/", "/ledger/file/"):
        few = statements(ann, address)
        many_flags(planned, 30)
        assert len(statements(ann, address)) == len(few) <= 8, address


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (None, "No data"),
        (timedelta(0), "0.0"),
        (timedelta(minutes=2, seconds=59), "0.0"),
        (timedelta(minutes=3), "0.1"),
        (timedelta(hours=2, minutes=30), "2.5"),
        (timedelta(days=10), "240.0"),
    ],
)
def test_hours_are_rounded_half_up_to_a_tenth(time, said):
    assert hours_words(time) == said
