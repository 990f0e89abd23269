"""Records of many patients at once are the records that are read one at a time, for a fixed number of statements."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.services.lab_files import as_job
from tests.titration.views.kidney_forms import hold_back
from titration.models import Flag, Patient, ReportedEstimate, Team
from titration.selectors import records
from titration.services import flags, plans
from titration.services.wanted_flags import wanted

pytestmark = [pytest.mark.django_db]

STATEMENTS = 7
SKIPPED = {"_state", "_prefetched_objects_cache"}


def laid_open(value: Any, like: Any) -> Any:
    """A row or a tuple of rows as plain values, of those columns that ``like`` has read: rows are equal by their key alone."""
    if isinstance(value, Model):
        return {name: laid_open(vars(value)[name], one) for name, one in vars(like).items() if name not in SKIPPED}
    if isinstance(value, list | tuple):
        assert len(value) == len(like)
        return [laid_open(one, other) for one, other in zip(value, like, strict=True)]
    return value


@pytest.fixture
def histories(world):
    """Alder was on two plans and is on a third; Aspen, Elder and Furze have one; a fifth patient has none."""
    w.start(world, world.alder, by=world.ann, days_ago=300)
    w.change(world, world.alder, by=world.ann, mg="2.5", days_ago=260)
    w.stop(world, world.alder, by=world.ann, days_ago=250)
    w.start(world, world.alder, by=world.ann, days_ago=200)
    w.stop(world, world.alder, by=world.ann, days_ago=190)
    w.start(world, world.alder, by=world.ann, days_ago=100)
    w.change(world, world.alder, by=world.ann, mg="10", days_ago=40)
    w.fact(world, world.alder, by=world.ann, kind="dialysis", answer="yes")
    w.fact(world, world.alder, by=world.ann, kind="weight_kg", number=70)
    w.start(world, world.aspen, by=world.ann, days_ago=10)
    w.start(world, world.elder, by=world.dan, days_ago=500)
    w.start(world, world.furze, by=world.finn, days_ago=3, product="liquid_1")
    planned = world.seen_by(world.ann, world.aspen)
    with as_actor(world.ann, world.aspen):
        plans.change_dose(
            patient=planned,
            order=w.order(w.NOW.date() + timedelta(days=9), w.three_times("7.5")),
            decision=w.GO_ON,
            expected_version=planned.plans.get(status="active").version,
            by=world.ann,
            as_of=w.NOW,
        )
    hold_back(world.aspen, source_key="held-1", fingerprint="held-1")
    with as_owner():
        ReportedEstimate.objects.create(
            patient=world.alder, value=62, unit="mL/min/{1.73_m2}", code="98979-8", taken_at=w.NOW, taken_on=w.NOW.date(),
            source_system="urn:lab", source_key="egfr-1", recorded_at=w.NOW, job="import_labs",
        )  # fmt: skip
        w.make_patient(world.north, Team.objects.get(name="Oak"), "Nobody")
    return world


def test_many_at_once_are_what_each_is_alone(histories):
    with as_job("reassess"):
        people = list(Patient.objects.select_related("organisation"))
        many = records.load_many([one.pk for one in people], as_of=w.NOW)
        alone = {one.pk: records.load(one, as_of=w.NOW, with_names=False) for one in people}
        assert len(many) == len(alone) == 5
        for key, record in alone.items():
            for name in record.__dataclass_fields__:
                one, other = getattr(many[key], name), getattr(record, name)
                assert laid_open(one, one) == laid_open(other, one), (record.patient, name)
            assert many[key].rule_facts() == record.rule_facts()
            assert many[key].assessment.findings == record.assessment.findings
            assert wanted(many[key]) == wanted(record)
        story = [step.first_day for step in many[histories.alder.pk].earlier]
        assert len(story) > 3
        assert story == sorted(story)
        assert Flag.objects.exists()
        assert records.load_many([], as_of=w.NOW) == {}


def statements(keys: list[Any]) -> int:
    with as_job("reassess"), CaptureQueriesContext(connection) as captured:
        found = records.load_many(keys, as_of=w.NOW)
        for record in found.values():
            assert record.assessment is not None
    assert set(found) == set(keys)
    return len(captured)


@pytest.mark.bar("B-49")
def test_fifty_cost_the_statements_of_five(world):
    people = []
    with as_owner():
        oak = Team.objects.get(name="Oak")
        people = [w.make_patient(world.north, oak, f"Row{number:02}") for number in range(50)]
    for number, patient in enumerate(people):
        w.start(world, patient, by=world.ann, days_ago=5 + number)
    keys = [one.pk for one in people]
    assert statements(keys[:5]) == statements(keys) == STATEMENTS


def test_what_is_judged_asks_the_database_nothing_more(histories, django_assert_num_queries):
    """Columns that a job leaves out are not asked for one by one: by the flags, the planned stops or the next look."""
    w.fact(histories, histories.aspen, by=histories.ann, kind="condition", code="epilepsy", answer="yes")
    with as_job("reassess"):
        many = records.load_many(Patient.objects.values_list("pk", flat=True), as_of=w.NOW)
        with django_assert_num_queries(0):
            for record in many.values():
                flags.changes(record, as_of=w.NOW)
                assert record.written == (*record.earlier, *record.steps)
    assert any(record.planned_steps for record in many.values())


def test_a_record_read_for_a_job_is_of_its_instant(histories):
    with as_job("reassess"):
        later = w.NOW + timedelta(days=30)
        [record] = records.load_many([histories.aspen.pk], as_of=later).values()
        assert (record.as_of, record.rule_facts().today) == (later, later.date())
