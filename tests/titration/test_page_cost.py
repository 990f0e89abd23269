"""What pages cost in statements: the same for many rows as for few, and within the budget."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import world as w
from tests.database import as_owner
from titration.models import Flag, Team

pytestmark = [pytest.mark.bar("B-49")]


def statements(client, url):
    """Statements of one page without savepoints; the page must be there."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, answer.content[:500]
    sent = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    return sent


@pytest.fixture
def ann(client, world):
    client.force_login(world.ann)
    return client


def many_flags(world, count):
    """Patients of team Oak with a plan and one open flag each, written as rows."""
    with as_owner():
        oak = Team.objects.get(name="Oak")
        for number in range(count):
            patient = w.make_patient(world.north, oak, f"Row{number:03}")
            plan = patient.plans.create(
                organisation=world.north, protocol_id="us", protocol_version=1, taken_before="no",
                time_zone="America/New_York", created_at=w.NOW, created_by=world.ann, prescriber=world.ann,
            )  # fmt: skip
            Flag.objects.create(
                plan=plan, plan_number=plan.number, patient=patient, rule_id="KID-30", urgency=2, because="Due",
                evidence={"values": []}, protocol_id="us", protocol_version=1, next_action="log_result",
                opened_at=w.NOW, owner=world.ann,
            )  # fmt: skip


def test_the_worklist_costs_the_same_for_fifty_rows_as_for_two_hundred(ann, world):
    many_flags(world, 50)
    few = statements(ann, reverse("worklist"))
    many_flags(world, 150)
    many = statements(ann, reverse("worklist"))
    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= 10, "\n".join(many)


def test_the_search_costs_the_same_for_five_rows_as_for_fifty(ann, world):
    many_flags(world, 5)
    few = statements(ann, reverse("patients:list"))
    many_flags(world, 45)
    assert len(statements(ann, reverse("patients:list"))) == len(few) <= 10


def test_the_chart_costs_the_same_for_a_long_story_as_for_a_short_one(ann, world):
    w.start(world, world.alder, by=world.ann, days_ago=200)
    url = reverse("patients:chart", args=[world.alder.pk])
    statements(ann, url)  # findings that were new are raised by the first look
    few = statements(ann, url)
    for day in range(20):
        w.creatinine(world, world.alder, by=world.ann, mg_dl="0.9", days_ago=100 - day)
    for day, mg in ((150, "10"), (100, "15"), (50, "20"), (20, "15"), (10, "20")):
        w.change(world, world.alder, by=world.ann, mg=mg, days_ago=day)
    statements(ann, url)
    many = statements(ann, url)
    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= 14, "\n".join(many)
