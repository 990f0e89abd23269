"""Records of many patients at once are the records that are read one at a time, for a fixed number of statements."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_owner
from tests.titration.services.lab_files import as_job
from tests.titration.views.kidney_forms import hold_back
from titration.models import Flag, Patient, ReportedEstimate, Team
from titration.selectors import records

pytestmark = [pytest.mark.django_db]

STATEMENTS = 7


def laid_open(value: Any) -> Any:
    """A record, a row or a tuple of rows as plain values: rows are equal to one another by their key alone."""
    if isinstance(value, Model):
        return {name: laid_open(one) for name, one in vars(value).items() if name != "_state"}
    if isinstance(value, records.PatientRecord):
        return {name: laid_open(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, list | tuple):
        return [laid_open(one) for one in value]
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
            assert laid_open(many[key]) == laid_open(record), record.patient
            assert many[key].rule_facts() == record.rule_facts()
            assert many[key].assessment.findings == record.assessment.findings
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


def test_a_record_read_for_a_job_is_of_its_instant(histories):
    with as_job("reassess"):
        later = w.NOW + timedelta(days=30)
        [record] = records.load_many([histories.aspen.pk], as_of=later).values()
        assert (record.as_of, record.rule_facts().today) == (later, later.date())
